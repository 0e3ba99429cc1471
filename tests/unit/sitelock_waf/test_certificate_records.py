# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state records of sites with a certificate: what is read, and what is written after an upload."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import SiteEntry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Recorded
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.certificate_records import CertificateRecords
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    RecordSet,
    StateRecord,
    Target,
    from_values,
    to_text,
)

Result = dict[str, t.Any]
OLD, NEW = "0" * 64, "f" * 64
FULL = StateRecord(
    1,
    original={"shop.example": {"A": RecordSet(3600, ("192.0.2.1",))}},
    target=Target(("203.0.113.1",), "cdn.example", 300),
    verification=("shop.example", "globalsign-domain-verification=x"),
    state="ready",
)
DOWN = {"message": "ns.example does not answer."}


class Zones:
    """Name servers with state records. ``broken`` is what fails."""

    def __init__(self, broken: str = "", **records: str) -> None:
        self.records = {f"_websec.{name}.example": text for name, text in records.items()}
        self.broken = broken
        self.asked: list[str] = []
        self.changes: list[Result] = []

    def zones(self, entries: t.Sequence[Result]) -> list[Result]:
        self.asked += [f"zone of {entry['domain']}" for entry in entries]
        failed = self.broken == "zones"
        return [
            {"zone": None if failed else "example", "failed": failed, "error": failed and DOWN} for _each in entries
        ]

    def read(self, questions: t.Sequence[Result]) -> list[Result]:
        self.asked += [question["name"] for question in questions]
        failed, deferred = self.broken == "read", self.broken == "time"
        return [
            {
                "values": [self.records[question["name"]]] if question["name"] in self.records else [],
                "failed": failed,
                "deferred": deferred,
                "error": DOWN if failed else None,
            }
            for question in questions
        ]

    def change(self, records: t.Sequence[Result]) -> Result:
        """Refused record sets come last, as those of ``SiteDns`` do."""
        self.changes += records
        results = []
        for record in records:
            failed = self.broken == "change" or self.broken == record["name"]
            deferred = self.broken == "time to change"
            error = DOWN if failed else None
            results.append({"name": f"{record['name']}.", "failed": failed, "deferred": deferred, "error": error})
        return {"record_sets": sorted(results, key=lambda result: result["failed"])}


def entry(name: str = "shop", site_id: int = 1, **more: t.Any) -> SiteEntry:
    values = {"certificate": {"certificate_file": "x.pem"}, **more}
    return SiteEntry(1, site_id=site_id, domain=f"{name}.example", values=values)


def records_of(zones: Zones, warnings: list[str]) -> CertificateRecords:
    return CertificateRecords(t.cast("t.Any", zones), warn=warnings.append)


def row(fingerprint: str | None, *changed: str, name: str = "shop") -> Result:
    details = {"certificate": {"fingerprint": fingerprint}}
    return {"domain": f"{name}.example", "changed_sections": list(changed), "details": details, "needs_person": []}


@pytest.mark.parametrize(
    ("of", "asked"),
    [
        (entry(), ["zone of shop.example", "_websec.shop.example"]),
        (entry(zone="shop.example"), ["_websec.shop.example"]),
        (SiteEntry(1, site_id=1, domain="shop.example", values={"ssl": {"enabled": True}, "zone": "example"}), 1),
        (SiteEntry(1, site_id=1, domain="shop.example", values={"rules": {}}), []),
        (SiteEntry(1, site_id=1, values={"certificate": {}}), []),
    ],
)
def test_only_what_is_needed_is_read(of: SiteEntry, asked: list[str] | int) -> None:
    zones = Zones(shop=to_text(FULL))
    records_of(zones, []).recall([of])
    assert asked in (zones.asked, len(zones.asked))


def test_what_the_record_says() -> None:
    known, new = entry(), entry("new", 2)
    records_of(Zones(shop=to_text(FULL)), []).recall([known, new])
    assert known.recorded == Recorded(("203.0.113.1",), "cdn.example", "", "")
    assert new.recorded is None


