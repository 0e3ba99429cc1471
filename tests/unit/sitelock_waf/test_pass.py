# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole pass in memory: its steps, their order, and problems of single sites."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, LimitError, UnavailableError
from ansible_collections.hosting.websec.plugins.module_utils._limits import Limits
from ansible_collections.hosting.websec.plugins.module_utils._next_pass import TIME_OVER
from ansible_collections.hosting.websec.plugins.module_utils._progress import ProgressFile
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf import run
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Defaults, Entry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.run import Pass
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    Records,
    RecordSet,
    StateRecord,
    from_values,
    to_text,
)
from ansible_collections.hosting.websec.plugins.plugin_utils._bulk_action import progress_line, progress_of
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import (
    BEFORE,
    CDN,
    MARK,
    NOON,
    ORIGIN,
    ROUTED,
    TARGET,
    VALUE,
    ZONE,
    NameServer,
    Vendor,
    hours,
    new_pass,
    rows_after,
    site,
    verify,
)

SHOP = f"shop.{ZONE}"
OTHER = site(domain=SHOP, site_id=2)
MOVED = StateRecord(1, original=BEFORE, target=TARGET, state="ready", since=NOON)


def world(records: Records = BEFORE, **more: t.Any) -> tuple[NameServer, Vendor]:
    """Both share one journal."""
    server = NameServer.of(records, **more)
    return server, Vendor(server.journal)


def behind_the_cdn(**more: t.Any) -> tuple[NameServer, Vendor]:
    server, vendor = world({**ROUTED, MARK: {"TXT": RecordSet(300, (to_text(MOVED),))}}, **more)
    vendor.put(1, "ready")
    return server, vendor


def test_one_life() -> None:
    """From the order to the removal, pass by pass."""
    server, vendor = world()
    server.sets[ZONE, "TXT"] = RecordSet(3600, ("v=spf1 -all",))
    vendor.first_state = "pending-domain-validation"

    def step(at: float, state: str = "present") -> list[str]:
        (made,) = rows_after([site(state=state)], server, vendor, NOON + hours(at))
        assert made["error"] is None
        return t.cast("list[str]", made["steps"])

    assert step(0) == ["provisionAddon"]
    vendor.put(1, "pending-domain-validation", dns_ssl_verify=verify())
    assert step(1) == ["publish TXT"]
    assert server.values(ZONE, "TXT") == ["v=spf1 -all", VALUE]
    vendor.put(1, "pending-dns")
    assert step(2) == ["change A/CNAME"]
    assert server.values(ZONE, "A") == list(CDN)
    assert server.values(ZONE, "AAAA") == []
    vendor.put(1, "ready")
    writes = server.writes
    assert step(3) == []
    server.sets[ZONE, "A"] = RecordSet(60, ("192.0.2.66",))
    assert step(4) == ["change A/CNAME"]
    assert server.writes == writes + 1
    assert step(5, "absent") == ["restore A/CNAME", "remove TXT"]
    assert server.names() == BEFORE
    assert step(5.05, "absent") == []
    assert vendor.deleted == {}
    assert step(6, "absent") == ["deleteAddon"]
    assert server.names() == BEFORE
    assert server.values(MARK, "TXT") == []
    assert server.values(ZONE, "TXT") == ["v=spf1 -all"]
    assert step(7, "absent") == []
    assert (vendor.ordered, vendor.deleted) == ({1: 1}, {1: 1})


def test_the_order_of_what_is_sent() -> None:
    """Reads precede the writes that depend on them, and the origin gets its address before SiteLock gets its name."""
    server, vendor = world()
    given = site(zone=None, aliases=[], origin_name="o", waf_origin=ORIGIN)
    (row,) = rows_after([given], server, vendor)
    assert row["steps"] == ["change origin", "provisionAddon", "change A/CNAME"]
    assert [each for number, each in enumerate(server.journal) if each not in server.journal[:number]] == [
        "find zones",
        f"read {MARK} TXT",
        "ask 1",
        f"change o.{ZONE} A",
        "provisionAddon 1",
        f"read {ZONE} A",
        f"read {ZONE} AAAA",
        f"read {ZONE} CNAME",
        f"change {ZONE} A",
        f"change {ZONE} AAAA",
        f"change {MARK} TXT",
    ]


