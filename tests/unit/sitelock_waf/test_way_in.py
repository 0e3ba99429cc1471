# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Onboarding: the published, saved and changed records in each state."""

from __future__ import annotations

import datetime
import itertools
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.decision import decide, needs_present
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.observation import Decision, SiteObservation
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    Records,
    RecordSet,
    StateRecord,
    Target,
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
    certificate,
    entry,
    hours,
    status,
    verify,
)

STATES = ("pending-domain-validation", "pending-dns", "ready", "pending-retry", "error")


def observed(
    told: dict[str, t.Any], state_record: StateRecord | None = None, present: Records | None = BEFORE, **more: t.Any
) -> SiteObservation:
    text = to_text(state_record) if state_record is not None else None
    return SiteObservation(state_record, text, told, present, **more)


def changed_to(decision: Decision, name: str, kind: str) -> list[str] | None:
    found = [each["values"] for each in decision.records if (each["name"], each["type"]) == (name, kind)]
    assert len(found) < 2
    return found[0] if found else None


def steps(decision: Decision) -> list[str]:
    return [step for step, records in decision.steps if step and records]


def saved(decision: Decision) -> StateRecord | None:
    text = changed_to(decision, MARK, "TXT")
    return from_values(ZONE, 1, text) if text else None


def state_record_after(decision: Decision) -> StateRecord:
    state_record = saved(decision)
    assert state_record is not None
    return state_record


def touches_traffic(decision: Decision) -> bool:
    return any(record["type"] in ("A", "AAAA", "CNAME") for record in decision.records)


class TestRouting:
    @pytest.mark.parametrize("state", STATES)
    @pytest.mark.parametrize("cut_over", [False, True])
    def test_only_in_two_states(self, state: str, cut_over: bool) -> None:
        state_record = StateRecord(1, original=BEFORE, target=TARGET) if cut_over else None
        told = status(state, dns_new_a=list(CDN), dns_new_cname=CDN_NAME, dns_ssl_verify=None)
        decision = decide(entry(), observed(told, state_record), NOON)
        assert touches_traffic(decision) is (state in ("pending-dns", "ready"))

    @pytest.mark.parametrize(("detected", "installed"), list(itertools.product([None, False, True], repeat=2)), ids=str)
    @pytest.mark.parametrize("ssl", [None, True])
    def test_a_site_with_ssl_only_with_its_certificate(
        self, detected: bool | None, installed: bool | None, ssl: bool | None
    ) -> None:
        both = detected is True and installed is True
        told = status("pending-dns", ssl=certificate(detected, installed), routable=both)
        decision = decide(entry(ssl=ssl), observed(told), NOON)
        assert touches_traffic(decision) is both
        if not both:
            assert decision.waiting_for == "the certificate at the CDN"

    def test_an_entry_with_ssl_does_not_trust_silence(self) -> None:
        decision = decide(entry(ssl=True), observed(status("pending-dns", ssl=None, routable=True)), NOON)
        assert not touches_traffic(decision)

    def test_an_entry_without_ssl_needs_no_certificate_but_the_state(self) -> None:
        told = {"ssl": certificate(False, False), "routable": False}
        assert touches_traffic(decide(entry(ssl=False), observed(status("pending-dns", **told)), NOON))
        early = status("pending-domain-validation", **told)
        assert not touches_traffic(decide(entry(ssl=False), observed(early), NOON))

    def test_an_apex_and_its_alias(self) -> None:
        decision = decide(entry(), observed(status("pending-dns")), NOON)
        assert steps(decision) == ["change A/CNAME"]
        assert changed_to(decision, ZONE, "A") == list(CDN)
        assert changed_to(decision, ZONE, "AAAA") == []
        assert changed_to(decision, WWW, "CNAME") == [CDN_NAME]
        assert changed_to(decision, ZONE, "CNAME") is None
        assert {record["group"] for record in decision.records} == {ZONE}
        assert "A/CNAME records" in str(decision.waiting_for)

    def test_a_subdomain(self) -> None:
        shop = f"shop.{ZONE}"
        present = {shop: {"A": RecordSet(60, (ORIGIN,))}}
        decision = decide(entry(domain=shop), observed(status("pending-dns"), present=present), NOON)
        assert changed_to(decision, shop, "CNAME") == [CDN_NAME]
        assert changed_to(decision, shop, "A") is None

    def test_the_change_rests_on_what_was_saved(self) -> None:
        decision = decide(entry(), observed(status("pending-dns")), NOON)
        expected = {record["name"]: record["expected"] for record in decision.records if "expected" in record}
        assert expected[ZONE] == {"A": [ORIGIN], "AAAA": ["2001:db8::10"], "CNAME": []}
        assert expected[WWW] == {"A": [], "AAAA": [], "CNAME": [f"{ZONE}."]}
        assert expected[MARK] == {"TXT": []}

    @pytest.mark.parametrize(
        "told", [{"dns_new_a": []}, {"dns_new_cname": None}, {"dns_new_a": [], "dns_new_cname": None}]
    )
    def test_half_an_answer_changes_nothing(self, told: dict[str, t.Any]) -> None:
        decision = decide(entry(), observed(status("pending-dns", **told)), NOON)
        assert not touches_traffic(decision)
        assert "the API did not return" in str(decision.waiting_for)

    @pytest.mark.parametrize(
        "told", [{"dns_new_a": ["198.18.0.300"]}, {"dns_new_cname": "a b"}, {"dns_new_cname": "192.0.2.1"}], ids=str
    )
    def test_an_answer_that_no_record_can_have(self, told: dict[str, t.Any]) -> None:
        with pytest.raises(BadResponseError, match="which is not possible"):
            decide(entry(), observed(status("pending-dns", **told)), NOON)

    def test_without_what_is_there_now_nothing_is_changed(self) -> None:
        with pytest.raises(BadInputError, match="could not be read, so nothing was changed"):
            decide(entry(), observed(status("pending-dns"), present=None), NOON)

    def test_no_service_and_nothing_saved(self) -> None:
        decision = decide(entry(), observed(status("absent")), NOON)
        assert decision.records == []
        assert "check mode" in str(decision.waiting_for)


