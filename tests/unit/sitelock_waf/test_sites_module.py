# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module C(sitelock_waf_sites) as a user sees it, with a small API and a custom DNS provider."""

from __future__ import annotations

import collections.abc
import json
import os
import pathlib
import signal
import typing as t

import pytest
import yaml
from ansible.module_utils import basic

from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.modules import sitelock_waf_sites
from ansible_collections.hosting.websec.tests.unit.dns.own_provider import Dictionary
from ansible_collections.hosting.websec.tests.unit.patience import wait_until
from ansible_collections.hosting.websec.tests.unit.scripted_server import ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.fake_api import FakeApi, Site

ADDRESS = {"ttl": 300, "values": ["192.0.2.80"]}
OWN = {"type": "python", "class": f"{Dictionary.__module__}.Dictionary"}
DNS: dict[str, t.Any] = {"providers": {"own": OWN}, "accept": "best_effort"}
SITES: list[dict[str, t.Any]] = [
    {"domain": "a.own.example", "site_id": 1, "subscription": "P"},
    {"domain": "b.own.example", "site_id": 2, "subscription": "P"},
    {"domain": "c.own.example", "site_id": 3, "subscription": "P"},
]
Result = dict[str, t.Any]
Run = t.Callable[..., Result]


@pytest.fixture(name="api")
def _api() -> FakeApi:
    """No site has the service; site 3 does not exist."""
    return FakeApi({1: Site(), 2: Site()})


@pytest.fixture(name="zone")
def _zone() -> collections.abc.Iterator[dict[tuple[str, str], t.Any]]:
    Dictionary.zones_here = {"own.example": {(site["domain"], "A"): ADDRESS for site in SITES}}
    yield Dictionary.zones_here["own.example"]
    Dictionary.zones_here = {}


