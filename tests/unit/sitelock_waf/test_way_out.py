# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Offboarding: the restored records, the wait, the deletion of the service, and the clean-up."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.decision import decide
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.observation import Decision, SiteObservation
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.offboarding import may_delete
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    Records,
    RecordSet,
    StateRecord,
    from_values,
    to_text,
)
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import (
    BEFORE,
    CDN,
    CDN_NAME,
    MARK,
    NOON,
    ORIGIN,
    ROUTED,
    TARGET,
    VALUE,
    WWW,
    ZONE,
    entry,
    hours,
    status,
)

MOVED = StateRecord(1, original=BEFORE, target=TARGET, state="pending-dns", since=NOON - hours(1000))
BACK = dataclasses.replace(MOVED, restored=NOON, wait=300, state="ready", since=NOON)


def gone(**more: t.Any) -> dict[str, t.Any]:
    return entry(state="absent", **more)


def observed(
    state_record: StateRecord | None,
    present: Records = ROUTED,
    state: str = "ready",
    *,
    everywhere: bool = True,
    **told: t.Any,
) -> SiteObservation:
    text = to_text(state_record) if state_record is not None else None
    return SiteObservation(state_record, text, status(state, **told), present, everywhere)


def records(decision: Decision) -> dict[tuple[str, str], tuple[list[str], int | None]]:
    return {(each["name"], each["type"]): (each["values"], each["ttl"]) for each in decision.records}


def state_record_after(decision: Decision) -> StateRecord:
    (text,) = [each["values"] for each in decision.records if each["name"] == MARK]
    state_record = from_values(ZONE, 1, text)
    assert state_record is not None
    return state_record


def later(seconds: int) -> datetime.datetime:
    return NOON + datetime.timedelta(seconds=seconds)