class TestSaving:
    def test_everything_that_was_there(self) -> None:
        state_record = state_record_after(decide(entry(), observed(status("pending-dns")), NOON))
        assert state_record.original == BEFORE
        assert state_record.target == TARGET
        assert (state_record.site_id, state_record.state, state_record.since) == (1, "pending-dns", NOON)

    @pytest.mark.parametrize("actions", [[], ["provisionAddon"]])
    def test_a_new_service_has_nothing_of_what_was_sent_to_the_old_one(self, actions: list[str]) -> None:
        before = StateRecord(1, original=BEFORE, certificate="0" * 64, ssl="enableWafSSL")
        told = status("pending-domain-validation", dns_ssl_verify=verify(), actions=actions)
        after = state_record_after(decide(entry(), observed(told, before), NOON))
        assert (after.certificate, after.ssl) == ((None, None) if actions else (before.certificate, before.ssl))
        assert after.original == BEFORE

    def test_names_at_which_nothing_was(self) -> None:
        state_record = state_record_after(
            decide(entry(), observed(status("pending-dns"), present={ZONE: {}, WWW: {}}), NOON)
        )
        assert state_record.original == {ZONE: {}, WWW: {}}

    def test_not_before_it_is_needed(self) -> None:
        state_record = state_record_after(
            decide(entry(), observed(status("pending-domain-validation", dns_ssl_verify=verify())), NOON)
        )
        assert (state_record.original, state_record.target) == ({}, None)

    def test_never_the_addresses_of_the_cdn(self) -> None:
        present = {**ROUTED, ZONE: BEFORE[ZONE]}
        state_record = state_record_after(decide(entry(), observed(status("pending-dns"), present=present), NOON))
        assert state_record.original == {ZONE: BEFORE[ZONE]}

    @pytest.mark.parametrize("spelling", [CDN_NAME, f"{CDN_NAME}.", f"{CDN_NAME.upper()}."])
    def test_never_its_name(self, spelling: str) -> None:
        present = {**BEFORE, WWW: {"CNAME": RecordSet(300, (spelling,))}}
        state_record = state_record_after(decide(entry(), observed(status("pending-dns"), present=present), NOON))
        assert WWW not in state_record.original

    @pytest.mark.parametrize("state", ["pending-dns", "ready"])
    @pytest.mark.parametrize("present", [BEFORE, ROUTED, None], ids=["before", "there", "not read"])
    def test_once_only(self, state: str, present: Records | None) -> None:
        first = state_record_after(decide(entry(), observed(status("pending-dns")), NOON))
        second = decide(entry(), observed(status(state), first, present), NOON + hours(1))
        # If DNS shows nothing of the cut-over, the state record is written again, with a fallback for another failure.
        assert saved(second) == (first if state == "pending-dns" and present is BEFORE else None)

    def test_the_ttl_from_before_it_was_lowered(self) -> None:
        lower = entry(lower_ttl=60)
        first = decide(lower, observed(status("pending-domain-validation", dns_ssl_verify=verify())), NOON)
        assert steps(first) == ["publish TXT", "lower TTL"]
        lowered = {(each["name"], each["type"]): each for each in first.records if each["ttl"] == 60}
        assert set(lowered) == {(ZONE, "A"), (ZONE, "AAAA"), (WWW, "CNAME")}
        assert lowered[ZONE, "A"]["values"] == [ORIGIN]
        present = {
            name: {kind: RecordSet(60, there.values) for kind, there in types.items()} for name, types in BEFORE.items()
        }
        second = decide(lower, observed(status("pending-dns"), state_record_after(first), present), NOON + hours(1))
        assert state_record_after(second).original == BEFORE

    def test_a_cname_where_the_txt_value_is_asked_for_is_not_in_the_same_list(self) -> None:
        # The name server module refuses a list with both, for all sites.
        name = f"shop.{ZONE}"
        site = entry(domain=name, lower_ttl=60)
        told = status("pending-domain-validation", dns_ssl_verify=verify(name=name))
        present = {name: {"CNAME": RecordSet(3600, ("lb.provider.example",))}}
        decision = decide(site, observed(told, present=present), NOON)
        assert [(each["name"], each["type"]) for each in decision.records if each["name"] == name] == [(name, "TXT")]

    def test_what_was_changed_after_its_ttl_was_lowered(self) -> None:
        lower = entry(lower_ttl=60)
        first = decide(lower, observed(status("pending-retry")), NOON)
        present = {**BEFORE, ZONE: {"A": RecordSet(60, ("192.0.2.77",))}}
        second = decide(lower, observed(status("pending-dns"), state_record_after(first), present), NOON)
        assert state_record_after(second).original == {ZONE: {"A": RecordSet(60, ("192.0.2.77",))}, WWW: BEFORE[WWW]}

    @pytest.mark.parametrize(
        "told",
        [
            status("ready"),
            status("error"),
            status("pending-domain-validation", dns_ssl_verify=verify()),
            status("pending-dns", ssl=certificate(True, False), routable=False),
            status("pending-retry", traffic_routing=True),
        ],
        ids=lambda told: told["state"],
    )
    def test_records_that_lead_to_the_cdn_are_never_taken_for_the_original_ones(self, told: dict[str, t.Any]) -> None:
        # The state record was removed, or the site was moved by hand before it came into the file; "ready" does not say
        # where the CDN is.
        moved = {
            name: {kind: RecordSet(7200, each.values) for kind, each in kinds.items()} for name, kinds in ROUTED.items()
        }
        decision = decide(entry(lower_ttl=60), observed(told, None, moved), NOON)
        assert "lower TTL" not in steps(decision)
        assert not (saved(decision) and state_record_after(decision).original)

    def test_a_site_whose_records_cannot_be_checked_is_named(self) -> None:
        lost = decide(entry(), observed(status("ready", traffic_routing=True), None, BEFORE), NOON)
        assert (steps(lost), len(lost.notes)) == ([], 1)
        assert "could not check them" in lost.notes[0]
        known = StateRecord(1, original=BEFORE, target=TARGET)
        assert decide(entry(), observed(status("ready"), known, ROUTED), NOON).notes == ()
        named = status("ready", dns_new_a=list(CDN), dns_new_cname=CDN_NAME)
        assert decide(entry(), observed(named, None, ROUTED), NOON).notes == ()

    def test_low_ttls_are_left_alone(self) -> None:
        assert steps(decide(entry(lower_ttl=86400), observed(status("pending-retry")), NOON)) == []

    def test_an_alias_that_joins_after_the_cut_over(self) -> None:
        state_record = StateRecord(1, original=BEFORE, target=TARGET, state="pending-dns", since=NOON)
        site, shop = entry(aliases=["www", "shop"]), f"shop.{ZONE}"
        told = status("ready")
        assert needs_present(site, observed(told, state_record, None))
        present = {**ROUTED, shop: {"A": RecordSet(60, ("192.0.2.30",))}}
        decision = decide(site, observed(told, state_record, present), NOON)
        assert state_record_after(decision).original == {**BEFORE, shop: present[shop]}
        assert changed_to(decision, shop, "CNAME") == [CDN_NAME]

    def test_what_is_known_is_not_read_again(self) -> None:
        state_record = StateRecord(1, original=BEFORE, target=TARGET)
        assert not needs_present(entry(), observed(status("ready"), state_record, None))
        assert not needs_present(entry(lower_ttl=60), observed(status("pending-retry"), state_record, None))


