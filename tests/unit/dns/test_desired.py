# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The input is checked before the first query."""

from __future__ import annotations

import types
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import parse_desired
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.dns import SiteDns


def entry(name: str, rdtype: str, *values: str, **more: t.Any) -> dict[str, t.Any]:
    return {"name": name, "type": rdtype, "values": list(values), "mode": "exact", **more}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (entry("www", "A", "192.0.2.1", zone="customer.example"), "is not in the zone customer.example"),
        (entry("www.other.example", "A", "192.0.2.1", zone="customer.example"), "is not in the zone"),
        (entry("notcustomer.example", "A", "192.0.2.1", zone="customer.example"), "is not in the zone"),
        (entry("www", "A", "192.0.2.1"), "not fully qualified"),
        (entry("www.customer.example", "A", "192.0.2.1", ttl=-1), "TTL"),
        (entry("www.customer.example", "A", "192.0.2.1", ttl=2**31), "TTL"),
        (entry("www.customer.example", "A", mode="present"), "at least one value"),
        (entry("www.customer.example", "A", mode="absent"), "at least one value"),
        (entry("www.customer.example", "CNAME", "a.example.net", "b.example.net"), "one value"),
        (entry("www.customer.example", "CNAME", "a.example.net", mode="present"), "exact"),
        (entry("customer.example", "CNAME", "a.example.net", zone="customer.example"), "apex"),
        (entry("www.customer.example", "A", "192.0.2.1", mode="present", replace_prefix="x"), "replace_prefix"),
        (entry("www.customer.example", "TXT", "x=1", replace_prefix="x="), "replace_prefix"),
        (entry("www.customer.example", "TXT", "x=1", mode="present", replace_prefix=""), "replace_prefix"),
        (entry("www.customer.example", "TXT", '"v=spf1 -all"'), "quotation marks"),
        (entry("www.customer.example", "NS", "ns1.example.net"), "never touched"),
        (entry("www.customer.example", "A", "300.0.2.1"), "300.0.2.1"),
        (entry("www.customer.example", "A", "192.0.2.1", zone="customer..example"), "customer..example"),
    ],
)
def test_a_wrong_entry_is_refused_by_its_name(wrong: dict[str, t.Any], says: str) -> None:
    with pytest.raises(BadInputError) as refused:
        parse_desired([entry("fine.customer.example", "A", "192.0.2.1"), wrong])
    assert says in refused.value.message
    assert f"entry 2 ({wrong['name']} {wrong['type']})" in refused.value.message


NAME = "www.customer.example"
VERIFY = {"mode": "present", "replace_prefix": "verify="}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entry(NAME, "A", "192.0.2.1"), entry(NAME, "A", "192.0.2.2")),
        (entry(NAME, "A", "192.0.2.1"), entry(NAME, "a", "192.0.2.2", mode="present")),
        (entry(NAME, "TXT", "a", mode="present"), entry(f"{NAME.upper()}.", "TXT", "a", mode="absent")),
        (entry(NAME, "A", "192.0.2.1", ttl=60), entry(NAME, "A", "192.0.2.1", ttl=300)),
        (entry(NAME, "A", "192.0.2.1", zone=NAME), entry(NAME, "A", "192.0.2.1", zone="customer.example")),
        (entry(NAME, "CNAME", "cdn.example.net"), entry(NAME, "A", "192.0.2.1")),
        (entry(NAME, "TXT", "a", mode="present"), entry(NAME, "CNAME", "cdn.example.net")),
        (entry(NAME, "TXT", "verify=1", **VERIFY), entry(NAME, "TXT", "verify=2", **VERIFY)),
        (entry(NAME, "TXT", "verify=1", **VERIFY), entry(NAME, "TXT", "verify=2", mode="present")),
    ],
)
def test_entries_that_contradict_each_other_are_refused(one: dict[str, t.Any], other: dict[str, t.Any]) -> None:
    for entries in ([one, other], [other, one]):
        with pytest.raises(BadInputError, match=NAME):
            parse_desired(entries)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entry(NAME, "A", "192.0.2.1"), entry(NAME, "A", "192.0.2.1", ttl=60)),
        (entry(NAME, "TXT", "a", mode="present"), entry(NAME, "TXT", "b", mode="present")),
        (entry(NAME, "TXT", "a", mode="present"), entry(NAME, "TXT", "b", mode="absent")),
        (entry(NAME, "TXT", "verify=1", **VERIFY), entry(NAME, "TXT", "v=spf1 -all", mode="present")),
        (entry(NAME, "CNAME", "cdn.example.net"), entry(NAME, "A")),
        (entry(NAME, "CNAME"), entry(NAME, "A", "192.0.2.1")),
        (entry(NAME, "CNAME", "cdn.example.net"), entry(NAME, "TXT", "a", mode="absent")),
    ],
)
def test_entries_that_go_together_are_taken(one: dict[str, t.Any], other: dict[str, t.Any]) -> None:
    assert len(parse_desired([one, other])) == len(parse_desired([other, one])) == 2


def test_a_text_in_quotation_marks_can_be_removed() -> None:
    (desired_set,) = parse_desired([entry(NAME, "TXT", '"wrong"', mode="absent")])
    assert desired_set.keys == {b'"wrong"'}


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "b.a.example", "type": "TXT", "values": ["two"], "mode": "present"},
        {"zone": "a.example", "type": "CNAME", "values": ["c.example"]},
        {"zone": "a.example", "type": "TXT", "values": ["one"], "mode": "absent"},
    ],
)
def test_two_sites_that_contradict_each_other_cost_no_other_site_its_change(wrong: dict[str, t.Any]) -> None:
    def record(group: str, name: str, **more: t.Any) -> dict[str, t.Any]:
        return {"name": name, "group": group, "zone": "a.example", "type": "A", "values": ["192.0.2.1"], **more}

    name = "b.a.example"
    records = [
        record("a.example", name, type="TXT", values=["one"], mode="present"),
        record("a.example", "a.example"),
        record("b.a.example", name, **wrong),
        record("c.a.example", "c.a.example"),
        record("d.a.example", "d.a.example", values=["no address"]),
    ]

    def change(desired: t.Sequence[t.Any], **_more: t.Any) -> dict[str, t.Any]:
        done = [{"name": str(each.name), "type": "A", "failed": False, "error": None} for each in desired]
        return {"record_sets": done, "diff": {}, "zones": []}

    providers: t.Any = types.SimpleNamespace(change=change)
    results = SiteDns(providers).change(records)["record_sets"]
    assert {each["name"].rstrip("."): each["failed"] for each in results} == {
        "c.a.example": False,
        "a.example": True,
        "b.a.example": True,
        "d.a.example": True,
    }
