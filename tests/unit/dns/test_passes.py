# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The effect of one pass on a zone, by example."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.tests.unit.dns.model import Model
from ansible_collections.hosting.websec.tests.unit.dns.passes import Entry, entry, run_pass

ZONE = "customer.example"
WWW = "www.customer.example"


def errors(result: t.Mapping[str, t.Any]) -> list[str]:
    return [record_set["error"]["kind"] for record_set in result["record_sets"] if record_set["failed"]]


def model(*lines: str) -> Model:
    return Model(customer_example=lines)


@pytest.mark.parametrize(
    ("before", "desired_set", "after"),
    [
        ([], entry(WWW, "A", "192.0.2.1"), ["www.customer.example. 3600 A 192.0.2.1"]),
        ([], entry(WWW, "A", "192.0.2.1", ttl=60), ["www.customer.example. 60 A 192.0.2.1"]),
        (
            ["www 300 A 192.0.2.1"],
            entry(WWW, "A", "192.0.2.2", "192.0.2.3"),
            ["www.customer.example. 300 A 192.0.2.2", "www.customer.example. 300 A 192.0.2.3"],
        ),
        (["www 300 A 192.0.2.1"], entry(WWW, "A", "192.0.2.1", ttl=60), ["www.customer.example. 60 A 192.0.2.1"]),
        (["www 300 A 192.0.2.1"], entry(WWW, "A"), []),
        (
            ["@ 300 TXT v=spf1"],
            entry(ZONE, "TXT", "verify=1", mode="present", ttl=60),
            ['customer.example. 300 TXT "v=spf1"', 'customer.example. 300 TXT "verify=1"'],
        ),
        (
            ["@ 300 TXT v=spf1", "@ 300 TXT verify=0", "@ 300 TXT other=0"],
            entry(ZONE, "TXT", "verify=1", mode="present", replace_prefix="verify="),
            [
                'customer.example. 300 TXT "other=0"',
                'customer.example. 300 TXT "v=spf1"',
                'customer.example. 300 TXT "verify=1"',
            ],
        ),
        (
            ["@ 300 TXT v=spf1", "@ 300 TXT verify=0"],
            entry(ZONE, "TXT", "verify=0", "what", mode="absent"),
            ['customer.example. 300 TXT "v=spf1"'],
        ),
        (
            ["www 300 A 192.0.2.1", "www 60 AAAA 2001:db8::1", "mail 300 A 192.0.2.9"],
            entry(WWW, "CNAME", "cdn.example.net", ttl=60),
            ["mail.customer.example. 300 A 192.0.2.9", "www.customer.example. 60 CNAME cdn.example.net."],
        ),
        (["www 60 CNAME cdn.example.net."], entry(WWW, "A", "192.0.2.1"), ["www.customer.example. 3600 A 192.0.2.1"]),
        (
            ["www 60 CNAME cdn.example.net."],
            entry(WWW, "CNAME", "b.example.net"),
            ["www.customer.example. 60 CNAME b.example.net."],
        ),
    ],
)
def test_a_pass_makes_it_so_and_the_next_one_has_nothing_to_do(
    before: list[str], desired_set: Entry, after: list[str]
) -> None:
    zone = model(*before)
    planned = run_pass(zone, desired_set, check_mode=True)
    assert planned["updates"] == zone.updates == 0
    done = run_pass(zone, desired_set)
    assert zone.lines(ZONE) == after
    assert {**planned, "updates": 1} == done
    again = run_pass(zone, desired_set)
    assert (again["changed"], again["updates"], again["diff"]) == (False, 0, {"before": "", "after": ""})
    assert again["record_sets"][0]["values"] == done["record_sets"][0]["values"]


