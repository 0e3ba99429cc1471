# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tasks of a pass are given, its report, and the table of it."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.hosting.websec.plugins.filter.text_table import table
from ansible_collections.hosting.websec.plugins.filter.waf_dns_records import waf_dns_records
from ansible_collections.hosting.websec.plugins.filter.waf_pass import waf_pass
from ansible_collections.hosting.websec.plugins.filter.waf_report import waf_report
from ansible_collections.hosting.websec.plugins.filter.waf_sites_to_ask import waf_sites_to_ask
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.clock import parse_time
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Defaults, prepare
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.state_record import (
    TYPES,
    RecordSet,
    StateRecord,
    Target,
    to_text,
)
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import (
    BEFORE,
    CDN,
    CDN_NAME,
    MARK,
    NOON,
    ORIGIN,
    VALUE,
    WWW,
    ZONE,
    NameServer,
    Vendor,
    entry,
    hours,
    run_pass,
    status,
    verify,
)

NOW = "2026-11-21T12:00:00Z"
MOVED = StateRecord(1, original=BEFORE, target=Target(CDN, CDN_NAME, 300), state="pending-dns", since=NOON)
LOST: dict[str, t.Any] = {"kind": "unavailable", "message": "No answer.", "hint": "Later.", "code": None}


def read(name: str, kind: str, *values: str, **more: t.Any) -> dict[str, t.Any]:
    there = {"name": name, "type": kind, "values": list(values), "ttl": 300, "everywhere": True}
    return {**there, "failed": False, "error": None, **more}


