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

    def run(self, status: int = 0) -> str:
        """Run the worker once; what it said."""
        command = [sys.executable, str(WORKER), str(self.spool), str(self.clone)]
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
    ],
)
def test_a_line_that_is_no_event_is_told_and_costs_no_other(place: Place, line: str) -> None:
    place.write(line)
    place.event("create", 2)
    assert "refused: " in place.run(1)
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
    assert "push: " in place.run(1)
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
