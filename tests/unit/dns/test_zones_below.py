# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server with a zone and others below it: a response counts only for its own zone."""

from __future__ import annotations

import typing as t

import dns.name
import dns.rdatatype
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import one_provider
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.rfc2136 import Rfc2136Provider
from ansible_collections.hosting.websec.plugins.module_utils._dns.reading import parse_questions
from ansible_collections.hosting.websec.tests.unit.dns.model import Model, ModelClient
from ansible_collections.hosting.websec.tests.unit.dns.passes import entry, run_pass

UNHURRIED = settings(deadline=None)
ZONE = "z.example"
LINES = (
    "www 300 A 192.0.2.1",
    "alias 300 CNAME www.sub.z.example.",
    "a.b 300 A 192.0.2.2",
    "* 300 TXT wild",
)
BELOW = ("@ 300 A 192.0.2.8", "www 300 A 192.0.2.9", "alias 300 CNAME www.z.example.", "*.deep 300 A 192.0.2.7")
NAMES = ("www", "alias", "a.b", "b", "new", "sub", "www.sub", "alias.sub", "new.sub", "x.deep.sub", "deep.sub", "y.new")
WANTED = [(name, rdtype) for name in NAMES for rdtype in ("A", "CNAME", "TXT")]


def model(*, says_zone: bool) -> Model:
    zones = Model(z_example=LINES, sub_z_example=BELOW)
    zones.says_zone = says_zone
    return zones


def read(zones: Model, *questions: tuple[str, str], zone: str = ZONE) -> list[dict[str, t.Any]]:
    wanted = [{"zone": zone, "name": name, "type": rdtype, "every_server": False} for name, rdtype in questions]
    with one_provider(Rfc2136Provider(ModelClient(zones)), read_only=True) as providers:
        return providers.read(parse_questions(wanted))


@UNHURRIED
@given(
    wanted=st.lists(st.sampled_from(WANTED), min_size=1, unique=True),
    says_zone=st.booleans(),
)
def test_what_another_zone_has_is_never_told_as_of_this_one(wanted: list[tuple[str, str]], says_zone: bool) -> None:
    entries = read(model(says_zone=says_zone), *((f"{name}.{ZONE}", rdtype) for name, rdtype in wanted))
    for (name, _rdtype), found in zip(wanted, entries):
        below = name == "sub" or name.endswith(".sub")
        assert found["failed"] == below, found
        if below:
            assert found["error"]["kind"] == "not_found"
            assert "in the zone sub.z.example, not in z.example" in found["error"]["message"]


@UNHURRIED
@given(
    wanted=st.lists(st.sampled_from(WANTED), min_size=1, unique=True),
    says_zone=st.booleans(),
    check_mode=st.booleans(),
)
def test_names_of_a_zone_below_are_left_alone_and_stop_nobody(
    wanted: list[tuple[str, str]], says_zone: bool, check_mode: bool
) -> None:
    zones = model(says_zone=says_zone)
    below = zones.lines("sub.z.example")
    kinds = dict(wanted)
    value = {"A": "198.51.100.1", "CNAME": "cdn.example.net", "TXT": "new"}
    desired = [entry(f"{name}.{ZONE}", kind, value[kind], zone=ZONE) for name, kind in kinds.items()]
    fine = entry(f"fine.{ZONE}", "A", "192.0.2.3", zone=ZONE)
    result = run_pass(zones, *desired, fine, check_mode=check_mode)
    assert zones.lines("sub.z.example") == below
    for desired_set, found in zip(desired, result["record_sets"]):
        if desired_set["name"].endswith("sub.z.example"):
            assert (found["failed"], found["changed"]) == (True, False)
            assert "sub.z.example" in found["error"]["message"]
    assert (result["record_sets"][-1]["changed"], result["record_sets"][-1]["failed"]) == (True, False)
    assert bool(result["updates"]) != check_mode


@pytest.mark.parametrize("says_zone", [False, True])
def test_no_more_is_asked_than_needed(says_zone: bool) -> None:
    """The figures of docs/performance.md."""
    for questions, more in (
        # A negative response shows the zone, and with BIND a positive one too.
        ([("www", "A"), ("www", "AAAA"), ("www", "CNAME")], []),
        ([("new", "A"), ("y.new", "AAAA")], []),
        # A CNAME is in the zone of its parent.
        ([("alias", "CNAME"), ("alias", "A")], []),
        # A name shows the zone of those above it.
        ([("b", "A"), ("a.b", "A"), ("a.b", "AAAA")], []),
        # Positive responses only: one more query per name, if the server does not name the zone.
        ([("www", "A"), ("a.b", "A")], [] if says_zone else ["www SOA", "a.b SOA"]),
    ):
        zones = model(says_zone=says_zone)
        read(zones, *((f"{name}.{ZONE}", rdtype) for name, rdtype in questions))
        asked = [query.replace(f".{ZONE}", "") for query in zones.queries]
        assert sorted(asked) == sorted([f"{name} {rdtype}" for name, rdtype in questions] + more)


def test_a_zone_that_the_server_has_only_as_a_part_of_another_one_is_not_served() -> None:
    for says_zone in (False, True):
        for name in ("a.b", "new.b", "b"):
            (found,) = read(model(says_zone=says_zone), (f"{name}.{ZONE}", "A"), zone=f"b.{ZONE}")
            assert found["error"]["kind"] == "not_found"
            assert "does not serve the zone b.z.example" in found["error"]["message"]


def test_answers_that_no_zone_holds_stop_their_name_only_and_are_told_as_that() -> None:
    zones = model(says_zone=True)
    (content,) = Model(z_example=["@ 60 A 198.51.100.1"]).zones.values()
    apex = (dns.name.from_text(ZONE), dns.rdatatype.A)
    zones.made_up = {apex: content[apex]}
    desired = [entry(ZONE, "A", "192.0.2.99", zone=ZONE), entry(f"www.{ZONE}", "A", "192.0.2.99", zone=ZONE)]
    result = run_pass(zones, *desired)
    assert [found["failed"] for found in result["record_sets"]] == [True, False]
    assert "with records that its zone z.example does not contain" in result["record_sets"][0]["error"]["message"]
    assert "another writer" not in str(result)
    assert "www.z.example. 300 A 192.0.2.99" in zones.lines(ZONE)


def test_a_name_that_somebody_changes_all_the_time_does_not_stop_the_others() -> None:
    zones = model(says_zone=True)
    times: list[int] = []

    def somebody_else() -> None:
        times.append(len(times))
        zones.set(ZONE, "www", "A", f"203.0.113.{len(times)}")

    zones.before_update = somebody_else
    desired = [entry(f"{name}.{ZONE}", "A", "192.0.2.99", zone=ZONE) for name in ("www", "a.b")]
    result = run_pass(zones, *desired)
    assert [found["failed"] for found in result["record_sets"]] == [True, False]
    error = result["record_sets"][0]["error"]
    assert (error["kind"], error["code"]) == ("rejected", "changed_meanwhile")
    assert "www.z.example in the zone z.example was changed by another writer each time" in error["message"]
    assert result["record_sets"][0]["values"] == [f"203.0.113.{len(times)}"]
    assert (result["updates"], len(times)) == (4, 4)