def result(name: str, kind: str, *, changed: bool = True, error: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
    return {"name": name, "type": kind, "changed": changed, "failed": error is not None, "error": error}


def row(site: dict[str, t.Any], statuses: list[t.Any], sets: list[t.Any], **more: t.Any) -> dict[str, t.Any]:
    (made,) = waf_report([site], statuses, sets, now=NOW, **more)
    return made


class TestTasks:
    def test_what_is_read_first(self) -> None:
        stays, ends = entry(), entry(domain="b.example", zone="b.example", site_id=2, state="absent", aliases=[])
        reads = waf_pass([stays, ends], "state_records_to_read")
        assert [(each["name"], each["type"]) for each in t.cast("list[dict[str, t.Any]]", reads)] == [
            (MARK, "TXT"),
            ("_websec.b.example", "TXT"),
            ("b.example", "A"),
            ("b.example", "AAAA"),
            ("b.example", "CNAME"),
        ]

    def test_what_is_looked_at_before_the_first_write(self) -> None:
        fresh, known = entry(), entry(domain="b.example", zone="b.example", site_id=2)
        ends = entry(domain="c.example", zone="c.example", site_id=3, state="absent")
        saved = [read("_websec.b.example", "TXT", to_text(StateRecord(2)))]
        assert waf_pass([fresh, known, ends], "to_preflight", read=saved) == [fresh]

    def test_a_blocked_site_is_not_ordered(self) -> None:
        finding = {"severity": "blocks", "code": "no_zone", "message": "There is no zone.", "remedy": "Add it."}
        looked = [{"domain": ZONE, "findings": [finding]}]
        site = entry(origin_name="o", waf_origin=ORIGIN)
        assert waf_pass([site], "to_order", preflight=looked) == []
        assert waf_pass([site], "origin_records", preflight=looked) == []
        made = row(site, [], [], preflight=looked)
        assert (made["error"]["message"], made["error"]["hint"]) == ("There is no zone.", "Add it.")
        assert (made["error"]["code"], made["error"]["site_id"]) == ("no_zone", 1)

    def test_a_warning_stands_in_the_report(self) -> None:
        finding = {"severity": "warns", "code": "ttl", "message": "The TTL is high.", "remedy": "Lower it."}
        looked = [{"domain": ZONE, "findings": [finding]}]
        assert len(waf_pass([entry()], "to_order", preflight=looked)) == 1
        made = row(entry(), [status("pending-retry")], [], preflight=looked)
        assert made["notes"] == ["The TTL is high. Lower it."]

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
    def test_a_site_whose_state_record_cannot_be_used_is_left_alone(self, saved: dict[str, t.Any], state: str) -> None:
        bad = entry(state=state, origin_name="o", waf_origin=ORIGIN)
        good = entry(domain="b.example", zone="b.example", site_id=2)
        sites, observed = [bad, good], [saved]
        assert waf_pass(sites, "to_preflight", read=observed) == [good]
        assert [
            each["site_id"] for each in t.cast("list[dict[str, t.Any]]", waf_pass(sites, "to_order", read=observed))
        ] == [2]
        assert waf_pass(sites, "to_ask", read=observed) == []
        assert waf_pass(sites, "origin_records", read=observed) == []
        statuses = [status("pending-dns"), status("pending-retry", site_id=2)]
        records = waf_dns_records(sites, statuses, now=NOW, read=observed)
        assert {each["name"] for each in records} == {"_websec.b.example"}
        first, second = waf_report(sites, statuses, records, now=NOW, read=observed)
        assert t.cast("dict[str, t.Any]", first["error"])["domain"] == ZONE
        assert first["waiting_for"] is None
        assert second["error"] is None

    def test_a_site_that_may_be_deleted(self) -> None:
        site = entry(state="absent", aliases=[])
        state_record = dataclasses.replace(MOVED, original={ZONE: BEFORE[ZONE]}, restored=NOON, wait=300)
        observed = [
            read(MARK, "TXT", to_text(state_record)),
            read(ZONE, "A", ORIGIN),
            read(ZONE, "AAAA", "2001:db8::10"),
            read(ZONE, "CNAME"),
        ]
        early, late = "2026-11-21T12:04:59Z", "2026-11-21T12:05:00Z"
        assert (
            waf_pass([site], "to_order", now=early, read=observed),
            waf_pass([site], "to_ask", now=early, read=observed),
        ) == ([], [1])
        # It counted towards the limit when its end began.
        ends = {"site_id": 1, "domain": ZONE, "state": "absent", "force": True, "end_begun": True}
        assert waf_pass([site], "to_order", now=late, read=observed) == [ends]
        assert waf_pass([site], "to_ask", now=late, read=observed) == []

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
        self, state_record: StateRecord | None, state: str, told: str | None, begins: bool
    ) -> None:
        """With or without a state record; and just then the pass writes into it that the end has begun."""
        site = entry(state=state)
        saved = [] if state_record is None else [to_text(state_record)]
        served = [ORIGIN] if state_record is None else list(CDN)
        observed = [
            read(MARK, "TXT", *saved),
            *(read(name, kind, *(served if kind == "A" else [])) for name in (ZONE, WWW) for kind in TYPES),
        ]
        statuses = [] if told is None else [status(told, dns_new_a=list(CDN), dns_new_cname=CDN_NAME)]
        given = waf_pass([site], "to_release", now=NOW, read=observed, statuses=statuses)
        assert given == ([f"{ZONE} (site 1)"] if begins else [])
        records = t.cast("list[dict[str, t.Any]]", waf_dns_records([site], statuses, now=NOW, read=observed))
        before, *after = (
            any('"restored"' in text for text in texts)
            for texts in (saved, *(record["values"] for record in records if record["name"] == MARK))
        )
        assert (any(after) and not before) == begins

    def test_two_sites_with_values_in_one_set(self) -> None:
        sites = [entry(), entry(domain=f"shop.{ZONE}", site_id=2)]
        statuses = [
            status("pending-domain-validation", site_id=number, dns_ssl_verify=verify(f"issuer={number}"))
            for number in (1, 2)
        ]
        shared = [each for each in waf_dns_records(sites, statuses) if each["name"] == ZONE]
        assert [each["values"] for each in shared] == [["issuer=1"], ["issuer=2"]]
        assert not any("replace_prefix" in each for each in shared)

    def test_only_new_txt_records_are_asked_for_again(self) -> None:
        sites = [entry(), entry(domain="b.example", zone="b.example", site_id=2)]
        statuses = [
            status("pending-domain-validation", site_id=number, dns_ssl_verify=verify(name=name))
            for number, name in ((1, ZONE), (2, "b.example"))
        ]
        results = [result("Customer.Example.", "txt"), result("b.example", "TXT", changed=False)]
        assert waf_sites_to_ask(sites, statuses, results) == [1]

    def test_a_question_that_is_none(self) -> None:
        with pytest.raises(AnsibleFilterError, match="not one of without_zone, state_records_to_read"):
            waf_pass([], "everything")


