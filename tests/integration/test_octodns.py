# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DNS providers through the module: PowerDNS by its HTTP API and octoDNS, next to a server that accepts updates."""

from __future__ import annotations

import collections.abc
import pathlib
import typing as t

import pytest
from integration.api_proxy import ApiProxy
from integration.bind_server import BindServer
from integration.in_process import run_tasks
from integration.playbook import Run
from integration.powerdns_server import PowerDnsServer

ZONE, WWW = "customer.example", "www.customer.example"
FOREIGN = ["@ 3600 IN MX 10 mx", '@ 300 IN TXT "v=spf1; -all"', "mx 300 IN A 192.0.2.25", '_x 60 IN TXT "a \\"b\\" c"']
STATE = 'websec1 {"target":["198.51.100.1"],"note":"a; b"}'


@pytest.fixture(scope="module")
def _pdns(tmp_path_factory: pytest.TempPathFactory) -> collections.abc.Iterator[PowerDnsServer]:
    with PowerDnsServer(tmp_path_factory.mktemp("pdns") / "server") as server:
        yield server


@pytest.fixture
def pdns(_pdns: PowerDnsServer) -> PowerDnsServer:
    """With one zone in its initial state."""
    _pdns.add_zone(ZONE, "@ 3600 IN A 192.0.2.10", "@ 3600 IN AAAA 2001:db8::10", "www 3600 IN CNAME @", *FOREIGN)
    return _pdns


@pytest.fixture
def api(pdns: PowerDnsServer) -> collections.abc.Iterator[ApiProxy]:
    with ApiProxy(pdns.api_port) as proxy:
        yield proxy


def cut_over(**more: t.Any) -> list[dict[str, t.Any]]:
    sets: list[tuple[str, str, list[str]]] = [
        (ZONE, "A", ["198.51.100.1", "198.51.100.2"]),
        (ZONE, "AAAA", []),
        (WWW, "CNAME", ["abc.cdn.example.net"]),
        (f"_websec.{ZONE}", "TXT", [STATE]),
    ]
    return [
        {"zone": ZONE, "name": name, "type": kind, "values": values, "ttl": 300, "group": "site", **more}
        for name, kind, values in sets
    ]


def change(
    pdns: PowerDnsServer, api: ApiProxy, record_sets: list[dict[str, t.Any]], *arguments: str, **more: t.Any
) -> Run:
    provider = {**pdns.provider, "port": api.port}
    module = {"dns": {"providers": {"customers": provider}}, "record_sets": record_sets, "wait_propagation": 5, **more}
    return run_tasks(
        [{"hosting.websec.dns_record_sets": module, "register": "done", "ignore_errors": True}],
        *arguments,
        keep=["done"],
    )


def foreign(pdns: PowerDnsServer) -> list[list[str]]:
    return [
        pdns.values(name, kind) for name, kind in ((ZONE, "MX"), (ZONE, "TXT"), (f"_x.{ZONE}", "TXT"), (ZONE, "NS"))
    ]


def test_a_cut_over_through_the_api_of_powerdns(pdns: PowerDnsServer, api: ApiProxy) -> None:
    before = foreign(pdns)
    wanted = cut_over(dns_accept="best_effort")
    planned = change(pdns, api, wanted, "--check", "--diff")
    assert (planned.recap["changed"], api.writes, pdns.values(ZONE, "A")) == (1, 0, ["192.0.2.10"])
    done = change(pdns, api, wanted, "--diff")
    assert (done.recap["changed"], api.calls.count("PATCH"), api.writes) == (1, 1, 1)
    assert done.values["done"]["diff"] == planned.values["done"]["diff"]
    assert pdns.values(ZONE, "A") == ["198.51.100.1", "198.51.100.2"]
    assert (pdns.values(ZONE, "AAAA"), pdns.values(WWW, "CNAME")) == ([], ["abc.cdn.example.net."])
    assert foreign(pdns) == before
    (zone,) = done.values["done"]["zones"]
    assert (zone["provider"], zone["conditional"], zone["atomicity"], zone["propagated"]) == (
        "customers",
        False,
        "zone_atomic",
        True,
    )
    assert [each["values"] for each in done.values["done"]["record_sets"]][3] == [STATE]
    again = change(pdns, api, wanted)
    assert (again.recap["changed"], api.writes) == (0, 1)


def test_without_anybody_who_accepts_it_nothing_is_sent(pdns: PowerDnsServer, api: ApiProxy) -> None:
    run = change(pdns, api, cut_over())
    assert (run.values["done"]["failed"], api.calls) == (True, [])
    assert "dns_accept: best_effort" in run.values["done"]["msg"]


def test_somebody_else_writes_after_the_caller_read(pdns: PowerDnsServer, api: ApiProxy) -> None:
    """Changes of another writer to the same set are never overwritten silently; its other changes stay."""

    def somebody_writes() -> None:
        api.before = {}
        pdns.update(ZONE, lambda message: message.add("@", 3600, "A", "203.0.113.9"))
        pdns.update(ZONE, lambda message: message.add("new", 60, "A", "203.0.113.10"))

    api.before = {"GET": somebody_writes}
    wanted = cut_over(dns_accept="best_effort", expected={"A": ["192.0.2.10"], "AAAA": ["2001:db8::10"]})
    run = change(pdns, api, wanted)
    results = run.values["done"]["record_sets"]
    assert [each["error"]["code"] for each in results] == ["changed_meanwhile"] * 4
    assert (api.writes, pdns.values(ZONE, "A")) == (0, ["192.0.2.10", "203.0.113.9"])
    assert (pdns.values(WWW, "CNAME"), pdns.values(f"new.{ZONE}", "A")) == ([f"{ZONE}."], ["203.0.113.10"])


