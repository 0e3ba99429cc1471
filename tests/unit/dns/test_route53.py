# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Route 53 through octoDNS, played by moto: its provider caches its reads, has its own escapes in texts, and deletes
only values that are repeated exactly."""

from __future__ import annotations

import collections.abc
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import parse_desired
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import open_providers
from ansible_collections.hosting.websec.tests.unit.dns.hosted_zone import (
    PROVIDER,
    SECRET,
    WWW,
    ZONE,
    Zone,
    played_zone,
)
from ansible_collections.hosting.websec.tests.unit.dns.passes import Entry, entry

STATE = 'websec1 {"target":["198.51.100.1"],"note":"a;b' + "c" * 300 + '"}'

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> collections.abc.Iterator[Zone]:
    with played_zone(monkeypatch) as made:
        made.set("A", "192.0.2.10", name=ZONE)
        made.set("AAAA", "2001:db8::10", name=ZONE)
        made.set("TXT", '"v=spf1; -all"', name=ZONE)
        made.set("CNAME", f"{ZONE}.", name=WWW)
        made.set("TXT", '"a \\"foreign\\" text"', name=f"_x.{ZONE}")
        yield made


def change(*entries: Entry, check_mode: bool = False) -> dict[str, t.Any]:
    dns = {"providers": {"aws": PROVIDER}, "accept": "best_effort"}
    with open_providers(dns, read_only=check_mode, concurrency=2) as providers:
        return providers.change(parse_desired(entries))


CUT_OVER = [
    entry(ZONE, "A", "198.51.100.1", ttl=300),
    entry(ZONE, "AAAA"),
    entry(WWW, "CNAME", "abc.cdn.example.net", ttl=300),
    entry(ZONE, "TXT", "verify=1", mode="present"),
    entry(f"_websec.{ZONE}", "TXT", STATE, ttl=60),
]


def errors(result: t.Mapping[str, t.Any]) -> list[t.Any]:
    return [each["error"] for each in result["record_sets"] if each["failed"]]


def test_a_life_of_records(zone: Zone) -> None:
    before = zone.content()
    planned = change(*CUT_OVER, check_mode=True)
    assert (planned["changed"], zone.content()) == (True, before)
    done = change(*CUT_OVER)
    assert (errors(done), done["diff"]) == ([], planned["diff"])
    there = zone.content()
    assert (there[ZONE, "A"], (ZONE, "AAAA") in there) == ((300, ["198.51.100.1"]), False)
    assert there[WWW, "CNAME"] == (300, ["abc.cdn.example.net."])
    assert there[ZONE, "TXT"] == (3600, ['"v=spf1; -all"', '"verify=1"'])
    assert there[f"_x.{ZONE}", "TXT"] == before[f"_x.{ZONE}", "TXT"]
    assert done["record_sets"][4]["values"] == [STATE]
    assert done["zones"][0]["atomicity"] == "zone_atomic"
    assert change(*CUT_OVER)["changed"] is False

    back = [
        entry(ZONE, "A", "192.0.2.10", ttl=3600),
        entry(ZONE, "AAAA", "2001:db8::10", ttl=3600),
        entry(WWW, "CNAME", ZONE, ttl=3600),
        entry(ZONE, "TXT", "verify=1", mode="absent"),
        entry(f"_websec.{ZONE}", "TXT"),
    ]
    assert errors(change(*back)) == []
    assert zone.content() == before


def test_an_address_and_a_cname_change_places(zone: Zone) -> None:
    assert errors(change(entry(WWW, "A", "192.0.2.77"))) == []
    assert {kind: there[1] for (name, kind), there in zone.content().items() if name == WWW} == {"A": ["192.0.2.77"]}
    assert errors(change(entry(WWW, "CNAME", "b.example.net"))) == []
    assert {kind for name, kind in zone.content() if name == WWW} == {"CNAME"}


def test_a_zone_that_the_account_does_not_have_is_not_created(zone: Zone) -> None:
    result = change({**entry("other.example", "A", "192.0.2.1"), "zone": "other.example"})
    assert [error["kind"] for error in errors(result)] == ["not_found"]
    assert len(zone.client.list_hosted_zones()["HostedZones"]) == 1


def test_a_refusal_has_a_kind_and_no_secret(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: t.Any, **_options: t.Any) -> t.Any:
        from botocore.exceptions import ClientError

        details = {"Code": "InvalidClientTokenId", "Message": f"The token {SECRET} is invalid"}
        answer: t.Any = {"Error": details, "ResponseMetadata": {"HTTPStatusCode": 403}}
        raise ClientError(answer, "ListHostedZones")

    monkeypatch.setattr("octodns_route53.provider.Route53Provider._load_records", refuse)
    result = change(*CUT_OVER)
    assert {(error["kind"], error["http_status"]) for error in errors(result)} == {("auth", 403)}
    assert SECRET not in repr(result)