class TestReport:
    def test_an_order_and_its_txt_record(self) -> None:
        told = status(
            "pending-domain-validation",
            dns_ssl_verify=verify(),
            state_before="absent",
            actions=["provisionAddon"],
            changed=True,
        )
        made = row(entry(), [told], [result(ZONE, "TXT"), result(MARK, "TXT")])
        assert (made["domain"], made["site_id"]) == (ZONE, 1)
        assert (made["state_before"], made["state"]) == ("absent", "pending-domain-validation")
        assert made["steps"] == ["provisionAddon", "publish TXT"]
        assert "certificate authority" in made["waiting_for"]
        assert (made["since"], made["changed"], made["error"], made["notes"]) == (NOW, True, None, [])

    def test_the_last_answer_counts(self) -> None:
        told = status("pending-domain-validation", dns_ssl_verify=verify())
        made = row(entry(), [told], [], asked_again=[status("pending-dns")])
        assert (made["state_before"], made["state"]) == ("pending-domain-validation", "pending-dns")
        failed = {**status("pending-dns"), "failed": True, "error": LOST}
        assert row(entry(), [told], [], asked_again=[failed])["state"] == "pending-domain-validation"

    def test_nothing_to_do(self) -> None:
        observed = [read(MARK, "TXT", to_text(MOVED))]
        made = row(entry(), [status("ready")], [result(ZONE, "A", changed=False)], read=observed)
        assert (made["steps"], made["changed"], made["waiting_for"]) == ([], False, None)

    def test_drift(self) -> None:
        observed = [read(MARK, "TXT", to_text(MOVED))]
        made = row(entry(), [status("ready")], [result(ZONE, "A")], read=observed)
        assert (made["steps"], made["changed"]) == (["change A/CNAME"], True)

    def test_a_change_that_the_server_refused(self) -> None:
        refused = {"kind": "rejected", "message": "Refused.", "hint": "Look.", "code": None}
        observed = [read(name, kind) for name in (ZONE, WWW) for kind in ("A", "AAAA", "CNAME")]
        made = row(entry(), [status("pending-dns")], [result(ZONE, "A", changed=False, error=refused)], read=observed)
        assert made["error"] == {**refused, "domain": ZONE, "site_id": 1}
        assert (made["waiting_for"], made["steps"]) == (None, [])

    def test_an_answer_that_failed(self) -> None:
        failed = {**status("absent"), "state": None, "failed": True, "error": LOST, "actions": ["provisionAddon"]}
        made = row(entry(), [failed], [])
        assert (made["error"]["kind"], made["error"]["domain"]) == ("unavailable", ZONE)
        assert made["steps"] == ["provisionAddon"]
        assert waf_dns_records([entry()], [failed]) == []

    def test_present_records_that_could_not_be_read(self) -> None:
        observed = [read(name, kind) for name in (ZONE, WWW) for kind in ("A", "AAAA", "CNAME")]
        observed[0].update(failed=True, error=LOST)
        made = row(entry(), [status("pending-dns")], [], read=observed)
        assert made["error"]["message"] == "No answer."
        assert waf_dns_records([entry()], [status("pending-dns")], read=observed) == []

    def test_the_address_of_an_origin(self) -> None:
        site = entry(origin_name="o", waf_origin=ORIGIN)
        assert [
            (each["name"], each["type"], each["values"])
            for each in t.cast("list[dict[str, t.Any]]", waf_pass([site], "origin_records"))
        ] == [
            (f"o.{ZONE}", "A", [ORIGIN]),
            (f"o.{ZONE}", "AAAA", []),
        ]
        made = row(site, [status("pending-retry")], [], origins=[result(f"o.{ZONE}", "A")])
        assert (made["steps"], made["changed"]) == (["change origin"], True)

    def test_a_wrong_entry(self) -> None:
        sites = prepare([{"domain": ZONE, "site_id": 1, "ttl": "x"}, 5], [], Defaults())
        first, second = waf_report(sites, [], [])
        assert "ttl is 'x'" in t.cast("dict[str, str]", first["error"])["message"]
        assert (second["domain"], second["state"]) == (None, None)

    def test_rows_come_in_the_order_of_the_file(self) -> None:
        sites = [
            entry(domain=f"{name}.example", zone=f"{name}.example", site_id=number)
            for name, number in (("z", 3), ("a", 1))
        ]
        assert [each["domain"] for each in waf_report(sites, [], [])] == ["z.example", "a.example"]


