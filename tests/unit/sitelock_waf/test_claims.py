# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state record is always true: also if a server drops the change, or another pass was faster."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import CHANGED_MEANWHILE
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.decision import decide, needs_present
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.observation import Decision, SiteObservation
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import is_so
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.rows import rows_of
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    TYPES,
    Records,
    RecordSet,
    StateRecord,
    from_values,
    to_text,
)
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.results import read
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import (
    BEFORE,
    MARK,
    NOON,
    ROUTED,
    TARGET,
    VALUE,
    ZONE,
    entry,
    hours,
    known,
    status,
    verify,
)

SAVED = StateRecord(1, original=BEFORE, verification=(ZONE, VALUE), state="pending-domain-validation", since=NOON)
MOVED = dataclasses.replace(SAVED, target=TARGET, state="pending-dns")
BACK = dataclasses.replace(MOVED, restored=NOON, wait=300)


def decided(told: dict[str, t.Any], state_record: StateRecord | None, present: Records, **more: t.Any) -> Decision:
    text = to_text(state_record) if state_record is not None else None
    return decide(entry(**more), SiteObservation(state_record, text, told, present, everywhere=True), NOON + hours(1))


def of_state_record(decision: Decision) -> dict[str, t.Any] | None:
    return next((record for record in decision.records if record["name"] == MARK), None)


@pytest.mark.parametrize("state_record", [None, SAVED, MOVED, BACK], ids=["none", "saved", "moved", "back"])
@pytest.mark.parametrize("state", ["pending-domain-validation", "pending-dns", "ready"])
@pytest.mark.parametrize("wanted", ["present", "absent"])
@pytest.mark.parametrize("present", [BEFORE, ROUTED], ids=["before", "there"])
def test_what_is_saved_if_the_change_is_left_out(
    state_record: StateRecord | None, state: str, wanted: str, present: Records
) -> None:
    asked = verify() if state == "pending-domain-validation" else None
    told = status(state, dns_ssl_verify=asked, original_dns=["192.0.2.1"])
    record = of_state_record(decided(told, state_record, present, state=wanted))
    if record is None:
        return
    says = from_values(ZONE, 1, record["values"])
    assert says is not None
    fallback = from_values(ZONE, 1, record.get("fallback", record["values"]))
    assert fallback is not None
    # The saved records stay, and the planned change is not recorded as done.
    assert fallback.original == says.original
    assert fallback.target in (None, state_record and state_record.target)
    assert fallback.restored == (state_record.restored if state_record else None)
    assert fallback.verification or not (state_record and state_record.verification)
    if says.target is not None and (state_record is None or state_record.target is None):
        assert fallback.target is None
        assert record["expected"] == {"TXT": [to_text(state_record)] if state_record else []}


@pytest.mark.parametrize("state", ["pending-dns", "ready"])
def test_a_cut_over_of_which_nothing_shows_is_not_believed(state: str) -> None:
    told = status(state)
    assert needs_present(entry(), SiteObservation(MOVED, to_text(MOVED), told)) == (state == "pending-dns")
    decision = decided(told, MOVED, BEFORE)
    routed = [record for record in decision.records if record["type"] == "A"]
    record = of_state_record(decision)
    if state == "ready":
        # SiteLock has detected it: somebody has changed it back since.
        assert "expected" not in routed[0]
        assert record is None or "fallback" not in record
    else:
        # As at the first time: only the read records are replaced, and the entry is removed if it fails again.
        assert routed[0]["expected"]["A"] == list(BEFORE[ZONE]["A"].values)
        assert record is not None
        assert from_values(ZONE, 1, record["values"]) == MOVED
        assert from_values(ZONE, 1, record["fallback"]) == dataclasses.replace(MOVED, target=None)


def test_a_cut_over_that_shows_at_one_name_is_believed() -> None:
    half = {**BEFORE, ZONE: ROUTED[ZONE]}
    decision = decided(status("pending-dns"), MOVED, half)
    assert all("expected" not in record for record in decision.records if record["type"] != "TXT")
    assert of_state_record(decision) is None


@pytest.mark.parametrize(
    ("mode", "wanted", "there", "so"),
    [
        ("exact", ["192.0.2.1"], ["192.0.2.1"], True),
        ("exact", ["CDN.example.net"], ["cdn.example.net."], True),
        ("exact", ["192.0.2.1"], ["192.0.2.1", "192.0.2.2"], False),
        ("exact", [], [], True),
        ("exact", [], ["2001:db8::1"], False),
        ("present", ["a=2"], ["v=spf1", "a=2"], True),
        ("present", ["a=2"], ["a=1", "a=2"], False),
        ("present", ["a=2"], ["v=spf1"], False),
        ("absent", ["a=2"], ["v=spf1"], True),
        ("absent", ["a=2"], ["a=2"], False),
    ],
)
def test_whether_a_record_set_is_as_it_is_wanted(mode: str, wanted: list[str], there: list[str], so: bool) -> None:
    record = {"mode": mode, "values": wanted, **({"replace_prefix": "a="} if mode == "present" else {})}
    assert is_so(record, there) is so


def overtaken(state_record: StateRecord | None, records: Records, *, code: str = CHANGED_MEANWHILE) -> dict[str, t.Any]:
    """The row of a cut-over whose records another writer had changed to these."""
    observed = [
        read(name, kind, *(types[kind].values if kind in types else []))
        for name, types in BEFORE.items()
        for kind in TYPES
    ]
    observed.append(read(MARK, "TXT", to_text(SAVED)))
    sites = known(entry(), read=observed, statuses=[status("pending-dns")], now=NOON + hours(1))
    error = {"kind": "rejected", "code": code, "message": "Changed.", "hint": "", "http_status": None}
    results = []
    for record in sites.records():
        there = records.get(record["name"], {}).get(record["type"])
        values = list(there.values) if there else []
        if record["name"] == MARK:
            values = [to_text(state_record)] if state_record else []
        results.append({**record, "values": values, "changed": False, "failed": True, "error": error})
    (row,) = rows_of(sites, results, [], [])
    return row


def test_what_another_pass_has_done_is_done() -> None:
    later = dataclasses.replace(MOVED, verification=SAVED.verification, since=NOON + hours(2))
    row = overtaken(later, ROUTED)
    assert (row["error"], row["changed"]) == (None, False)
    assert "A/CNAME" in row["waiting_for"]


@pytest.mark.parametrize(
    ("state_record", "records"),
    [
        (SAVED, BEFORE),
        (MOVED, BEFORE),
        (SAVED, ROUTED),
        (None, ROUTED),
        (dataclasses.replace(MOVED, original={}), ROUTED),
        (MOVED, {**ROUTED, ZONE: {"A": RecordSet(300, ("203.0.113.1",))}}),
    ],
)
def test_what_is_otherwise_is_deferred_to_the_next_pass(state_record: StateRecord | None, records: Records) -> None:
    row = overtaken(state_record, records)
    assert row["error"] is None
    assert row["waiting_for"] == "the next pass (another writer changed the DNS records during this one)"


def test_other_refusals_are_failures() -> None:
    assert overtaken(MOVED, ROUTED, code="REFUSED")["error"]["code"] == "REFUSED"
