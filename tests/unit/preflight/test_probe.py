# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The update that tests the permission changes nothing, whatever is in the zone."""

from __future__ import annotations

import typing as t

import dns.rcode
import dns.rdatatype
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._preflight.probe import ProbeResult, build_noop, probe
from ansible_collections.hosting.websec.plugins.module_utils._preflight.records import keys_to_read
from ansible_collections.hosting.websec.plugins.module_utils._preflight.server import read
from ansible_collections.hosting.websec.plugins.module_utils._preflight.sites import Site, ZonedSite, place
from ansible_collections.hosting.websec.tests.unit.dns.model import Model, ModelClient
from ansible_collections.hosting.websec.tests.unit.preflight.world import look, name

ZONE = name("customer.example")
SITE = place(Site(ZONE), ZONE)
SHOP = place(Site(name("shop.customer.example"), aliases=(name("b.a.customer.example"),)), ZONE)

VALUES = {
    "A": ["192.0.2.1", "0.0.0.0"],
    "AAAA": ["2001:db8::1", "::"],
    "TXT": ["v=spf1", "globalsign-domain-verification=x", "websec-preflight"],
    "MX": ["10 mail.example."],
    "CNAME": ["x.sitelockcdn.net.", "other.example."],
    "CAA": ['0 issue ";"'],
    "DNSKEY": ["257 3 13 aaaa"],
}
OWNERS = ["@", "www", "shop", "a", "b.a", "_websec", "_websec.shop", "*"]
LINES = st.lists(
    st.sampled_from([f"{owner} 300 {kind} {value}" for owner in OWNERS for kind in VALUES for value in VALUES[kind]]),
    max_size=12,
    unique=True,
).map(lambda lines: [line for line in lines if not (line.startswith("@") and " CNAME " in line)])
SITES = st.sampled_from([SITE, SHOP])


@settings(deadline=None)
@given(LINES, SITES, LINES)
def test_it_changes_nothing(lines: list[str], site: ZonedSite, later: list[str]) -> None:
    """Neither in the zone as it was read, nor in any state that it may have reached meanwhile."""
    model = Model(customer_example=lines)
    observed = read(t.cast("t.Any", ModelClient(model)), ZONE, keys_to_read(site)).sets
    for present in (model, Model(customer_example=later)):
        before = present.lines("customer.example")
        ModelClient(present).update(build_noop(site, observed, "websec-preflight-2f6c"))
        assert present.lines("customer.example") == before


@settings(deadline=None)
@given(LINES, st.booleans(), st.booleans())
def test_a_preflight_changes_nothing(lines: list[str], check_mode: bool, probe_updates: bool) -> None:
    model = Model(customer_example=lines)
    before = model.lines("customer.example")
    sites = [{"domain": "customer.example"}, {"domain": "shop.customer.example", "zone": "customer.example"}]
    entries = look(model, *sites, check_mode=check_mode, probe_updates=probe_updates)
    assert model.lines("customer.example") == before
    assert [entry["failed"] for entry in entries] == [False, False]
    assert bool(model.updates) == (probe_updates and not check_mode)


def updated(model: Model, site: ZonedSite) -> set[str]:
    """The names and types in the update of a probe, each as the role will write it."""
    observed = read(t.cast("t.Any", ModelClient(model)), ZONE, keys_to_read(site)).sets
    message = build_noop(site, observed, "token")
    return {f"{rrset.name.to_text(True)} {dns.rdatatype.to_text(rrset.rdtype)}" for rrset in message.update}


def test_it_is_about_all_that_the_role_writes() -> None:
    empty = Model(customer_example=[])
    assert updated(empty, SITE) == {
        *(f"customer.example {kind}" for kind in ("A", "AAAA", "TXT")),
        *(f"www.customer.example {kind}" for kind in ("A", "AAAA", "CNAME")),
        "_websec.customer.example TXT",
    }
    spf = Model(customer_example=["@ 300 TXT v=spf1", "_websec 300 TXT v=websec1"])
    assert {"customer.example TXT", "_websec.customer.example TXT"} < updated(spf, SITE)
    without = place(Site(ZONE, ssl=False), ZONE)
    assert "customer.example TXT" not in updated(empty, without)
    assert "shop.customer.example CNAME" in updated(empty, SHOP)


def test_answers() -> None:
    model = Model(customer_example=["@ 300 A 192.0.2.1"])
    client = t.cast("t.Any", ModelClient(model))
    observed = read(client, ZONE, keys_to_read(SITE)).sets
    assert probe(client, SITE, observed, "token") is ProbeResult.TAKEN
    model.set("customer.example", "www", "MX", "10 mail.example.")
    assert probe(client, SITE, observed, "token") is ProbeResult.OTHER_DATA
    model.update_rcode = dns.rcode.NOTIMP
    refusal = probe(client, SITE, observed, "token")
    assert not isinstance(refusal, ProbeResult)
    assert refusal.code == "NOTIMP"
