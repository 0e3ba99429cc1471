# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of the steps of a pass: reads, preflight, orders, states and changes."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import DesiredAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.rows import rows_of
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    TYPES,
    StateRecord,
    to_text,
)
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.results import LOST, read, result
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import (
    BEFORE,
    CDN,
    CDN_NAME,
    MARK,
    NOON,
    ORIGIN,
    TARGET,
    WWW,
    ZONE,
    entry,
    hours,
    known,
    status,
    verify,
)

MOVED = StateRecord(1, original=BEFORE, target=TARGET, state="pending-dns", since=NOON)


def test_what_is_read_first() -> None:
    stays, ends = entry(), entry(domain="b.example", zone="b.example", site_id=2, state="absent", aliases=[])
    reads = known(stays, ends).state_records_to_read()
    assert [(each["name"], each["type"], each["every_server"]) for each in reads] == [
        (MARK, "TXT", False),
        ("_websec.b.example", "TXT", False),
        ("b.example", "A", True),
        ("b.example", "AAAA", True),
        ("b.example", "CNAME", True),
    ]


def test_a_wrong_entry_is_not_read() -> None:
    wrong = {**entry(), "error": LOST}
    assert known(wrong).state_records_to_read() == []


def test_what_is_looked_at_before_the_first_write() -> None:
    fresh, old = entry(), entry(domain="b.example", zone="b.example", site_id=2)
    ends = entry(domain="c.example", zone="c.example", site_id=3, state="absent")
    saved = [read("_websec.b.example", "TXT", to_text(StateRecord(2)))]
    assert known(fresh, old, ends, read=saved).to_preflight() == [fresh]


def test_a_site_that_the_preflight_blocks_is_not_ordered() -> None:
    finding = {"severity": "blocks", "code": "no_zone", "message": "There is no zone.", "remedy": "Add it."}
    sites = known(entry(origin_name="o", waf_origin=ORIGIN), preflight=[{"domain": ZONE, "findings": [finding]}])
    assert sites.to_order() == []
    assert sites.origin_records() == []
    (row,) = rows_of(sites, [], [], [])
    assert (row["error"]["message"], row["error"]["hint"]) == ("There is no zone.", "Add it.")
    assert (row["error"]["code"], row["error"]["site_id"]) == ("no_zone", 1)


def test_a_site_whose_preflight_failed_is_left_alone() -> None:
    looked = [{"domain": ZONE, "findings": [], "failed": True, "error": LOST}]
    sites = known(entry(origin_name="o", waf_origin=ORIGIN), preflight=looked, statuses=[status("pending-dns")])
    assert (sites.to_order(), sites.origin_records(), sites.present_to_read(), sites.records()) == ([], [], [], [])
    (row,) = rows_of(sites, [], [], [])
    assert (row["error"]["kind"], row["error"]["message"], row["error"]["domain"]) == (
        "unavailable",
        "No answer.",
        ZONE,
    )
    assert row["waiting_for"] is None


def test_a_warning_of_the_preflight_stands_in_the_report() -> None:
    finding = {"severity": "warns", "code": "ttl", "message": "The TTL is high.", "remedy": "Lower it."}
    looked = [{"domain": ZONE, "findings": [finding]}]
    sites = known(entry(), preflight=looked, statuses=[status("pending-retry")])
    assert [each.site_id for each in sites.to_order()] == [1]
    (row,) = rows_of(sites, [], [], [])
    assert row["notes"] == ["The TTL is high. Lower it."]


