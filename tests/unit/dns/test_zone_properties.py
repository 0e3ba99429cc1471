# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For any zone and any desired sets: the desired sets are reached, and nothing else changes."""

from __future__ import annotations

import typing as t

import dns.message
import dns.name
import dns.rdatatype
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import DesiredRecordSet, parse_desired
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.tests.unit.dns.model import CNAME, Model, Sets
from ansible_collections.hosting.websec.tests.unit.dns.passes import Entry, run_pass

ZONE = "customer.example"
ORIGIN = dns.name.from_text(ZONE)
OWNERS = ["@", "www", "a.b", "b", "*", "_websec.www"]
VALUES = {
    "A": ["192.0.2.1", "192.0.2.2", "192.0.2.3"],
    "AAAA": ["2001:db8::1", "2001:db8::2"],
    "TXT": ["v=spf1", "verify=1", "verify=2", "other"],
    "MX": ["10 mx1.example.net.", "20 mx2.example.net."],
    "CNAME": ["cdn.example.net.", "other.example.net."],
}
REPLACED = {"CNAME": {"A", "AAAA"}, "A": {"CNAME"}, "AAAA": {"CNAME"}}


UNHURRIED = settings(deadline=None)
"""A pass over the model takes a few milliseconds, and more on a busy machine."""

LINES = [
    (owner, rdtype, f"{owner} {60 if rdtype == 'A' else 300} {rdtype} {value}")
    for owner in OWNERS
    for rdtype, values in VALUES.items()
    for value in values
    if (owner, rdtype) != ("@", "CNAME")
]
ENTRIES = [
    {"name": ZONE if owner == "@" else f"{owner}.{ZONE}", "type": rdtype, "mode": mode, "ttl": ttl}
    for owner in OWNERS
    for rdtype in VALUES
    for mode in ("exact", "exact", "present", "absent")
    for ttl in (None, 60, 900)
]


def legal(lines: list[tuple[str, str, str]]) -> list[str]:
    """The lines without those that cannot exist next to a CNAME."""
    aliases = {owner: line for owner, rdtype, line in lines if rdtype == "CNAME"}
    return [line for owner, _rdtype, line in lines if aliases.get(owner, line) == line]


def zones() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(LINES), max_size=9, unique=True).map(legal)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    entry: Entry = dict(draw(st.sampled_from(ENTRIES)))
    entry["values"] = draw(st.lists(st.sampled_from(VALUES[entry["type"]]), max_size=3, unique=True))
    if entry["type"] == "TXT" and entry["mode"] == "present" and draw(st.booleans()):
        entry["replace_prefix"] = "verify="
    return entry


def parsed(wanted: list[Entry]) -> list[DesiredRecordSet]:
    """The desired sets, if the module accepts them."""
    try:
        return parse_desired(wanted)
    except BadInputError:
        assume(False)
        raise


def served(model: Model, desired_set: DesiredRecordSet) -> set[str]:
    """The values that a client gets for the name and type of a desired record set."""
    answer = model.answer(dns.message.make_query(desired_set.name, desired_set.rdtype, flags=0))
    return {str(record) for rrset in answer.answer if rrset.rdtype == desired_set.rdtype for record in rrset}


def texts(desired_set: DesiredRecordSet) -> set[str]:
    return {str(record) for record in desired_set.records}


def fulfilled(model: Model, desired_set: DesiredRecordSet) -> bool:
    there = served(model, desired_set)
    if desired_set.mode == "present":
        stale = {
            text for text in there - texts(desired_set) if desired_set.replace_prefix and text.startswith('"verify=')
        }
        return texts(desired_set) <= there and not stale
    if desired_set.mode == "absent":
        return not texts(desired_set) & there or _by_wildcard(model, desired_set)
    return there == texts(desired_set) or (not desired_set.records and _by_wildcard(model, desired_set))


def _by_wildcard(model: Model, desired_set: DesiredRecordSet) -> bool:
    """Whether a client gets the records of a wildcard: it cannot be distinguished, so the set counts as absent."""
    beside = dns.name.Name((b"*", *desired_set.name.labels[1:]))
    return served(model, desired_set) == served(model, DesiredRecordSet(beside, desired_set.rdtype, "exact", ()))