class TestDrift:
    @pytest.mark.parametrize("told", [{}, {"dns_new_a": list(CDN), "dns_new_cname": CDN_NAME}], ids=["short", "long"])
    def test_the_records_of_the_cut_over_are_wanted_in_ready(self, told: dict[str, t.Any]) -> None:
        state_record = StateRecord(1, original=BEFORE, target=TARGET)
        decision = decide(entry(), observed(status("ready", **told), state_record, None), NOON)
        assert changed_to(decision, ZONE, "A") == list(CDN)
        assert changed_to(decision, ZONE, "AAAA") == []
        assert changed_to(decision, WWW, "CNAME") == [CDN_NAME]
        assert decision.waiting_for is None

    def test_a_ready_site_of_which_nothing_is_known(self) -> None:
        decision = decide(entry(), observed(status("ready")), NOON)
        assert not touches_traffic(decision)

    def test_the_cdn_moves(self) -> None:
        state_record = StateRecord(1, original=BEFORE, target=TARGET)
        told = status("pending-dns", dns_new_a=["198.18.9.9"], dns_new_cname="d2.sitelockcdn.example")
        decision = decide(entry(), observed(told, state_record, None), NOON)
        assert changed_to(decision, ZONE, "A") == ["198.18.9.9"]
        assert state_record_after(decision).original == BEFORE
        assert state_record_after(decision).target == Target(("198.18.9.9",), "d2.sitelockcdn.example", 300)

    def test_present_again_on_the_way_out(self) -> None:
        state_record = StateRecord(
            1, original=BEFORE, target=TARGET, restored=NOON, wait=300, state="ready", since=NOON
        )
        decision = decide(entry(), observed(status("ready"), state_record, None), NOON + hours(1))
        assert changed_to(decision, ZONE, "A") == list(CDN)
        after = state_record_after(decision)
        assert (after.restored, after.wait, after.original) == (None, 0, BEFORE)


