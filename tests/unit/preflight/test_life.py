# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The preflight of a site in every state of its life, in the zones of real passes: their changes are no finding."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._preflight.entries import preflight_sites
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    Records,
    RecordSet,
    StateRecord,
    to_text,
)
from ansible_collections.hosting.websec.tests.unit.dns.model import Model
from ansible_collections.hosting.websec.tests.unit.preflight.world import DELEGATED, Public, codes, finding, look
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import (
    CDN,
    CDN_NAME,
    NOON,
    ORIGIN,
    VALUE,
    WWW,
    ZONE,
    NameServer,
    Vendor,
    certificate,
    entry,
    hours,
    rows_after,
    site,
    verify,
)

SHOP = f"shop.{ZONE}"
LONG = 86400
APEX: Records = {
    ZONE: {"A": RecordSet(LONG, (ORIGIN,)), "AAAA": RecordSet(LONG, ("2001:db8::10",))},
    WWW: {"A": RecordSet(LONG, (ORIGIN,)), "AAAA": RecordSet(LONG, ("2001:db8::10",))},
}
BELOW: Records = {SHOP: {"A": RecordSet(LONG, (ORIGIN,)), "AAAA": RecordSet(LONG, ("2001:db8::10",))}}
SECURE = certificate(True, True)
CAA_OF_THE_CDN = {f"{CDN_NAME} CAA": ['0 issue ";"']}


