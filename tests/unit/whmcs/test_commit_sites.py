# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the spool of the WHMCS hook to the site file in a git repository: a real one, with a real push."""

from __future__ import annotations

import fcntl
import json
import pathlib
import subprocess
import sys
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.filter.botguard_api_websites import botguard_api_websites
from ansible_collections.hosting.websec.plugins.filter.waf_sites import waf_sites

WORKER = pathlib.Path(__file__).resolve().parents[3] / "extensions/whmcs/commit_sites.py"
PRODUCTS = {
    "3": {"sitelock_waf": {"subscription": "8765", "policy": "shop"}, "botguard_website": {}},
    "4": {"botguard_website": {"user_email": "we@hoster.example"}},
}


def git(folder: pathlib.Path, *arguments: str) -> str:
    """Run git as somebody; the user's own settings do not count."""
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@hoster.example", "-c", "init.defaultBranch=main")
    return subprocess.run(
        ["git", *who, "-C", str(folder), *arguments], check=True, capture_output=True, text=True
    ).stdout


class Place:
    """A repository with its worker's clone, the clone of a person, and the spool."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.origin, self.clone, self.person = (folder / name for name in ("origin", "clone", "person"))
        self.spool = folder / "events.jsonl"
        git(folder, "init", "--bare", "--quiet", str(self.origin))
        git(folder, "clone", "--quiet", str(self.origin), str(self.person))
        (self.person / "products.json").write_text(json.dumps(PRODUCTS))
        self.push("products.json")
        git(folder, "clone", "--quiet", str(self.origin), str(self.clone))
        git(self.clone, "config", "user.name", "WHMCS")
        git(self.clone, "config", "user.email", "whmcs@hoster.example")

    def push(self, name: str) -> None:
        """A person commits a file."""
        git(self.person, "add", name)
        git(self.person, "commit", "--quiet", "-m", f"Edit {name}")
        git(self.person, "push", "--quiet")

    def event(self, event: str, service: int = 1, domain: str = "a.example", product: int = 3, **more: t.Any) -> None:
        """The hook writes a line."""
        line = {"event": event, "service": service, "product": product, "domain": domain, **more}
        self.write(json.dumps(line))

    def write(self, line: str) -> None:
        with self.spool.open("a") as file:
            file.write(f"{line}\n")

    def run(self, status: int = 0, *options: str) -> str:
        """Run the worker once; what it said."""
        command = [sys.executable, str(WORKER), str(self.spool), str(self.clone), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stderr
        return done.stderr

    @property
    def sites(self) -> dict[str, t.Any]:
        """C(sites.json) on the branch."""
        return t.cast("dict[str, t.Any]", json.loads(git(self.origin, "show", "HEAD:sites.json")))

    @property
    def commits(self) -> int:
        return int(git(self.origin, "rev-list", "--count", "HEAD"))


@pytest.fixture
def place(tmp_path: pathlib.Path) -> Place:
    return Place(tmp_path)


def test_the_life_of_a_service(place: Place) -> None:
    waf = {"domain": "a.example", "subscription": "8765", "policy": "shop"}
    place.event("create")
    assert place.run() == ""
    assert place.sites == {
        "sitelock_waf_sites": [waf],
        "botguard_websites": [{"domain": "a.example", "state": "online"}],
    }
    assert place.spool.read_text() == ""
    place.event("suspend")
    place.run()
    assert place.sites["sitelock_waf_sites"] == [waf]
    assert place.sites["botguard_websites"] == [{"domain": "a.example", "state": "paused"}]
    place.event("unsuspend")
    place.event("change", product=4)
    place.run()
    assert place.sites == {
        "sitelock_waf_sites": [],
        "botguard_websites": [{"domain": "a.example", "state": "online", "user_email": "we@hoster.example"}],
    }
    place.event("change")
    place.event("terminate")
    place.run()
    assert place.sites["sitelock_waf_sites"] == [{**waf, "state": "absent"}]
    assert place.sites["botguard_websites"] == [{"domain": "a.example", "state": "absent"}]
    assert place.commits == 5
    # The roles take it.
    entries = t.cast(
        "list[dict[str, t.Any]]", waf_sites([{**site, "site_id": 1} for site in place.sites["sitelock_waf_sites"]])
    )
    assert [entry["error"] for entry in entries] == [None]
    assert botguard_api_websites(place.sites["botguard_websites"])


def test_nothing_new_is_no_commit(place: Place) -> None:
    place.run()
    assert place.commits == 1
    place.event("create")
    place.run()
    place.event("create")
    place.run()
    place.run()
    assert place.commits == 2


def test_a_domain_of_several_services_follows_the_active_one(place: Place) -> None:
    place.event("create", 1)
    place.event("terminate", 1)
    place.event("create", 2)
    place.event("create", 3)
    place.event("suspend", 3)
    place.run()
    assert place.sites["botguard_websites"] == [{"domain": "a.example", "state": "online"}]
    place.event("terminate", 2)
    place.run()
    assert place.sites["botguard_websites"] == [{"domain": "a.example", "state": "paused"}]


def test_of_several_active_services_the_first_one_keeps_the_domain(place: Place) -> None:
    """A customer types the domain: it could be that of somebody else."""
    place.event("create", 9)
    place.event("create", 10, product=4)
    place.run()
    assert [site["subscription"] for site in place.sites["sitelock_waf_sites"]] == ["8765"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("services/1.json", '{"domain": "a.exam', "1.json in the repository cannot be read"),
        ("services/1.json", "[]", "services/1.json in the repository is not a service"),
        ("services/1.json", '{"domain": "a.example", "product": 3, "state": "paused"}', "is not a service"),
        ("services/x.json", '{"domain": "a.example", "product": 3, "state": "active"}', "its name must be a number"),
        ("products.json", "{", "products.json in the repository cannot be read"),
        ("products.json", "[]", "products.json in the repository is wrong at ''"),
        ("products.json", '{"3": {"sitelock_waf": "8765"}}', "products.json in the repository is wrong at '3'"),
        ("products.json", '{"3": {"sitelock": {}}}', "to sitelock_waf and botguard_website"),
    ],
)
def test_a_file_that_a_person_has_left_half_edited_is_named_and_nothing_is_lost(
    place: Place, name: str, content: str, told: str
) -> None:
    before = git(place.origin, "show", "HEAD:products.json")
    (place.person / name).parent.mkdir(exist_ok=True)
    (place.person / name).write_text(content)
    place.push(name)
    place.event("create", 2, "b.example")
    assert told in place.run(1)
    assert place.commits == 2
    if name == "products.json":
        (place.person / name).write_text(before)
        place.push(name)
    else:
        git(place.person, "rm", "--quiet", name)
        git(place.person, "commit", "--quiet", "-m", "Remove it")
        git(place.person, "push", "--quiet")
    assert place.run() == ""
    assert [site["domain"] for site in place.sites["sitelock_waf_sites"]] == ["b.example"]


def test_a_server_of_git_that_hangs_is_told_and_nothing_is_lost(place: Place) -> None:
    url = git(place.clone, "config", "remote.origin.url").strip()
    git(place.clone, "config", "protocol.ext.allow", "always")
    git(place.clone, "config", "remote.origin.url", "ext::sleep 60")
    place.event("create")
    assert "git fetch did not end within 0.5 seconds" in place.run(1, "--seconds", "0.5")
    git(place.clone, "config", "remote.origin.url", url)
    assert place.run() == ""
    assert place.commits == 2


def test_a_line_that_was_cut_off_does_not_spoil_the_next_one(place: Place) -> None:
    place.spool.write_text('{"event": "suspend", "serv')
    with place.spool.open("a") as file:
        file.write('\n{"event": "create", "service": 1, "product": 3, "domain": "a.example"}\n')
    assert 'not an event of the hook: \'{"event": "suspend", "serv\'' in place.run(1)
    assert [site["domain"] for site in place.sites["sitelock_waf_sites"]] == ["a.example"]


def test_a_product_without_rules_gets_nothing(place: Place) -> None:
    place.event("create", product=99)
    place.run()
    assert place.sites == {"sitelock_waf_sites": [], "botguard_websites": []}
    assert json.loads(git(place.origin, "show", "HEAD:services/1.json"))["product"] == 99


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"event": "create"}',
        '{"event": "delete", "service": 1, "product": 3, "domain": "b.example"}',
        '{"event": "create", "service": "../1", "product": 3, "domain": "b.example"}',
        '{"event": "create", "service": true, "product": 3, "domain": "b.example"}',
        '{"event": "create", "service": 1, "product": 3, "domain": "b.example/../x"}',
        '{"event": "create", "service": 1, "product": 3, "domain": "$(id).example"}',
        '{"event": "create", "service": 1, "product": 3, "domain": "b.example", "password": "x"}',
        "[" * 100_000,
        "[" * 1000,
        '{"event": ["create"], "service": 1, "product": 3, "domain": "b.example"}',
        '{"event": "create", "service": 1, "product": 3, "domain": ["b.example"]}',
        '{"event": "create", "service": 1, "product": 3, "domain": "b.exam',
        "\x1b[2J\x00\u2028",
    ],
)
def test_a_line_that_is_no_event_is_told_and_costs_no_other(place: Place, line: str) -> None:
    place.write(line)
    place.event("create", 2)
    told = place.run(1)
    assert told.startswith("commit_sites: refused: ")
    # Whoever is on call sees which line it was.
    assert line[:20] in told or repr(line)[1:-1] in told
    assert told.rstrip("\n").isprintable()
    assert [site["domain"] for site in place.sites["sitelock_waf_sites"]] == ["a.example"]
    assert place.run() == ""


def test_another_domain_of_a_service_is_left_to_a_person(place: Place) -> None:
    place.event("create")
    place.run()
    place.event("change", domain="b.example")
    assert "service 1 had the domain a.example, and now has b.example" in place.run(1)
    assert [site["domain"] for site in place.sites["sitelock_waf_sites"]] == ["a.example"]


def test_what_a_person_pushed_meanwhile_stays(place: Place) -> None:
    place.event("create")
    place.run()
    git(place.person, "pull", "--quiet")
    (place.person / "products.json").write_text(json.dumps({"3": {"sitelock_waf": {"subscription": "9"}}}))
    place.push("products.json")
    place.event("create", 2, "b.example")
    place.run()
    assert place.sites == {
        "sitelock_waf_sites": [{"domain": name, "subscription": "9"} for name in ("a.example", "b.example")],
        "botguard_websites": [],
    }


def test_a_push_that_fails_keeps_the_events(place: Place) -> None:
    hook = place.origin / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    place.event("create")
    assert "git push: " in place.run(1)
    assert place.commits == 1
    hook.unlink()
    place.event("create", 2, "b.example")
    assert place.run() == ""
    assert [site["domain"] for site in place.sites["sitelock_waf_sites"]] == ["a.example", "b.example"]


def test_two_runs_at_once(place: Place) -> None:
    place.event("create")
    with (place.clone / ".git" / "websec-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        place.run()
        assert place.commits == 1
    place.run()
    assert place.commits == 2


def test_without_rules_nothing_is_written(place: Place) -> None:
    git(place.person, "rm", "--quiet", "products.json")
    git(place.person, "commit", "--quiet", "-m", "No rules")
    git(place.person, "push", "--quiet")
    place.event("create")
    assert "has no products.json" in place.run(1)
    assert place.commits == 2