@pytest.mark.parametrize(
    ("before", "desired_set"),
    [
        (["www 300 A 192.0.2.1"], entry(WWW, "AAAA")),
        (["www 60 CNAME cdn.example.net."], entry(WWW, "A")),
        (["www 60 CNAME cdn.example.net."], entry(WWW, "TXT", "a", mode="absent")),
        (["www 60 CNAME CDN.Example.net."], entry(WWW, "CNAME", "cdn.example.net")),
        (["www 60 AAAA 2001:db8:0::1"], entry(WWW, "AAAA", "2001:DB8::1")),
        (['@ 60 TXT "v=spf1 " "-all"'], entry(ZONE, "TXT", "v=spf1 -all")),
        (["@ 60 TXT a", "@ 60 TXT b"], entry(ZONE, "TXT", "b", mode="present", ttl=300)),
        (["@ 60 TXT verify=1"], entry(ZONE, "TXT", "verify=1", mode="present", replace_prefix="verify=")),
    ],
)
def test_what_is_so_already_is_not_sent(before: list[str], desired_set: Entry) -> None:
    result = run_pass(model(*before), desired_set)
    assert (result["changed"], result["updates"], errors(result)) == (False, 0, [])


@pytest.mark.parametrize(
    ("before", "desired_set", "names"),
    [
        (["www 300 A 192.0.2.1", "www 300 MX 10 mx.example.net."], entry(WWW, "CNAME", "cdn.example.net"), "MX"),
        (["www 300 A 192.0.2.1", "www 300 TXT a"], entry(WWW, "CNAME", "cdn.example.net"), "TXT"),
        (["www 300 SRV 1 1 1 a.example.net."], entry(WWW, "CNAME", "cdn.example.net"), "SRV"),
        (["www 300 CNAME cdn.example.net."], entry(WWW, "TXT", "a", mode="present"), "TXT"),
        (["www 300 CNAME cdn.example.net."], entry(WWW, "A", "192.0.2.1", mode="present"), "CNAME"),
    ],
)
def test_what_cannot_stand_beside_a_cname_is_refused_and_left_alone(
    before: list[str], desired_set: Entry, names: str
) -> None:
    zone = model(*before)
    content = zone.lines(ZONE)
    for check_mode in (True, False):
        result = run_pass(zone, desired_set, entry(f"fine.{ZONE}", "A", "192.0.2.7"), check_mode=check_mode)
        assert errors(result) == ["rejected"]
        assert names in result["record_sets"][0]["error"]["message"]
        assert [record_set["changed"] for record_set in result["record_sets"]] == [False, True]
        assert (result["zones"][0]["failed"], result["zones"][0]["changed"]) == (True, True)
    assert zone.lines(ZONE) == sorted([*content, "fine.customer.example. 3600 A 192.0.2.7"])


def test_an_unusual_type_keeps_a_cname_away_too() -> None:
    zone = model("www 300 A 192.0.2.1", "www 300 LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m")
    result = run_pass(zone, entry(WWW, "CNAME", "cdn.example.net"))
    assert "LOC" in result["record_sets"][0]["error"]["message"]
    assert "www.customer.example. 300 A 192.0.2.1" in zone.lines(ZONE)


def test_a_cname_takes_the_place_of_what_is_removed_in_the_same_pass() -> None:
    zone = model("www 300 A 192.0.2.1", "www 300 TXT a")
    result = run_pass(zone, entry(WWW, "CNAME", "cdn.example.net"), entry(WWW, "TXT", "a", mode="absent"))
    assert (result["updates"], errors(result)) == (1, [])
    assert zone.lines(ZONE) == ["www.customer.example. 3600 CNAME cdn.example.net."]


def test_a_cname_at_an_apex_that_was_found_is_refused() -> None:
    zone = model()
    result = run_pass(zone, entry(ZONE, "CNAME", "cdn.example.net"))
    assert errors(result) == ["bad_input"]
    assert (result["updates"], zone.updates) == (0, 0)


def test_what_was_replaced_is_told() -> None:
    zone = model("www 300 A 192.0.2.1", "www 60 AAAA 2001:db8::1")
    (record_set,) = run_pass(zone, entry(WWW, "CNAME", "cdn.example.net"))["record_sets"]
    assert record_set["before"] is None
    assert record_set["replaced"] == [
        {"type": "A", "ttl": 300, "values": ["192.0.2.1"]},
        {"type": "AAAA", "ttl": 60, "values": ["2001:db8::1"]},
    ]