class TestVerification:
    def test_it_is_one_value_among_others(self) -> None:
        decision = decide(entry(), observed(status("pending-domain-validation", dns_ssl_verify=verify())), NOON)
        (record,) = [each for each in decision.records if each["name"] == ZONE]
        assert (record["type"], record["mode"], record["values"]) == ("TXT", "present", [VALUE])
        assert record["replace_prefix"] == "globalsign-domain-verification="
        assert state_record_after(decision).verification == (ZONE, VALUE)
        assert "certificate authority" in str(decision.waiting_for)

    @pytest.mark.parametrize(
        "value", ["v=abc", "v=spf1 -all", "MS=ms1", "google-site-verification=a", "=a", "a b=c", "plain", "a=b=c"]
    )
    def test_a_value_of_no_issuer_that_shows_takes_no_other_value_away(self, value: str) -> None:
        decision = decide(entry(), observed(status("pending-domain-validation", dns_ssl_verify=verify(value))), NOON)
        (record,) = [each for each in decision.records if each["name"] == ZONE]
        assert (record["mode"], record["values"]) == ("present", [value])
        assert "replace_prefix" not in record

    def test_rotation(self) -> None:
        state_record = StateRecord(1, verification=(ZONE, VALUE), state="pending-domain-validation", since=NOON)
        new = "globalsign-domain-verification=bbb"
        told = status("pending-domain-validation", dns_ssl_verify=verify(new))
        decision = decide(entry(), observed(told, state_record), NOON + hours(31 * 24))
        (record,) = [each for each in decision.records if each["name"] == ZONE]
        assert (record["values"], record["replace_prefix"]) == ([new], "globalsign-domain-verification=")
        assert state_record_after(decision).verification == (ZONE, new)

    @pytest.mark.parametrize(
        "new", [verify("other-issuer=ccc"), verify("plainvalue"), verify(VALUE, WWW)], ids=["issuer", "plain", "name"]
    )
    def test_rotation_to_something_else_removes_what_was_ours(self, new: dict[str, str]) -> None:
        state_record = StateRecord(1, verification=(ZONE, VALUE))
        decision = decide(
            entry(), observed(status("pending-domain-validation", dns_ssl_verify=new), state_record), NOON
        )
        removed = [each for each in decision.records if each["mode"] == "absent"]
        assert [(each["name"], each["values"]) for each in removed] == [(ZONE, [VALUE])]

    @pytest.mark.parametrize("state", STATES)
    @pytest.mark.parametrize("cleanup", [False, True])
    def test_it_is_removed_only_in_ready_and_when_asked_for(self, state: str, cleanup: bool) -> None:
        state_record = StateRecord(1, original=BEFORE, target=TARGET, verification=(ZONE, VALUE))
        decision = decide(entry(cleanup_verification=cleanup), observed(status(state), state_record), NOON)
        assert ("remove TXT" in steps(decision)) is (cleanup and state == "ready")

    @pytest.mark.parametrize("still_asked_for", [False, True])
    def test_it_stands_where_the_cname_comes(self, still_asked_for: bool) -> None:
        shop = f"shop.{ZONE}"
        site = entry(domain=shop)
        asked = verify(name=shop)
        state_record = StateRecord(1, verification=(shop, VALUE), state="pending-domain-validation", since=NOON)
        told = status("pending-dns", ssl=certificate(True, True), dns_ssl_verify=asked if still_asked_for else None)
        decision = decide(site, observed(told, state_record, {shop: {"A": RecordSet(60, (ORIGIN,))}}), NOON)
        at_name = {(each["type"], each["mode"]): each["values"] for each in decision.records if each["name"] == shop}
        assert at_name == {("CNAME", "exact"): [CDN_NAME], ("TXT", "absent"): [VALUE]}
        text = [each["values"][0] for each in decision.records if each["name"] == f"_websec.{shop}"]
        after = from_values(shop, 1, text)
        assert after is not None
        assert after.verification is None
        again = decide(site, SiteObservation(after, text[0], told, None), NOON)
        assert [(each["name"], each["type"]) for each in again.records] == [(shop, "CNAME")]

    def test_a_cname_leaves_no_room_for_the_next_one(self) -> None:
        shop = f"shop.{ZONE}"
        state_record = StateRecord(1, original={shop: {}}, target=TARGET)
        told = status("pending-domain-validation", dns_ssl_verify=verify(name=shop))
        decision = decide(entry(domain=shop), observed(told, state_record, None), NOON)
        assert [each for each in decision.records if each["name"] == shop] == []
        assert "cannot have other records" in decision.notes[0]

    @pytest.mark.parametrize(
        "asked",
        [verify(name="other.example"), verify(name=f"mail.{ZONE}.evil.example"), verify(kind="A"), verify(name=MARK)],
        ids=["name", "ending", "type", "state record"],
    )
    def test_a_record_that_is_not_of_this_site(self, asked: dict[str, str]) -> None:
        with pytest.raises(BadResponseError, match="is not a TXT or CNAME record of this site"):
            decide(entry(), observed(status("pending-domain-validation", dns_ssl_verify=asked)), NOON)

    @pytest.mark.parametrize("value", ['"quoted"', ""], ids=str)
    def test_a_value_that_cannot_be(self, value: str) -> None:
        for kind in ("TXT", "CNAME"):
            asked = verify(value, kind=kind)
            with pytest.raises(BadResponseError, match="which is not possible"):
                decide(entry(), observed(status("pending-domain-validation", dns_ssl_verify=asked)), NOON)