class TestTable:
    ROWS: t.ClassVar[list[dict[str, t.Any]]] = [
        {"domain": "long-name.example", "steps": ["one", "two"], "changed": True, "error": None},
        {
            "domain": "b.example",
            "steps": [],
            "changed": False,
            "error": {
                "kind": "rejected",
                "code": "AEX",
                "extended_code": "3003",
                "message": "Refused.",
                "hint": "Pay.",
            },
        },
        {"domain": "c.example", "error": {"kind": "bad_input", "message": "Two\nlines.", "hint": None}},
    ]

    def test_columns_are_aligned_and_errors_explained(self) -> None:
        lines = table(self.ROWS, {"domain": "site", "steps": "done", "changed": "changed", "error": "error"})
        assert lines == [
            "site               done      changed  error",
            "long-name.example  one, two  yes      -",
            "b.example          -         no       FAILED: rejected AEX/3003",
            "c.example          -         -        FAILED: bad_input",
            "b.example: Refused. Pay.",
            "c.example: Two lines.",
        ]

    def test_no_rows(self) -> None:
        assert table([], {"domain": "site"}) == ["site"]


class TestTime:
    def test_it_is_utc(self) -> None:
        assert parse_time(NOW) == NOON

    def test_now(self) -> None:
        assert parse_time(None).tzinfo is not None

    @pytest.mark.parametrize("text", ["yesterday", "2026-11-21", "2026-11-21 12:00:00"])
    def test_no_time(self, text: str) -> None:
        with pytest.raises(BadInputError, match="is not a time such as"):
            parse_time(text)


def test_one_life() -> None:
    """From nothing to the end, pass by pass."""
    server, vendor, site, ends = NameServer.of(BEFORE), Vendor(), entry(), entry(state="absent")
    server.sets[ZONE, "TXT"] = RecordSet(3600, ("v=spf1 -all",))
    vendor.first_state = "pending-domain-validation"

    def step(entry_now: dict[str, t.Any], at: float) -> list[str]:
        (made,) = run_pass([entry_now], server, vendor, NOON + hours(at))
        assert made["error"] is None
        return t.cast("list[str]", made["steps"])

    assert step(site, 0) == ["provisionAddon"]
    vendor.put(1, "pending-domain-validation", dns_ssl_verify=verify())
    assert step(site, 1) == ["publish TXT"]
    assert server.values(ZONE, "TXT") == ["v=spf1 -all", VALUE]
    vendor.put(1, "pending-dns")
    assert step(site, 2) == ["change A/CNAME"]
    assert server.values(ZONE, "A") == list(CDN)
    assert server.values(ZONE, "AAAA") == []
    vendor.put(1, "ready")
    writes = server.writes
    assert step(site, 3) == []
    server.sets[ZONE, "A"] = RecordSet(60, ("192.0.2.66",))
    assert step(site, 4) == ["change A/CNAME"]
    assert server.writes == writes + 1
    assert step(ends, 5) == ["restore A/CNAME", "remove TXT"]
    assert server.names() == BEFORE
    assert step(ends, 5.05) == []
    assert vendor.deleted == {}
    assert step(ends, 6) == ["deleteAddon"]
    assert server.names() == BEFORE
    assert server.values(MARK, "TXT") == []
    assert server.values(ZONE, "TXT") == ["v=spf1 -all"]
    assert step(ends, 7) == []
    assert (vendor.ordered, vendor.deleted) == ({1: 1}, {1: 1})