def test_somebody_else_overwrites_the_change(pdns: PowerDnsServer, api: ApiProxy) -> None:
    """The group fails, and its changes are undone; others in the zone are made."""

    def somebody_writes() -> None:
        if api.calls.count("PATCH") == 1 and api.calls[-1] == "GET":
            api.before = {}
            pdns.update(ZONE, lambda message: message.replace("@", 3600, "A", "203.0.113.9"))

    api.before = {"GET": somebody_writes}
    other = {"zone": ZONE, "name": f"blog.{ZONE}", "type": "A", "values": ["192.0.2.80"], "dns_accept": "best_effort"}
    run = change(pdns, api, [*cut_over(dns_accept="best_effort"), other])
    results = run.values["done"]["record_sets"]
    assert [each["error"] and each["error"]["kind"] for each in results] == [*["rejected"] * 4, None]
    assert "was undone" in results[0]["error"]["message"]
    assert (pdns.values(WWW, "CNAME"), pdns.values(ZONE, "AAAA")) == ([f"{ZONE}."], ["2001:db8::10"])
    assert pdns.values(ZONE, "A") == ["203.0.113.9"]
    assert (pdns.values(f"blog.{ZONE}", "A"), pdns.values(f"_websec.{ZONE}", "TXT")) == (["192.0.2.80"], [])


def test_a_locked_database_is_tried_again(pdns: PowerDnsServer, api: ApiProxy) -> None:
    locked = (500, '{"error": "SQL: could not execute: database is locked"}')
    api.faults = {"GET": [locked], "PATCH": [locked, (502, "<html>")]}
    run = change(pdns, api, cut_over(dns_accept="best_effort"))
    assert (run.values["done"]["failed"], api.calls.count("PATCH")) == (False, 3)
    assert pdns.values(ZONE, "A") == ["198.51.100.1", "198.51.100.2"]


def test_no_secret_is_shown_whatever_goes_wrong(pdns: PowerDnsServer, api: ApiProxy) -> None:
    secret = pdns.api_key
    outputs = []
    for fault in (
        (401, "no"),
        (403, f"key {secret}"),
        (422, f'{{"error": "X-API-Key: {secret}"}}'),
        (200, f"{secret}"),
    ):
        api.faults = {method: [fault] * 9 for method in ("GET", "PATCH")}
        outputs.append(change(pdns, api, cut_over(dns_accept="best_effort"), "-vvv"))
    assert {run.values["done"]["record_sets"][0]["error"]["kind"] for run in outputs} == {
        "auth",
        "not_allowed",
        "rejected",
        "bad_response",
    }
    # Another invalid option ends the module at the start, and the output contains the invocation.
    outputs.append(change(pdns, api, cut_over(mode="sometimes"), "-vvv", concurrency="many"))
    assert outputs[-1].values["done"]["failed"]
    for run in outputs:
        assert secret not in run.output + str(run.values)


def test_zones_are_found_and_records_are_read_through_a_provider(pdns: PowerDnsServer, api: ApiProxy) -> None:
    dns = {"providers": {"customers": {**pdns.provider, "port": api.port}}}
    asked = [{"zone": ZONE, "name": ZONE, "type": "TXT", "every_server": True}]
    run = run_tasks(
        [
            {"hosting.websec.dns_zones_info": {"dns": dns, "names": [WWW]}, "register": "zones"},
            {"hosting.websec.dns_record_sets_info": {"dns": dns, "record_sets": asked}, "register": "sets"},
        ],
        "-vvv",
        keep=["zones", "sets"],
    )
    assert run.status == 0, run.output
    (zone,), (read,) = run.values["zones"]["zones"], run.values["sets"]["record_sets"]
    assert (zone["zone"], zone["provider"]) == (ZONE, "customers")
    assert (read["values"], read["everywhere"], read["provider"]) == (["v=spf1; -all"], True, "customers")
    assert (api.writes, pdns.api_key in run.output) == (0, False)


def test_two_providers_in_one_task(
    pdns: PowerDnsServer, bind: BindServer, new_zone: collections.abc.Callable[..., str], tmp_path: pathlib.Path
) -> None:
    other = new_zone("www 300 IN A 192.0.2.11")
    ns1 = {
        "server": bind.address,
        "port": bind.port,
        "key_name": bind.key.name,
        "key_secret": bind.key.secret,
        "propagation_servers": [f"{bind.address}:{bind.port}"],
    }
    dns = {
        "providers": {
            "ns1": ns1,
            "customers": pdns.provider,
            "broken": {"type": "octodns", "class": "nowhere.Provider"},
        },
        "zones": {"customer.*": "customers", "broken.example": "broken"},
        "default": "ns1",
        "accept": "best_effort",
    }
    wanted = [
        {"name": f"www.{other}", "type": "A", "values": ["192.0.2.99"]},
        {"name": f"a.{ZONE}", "type": "A", "values": ["192.0.2.98"]},
        {"zone": "broken.example", "name": "broken.example", "type": "A", "values": ["192.0.2.97"]},
    ]
    module = {"dns": dns, "record_sets": wanted, "on_error": "report"}
    run = run_tasks([{"hosting.websec.dns_record_sets": module, "register": "done"}], keep=["done"])
    results = run.values["done"]["record_sets"]
    assert [(each["provider"], each["changed"]) for each in results] == [
        ("ns1", True),
        ("customers", True),
        (None, False),
    ]
    assert (results[2]["error"]["kind"], "pip install nowhere" in results[2]["error"]["hint"]) == (
        "missing_library",
        True,
    )
    assert (bind.values(f"www.{other}", "A"), pdns.values(f"a.{ZONE}", "A")) == (["192.0.2.99"], ["192.0.2.98"])
    assert [each["propagated"] for each in run.values["done"]["zones"]] == [True, True]
