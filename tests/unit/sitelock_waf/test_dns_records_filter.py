# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter for custom flows with the small modules."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.hosting.websec.plugins.filter.waf_dns_records import waf_dns_records
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    StateRecord,
    Target,
    from_values,
    to_text,
)
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.results import LOST, read
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import (
    BEFORE,
    CDN,
    CDN_NAME,
    MARK,
    NOON,
    VALUE,
    WWW,
    ZONE,
    site,
    status,
    verify,
)

SERVED = [
    read(MARK, "TXT"),
    *(
        read(name, kind, *(types[kind].values if kind in types else []))
        for name, types in BEFORE.items()
        for kind in ("A", "AAAA", "CNAME")
    ),
]


def values(records: list[dict[str, t.Any]]) -> dict[tuple[str, str], list[str]]:
    return {(each["name"], each["type"]): each["values"] for each in records}


def test_a_site_that_waits_for_its_validation() -> None:
    told = status("pending-domain-validation", dns_ssl_verify=verify())
    records = waf_dns_records([site()], [told], SERVED, "2026-11-21T12:00:00Z")
    assert values(records)[ZONE, "TXT"] == [VALUE]
    saved = from_values(ZONE, 1, values(records)[MARK, "TXT"])
    assert saved is not None
    assert (saved.verification, saved.since) == ((ZONE, VALUE), NOON)
    assert {each["type"] for each in records} == {"TXT"}


def test_a_site_whose_traffic_may_come() -> None:
    records = waf_dns_records([site()], [status("pending-dns")], SERVED)
    assert values(records)[ZONE, "A"] == list(CDN)
    assert values(records)[WWW, "CNAME"] == [CDN_NAME]
    saved = from_values(ZONE, 1, values(records)[MARK, "TXT"])
    assert saved is not None
    assert {name: {kind: there.values for kind, there in types.items()} for name, types in saved.original.items()} == {
        name: {kind: there.values for kind, there in types.items()} for name, types in BEFORE.items()
    }


def test_a_site_that_ends() -> None:
    moved = StateRecord(1, original=BEFORE, target=Target(CDN, CDN_NAME, 300), state="ready", since=NOON)
    served = [read(MARK, "TXT", to_text(moved)), *SERVED[1:]]
    records = waf_dns_records([site(state="absent")], [status("ready")], served, "2026-11-21T12:00:00Z")
    assert values(records)[ZONE, "A"] == list(BEFORE[ZONE]["A"].values)
    assert '"restored"' in values(records)[MARK, "TXT"][0]


def test_a_site_about_which_the_api_did_not_answer_has_no_records() -> None:
    assert waf_dns_records([site()], [], SERVED) == []
    failed = {**status("absent"), "state": None, "failed": True, "error": LOST}
    assert waf_dns_records([site()], [failed], SERVED) == []


@pytest.mark.parametrize(
    ("sites", "statuses", "served", "now", "says"),
    [
        ([{"domain": ZONE}], [], [], None, "has no site_id"),
        ([site(zone=None)], [], [], None, "the entry has no zone. Add it; .*dns_zones_info.* finds it"),
        ([site()], [], [read(MARK, "TXT", "else")], None, "_websec"),
        ([site()], [], [read(MARK, "TXT", failed=True, error=LOST)], None, "No answer. Later."),
        ([site()], [], [], "yesterday", "'yesterday' is not a time such as"),
    ],
    ids=["wrong entry", "no zone", "foreign state record", "not read", "no time"],
)
def test_what_is_wrong_is_an_error(
    sites: list[t.Any], statuses: list[t.Any], served: list[t.Any], now: str | None, says: str
) -> None:
    with pytest.raises(AnsibleFilterError, match=says):
        waf_dns_records(sites, statuses, served, now)