def test_the_diff_shows_whole_sets_in_order() -> None:
    zone = model("www 300 A 192.0.2.1", "@ 60 TXT b", "@ 60 TXT a")
    result = run_pass(
        zone, entry(WWW, "CNAME", "cdn.example.net", ttl=30), entry(ZONE, "TXT", "c", mode="present"), check_mode=True
    )
    assert result["diff"] == {
        "before": 'customer.example. 60 IN TXT "a"\ncustomer.example. 60 IN TXT "b"\n'
        "www.customer.example. 300 IN A 192.0.2.1\n",
        "after": 'customer.example. 60 IN TXT "a"\ncustomer.example. 60 IN TXT "b"\ncustomer.example. 60 IN TXT "c"\n'
        "www.customer.example. 30 IN CNAME cdn.example.net.\n",
    }


def test_results_keep_the_order_of_the_input() -> None:
    zones = Model(b_example=[], a_example=[])
    desired = [entry(f"{name}.example", "A", "192.0.2.1") for name in ("x.b", "x.a", "lost", "y.b")]
    result = run_pass(zones, *desired)
    assert [(record_set["name"], record_set["zone"]) for record_set in result["record_sets"]] == [
        ("x.b.example", "b.example"),
        ("x.a.example", "a.example"),
        ("lost.example", None),
        ("y.b.example", "b.example"),
    ]
    assert [zone["zone"] for zone in result["zones"]] == ["b.example", "a.example"]
    assert errors(result) == ["not_found"]
    assert "lost.example" in result["record_sets"][2]["error"]["message"]


def test_names_of_other_zones_do_not_stop_the_zone() -> None:
    zones = Model(customer_example=["alias 60 DNAME example.net."], sub_customer_example=[])
    desired = [
        entry(f"www.sub.{ZONE}", "A", "192.0.2.1", zone=ZONE),
        entry(f"www.{ZONE}", "A", "192.0.2.1", zone=ZONE),
    ]
    result = run_pass(zones, *desired)
    assert errors(result) == ["not_found"]
    assert "sub.customer.example" in result["record_sets"][0]["error"]["message"]
    assert result["record_sets"][1]["changed"]


def test_a_set_that_only_a_wildcard_answers_for_is_not_there_to_be_changed() -> None:
    zone = model("* 300 A 192.0.2.9", "* 300 AAAA 2001:db8::9")
    result = run_pass(zone, entry(WWW, "A"), entry(f"shop.{ZONE}", "CNAME", "cdn.example.net"))
    assert [(record_set["changed"], record_set["before"]) for record_set in result["record_sets"]] == [
        (False, None),
        (True, None),
    ]
    assert zone.lines(ZONE) == [
        "*.customer.example. 300 A 192.0.2.9",
        "*.customer.example. 300 AAAA 2001:db8::9",
        "shop.customer.example. 3600 CNAME cdn.example.net.",
    ]


def test_a_wildcard_cname_does_not_stop_other_records() -> None:
    zone = model("* 300 CNAME customer.example.", "@ 300 TXT v=spf1")
    for check_mode in (True, False):
        result = run_pass(zone, entry(f"_websec.{ZONE}", "TXT", "a"), check_mode=check_mode)
        assert (result["changed"], errors(result)) == (True, [])
    assert '_websec.customer.example. 3600 TXT "a"' in zone.lines(ZONE)


def test_a_set_of_its_own_that_says_what_a_wildcard_says_is_seen_in_the_end() -> None:
    zone = model("* 300 A 192.0.2.9", "www 300 A 192.0.2.9")
    result = run_pass(zone, entry(WWW, "A", "192.0.2.1"))
    assert (result["changed"], errors(result)) == (True, [])
    assert "www.customer.example. 300 A 192.0.2.1" in zone.lines(ZONE)


def test_a_cname_of_its_own_that_says_what_a_wildcard_says_stops_other_records() -> None:
    zone = model("* 300 CNAME cdn.example.net.", "www 300 CNAME cdn.example.net.")
    result = run_pass(zone, entry(WWW, "TXT", "a"))
    assert (result["changed"], errors(result)) == (False, ["rejected"])
    assert "www.customer.example. 300 CNAME cdn.example.net." in zone.lines(ZONE)


