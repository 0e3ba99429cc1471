# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The messages are true: each sentence is compared with the requests in the response and the actions of the pass."""

from __future__ import annotations

import datetime
import itertools
import re
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._next_pass import (
    APPROVAL,
    CONTINUES,
    CROSSED,
    DEFERRED,
    TIME_OVER,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.decision import decide
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.messages import DELETE, waiting_to_end
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.observation import (
    CHANGE,
    PUBLISH_TXT,
    Decision,
    SiteObservation,
)
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    Records,
    RecordSet,
    StateRecord,
    from_values,
    to_text,
)
from ansible_collections.hosting.websec.tests.unit.documented import COLLECTION
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import (
    BEFORE,
    CDN,
    CDN_NAME,
    MARK,
    NOON,
    ORIGIN,
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

STATES = ("absent", "pending-domain-validation", "pending-retry", "pending-dns", "ready", "error", "pending-something")
ASKED: dict[str, dict[str, str] | None] = {
    "nothing": None,
    "TXT": verify(),
    "TXT at the alias": verify(name=WWW),
    "CNAME": verify(f"abc.ca.{ZONE}", f"_abc.{ZONE}", "CNAME"),
    "CNAME at the alias": verify("abc.ca.example", WWW, "CNAME"),
}
PUBLISHED: dict[str, tuple[str, str] | None] = {
    "nothing": None,
    "the same": (ZONE, VALUE),
    "an older one": (ZONE, "globalsign-domain-verification=old"),
}
SSL = {
    "silent": None,
    "no certificate": certificate(True, False),
    "certificate": certificate(True, True, "2026-11-25"),
}


class Told(t.NamedTuple):
    """A decision with its input and its result."""

    state: str
    asked: dict[str, str] | None
    decision: Decision
    after: StateRecord
    routable: bool

    @property
    def waiting_for(self) -> str:
        return self.decision.waiting_for or ""

    @property
    def notes(self) -> str:
        return " ".join(self.decision.notes)

    def records(self, step: str) -> list[dict[str, t.Any]]:
        return [record for name, records in self.decision.steps if name == step for record in records]

    @property
    def txt_stands(self) -> bool:
        """The requested TXT value, or the last one, is in DNS after the pass."""
        if self.asked is None:
            return self.after.verification is not None
        value = (self.asked["dns_record_domain"], self.asked["dns_record_value"])
        return self.asked["dns_record_type"] == "TXT" and self.after.verification == value

    @property
    def by_cname(self) -> bool:
        return self.asked is not None and self.asked["dns_record_type"] == "CNAME"


def tell(
    state: str,
    asked: dict[str, str] | None,
    published: tuple[str, str] | None,
    ssl: dict[str, t.Any] | None,
    *,
    moved: bool,
    waited: float,
    named: bool,
) -> Told:
    routable = state in ("pending-dns", "ready") and (ssl is None or ssl["cert_installed"] is True)
    names = {"dns_new_a": list(CDN), "dns_new_cname": CDN_NAME} if named else {"dns_new_a": [], "dns_new_cname": None}
    told = status(state, dns_ssl_verify=asked, ssl=ssl, routable=routable, message="No plan.", **names)
    known = StateRecord(
        1,
        original=BEFORE if moved else {},
        target=TARGET if moved else None,
        verification=published,
        state=state,
        since=NOON - hours(waited),
    )
    state_record = known if moved or published is not None else None
    text = to_text(state_record) if state_record is not None else None
    decision = decide(entry(), SiteObservation(state_record, text, told, BEFORE), NOON)
    written = [each["values"] for each in decision.records if each["name"] == MARK]
    after = from_values(ZONE, 1, written[0]) if written and written[0] else state_record
    return Told(state, asked, decision, after or StateRecord(1), routable)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("asks", ASKED)
def test_every_sentence_is_true(state: str, asks: str) -> None:
    for case in itertools.product(PUBLISHED, SSL, (False, True), (False, True), (1, 400)):
        check(state, asks, *case)


def check(state: str, asks: str, published: str, ssl: str, moved: bool, named: bool, waited: int) -> None:
    asked = ASKED[asks]
    told = tell(state, asked, PUBLISHED[published], SSL[ssl], moved=moved, waited=waited, named=named)
    validating = state == "pending-domain-validation"
    long = told.after.since == NOON - hours(400) and told.after.state == state
    facts: dict[str, tuple[str, bool]] = {
        "to see the TXT record": (told.waiting_for, validating and told.txt_stands),
        "to see the CNAME record that SiteLock requests": (told.waiting_for, validating and told.by_cname),
        "the TXT record that SiteLock requests": (
            told.waiting_for,
            validating and asked is not None and not told.by_cname and not told.txt_stands,
        ),
        "requests no DNS record": (told.waiting_for, validating and asked is None and not told.txt_stands),
        "to see the A/CNAME records": (
            told.waiting_for,
            state == "pending-dns" and told.routable and bool(told.records(CHANGE)),
        ),
        "the certificate at the CDN": (told.waiting_for, state == "pending-dns" and not told.routable),
        "which the API did not return": (
            told.waiting_for,
            state == "pending-dns" and told.routable and not named and not moved,
        ),
        "tries again every 6 h": (told.waiting_for, state == "pending-retry"),
        "No plan.": (told.waiting_for, state == "error"),
        "the order": (told.waiting_for, state == "absent"),
        "unknown to this collection": (told.waiting_for, state not in STATES[:-1]),
        "more than 36 hours": (told.notes, validating and long),
        "Check the TXT record": (told.notes, validating and long and told.txt_stands),
        "Check the CNAME record": (told.notes, validating and long and told.by_cname),
        "cannot have other records": (
            told.notes,
            validating and asked is not None and not told.by_cname and not told.txt_stands,
        ),
        "validates this domain by the CNAME record": (told.notes, validating and told.by_cname),
        "Set it, unless": (told.notes, validating and told.by_cname and asks == "CNAME"),
        "more than 11 days": (told.notes, state == "pending-retry" and long),
        "could not check them": (told.notes, state == "ready" and told.routable and not (moved or named)),
        "not that its certificate is installed": (told.notes, state == "ready" and not told.routable),
        "ends on 2026-11-25": (told.notes, ssl == "certificate"),
    }
    wrong = {words: expected for words, (text, expected) in facts.items() if (words in text) is not expected}
    assert wrong == {}, (published, ssl, moved, named, waited, told.waiting_for, told.notes)
    # There are no messages but those of the table, and a CNAME for the validation was not set.
    assert bool(told.waiting_for) is (state != "ready")
    assert told.decision.since == (told.after.since if told.after.state == state else None)
    assert all(record["type"] == "TXT" for record in told.records(PUBLISH_TXT))
    assert not (told.by_cname and told.records(PUBLISH_TXT))


def all_told() -> list[Told]:
    return [
        tell(state, ASKED[asks], PUBLISHED[published], SSL[ssl], moved=moved, waited=waited, named=named)
        for state, asks, published, ssl, moved, named, waited in itertools.product(
            STATES, ASKED, PUBLISHED, SSL, (False, True), (False, True), (1, 400)
        )
    ]


def test_the_table_has_every_sentence_that_is_told() -> None:
    """The states and the cases of the table reach each of them at least once."""
    told = all_told()
    waits = {re.sub(r": No plan\.", "", each.waiting_for) for each in told}
    assert len(waits) == 12, sorted(waits)
    assert len({note for each in told for note in each.decision.notes}) == 11


def test_the_documentation_says_of_each_wait_what_to_do() -> None:
    page = (COLLECTION / "docs" / "site-life.md").read_text(encoding="utf-8")
    section = page.split("\n## What a site waits for\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (?!waits for |---)(.+?) \|", section, re.MULTILINE)
    waits = {re.sub(r": No plan\.", "", each.waiting_for) for each in all_told()} - {""}
    for actions, lagging in (([], True), ([], False), ([DELETE], False)):
        waits.add(waiting_to_end(status("ready", actions=actions), NOON, lagging=lagging))
    waits |= {CONTINUES, TIME_OVER, CROSSED, f"{DEFERRED}a reason", f"{APPROVAL} a reason"}
    patterns = [re.compile(re.escape(row).replace(re.escape("..."), ".+")) for row in rows]
    assert {wait for wait in waits if not any(each.fullmatch(wait) for each in patterns)} == set()
    assert len(rows) == len(waits)


class TestReady:
    def test_since_when_as_far_as_it_is_saved(self) -> None:
        def since(state_record: StateRecord) -> datetime.datetime | None:
            return decide(
                entry(), SiteObservation(state_record, to_text(state_record), status("ready"), BEFORE), NOON
            ).since

        known = StateRecord(1, original=BEFORE, target=TARGET, state="ready", since=NOON - hours(50))
        assert since(known) == NOON - hours(50)
        # Nothing was written when it became ready, so the time is unknown.
        assert since(StateRecord(1, original=BEFORE, target=TARGET, state="pending-dns", since=NOON)) is None
        assert (
            since(StateRecord(1, original=BEFORE, target=TARGET, state="pending-retry", since=NOON - hours(9))) == NOON
        )

    def test_what_is_changed_later_does_not_begin_it_anew(self) -> None:
        known = StateRecord(1, original=BEFORE, target=TARGET, state="ready", since=NOON - hours(50))
        observed = SiteObservation(known, to_text(known), status("ready"), {**BEFORE, f"m.{ZONE}": {}})
        assert decide(entry(aliases=["www", "m"]), observed, NOON).since == NOON - hours(50)

    @pytest.mark.parametrize(("until", "word"), [("2026-11-21", "ends"), ("2026-11-20", "ended")])
    def test_the_end_of_a_certificate(self, until: str, word: str) -> None:
        told = status("ready", ssl=certificate(True, True, until))
        known = StateRecord(1, original=BEFORE, target=TARGET)
        (note,) = decide(entry(), SiteObservation(known, to_text(known), told, BEFORE), NOON).notes
        assert note == f"The certificate at the CDN {word} on {until}."


class TestTheWayOut:
    """The source of the original records, and the reason to wait."""

    ROUTED: t.ClassVar[Records] = {ZONE: {"A": RecordSet(300, CDN)}, WWW: {"CNAME": RecordSet(300, (f"{CDN_NAME}.",))}}

    def decide(
        self, state_record: StateRecord | None, present: Records, site: Entry | None = None, **told: t.Any
    ) -> tuple[str, str]:
        text = to_text(state_record) if state_record is not None else None
        observed = SiteObservation(state_record, text, status("ready", **told), present, everywhere=True)
        decision = decide(site or entry(state="absent"), observed, NOON)
        (note,) = decision.notes
        return note.removeprefix("The original records come from ").rstrip("."), decision.waiting_for or ""

    def test_where_the_records_come_from(self) -> None:
        moved = StateRecord(1, original=BEFORE, target=TARGET)
        half = StateRecord(1, original={ZONE: BEFORE[ZONE]}, target=TARGET)
        www = entry(state="absent", restore={"www": {"A": [ORIGIN]}})
        both = entry(state="absent", restore={"www": {"A": [ORIGIN]}, "@": {"A": [ORIGIN]}})
        assert self.decide(moved, self.ROUTED)[0] == "what was saved at the cut-over"
        assert self.decide(moved, self.ROUTED, both)[0] == "restore of the entry"
        assert self.decide(half, self.ROUTED, www)[0] == "restore of the entry and what was saved at the cut-over"
        by_api = self.decide(half, self.ROUTED, original_dns=[ORIGIN])[0]
        assert by_api == "what was saved at the cut-over and the API, which returns A records only"
        named = {"dns_new_a": list(CDN), "dns_new_cname": CDN_NAME}
        assert self.decide(None, BEFORE, **named)[0] == "DNS, which does not point to the CDN"
        lowered = StateRecord(1, original=BEFORE)
        assert self.decide(lowered, BEFORE, **named)[0] == "what was saved before any change"

    def test_what_is_waited_for(self) -> None:
        moved = StateRecord(1, original=BEFORE, target=TARGET, restored=NOON - hours(1), wait=7200)
        assert "to expire, at 2026-11-21 13:00:00 UTC; then a pass deletes the service" in self.decide(moved, BEFORE)[1]
        sent = self.decide(moved, BEFORE, actions=["deleteAddon"])[1]
        assert "SiteLock does not show yet" in sent
        assert "UTC" not in sent

    def test_records_that_lead_to_the_cdn_are_not_put_back(self) -> None:
        wrong = entry(state="absent", restore={"@": {"A": [CDN[0]]}, "www": {"A": [ORIGIN]}})
        moved = StateRecord(1, original=BEFORE, target=TARGET)
        with pytest.raises(BadInputError, match="the records to restore point to the CDN"):
            self.decide(moved, self.ROUTED, wrong)