class TestPuttingBack:
    def test_what_was_saved(self) -> None:
        decision = decide(gone(), observed(MOVED), NOON)
        back = records(decision)
        assert back[ZONE, "A"] == ([ORIGIN], 3600)
        assert back[ZONE, "AAAA"] == (["2001:db8::10"], 3600)
        assert back[WWW, "CNAME"] == ([f"{ZONE}."], 86400)
        assert (ZONE, "CNAME") not in back
        state_record = state_record_after(decision)
        assert (state_record.restored, state_record.wait, state_record.original) == (NOON, 300, BEFORE)
        assert "what was saved at the cut-over" in decision.notes[0]
        assert "12:05:00 UTC; then a pass deletes the service" in str(decision.waiting_for)

    def test_names_at_which_nothing_was_are_emptied(self) -> None:
        state_record = dataclasses.replace(MOVED, original={ZONE: {}, WWW: {}})
        back = records(decide(gone(), observed(state_record), NOON))
        del back[MARK, "TXT"]
        assert {values == [] for values, _ttl in back.values()} == {True}
        assert {(ZONE, "A"), (ZONE, "AAAA"), (WWW, "CNAME"), (WWW, "A"), (WWW, "AAAA")} == set(back)

    def test_a_name_whose_address_became_a_cname(self) -> None:
        state_record = dataclasses.replace(MOVED, original={**BEFORE, WWW: {"A": RecordSet(60, (ORIGIN,))}})
        back = records(decide(gone(), observed(state_record), NOON))
        assert (back[WWW, "CNAME"][0], back[WWW, "A"]) == ([], ([ORIGIN], 60))

    def test_the_entry_knows_better(self) -> None:
        restore = {"@": {"A": "192.0.2.99", "ttl": 60}, "www": {"CNAME": "other.example."}}
        decision = decide(gone(restore=restore), observed(MOVED), NOON)
        back = records(decision)
        assert back[ZONE, "A"] == (["192.0.2.99"], 60)
        assert back[ZONE, "AAAA"] == ([], None)
        assert back[WWW, "CNAME"] == (["other.example."], 3600)
        assert "restore of the entry" in decision.notes[0]

    def test_the_entry_knows_one_name(self) -> None:
        back = records(decide(gone(restore={"@": {"A": "192.0.2.99"}}), observed(MOVED), NOON))
        assert back[ZONE, "A"] == (["192.0.2.99"], 3600)
        assert back[WWW, "CNAME"] == ([f"{ZONE}."], 86400)

    def test_the_api_knows_a_only(self) -> None:
        told = {"original_dns": ["192.0.2.5"], "dns_new_a": list(CDN), "dns_new_cname": CDN_NAME}
        decision = decide(gone(), observed(None, **told), NOON)
        back = records(decision)
        assert back[ZONE, "A"] == (["192.0.2.5"], 300)
        assert back[WWW, "A"] == (["192.0.2.5"], 300)
        assert back[WWW, "CNAME"] == ([], None)
        assert "returns A records only" in decision.notes[0]

    def test_nobody_knows(self) -> None:
        with pytest.raises(BadInputError, match="the original DNS records are unknown") as caught:
            decide(gone(), observed(None), NOON)
        assert MARK in caught.value.message
        assert "restore" in str(caught.value.hint)
        assert WWW in str(caught.value.hint)

    def test_one_name_is_not_known(self) -> None:
        state_record = dataclasses.replace(MOVED, original={ZONE: BEFORE[ZONE]})
        with pytest.raises(BadInputError, match="the original DNS records are unknown"):
            decide(gone(), observed(state_record), NOON)

    def test_an_alias_that_left_the_entry_still_leads_to_the_cdn(self) -> None:
        site = gone(aliases=[])
        with pytest.raises(BadInputError, match=f"{WWW} points to the CDN but is no longer in the entry") as caught:
            decide(site, observed(MOVED), NOON)
        assert "Add it to aliases again" in str(caught.value.hint)
        assert MARK in str(caught.value.hint)
        assert not may_delete(site, observed(BACK, BEFORE), later(10**6))

    def test_a_site_that_never_led_to_the_cdn_stays_as_it_is(self) -> None:
        told = {"dns_new_a": list(CDN), "dns_new_cname": CDN_NAME}
        decision = decide(gone(), observed(None, BEFORE, "pending-dns", **told), NOON)
        assert set(records(decision)) == {(MARK, "TXT")}
        after = observed(state_record_after(decision), BEFORE, "pending-dns", **told)
        assert may_delete(gone(), after, NOON + hours(25))

    @pytest.mark.parametrize("restore", [None, {"@": {"A": "192.0.2.99"}, "www": {"A": "192.0.2.99"}}], ids=str)
    def test_it_stays_and_can_be_deleted_whatever_is_saved_or_given(self, restore: dict[str, t.Any] | None) -> None:
        told = {"dns_new_a": list(CDN), "dns_new_cname": CDN_NAME}
        state_record = StateRecord(1, original={ZONE: {"A": RecordSet(60, ("192.0.2.77",))}, WWW: {}})
        site = gone(restore=restore)
        decision = decide(site, observed(state_record, BEFORE, "pending-dns", **told), NOON)
        after = observed(state_record_after(decision), BEFORE, "pending-dns", **told)
        assert may_delete(site, after, NOON + hours(25))

    def test_a_lowered_ttl_is_raised_again(self) -> None:
        lowered = {
            name: {kind: RecordSet(60, there.values) for kind, there in types.items()} for name, types in BEFORE.items()
        }
        decision = decide(gone(), observed(StateRecord(1, original=BEFORE), lowered, "pending-retry"), NOON)
        back = records(decision)
        assert back[ZONE, "A"] == ([ORIGIN], 3600)
        assert back[WWW, "CNAME"] == ([f"{ZONE}."], 86400)

    def test_our_txt_value_goes(self) -> None:
        state_record = dataclasses.replace(MOVED, verification=(ZONE, VALUE))
        decision = decide(gone(), observed(state_record), NOON)
        (removed,) = [each for each in decision.records if each["mode"] == "absent"]
        assert (removed["name"], removed["values"]) == (ZONE, [VALUE])
        assert state_record_after(decision).verification is None