class TestWhatPeopleAreTold:
    def test_since_when(self) -> None:
        state_record = StateRecord(1, state="pending-retry", since=NOON)
        decision = decide(entry(), observed(status("pending-retry"), state_record), NOON + hours(5))
        assert decision.since == NOON
        assert saved(decision) is None
        changed = decide(entry(), observed(status("error", message="No plan."), state_record), NOON + hours(5))
        assert changed.since == NOON + hours(5)
        assert "manual action" in str(changed.waiting_for)
        assert "No plan." in str(changed.waiting_for)

    @pytest.mark.parametrize(
        ("state", "hours_ago", "says"),
        [
            ("pending-domain-validation", 36, None),
            ("pending-domain-validation", 37, "more than 36 hours"),
            ("pending-retry", 24 * 11, None),
            ("pending-retry", 24 * 11 + 1, "gives up"),
            ("pending-dns", 24 * 300, None),
        ],
    )
    def test_long_waits(self, state: str, hours_ago: int, says: str | None) -> None:
        state_record = StateRecord(1, original=BEFORE, target=TARGET, state=state, since=NOON - hours(hours_ago))
        notes = decide(entry(), observed(status(state), state_record), NOON).notes
        assert [says in note for note in notes] == [True] if says else notes == ()

    def test_two_long_waits_are_not_one(self) -> None:
        state_record = StateRecord(
            1, original=BEFORE, target=TARGET, verification=(ZONE, VALUE), state="pending-domain-validation", since=NOON
        )
        ready = decide(entry(), observed(status("ready"), state_record, None), NOON + hours(10))
        later = status("pending-domain-validation", dns_ssl_verify=verify("globalsign-domain-verification=bbb"))
        decision = decide(entry(), observed(later, state_record_after(ready), None), NOON + hours(700))
        assert decision.notes == ()
        assert decision.since == NOON + hours(700)

    @pytest.mark.parametrize(("days", "told"), [(30, False), (20, True), (-1, True)], ids=["far", "near", "over"])
    @pytest.mark.parametrize("state", ["pending-dns", "ready"])
    def test_the_end_of_the_certificate(self, days: int, told: bool, state: str) -> None:
        until = f"{NOON + datetime.timedelta(days=days):%Y-%m-%d}"
        state_record = StateRecord(1, original=BEFORE, target=TARGET)
        decision = decide(entry(), observed(status(state, ssl=certificate(True, True, until)), state_record), NOON)
        assert any(until in note for note in decision.notes) is told

    @pytest.mark.parametrize("until", [None, "", "soon", "12.5.2025"])
    def test_a_certificate_without_a_readable_end(self, until: str | None) -> None:
        told = status("pending-dns", ssl=certificate(True, True, until))
        assert decide(entry(), observed(told), NOON).notes == ()