@pytest.mark.parametrize(
    "saved",
    [
        read(MARK, "TXT", "v=spf1 -all"),
        read(MARK, "TXT", to_text(StateRecord(2))),
        read(MARK, "TXT", "v=websec1 {"),
        read(MARK, "TXT", failed=True, error=LOST),
    ],
    ids=["foreign", "another site", "nonsense", "not read"],
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_site_whose_state_record_cannot_be_used_is_left_alone(saved: dict[str, t.Any], state: str) -> None:
    bad = entry(state=state, origin_name="o", waf_origin=ORIGIN)
    good = entry(domain="b.example", zone="b.example", site_id=2)
    sites = known(bad, good, read=[saved])
    assert sites.to_preflight() == [good]
    assert [each.site_id for each in sites.to_order()] == [2]
    assert sites.to_ask() == []
    assert sites.origin_records() == []
    sites.add_statuses([status("pending-dns"), status("pending-retry", site_id=2)])
    assert sites.to_release() == []
    assert {each["name"] for each in sites.records()} == {"_websec.b.example"}
    first, second = rows_of(sites, sites.records(), [], [])
    assert first["error"]["domain"] == ZONE
    assert first["waiting_for"] is None
    assert second["error"] is None


def test_a_site_that_may_be_deleted() -> None:
    site = entry(state="absent", aliases=[])
    state_record = dataclasses.replace(MOVED, original={ZONE: BEFORE[ZONE]}, restored=NOON, wait=300)
    observed = [
        read(MARK, "TXT", to_text(state_record)),
        read(ZONE, "A", ORIGIN),
        read(ZONE, "AAAA", "2001:db8::10"),
        read(ZONE, "CNAME"),
    ]
    early = known(site, read=observed, now=NOON + hours(299 / 3600))
    late = known(site, read=observed, now=NOON + hours(300 / 3600))
    assert (early.to_order(), early.to_ask()) == ([], [1])
    # It counted towards the limit when its removal began.
    ends = DesiredAddon(site_id=1, domain=ZONE, state="absent", force=True, end_begun=True)
    assert (late.to_order(), late.to_ask()) == ([ends], [])
    early.set_now(NOON + hours(1))
    assert early.to_order() == [ends]


@pytest.mark.parametrize(
    ("state_record", "state", "told", "begins"),
    [
        (MOVED, "absent", "ready", True),
        (None, "absent", "ready", True),
        (None, "absent", "pending-retry", True),
        (dataclasses.replace(MOVED, restored=NOON, wait=300), "absent", "ready", False),
        (MOVED, "present", "ready", False),
        (None, "present", "ready", False),
        (MOVED, "absent", "absent", False),
        (None, "absent", "absent", False),
        (MOVED, "absent", None, False),
        (None, "absent", None, False),
        (StateRecord(1, target=MOVED.target), "absent", "ready", False),
    ],
    ids=[
        "with a state record",
        "without a state record",
        "without a state record and traffic",
        "begun before",
        "it stays",
        "it stays, without a state record",
        "no service",
        "no service, no state record",
        "not known whether there is a service",
        "not known, no state record",
        "refused: nobody knows what was there before",
    ],
)
def test_an_end_counts_when_it_begins(
    state_record: StateRecord | None, state: str, told: str | None, begins: bool
) -> None:
    """With or without a state record; in the same pass it records that the removal has begun."""
    saved = [] if state_record is None else [to_text(state_record)]
    served = [ORIGIN] if state_record is None else list(CDN)
    observed = [
        read(MARK, "TXT", *saved),
        *(read(name, kind, *(served if kind == "A" else [])) for name in (ZONE, WWW) for kind in TYPES),
    ]
    statuses = [] if told is None else [status(told, dns_new_a=list(CDN), dns_new_cname=CDN_NAME)]
    sites = known(entry(state=state), read=observed, statuses=statuses)
    assert sites.to_release() == ([f"{ZONE} (site 1)"] if begins else [])
    before, *after = (
        any('"restored"' in text for text in texts)
        for texts in (saved, *(record["values"] for record in sites.records() if record["name"] == MARK))
    )
    assert (any(after) and not before) == begins


def test_two_sites_with_values_in_one_set() -> None:
    sites = known(
        entry(),
        entry(domain=f"shop.{ZONE}", site_id=2),
        statuses=[
            status("pending-domain-validation", site_id=number, dns_ssl_verify=verify(f"issuer={number}"))
            for number in (1, 2)
        ],
    )
    shared = [each for each in sites.records() if each["name"] == ZONE]
    assert [each["values"] for each in shared] == [["issuer=1"], ["issuer=2"]]
    assert not any("replace_prefix" in each for each in shared)


def test_a_value_that_another_site_still_publishes_is_not_taken_away() -> None:
    done = StateRecord(1, original=BEFORE, target=TARGET, state="ready", since=NOON)
    sites = known(
        entry(cleanup_verification=True),
        entry(domain=f"shop.{ZONE}", site_id=2),
        read=[read(MARK, "TXT", to_text(dataclasses.replace(done, verification=(ZONE, "issuer=1"))))],
        statuses=[
            status("ready"),
            status("pending-domain-validation", site_id=2, dns_ssl_verify=verify("issuer=1")),
        ],
    )
    records = [each for each in sites.records() if each["type"] == "TXT" and each["name"] == ZONE]
    assert [(each["mode"], each["values"]) for each in records] == [("present", ["issuer=1"])]
    assert any(each["name"] == MARK for each in sites.records())


def test_only_new_txt_records_are_asked_for_again() -> None:
    sites = known(
        entry(),
        entry(domain="b.example", zone="b.example", site_id=2),
        statuses=[
            status("pending-domain-validation", site_id=number, dns_ssl_verify=verify(name=name))
            for number, name in ((1, ZONE), (2, "b.example"))
        ],
    )
    assert sites.to_ask_again([result("Customer.Example.", "txt"), result("b.example", "TXT", changed=False)]) == [1]


def test_the_address_of_an_origin() -> None:
    records = known(entry(origin_name="o", waf_origin=ORIGIN)).origin_records()
    assert [(each["name"], each["type"], each["values"]) for each in records] == [
        (f"o.{ZONE}", "A", [ORIGIN]),
        (f"o.{ZONE}", "AAAA", []),
    ]
    assert known(entry(origin_name="o", waf_origin=ORIGIN, state="absent")).origin_records() == []


def test_what_is_read_again_counts() -> None:
    sites = known(entry(), read=[read(MARK, "TXT")])
    assert sites.to_preflight() == [sites.entries[0]]
    sites.add_read([read(f"{MARK.upper()}.", "txt", to_text(StateRecord(1)))])
    assert sites.to_preflight() == []


def test_record_sets_go_to_the_provider_of_their_entry() -> None:
    site = entry(dns="customers", dns_accept="best_effort", origin_name="o", waf_origin=ORIGIN)
    sites = known(site, statuses=[status("pending-domain-validation", dns_ssl_verify=verify())])
    changes = [*sites.origin_records(), *sites.records()]
    assert len(changes) > 3
    assert {(each["dns"], each["dns_accept"]) for each in changes} == {("customers", "best_effort")}
    sites.add_statuses([status("pending-dns")])
    reads = [*sites.state_records_to_read(), *sites.present_to_read()]
    assert len(reads) > 6
    assert {each["dns"] for each in reads} == {"customers"}