def text(value: str) -> str:
    """A TXT value in the form of a zone file."""
    parts = [value[start : start + 255] for start in range(0, len(value), 255)]
    return " ".join('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in parts)


def zone_of(server: NameServer) -> Model:
    lines = []
    for (name, kind), there in server.sets.items():
        dot = "." if kind == "CNAME" else ""
        for value in there.values:
            shown = text(value) if kind == "TXT" else f"{value.rstrip('.')}{dot}"
            lines.append(f"{name}. {there.ttl} {kind} {shown}")
    return Model(customer_example=lines)


def found(server: NameServer, *entries: Entry, **more: t.Any) -> list[set[tuple[str, str]]]:
    sites = preflight_sites([{**each, "state": "present"} for each in entries])
    looked = look(zone_of(server), *sites, public=Public({**DELEGATED, **CAA_OF_THE_CDN}), **more)
    return [{(each["code"], each["name"]) for each in site["findings"]} for site in looked]


@dataclasses.dataclass(frozen=True)
class Life:
    """A site from its first pass to its last one."""

    before: Records
    wanted: t.Mapping[str, t.Any]
    asked: t.Mapping[str, str]

    def stages(self) -> t.Iterator[tuple[str, NameServer, Entry]]:
        server, vendor = NameServer.of(self.before), Vendor()
        wanted = {"subscription": "8765", "waf_origin": ORIGIN, **self.wanted}
        told = {
            "pending-domain-validation": {"dns_ssl_verify": dict(self.asked), "ssl": certificate(True, False)},
            "pending-dns": {"ssl": SECURE},
            "ready": {},
            "ending": {},
        }
        yield "new", server, entry(**wanted)
        for hour, (stage, more) in enumerate(told.items()):
            vendor.put(1, "ready" if stage == "ending" else stage, **more)
            state = "absent" if stage == "ending" else "present"
            rows = rows_after([site(**wanted, state=state)], server, vendor, NOON + hours(hour))
            assert rows[0]["error"] is None, rows[0]["error"]
            yield stage, server, entry(**wanted)


LIVES = {
    "apex": Life(APEX, {}, verify()),
    "long TTL": Life(APEX, {"ttl": 7200}, verify()),
    "lowered TTL": Life(APEX, {"lower_ttl": 300}, verify()),
    "value at the alias": Life(APEX, {}, verify(name=WWW)),
    "value below": Life(APEX, {}, verify(name=f"_ca.{ZONE}")),
    "another authority": Life(APEX, {}, verify("other-authority=abc")),
    "subdomain": Life(BELOW, {"domain": SHOP}, verify(name=SHOP)),
    "subdomain, value at the zone": Life(BELOW, {"domain": SHOP}, verify(name=ZONE)),
    "subdomain, another authority": Life(BELOW, {"domain": SHOP}, verify("other-authority=abc", SHOP)),
    "subdomain that needs a certificate": Life(BELOW, {"domain": SHOP, "ssl": True}, verify(name=SHOP)),
    "subdomain with an alias": Life(BELOW, {"domain": SHOP, "aliases": ["m"], "ttl": 7200}, verify(name=f"m.{SHOP}")),
    "value stays": Life(APEX, {"cleanup_verification": False}, verify()),
}


@pytest.mark.parametrize("how", [{}, {"probe_updates": False}], ids=["probe", "no probe"])
@pytest.mark.parametrize("life", LIVES.values(), ids=LIVES)
def test_what_the_passes_did_is_no_finding(life: Life, how: dict[str, bool]) -> None:
    expected: dict[str, set[tuple[str, str]]] = {"pending-dns": set(), "ready": set(), "ending": set()}
    observed = {stage: found(server, made, **how)[0] for stage, server, made in life.stages()}
    assert {code for code, _name in observed["new"]} == {"aaaa_present", "ttl_high"}
    assert {stage: observed[stage] for stage in expected} == expected
    # Before the cut-over its original records are unchanged, except a lowered TTL.
    assert observed["pending-domain-validation"] <= observed["new"]
    assert len(observed) == 5


def test_a_value_of_another_site_at_the_domain_is_not_stale() -> None:
    server = NameServer.of({**APEX, **BELOW})
    vendor = Vendor()
    shop_too = {"domain": SHOP, "site_id": 2}
    sites = [entry(ttl=300), entry(**shop_too)]
    vendor.put(1, "pending-dns")
    vendor.put(2, "pending-domain-validation", dns_ssl_verify=verify(name=ZONE))
    rows_after([site(ttl=300), site(**shop_too)], server, vendor)
    assert server.values(ZONE, "TXT") == [VALUE]
    apex, shop = found(server, *sites)
    assert apex == set()
    assert "verification_stale" not in {code for code, _name in shop}
    assert found(server, sites[0]) == [{("verification_stale", ZONE)}]


class TestWhatOthersDid:
    """With a state record in the zone, it is still a finding."""

    def after_the_cut_over(self) -> tuple[NameServer, Entry]:
        server, vendor, made = NameServer.of(APEX), Vendor(), entry(waf_origin=ORIGIN)
        vendor.put(1, "pending-dns", ssl=SECURE)
        rows_after([site(waf_origin=ORIGIN)], server, vendor)
        assert found(server, made) == [set()]
        return server, made

    def test_an_address_that_somebody_added(self) -> None:
        server, made = self.after_the_cut_over()
        server.sets[ZONE, "AAAA"] = RecordSet(LONG, ("2001:db8::66",))
        model = zone_of(server)
        (looked,) = look(model, *preflight_sites([made]))
        assert codes(looked) == {"aaaa_present": ZONE, "ttl_high": ZONE}
        assert "by the next pass" in finding(looked, "aaaa_present")["message"]

    def test_an_older_value_beside_ours(self) -> None:
        server, made = self.after_the_cut_over()
        server.sets[ZONE, "TXT"] = RecordSet(300, ("globalsign-domain-verification=somebody",))
        assert found(server, made) == [{("verification_stale", ZONE)}]

    def test_an_origin_that_is_the_cdn(self) -> None:
        server, made = self.after_the_cut_over()
        assert found(server, {**made, "waf_origin": CDN[0]}) == [{("origin_loop", ZONE)}]
        assert found(server, {**made, "waf_origin": CDN_NAME}) == [{("origin_loop", CDN_NAME)}]


class TestStateRecord:
    RECORD = to_text(StateRecord(7))

    def of(self, value: str, **site: t.Any) -> dict[str, str]:
        server = NameServer.of({ZONE: {"A": RecordSet(300, (ORIGIN,))}})
        server.sets[f"_websec.{ZONE}", "TXT"] = RecordSet(300, (value,))
        (looked,) = look(zone_of(server), {"domain": ZONE, "waf_origin": ORIGIN, **site})
        return codes(looked)

    def test_of_this_site(self) -> None:
        assert self.of(self.RECORD, site_id=7) == {}
        assert self.of(self.RECORD) == {}

    @pytest.mark.parametrize(
        ("value", "site_id"), [(RECORD, 8), ("v=websec1 site=7", 7), ("v=websec1 {}", None), ("else", 7)]
    )
    def test_one_that_no_pass_could_use(self, value: str, site_id: int | None) -> None:
        assert self.of(value, site_id=site_id) == {"marker_foreign": f"_websec.{ZONE}"}