@pytest.fixture(name="run")
def _run(
    api: FakeApi, zone: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> collections.abc.Iterator[Run]:
    """Runs the module in this process; its options here are those of a pass without a preflight."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    handlers = {number: signal.getsignal(number) for number in numbers}

    def run(**options: t.Any) -> Result:
        given = {"sites": SITES, "dns": DNS, "preflight": False, "wait_propagation": 0, "retries": 0, **options}
        given = {name: value for name, value in given.items() if value is not None}
        with ScriptedServer(api) as server:
            connection = {"api_url": server.url, "api_username": "me", "api_password": "hunter2-and-more"}
            arguments = json.dumps({"ANSIBLE_MODULE_ARGS": {**connection, **given}}).encode()
            monkeypatch.setattr(basic, "_ANSIBLE_ARGS", arguments)
            monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)  # since ansible-core 2.19
            with pytest.raises(SystemExit):
                sitelock_waf_sites.main()
        return t.cast("Result", json.loads(capsys.readouterr().out))

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_a_pass_over_three_sites(run: Run, api: FakeApi, zone: dict[tuple[str, str], t.Any]) -> None:
    result = run(on_error="report")
    assert [(row["domain"], row["steps"], row["changed"]) for row in result["sites"]] == [
        ("a.own.example", ["provisionAddon", "change A/CNAME"], True),
        ("b.own.example", ["provisionAddon", "change A/CNAME"], True),
        ("c.own.example", [], False),
    ]
    assert [row["error"] and row["error"]["code"] for row in result["sites"]] == [None, None, "SNF"]
    assert result["counts"] == {"sites": 3, "changed": 2, "failed": 1, "waiting": 2, "deferred": 0, "settled": 0}
    assert (result["changed"], result["deferred"], result.get("failed", False)) == (True, 0, False)
    assert result["summary"] == "2 orders of plan P, 0 changes of plan, 0 ends"
    assert api.bought == {1: 1, 2: 1}
    assert zone["a.own.example", "CNAME"]["values"] == ["x.sitelockcdn.net."]
    assert ("a.own.example", "A") not in zone
    assert zone["c.own.example", "A"] == ADDRESS
    again = run(sites=SITES[:2])
    assert (again["changed"], again["counts"]["waiting"], api.bought) == (False, 2, {1: 1, 2: 1})


def test_a_site_that_fails_makes_the_task_fail_at_its_end(run: Run, api: FakeApi) -> None:
    result = run()
    assert result["failed"]
    assert result["msg"].startswith("1 of 3 sites failed: c.own.example.")
    assert (result["counts"]["changed"], api.bought) == (2, {1: 1, 2: 1})


def test_check_mode_with_one_diff_of_all(run: Run, api: FakeApi, zone: dict[tuple[str, str], t.Any]) -> None:
    api.sites[2] = Site(plan="P", manager="partner")
    before = dict(zone)
    result = run(sites=SITES[:2], _ansible_check_mode=True, _ansible_diff=True)
    assert [row["steps"] for row in result["sites"]] == [["provisionAddon"], ["change A/CNAME"]]
    assert (result["changed"], result["counts"]["changed"]) == (True, 2)
    assert (api.writes(), zone) == ([], before)
    order, records = result["diff"]
    assert (order["before_header"], list(order["after"])) == ("SiteLock", ["1"])
    assert records["after_header"] == "DNS"
    assert "b.own.example" in records["after"]


# ---- the file


def content(kind: str) -> str:
    entries: t.Any = {"sitelock_waf_sites": SITES[:2], "other": 1} if "mapping" in kind else SITES[:2]
    return json.dumps(entries) if "json" in kind else yaml.safe_dump(entries)


@pytest.mark.parametrize("kind", ["list.json", "list.yml", "mapping.json", "mapping.yaml"])
def test_sites_from_a_file(run: Run, tmp_path: pathlib.Path, kind: str) -> None:
    file = tmp_path / kind
    file.write_text(content(kind))
    result = run(sites=None, sites_file=str(file))
    assert [row["domain"] for row in result["sites"]] == ["a.own.example", "b.own.example"]
    assert result["counts"]["changed"] == 2


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("x.json", "[{", "is not valid"),
        ("x.yml", "a: [", "is not valid"),
        ("x.json", "[" * 100_000, "is not valid"),
        ("x.yml", "", "does not contain a list of entries"),
        ("x.yml", "just text", "does not contain a list of entries"),
        ("x.json", '{"sites": []}', "Write a list, or a mapping with the list as sitelock_waf_sites."),
        ("x.json", '{"sitelock_waf_sites": {}}', "does not contain a list of entries"),
        ("x.yml", b"\xff\xfe", "cannot be read"),
        ("x.yml", None, "cannot be read"),
    ],
    ids=str,
)
def test_a_file_that_holds_something_else(
    run: Run, api: FakeApi, tmp_path: pathlib.Path, name: str, text: str | bytes | None, says: str
) -> None:
    if text is not None:
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    result = run(sites=None, sites_file=str(tmp_path / name))
    assert (result["failed"], result["error"]["kind"]) == (True, "bad_input")
    assert says in result["msg"]
    assert str(tmp_path / name) in result["msg"]
    assert api.calls == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"sites": None},
            "No sites were given, so nothing was sent. Set sites or sites_file (in the role sitelock_waf:",
        ),
        ({"sites": None}, "ansible-core skips a missing file of vars_files without a message."),
        ({"sites_file": "sites.yml"}, "Both sites and sites_file were given (in the role sitelock_waf:"),
    ],
)
def test_sites_come_from_one_place(api: FakeApi, run: Run, given: dict[str, t.Any], says: str) -> None:
    result = run(**given)
    assert result["failed"]
    assert says in result["msg"]
    assert result["error"]["kind"] == "bad_input"
    assert api.calls == []


def test_a_relative_path_that_is_not_there(run: Run, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(sites=None, sites_file="fleet.json")
    assert f"Nothing was sent. A relative path begins at {tmp_path}: give an absolute one." in result["msg"]


# ---- options


@pytest.mark.parametrize(
    "options",
    [{"concurrency": 0}, {"batch_size": 0}, {"ttl": 0}, {"lower_ttl": -1}, {"wait_propagation": -1}],
    ids=str,
)
def test_a_number_that_is_too_small(run: Run, api: FakeApi, options: dict[str, int]) -> None:
    result = run(**options)
    assert (result["failed"], result["error"]["kind"]) == (True, "bad_input")
    assert next(iter(options)) in result["msg"]
    assert api.writes() == []


def test_what_the_options_say_holds_for_all_sites(run: Run, api: FakeApi, zone: dict[tuple[str, str], t.Any]) -> None:
    run(sites=SITES[:2], ttl=900, waf_dns_manager="customer", batch_size=5, concurrency=3)
    assert zone["a.own.example", "CNAME"]["ttl"] == 900
    assert (api.sites[1].manager, api.sizes) == ("customer", [2])


def test_above_a_limit_nothing_is_sent(run: Run, api: FakeApi, zone: dict[tuple[str, str], t.Any]) -> None:
    before = dict(zone)
    result = run(sites=SITES[:2], max_orders="1")
    assert (result["failed"], result["error"]["kind"]) == (True, "limit")
    assert len(result["error"]["planned"]) == 2
    assert (api.writes(), zone) == ([], before)
    assert run(sites=SITES[:2], max_orders="1", exceed_limits=True)["counts"]["changed"] == 2


def test_a_percentage_is_one_of_all_sites(run: Run, api: FakeApi) -> None:
    api.sites = {number: Site(plan="P" if number > 12 else None) for number in range(1, 31)}
    sites = [{"domain": f"s{number}.own.example", "site_id": number, "subscription": "P"} for number in api.sites]
    result = run(sites=sites, max_orders="36%")
    assert "max_orders allows 10, but this run would order or change the plan of 12" in result["msg"]
    assert run(sites=sites, max_orders="40%")["counts"]["changed"] >= 12


def test_a_provider_that_promises_too_little_costs_its_own_sites(run: Run, api: FakeApi) -> None:
    accepted = {**SITES[1], "dns_accept": "best_effort"}
    result = run(
        sites=[SITES[0], accepted, {**accepted, **SITES[2], "dns": "unheard-of"}], dns={"providers": {"own": OWN}}
    )
    first, second, third = (row["error"] for row in result["sites"])
    assert "cannot guarantee" in first["message"]
    assert "dns_accept: best_effort" in first["hint"]
    assert second is None
    assert "dns of the entry is an unknown DNS provider." in third["message"]
    assert api.bought == {2: 1}


def test_dns_that_is_not_understood_ends_the_task(run: Run, api: FakeApi) -> None:
    result = run(dns={"nonsense": 1})
    assert (result["failed"], result["error"]["kind"], api.calls) == (True, "bad_input", [])
    assert "dns (in the roles: sitelock_waf_dns, dns_records_dns) has no option ********" in result["msg"]


def test_the_former_task_file_is_refused_before_anything_is_sent(run: Run, api: FakeApi) -> None:
    result = run(dns={"task_file": "dns/mine.yml"})
    assert (result["failed"], result["error"]["kind"], api.calls) == (True, "bad_input", [])
    assert result["error"]["message"].startswith("dns_records_provider is set to a task file: task files are no longer")
    assert "sitelock_waf_dns" in result["error"]["hint"]


def test_a_site_that_cannot_be_looked_at_first_is_not_ordered(run: Run, api: FakeApi) -> None:
    # Nothing listens on this port: neither the public DNS nor the server that replaces the provider.
    closed = {**OWN, "propagation_servers": ["127.0.0.1:9"]}
    options = {"resolver": "127.0.0.1", "resolver_port": 9, "probe_updates": False}
    result = run(sites=SITES[:1], dns={**DNS, "providers": {"own": closed}}, preflight=True, preflight_options=options)
    (row,) = result["sites"]
    assert (row["error"]["kind"], row["error"]["domain"]) == ("unavailable", "a.own.example")
    assert (result["failed"], api.writes()) == (True, [])


# ---- its end before it is through


def test_after_its_time_nothing_begins_and_nothing_has_failed(run: Run, api: FakeApi) -> None:
    result = run(pass_timeout=1e-9)
    assert (result.get("failed", False), result["changed"]) == (False, False)
    assert (result["deferred"], result["counts"]["deferred"], result["counts"]["failed"]) == (3, 3, 0)
    assert {row["waiting_for"] for row in result["sites"]} == {"the next pass (this one reached its time limit)"}
    assert api.calls == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_task_that_is_stopped_fails_with_what_is_left(
    run: Run, api: FakeApi, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[str] = []
    stop = RunContext.stop

    def stop_and_tell(context: RunContext, why: str) -> None:
        stop(context, why)
        stopped.append(why)

    monkeypatch.setattr(RunContext, "stop", stop_and_tell)

    def interrupt(method: str) -> None:
        if method == "provisionAddon":
            os.kill(os.getpid(), number)
            # The main thread handles the signal, when it gets its turn.
            wait_until(lambda: stopped, "the task was stopped")

    api.between = interrupt
    result = run(sites=SITES[:2], concurrency=1)
    assert result["failed"]
    assert result["msg"].startswith(f"The task was stopped by {number.name} between two calls.")
    first, second = result["sites"]
    assert first["steps"] == ["provisionAddon"]
    assert (second["steps"], second["error"]) == ([], None)
    assert (result["deferred"], api.bought) == (2, {1: 1})
