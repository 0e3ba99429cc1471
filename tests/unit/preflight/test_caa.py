# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CAA records against RFC 8659: its own examples, and sets that are generated together with their meaning."""

from __future__ import annotations

import typing as t

import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.CAA
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._errors import UnavailableError
from ansible_collections.hosting.websec.plugins.module_utils._preflight.authority import authority_findings
from ansible_collections.hosting.websec.plugins.module_utils._preflight.caa import (
    Permission,
    climb,
    permission,
    relevant,
)
from ansible_collections.hosting.websec.tests.unit.preflight.world import name, policy

OURS = "globalsign.com"
CAA = dns.rdtypes.ANY.CAA.CAA


def caa(tag: str, value: str, flags: int = 0) -> CAA:
    return CAA(dns.rdataclass.IN, dns.rdatatype.CAA, flags, tag.encode(), value.encode())


def verdict(*records: CAA, wildcard: bool = False) -> str:
    return permission(records, (OURS,), wildcard=wildcard).value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("globalsign.com", "allowed"),
        ("  GlobalSign.COM ", "allowed"),
        ("globalsign.com;", "allowed"),
        ("globalsign.com; account=12345", "restricted"),
        ("globalsign.com ; a=1 ; b = 2 ", "restricted"),
        (";", "forbidden"),
        ("", "forbidden"),
        (" ; a=1", "forbidden"),
        ("letsencrypt.org", "forbidden"),
        ("globalsign.com.evil.example", "forbidden"),
        ("www.globalsign.com", "forbidden"),
        ("%%%%%", "forbidden"),
        ("globalsign.com account=1", "forbidden"),
        ("globalsign.com; =1", "forbidden"),
        ("globalsign..com", "forbidden"),
        ("globalsign.com.", "forbidden"),
    ],
)
def test_values_of_issue(value: str, expected: str) -> None:
    assert verdict(caa("issue", value)) == expected


def test_what_no_record_restricts_is_allowed() -> None:
    assert verdict() == "allowed"
    assert verdict(caa("iodef", "mailto:security@customer.example")) == "allowed"
    assert verdict(caa("issuewild", ";")) == "allowed"
    assert verdict(caa("issuemail", ";")) == "allowed"
    assert verdict(caa("future", "something")) == "allowed"


def test_issuewild_counts_for_wildcards_only_and_before_issue() -> None:
    both = (caa("issue", OURS), caa("issuewild", ";"))
    assert verdict(*both) == "allowed"
    assert verdict(*both, wildcard=True) == "forbidden"
    turned = (caa("issue", ";"), caa("issuewild", OURS))
    assert verdict(*turned) == "forbidden"
    assert verdict(*turned, wildcard=True) == "allowed"
    assert verdict(caa("issue", ";"), wildcard=True) == "forbidden"


def test_a_critical_property_that_nobody_knows_forbids_everything() -> None:
    assert verdict(caa("issue", OURS), caa("tbs", "Unknown", flags=128)) == "forbidden"
    assert verdict(caa("issue", OURS, flags=128)) == "allowed"
    assert verdict(caa("ISSUE", OURS, flags=128)) == "allowed"
    assert verdict(caa("issue", OURS), caa("tbs", "Unknown", flags=1)) == "allowed"


BLANKS = st.text(" \t", max_size=2)
LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,4}[a-z0-9])?", fullmatch=True)
ISSUERS = st.one_of(st.just(OURS), st.just(None), st.lists(LABELS, min_size=1, max_size=3).map(".".join))
PARAMETERS = st.lists(st.tuples(LABELS, st.text("!#=abcXYZ019~", max_size=5)), max_size=2)


class Property(t.NamedTuple):
    """A property as its owner means it."""

    tag: str
    issuer: str | None
    parameters: list[tuple[str, str]]


@st.composite
def written(draw: st.DrawFn) -> tuple[Property, CAA]:
    """A property and one of the ways to write it."""
    meant = Property(draw(st.sampled_from(["issue", "issuewild", "iodef"])), draw(ISSUERS), draw(PARAMETERS))
    issuer = draw(st.sampled_from([str.lower, str.upper]))(meant.issuer or "")
    pieces = [draw(BLANKS) + issuer]
    pieces += [f"{draw(BLANKS)}{tag}{draw(BLANKS)}={draw(BLANKS)}{value}" for tag, value in meant.parameters]
    text = f"{draw(BLANKS)};".join(pieces) + draw(BLANKS)
    tag = draw(st.sampled_from([meant.tag, meant.tag.upper()]))
    return meant, caa(tag, text, flags=draw(st.sampled_from([0, 128])))


def allows(meant: t.Sequence[Property], tag: str) -> str | None:
    """The meaning of the properties of one tag, without the tested code; ``None``: no restriction."""
    of_tag = [each for each in meant if each.tag == tag]
    ours = [each for each in of_tag if each.issuer == OURS]
    if not of_tag:
        return None
    if not ours:
        return "forbidden"
    return "allowed" if any(not each.parameters for each in ours) else "restricted"