def test_a_new_txt_record_is_followed_by_one_question() -> None:
    server, vendor = world()
    vendor.put(1, "pending-domain-validation", dns_ssl_verify=verify())
    rows_after([site()], server, vendor)
    assert server.journal[-1] == "ask 1"
    assert server.journal.index(f"change {ZONE} TXT") < len(server.journal) - 1
    asked = server.journal.count("ask 1")
    rows_after([site()], server, vendor)
    assert server.journal.count("ask 1") == asked + 1
    assert server.journal[-1] == "ask 1"


def test_a_ttl_is_counted_from_the_change_and_not_from_the_begin_of_the_pass() -> None:
    server, vendor = behind_the_cdn()
    time = NOON
    slow = new_pass([site(state="absent")], server, vendor, clock=lambda: time)
    for step in slow.steps():
        if step == "DNS changes":
            time = NOON + hours(1)
    assert server.names() == BEFORE
    rows_after([site(state="absent")], server, vendor, NOON + hours(1 + 299 / 3600))
    assert vendor.deleted == {}
    rows_after([site(state="absent")], server, vendor, NOON + hours(1 + 300 / 3600))
    assert vendor.deleted == {1: 1}


def test_of_many_zones_each_portion_counts_from_its_own_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service ends when the TTL has passed since its own records were restored, not those of the first zones. The
    report has the time of the state record."""
    monkeypatch.setattr(run, "ZONES_AT_A_TIME", 1)
    domains = ["a.example", "sub.a.example", "b.example"]
    sites = [
        {"domain": domain, "site_id": number, "zone": domain[-9:], "restore": {"@": {"A": [ORIGIN]}}, "aliases": []}
        for number, domain in enumerate(domains, 1)
    ]
    server, vendor = NameServer(), Vendor()
    for number in (1, 2, 3):
        vendor.put(number, "pending-dns")
    rows_after(sites, server, vendor)
    ends = [{**each, "state": "absent"} for each in sites]
    changes: list[set[str]] = []
    change = server.change

    def slow_change(record_sets: t.Sequence[t.Mapping[str, t.Any]]) -> dict[str, t.Any]:
        changes.append({str(record["group"]) for record in record_sets})
        return change(record_sets)

    monkeypatch.setattr(server, "change", slow_change)
    one = new_pass(ends, server, vendor, clock=lambda: NOON + hours(len(changes)))
    one.run()
    # The origins come first; there are none.
    assert changes[-2:] == [{"a.example", "sub.a.example"}, {"b.example"}]
    restored = []
    for number, domain in enumerate(domains, 1):
        state_record = from_values(domain, number, server.values(f"_websec.{domain}", "TXT"))
        assert state_record is not None
        restored.append(state_record.restored)
    assert restored[0] == restored[1] != restored[2]
    assert [row["since"] for row in one.rows] == [f"{time:%Y-%m-%dT%H:%M:%SZ}" for time in restored if time]


# ---- limits


@pytest.mark.parametrize("origin", [{}, {"origin_name": "o", "waf_origin": ORIGIN}], ids=["plain", "with an origin"])
def test_above_a_limit_nothing_is_sent(origin: dict[str, str]) -> None:
    server, vendor = world()
    one = new_pass([site(**origin), OTHER], server, vendor, limits=Limits(orders=1))
    with pytest.raises(LimitError, match="max_orders allows 1"):
        one.run()
    assert (vendor.ordered, server.writes) == ({}, 0)
    assert set(server.journal) == {f"read {MARK} TXT", f"read _websec.{SHOP} TXT", "ask 1", "ask 2"}


def test_an_end_that_begins_counts_although_only_dns_is_changed() -> None:
    server, vendor = behind_the_cdn()
    one = new_pass([site(state="absent")], server, vendor, limits=Limits(removals=0))
    with pytest.raises(LimitError, match=f"{ZONE} \\(site 1\\)"):
        one.run()
    assert server.writes == 0
    # The reason is a response of the API from before any write.
    assert "ask 1" in server.journal
    assert not any(each.startswith("change") for each in server.journal)


def test_an_end_that_counted_when_it_began_does_not_count_again() -> None:
    server, vendor = behind_the_cdn()
    rows_after([site(state="absent")], server, vendor, NOON)
    (row,) = rows_after([site(state="absent")], server, vendor, NOON + hours(1), limits=Limits(removals=0))
    assert (row["steps"], vendor.deleted) == (["deleteAddon"], {1: 1})


def test_a_site_without_a_service_has_no_end_that_counts() -> None:
    server, vendor = world()
    (row,) = rows_after([site(state="absent")], server, vendor, limits=Limits(removals=0))
    assert (row["state"], row["error"]) == ("absent", None)


# ---- one site among others


def blocked(entries: t.Sequence[Entry]) -> list[dict[str, t.Any]]:
    """A preflight that cannot check the first site, and has no findings for the others."""
    error = UnavailableError("No answer.", hint="Later.").as_dict()
    first, *others = [{"domain": each["domain"], "findings": [], "failed": False, "error": None} for each in entries]
    return [{**first, "failed": True, "error": error}, *others]


def test_a_site_whose_preflight_failed_is_not_ordered() -> None:
    server, vendor = world()
    given = [site(origin_name="o", waf_origin=ORIGIN), OTHER]
    first, second = rows_after(given, server, vendor, preflight=blocked)
    assert (first["error"]["kind"], first["error"]["hint"], first["steps"]) == ("unavailable", "Later.", [])
    assert second["error"] is None
    assert vendor.ordered == {2: 1}
    assert (f"o.{ZONE}", "A") not in server.sets


def test_a_preflight_looks_only_at_sites_that_were_never_touched() -> None:
    server, vendor = behind_the_cdn()
    looked: list[str] = []

    def preflight(entries: t.Sequence[Entry]) -> list[dict[str, t.Any]]:
        looked.extend(each["domain"] for each in entries)
        assert vendor.ordered == {}
        return []

    rows_after([site(), OTHER, {"domain": "bad.example"}], server, vendor, preflight=preflight)
    assert looked == [SHOP]
    looked.clear()
    rows_after([site(), OTHER], server, vendor, preflight=preflight)
    assert looked == []


def test_the_refusal_of_a_provider_concerns_its_sites_only() -> None:
    server, vendor = world(refusals={"customers": BadInputError("It cannot promise it.", hint="Accept it.")})
    first, second = rows_after([site(dns="customers"), OTHER], server, vendor)
    assert (first["error"]["message"], first["error"]["domain"]) == ("It cannot promise it.", ZONE)
    assert second["error"] is None
    assert (vendor.ordered, server.values(MARK, "TXT")) == ({2: 1}, [])
    assert not any("ask 1" in each or MARK in each for each in server.journal)


def test_a_site_whose_zone_is_not_found_costs_no_other_its_pass() -> None:
    server, vendor = world()
    lost = site(domain="lost.example", zone=None)
    first, second = rows_after([lost, OTHER], server, vendor)
    assert first["error"]["kind"] == "not_found"
    assert (second["error"], vendor.ordered) == (None, {2: 1})


def test_a_site_whose_state_record_is_not_read_is_not_ordered() -> None:
    server, vendor = world(not_read={MARK: UnavailableError("No answer.")})
    first, second = rows_after([site(), OTHER], server, vendor)
    assert (first["error"]["message"], first["steps"]) == ("No answer.", [])
    assert (second["error"], vendor.ordered) == (None, {2: 1})


def test_what_the_task_says_holds_where_the_entry_says_nothing() -> None:
    server, vendor = world()
    rows_after([site(aliases=[]), {**OTHER, "ttl": 60}], server, vendor, defaults=Defaults(ttl=900))
    assert server.sets[ZONE, "A"].ttl == 900
    assert server.sets[SHOP, "CNAME"].ttl == 60


# ---- what is told of it


def test_check_mode_changes_nothing_and_tells_what_it_can() -> None:
    server, vendor = behind_the_cdn(read_only=True)
    server.sets[ZONE, "A"] = RecordSet(60, ("192.0.2.66",))
    sets = dict(server.sets)
    one = new_pass([site(), OTHER], server, vendor, check_mode=True)
    one.run()
    assert [row["steps"] for row in one.rows] == [["change A/CNAME"], ["provisionAddon"]]
    assert [row["changed"] for row in one.rows] == [True, True]
    assert (server.sets, vendor.ordered) == (sets, {})
    assert one.summary == "1 order of plan 8765, 0 changes of plan, 0 ends"
    assert [each["before_header"] for each in one.diff] == ["SiteLock", "DNS"]


def test_the_diff_has_a_part_for_each_kind_of_change() -> None:
    server, vendor = world()
    one = new_pass([site(origin_name="o", waf_origin=ORIGIN)], server, vendor)
    one.run()
    origin, order, records = one.diff
    assert {each["after_header"] for each in (origin, records)} == {"DNS"}
    assert (origin["before"], origin["after"]) == ("", f"o.{ZONE} 300 A {ORIGIN}\n")
    assert order["before_header"] == order["after_header"] == "SiteLock"
    assert order["before"]["1"]["state"] == "absent"
    assert order["after"]["1"]["state"] == "pending-dns"
    assert f"{ZONE} 3600 A {ORIGIN}" in records["before"]
    assert f"{ZONE} 300 A {' '.join(CDN)}" in records["after"]
    again = new_pass([site(origin_name="o", waf_origin=ORIGIN)], server, vendor)
    again.run()
    assert again.diff == []


def test_the_progress_names_the_step(tmp_path: pathlib.Path) -> None:
    server, vendor = world()
    file = tmp_path / "progress"
    one = new_pass([site(), OTHER], server, vendor, context=RunContext(progress=ProgressFile(str(file))))
    told = {}
    for _step in one.steps():
        if file.exists():
            state = progress_of(str(file))
            told[state["step"]] = progress_line(state, 3)
    assert told["states"] == "states: 0 of 2 sites done (3 s)"
    assert told["orders"] == "orders: 2 of 2 sites done, 2 wait, 2 writes sent (3 s)"
    assert json.loads(file.read_text())["announcement"] == (
        "Sending: 2 orders of plan 8765, 0 changes of plan, 0 ends."
    )


def test_the_steps_have_names_of_their_own() -> None:
    names = [name for name, _step in Pass.STEPS]
    assert len(set(names)) == len(names)
    server, vendor = world()
    assert list(new_pass([site()], server, vendor).steps()) == names


# ---- its end before it is through


@pytest.mark.parametrize("place", range(len(Pass.STEPS)))
def test_a_pass_that_is_stopped_defers_the_rest_and_fails_nowhere(place: int) -> None:
    """No write starts after it, and the next pass does the rest."""
    server, vendor = world()
    context = RunContext()
    one = new_pass([site(), OTHER], server, vendor, context=context)
    for number, _step in enumerate(one.steps()):
        if number == place:
            context.stop("stopped by SIGTERM")
            ordered = dict(vendor.ordered)
    assert vendor.ordered == ordered
    assert [row["error"] for row in one.rows] == [None, None]
    if not ordered:
        assert {row["waiting_for"] for row in one.rows} == {TIME_OVER}
    rows_after([site(), OTHER], server, vendor)
    assert vendor.ordered == {1: 1, 2: 1}
    assert server.values(ZONE, "A") == list(CDN)