class TestWaiting:
    @pytest.mark.parametrize(
        ("ttl", "present", "wait"),
        [
            (300, ROUTED, 300),
            (60, {**ROUTED, WWW: {"CNAME": RecordSet(86400, (CDN_NAME,))}}, 86400),
            (7200, ROUTED, 7200),
        ],
        ids=["as set", "somebody raised it", "entry"],
    )
    def test_for_the_longest_that_a_cache_may_have(self, ttl: int, present: Records, wait: int) -> None:
        assert state_record_after(decide(gone(ttl=ttl), observed(MOVED, present), NOON)).wait == wait

    def test_the_time_is_not_set_again(self) -> None:
        decision = decide(gone(), observed(BACK, BEFORE), later(100))
        assert (MARK, "TXT") not in records(decision)
        assert decision.since == NOON

    def test_somebody_sends_the_traffic_to_the_cdn_again(self) -> None:
        decision = decide(gone(), observed(BACK, ROUTED), later(200))
        assert state_record_after(decision).restored == later(200)
        assert records(decision)[ZONE, "A"] == ([ORIGIN], 3600)

    def test_a_server_that_still_serves_the_old_records(self) -> None:
        decision = decide(gone(), observed(BACK, BEFORE, everywhere=False), later(400))
        assert state_record_after(decision).restored == later(400)
        assert "every authoritative name server" in (decision.waiting_for or "")
        assert "propagation_servers" in decision.notes[-1]


class TestDeleting:
    def test_when_back_everywhere_and_forgotten(self) -> None:
        assert may_delete(gone(), observed(BACK, BEFORE), later(300))

    @pytest.mark.parametrize(
        ("site", "what"),
        [
            (gone(), observed(BACK, BEFORE)),
            (gone(), observed(BACK, BEFORE, everywhere=False)),
            (gone(), observed(BACK, ROUTED)),
            (gone(), observed(BACK, {**BEFORE, WWW: ROUTED[WWW]})),
            (gone(), observed(BACK, {**BEFORE, ZONE: {"A": RecordSet(60, (ORIGIN, CDN[0]))}})),
            (gone(), dataclasses.replace(observed(BACK), present=None)),
            (gone(), observed(MOVED, BEFORE)),
            (gone(), observed(None, BEFORE)),
            (gone(restore={"@": {"A": "192.0.2.99"}}), observed(BACK, BEFORE)),
            (gone(aliases=["www", "shop"]), observed(dataclasses.replace(BACK, target=None), {**BEFORE})),
            (entry(), observed(BACK, BEFORE)),
        ],
        ids=[
            "too early",
            "not everywhere",
            "not back",
            "alias not back",
            "one address not back",
            "not read",
            "no time",
            "no state record",
            "restore is new",
            "alias is new",
            "to stay",
        ],
    )
    def test_not_when(self, site: dict[str, t.Any], what: SiteObservation) -> None:
        early = what.everywhere and what.present == BEFORE and what.state_record == BACK and site == gone()
        assert not may_delete(site, what, later(299 if early else 10**6))


class TestGone:
    def test_the_state_record_goes_last(self) -> None:
        decision = decide(gone(), observed(BACK, BEFORE, "absent"), NOON)
        (forgotten,) = decision.records
        assert (forgotten["name"], forgotten["values"]) == (MARK, [])
        assert forgotten["expected"] == {"TXT": [to_text(BACK)]}
        assert decision.waiting_for is None

    def test_nothing_is_left_to_do(self) -> None:
        assert decide(gone(), observed(None, BEFORE, "absent"), NOON).records == []

    def test_the_service_was_ended_by_somebody_else(self) -> None:
        state_record = dataclasses.replace(MOVED, verification=(ZONE, VALUE))
        back = records(decide(gone(), observed(state_record, ROUTED, "absent"), NOON))
        assert back[ZONE, "A"] == ([ORIGIN], 3600)
        assert back[MARK, "TXT"] == ([], None)
        assert back[ZONE, "TXT"] == ([VALUE], None)

    def test_and_the_records_too(self) -> None:
        elsewhere: Records = {ZONE: {"A": RecordSet(60, ("192.0.2.77",))}, WWW: {}}
        assert set(records(decide(gone(), observed(MOVED, elsewhere, "absent"), NOON))) == {(MARK, "TXT")}

    def test_traffic_to_a_service_that_is_gone_and_no_way_back(self) -> None:
        with pytest.raises(BadInputError, match="the original DNS records are unknown"):
            decide(gone(), observed(dataclasses.replace(MOVED, original={}), ROUTED, "absent"), NOON)