@pytest.mark.parametrize(
    ("zones", "told"),
    [
        (Zones("zones", shop=to_text(FULL)), "ns.example does not answer."),
        (Zones("read", shop=to_text(FULL)), "ns.example does not answer."),
        (Zones("time", shop=to_text(FULL)), "there was no time left"),
        (Zones(shop="somebody else's text"), "was not written by this collection"),
        (Zones(shop="v=websec1 {}"), "cannot be read"),
        (Zones(shop=to_text(StateRecord(2))), "belongs to site 2"),
        (Zones(shop=to_text(FULL).replace('"state"', '"certificate":"x","state"')), "cannot be read"),
    ],
    ids=range(7),
)
def test_a_record_that_cannot_be_read_is_told_and_not_changed(zones: Zones, told: str) -> None:
    one, warnings = entry(), list[str]()
    records = records_of(zones, warnings)
    records.recall([one])
    (warning,) = warnings
    assert warning.startswith("The state records of shop.example could not be read")
    assert told in warning
    assert one.error is None
    assert one.recorded is not None
    assert told in one.recorded.problem
    assert (one.recorded.addresses, one.recorded.fingerprint) == ((), None)
    records.note([row(NEW, "certificate")])
    assert zones.changes == []


@pytest.mark.parametrize("wrong", [{"zone": ["example"]}, {"zone": "other.test"}, {"dns": {"server": "x"}}])
def test_a_wrong_entry_costs_no_other_one(wrong: Result) -> None:
    one, other = entry(**wrong), entry("new", 2)
    records_of(Zones(new=to_text(StateRecord(2))), []).recall([one, other])
    assert one.error is not None
    assert one.error.message.startswith("Site 1: ")
    assert other.recorded == Recorded((), None, "", "")


@pytest.mark.parametrize(
    ("before", "after", "changed", "written"),
    [
        (None, NEW, ("certificate",), True),
        (OLD, NEW, ("certificate",), True),
        (OLD, None, ("certificate",), True),
        (NEW, NEW, ("certificate",), False),
        (OLD, NEW, ("rules",), False),
    ],
)
def test_the_fingerprint_is_written_and_nothing_else(
    before: str | None, after: str | None, changed: tuple[str, ...], written: bool
) -> None:
    text = to_text(FULL if before is None else StateRecord(**{**vars(FULL), "certificate": before}))
    zones = Zones(shop=text)
    records = records_of(zones, [])
    records.recall([entry()])
    done = row(after, *changed)
    records.note([done, row(NEW, "certificate", name="unknown")])
    assert done["needs_person"] == []
    assert len(zones.changes) == written
    for change in zones.changes:
        # Only if nobody changed it since.
        assert change["expected"] == {"TXT": [text]}
        assert from_values("shop.example", 1, change["values"]) == StateRecord(**{**vars(FULL), "certificate": after})


@pytest.mark.parametrize(
    ("broken", "told"), [("change", "ns.example does not answer."), ("time to change", "there was no time left")]
)
def test_what_could_not_be_written_is_told(broken: str, told: str) -> None:
    records = records_of(Zones(broken, shop=to_text(FULL)), [])
    records.recall([entry()])
    done = row(NEW, "certificate")
    records.note([done])
    (sentence,) = done["needs_person"]
    assert told in sentence


def test_what_could_not_be_written_is_told_at_its_site() -> None:
    names = ("a", "b", "c")
    records = records_of(Zones("_websec.a.example", **{name: to_text(StateRecord(1)) for name in names}), [])
    records.recall([entry(name) for name in names])
    rows = [row(NEW, "certificate", name=name) for name in names]
    records.note(rows)
    assert [len(each["needs_person"]) for each in rows] == [1, 0, 0]


@pytest.mark.parametrize(
    ("before", "details", "after"),
    [
        ((None, None), {"requested": "enableWafSSL"}, (None, "enableWafSSL")),
        ((OLD, "detectWafSSL"), {"requested": "enableWafSSL"}, (OLD, "enableWafSSL")),
        # Switching it off removes the certificate.
        ((OLD, "enableWafSSL"), {}, (None, None)),
    ],
)
def test_what_was_sent_to_switch_ssl_on_is_written(
    before: tuple[str | None, str | None], details: Result, after: tuple[str | None, str | None]
) -> None:
    def record(of: tuple[str | None, str | None]) -> StateRecord:
        return StateRecord(1, certificate=of[0], ssl=of[1])

    zones = Zones(shop=to_text(record(before)))
    records = records_of(zones, [])
    records.recall([entry()])
    records.note([{**row(None), "changed_sections": ["ssl"], "details": {"ssl": details}}])
    (change,) = zones.changes
    assert from_values("shop.example", 1, change["values"]) == record(after)