def test_a_wildcard_and_a_set_that_says_the_same_can_go_together() -> None:
    zone = model("* 300 A 192.0.2.9", "www 300 A 192.0.2.9")
    result = run_pass(zone, entry(f"*.{ZONE}", "A"), entry(WWW, "A"), entry(f"b.{ZONE}", "A"))
    assert [record_set["changed"] for record_set in result["record_sets"]] == [True, True, False]
    assert (errors(result), zone.lines(ZONE)) == ([], [])


def test_a_wildcard_that_answers_after_a_removal_is_no_failure_of_it() -> None:
    zone = model("a.b 60 A 192.0.2.1", "* 60 A 192.0.2.1", "* 60 A 192.0.2.2")
    desired_set = entry(f"a.b.{ZONE}", "A", "192.0.2.1", mode="absent")
    result = run_pass(zone, desired_set)
    assert (errors(result), result["changed"], result["updates"]) == ([], True, 1)
    assert not any(line.startswith("a.b.") for line in zone.lines(ZONE))
    again = run_pass(zone, desired_set)
    assert (errors(again), again["changed"], again["updates"]) == ([], False, 0)


def test_a_wildcard_may_answer_for_what_is_absent() -> None:
    zone = model()
    desired = [entry(WWW, "A", "192.0.2.9", mode="absent"), entry(f"*.{ZONE}", "A", "192.0.2.9")]
    assert errors(run_pass(zone, *desired)) == []
    assert (run_pass(zone, *desired)["changed"], len(zone.lines(ZONE))) == (False, 1)


def test_a_wildcard_cname_that_goes_does_not_stop_other_records() -> None:
    zone = model("* 300 CNAME cdn.example.net.")
    result = run_pass(zone, entry(WWW, "TXT", "a"), entry(f"*.{ZONE}", "AAAA", "2001:db8::1"))
    assert (errors(result), [record_set["changed"] for record_set in result["record_sets"]]) == ([], [True, True])


def test_a_wildcard_that_goes_leaves_the_sets_that_are_wanted() -> None:
    zone = model("* 300 A 192.0.2.9")
    result = run_pass(zone, entry(f"*.{ZONE}", "A"), entry(WWW, "A", "192.0.2.9"))
    assert (errors(result), zone.lines(ZONE)) == ([], ["www.customer.example. 3600 A 192.0.2.9"])


@pytest.mark.parametrize("fault", ["lost_requests", "lost_answers"])
def test_a_lost_update_is_told_as_what_it_was(fault: str) -> None:
    zone = model("www 300 A 192.0.2.1")
    result = run_pass(zone, entry(WWW, "A", "192.0.2.2"), **{fault: {1}})
    assert (result["changed"], errors(result), zone.updates) == (True, [], 1)
    assert result["record_sets"][0]["before"] == {"ttl": 300, "values": ["192.0.2.1"]}


def test_an_update_that_is_lost_again_and_again_is_no_success() -> None:
    zone = model("www 300 A 192.0.2.1")
    result = run_pass(zone, entry(WWW, "A", "192.0.2.2"), lost_requests={1, 2, 3})
    assert (result["changed"], errors(result), zone.updates) == (False, ["outcome_unknown"], 0)


def test_a_name_that_gets_its_first_record_keeps_what_is_wanted_of_the_wildcard() -> None:
    zone = model("* 300 A 192.0.2.9")
    run_pass(zone, entry(WWW, "A", "192.0.2.9"), entry(WWW, "TXT", "a"))
    assert "www.customer.example. 3600 A 192.0.2.9" in zone.lines(ZONE)


def test_a_zone_that_needs_more_than_one_message_gets_several() -> None:
    zone = model()
    desired = [entry(f"n{number}.{ZONE}", "TXT", "x" * 2000, zone=ZONE) for number in range(70)]
    result = run_pass(zone, *desired)
    assert (result["changed"], errors(result), len(zone.lines(ZONE))) == (True, [], 70)
    assert result["updates"] > 1


def test_one_name_that_does_not_fit_in_a_message_is_refused() -> None:
    zone = model()
    values = [f"{number}" + "x" * 2000 for number in range(70)]
    result = run_pass(zone, entry(f"big.{ZONE}", "TXT", *values))
    assert errors(result) == ["bad_input"]
    assert f"big.{ZONE}" in result["record_sets"][0]["error"]["message"]
    assert zone.lines(ZONE) == []