@settings(deadline=None)
@given(st.lists(written(), max_size=5))
def test_sets_are_understood_as_they_were_meant(properties: list[tuple[Property, CAA]]) -> None:
    meant, records = [each[0] for each in properties], [each[1] for each in properties]
    issue = allows(meant, "issue")
    assert verdict(*records) == (issue or "allowed")
    assert verdict(*records, wildcard=True) == (allows(meant, "issuewild") or issue or "allowed")


@settings(deadline=None)
@given(st.lists(st.builds(caa, st.sampled_from(["issue", "issuewild", "iodef"]), st.text(max_size=12))))
def test_one_more_record_for_somebody_else_never_gives_a_permission(records: list[CAA]) -> None:
    order = [Permission.FORBIDDEN, Permission.RESTRICTED, Permission.ALLOWED]
    before = permission(tuple(records), (OURS,), wildcard=False)
    after = permission((*records, caa("issue", "letsencrypt.org")), (OURS,), wildcard=False)
    assert after is Permission.FORBIDDEN or order.index(after) <= order.index(before)


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_no_value_is_too_strange(value: bytes) -> None:
    record = CAA(dns.rdataclass.IN, dns.rdatatype.CAA, 0, b"issue", value)
    assert permission((record,), (OURS,), wildcard=False) in Permission


def test_the_climb_ends_below_the_root() -> None:
    assert climb(name("www.customer.example")) == [
        name("www.customer.example"),
        name("customer.example"),
        name("example"),
    ]


@settings(deadline=None)
@given(st.integers(0, 3), st.integers(0, 3))
def test_the_nearest_set_counts(lower: int, higher: int) -> None:
    names = climb(name("a.b.customer.example"))
    mine, theirs = (caa("issue", OURS),), (caa("issue", ";"),)
    sets: dict[t.Any, t.Any] = dict.fromkeys(names, ())
    sets[names[max(lower, higher)]] = theirs
    sets[names[min(lower, higher)]] = mine
    assert relevant(names[0], sets) == (names[min(lower, higher)], mine)


def test_a_set_that_is_not_known_ends_the_climb() -> None:
    error = UnavailableError("SERVFAIL.")
    names = climb(name("www.customer.example"))
    assert relevant(names[0], {names[0]: (), names[1]: error, names[2]: (caa("issue", ";"),)}) == (names[1], error)
    (found,) = authority_findings([names[0]], {names[0]: (), names[1]: error, names[2]: ()}, policy())
    assert (found.code, found.severity, found.name) == ("not_checked", "warns", "customer.example")
    assert "SERVFAIL." in found.message


def test_nothing_anywhere_is_no_restriction() -> None:
    names = climb(name("www.customer.example"))
    assert relevant(names[0], dict.fromkeys(names, ())) is None


class TestFindings:
    APEX, WWW = name("customer.example"), name("www.customer.example")

    def of(self, *records: CAA, **rules: t.Any) -> list[tuple[str, str]]:
        sets = {self.APEX: records, self.WWW: (), name("example"): ()}
        found = authority_findings([self.APEX, self.WWW], sets, policy(**rules))
        return [(each.code, each.severity) for each in found]

    def test_one_finding_names_all_that_it_concerns_and_the_record_that_helps(self) -> None:
        sets = {self.APEX: (caa("issue", "letsencrypt.org"), caa("issuewild", ";")), self.WWW: ()}
        (found,) = authority_findings([self.APEX, self.WWW], sets, policy())
        assert (found.code, found.severity, found.name) == ("caa_forbids", "blocks", "customer.example")
        assert "allow only letsencrypt.org" in found.message
        assert "customer.example and www.customer.example" in found.message
        assert 'customer.example CAA 0 issue "globalsign.com"' in found.remedy

    def test_nobody_may(self) -> None:
        sets = {self.WWW: (caa("issue", ";"),), self.APEX: ()}
        found = authority_findings([self.WWW], sets, policy())
        assert "allow no certificate authority" in found[0].message

    def test_wildcards(self) -> None:
        records = (caa("issue", OURS), caa("issuewild", ";"))
        assert self.of(*records) == [("caa_forbids_wildcard", "warns")]
        assert self.of(*records, wildcard=True) == [("caa_forbids_wildcard", "blocks")]

    def test_parameters(self) -> None:
        assert self.of(caa("issue", f"{OURS}; account=1")) == [("caa_restricted", "warns")]
        wild = (caa("issue", OURS), caa("issuewild", f"{OURS}; account=1"))
        assert self.of(*wild) == []
        assert self.of(*wild, wildcard=True) == [("caa_restricted", "warns")]

    def test_a_critical_property(self) -> None:
        sets = {self.APEX: (caa("issue", OURS), caa("tbs", "x", flags=128))}
        (found,) = authority_findings([self.APEX], sets, policy())
        assert found.code == "caa_forbids"
        assert "tbs" in found.message
        assert "tbs" in found.remedy

    def test_other_names_of_the_authority(self) -> None:
        assert self.of(caa("issue", "ca.example"), issuers=("other.example", "ca.example")) == []
        assert self.of(caa("issue", OURS), issuers=("ca.example",)) == [("caa_forbids", "blocks")]