def others(sets: Sets, desired: t.Sequence[DesiredRecordSet]) -> Sets:
    """The sets without a desired state."""
    touched = {desired_set.key for desired_set in desired}
    for desired_set in desired:
        if desired_set.mode == "exact" and desired_set.fills:
            kind = dns.rdatatype.to_text(desired_set.rdtype)
            touched |= {(desired_set.name, dns.rdatatype.from_text(other)) for other in REPLACED.get(kind, ())}
    return {at: content for at, content in sets.items() if at not in touched}


def check_pass(lines: list[str], wanted: list[Entry], **faults: t.Any) -> dict[str, t.Any]:
    desired = parsed(wanted)
    model = Model(customer_example=lines)
    before = dict(model.zones[ORIGIN])
    result = run_pass(model, *wanted, **faults)
    after = model.zones[ORIGIN]

    refused = {dns.name.from_text(record_set["name"]) for record_set in result["record_sets"] if record_set["failed"]}
    assert others(after, desired) == others(before, desired)
    assert {at: after.get(at) for at in before if at[0] in refused} == {
        at: content for at, content in before.items() if at[0] in refused
    }
    for desired_set, record_set in zip(desired, result["record_sets"]):
        assert record_set["failed"] or fulfilled(model, desired_set), (desired_set, model.lines(ZONE))
    for name in {owner for owner, _rdtype in after}:
        kinds = {rdtype for owner, rdtype in after if owner == name}
        assert CNAME not in kinds or kinds == {CNAME}
    assert result["changed"] == (after != before)
    return {"model": model, "result": result, "after": dict(after)}


@UNHURRIED
@given(lines=zones(), wanted=st.lists(entries(), min_size=1, max_size=5))
def test_a_pass_fulfils_what_is_wanted_and_touches_nothing_else(lines: list[str], wanted: list[Entry]) -> None:
    done = check_pass(lines, wanted)
    again = run_pass(done["model"], *wanted)
    assert (again["changed"], again["updates"] if not _has_errors(again) else 0) == (False, 0)
    assert done["model"].zones[ORIGIN] == done["after"]


@UNHURRIED
@given(
    lines=zones(),
    wanted=st.lists(entries(), min_size=1, max_size=5),
    lost=st.sampled_from(["lost_requests", "lost_answers"]),
)
def test_a_lost_message_changes_nothing_of_that(lines: list[str], wanted: list[Entry], lost: str) -> None:
    done = check_pass(lines, wanted, **{lost: {1}})
    kinds = {record_set["error"]["kind"] for record_set in done["result"]["record_sets"] if record_set["failed"]}
    assert kinds <= {"rejected", "bad_input"}


@UNHURRIED
@given(lines=zones(), wanted=st.lists(entries(), min_size=1, max_size=5))
def test_check_mode_says_what_happens_and_sends_nothing(lines: list[str], wanted: list[Entry]) -> None:
    parsed(wanted)
    model = Model(customer_example=lines)
    planned = run_pass(model, *wanted, check_mode=True)
    assert (planned["updates"], model.updates) == (0, 0)
    # A wildcard also answers for the names below it, which is visible only while it exists.
    if not any(name.startswith("*") for name in (*lines, *(entry["name"] for entry in wanted))):
        done = run_pass(model, *wanted)
        assert {**planned, "updates": 0} == {**done, "updates": 0}


@UNHURRIED
@given(lines=zones(), later=zones(), wanted=st.lists(entries(), min_size=1, max_size=4))
def test_a_change_by_somebody_else_at_the_worst_moment_is_not_lost(
    lines: list[str], later: list[str], wanted: list[Entry]
) -> None:
    desired = parsed(wanted)
    model = Model(customer_example=lines)
    between = Model(customer_example=later).zones[ORIGIN]

    def somebody_else() -> None:
        model.zones[ORIGIN] = dict(between)
        model.before_update = lambda: None

    model.before_update = somebody_else
    result = run_pass(model, *wanted)
    if result["updates"]:
        assert others(model.zones[ORIGIN], desired) == others(between, desired)
        for desired_set, record_set in zip(desired, result["record_sets"]):
            assert record_set["failed"] or fulfilled(model, desired_set)


def _has_errors(result: t.Mapping[str, t.Any]) -> bool:
    return any(record_set["failed"] for record_set in result["record_sets"])
