# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For any observation, a site gets records that the DNS module accepts, or its own error. A refusal by the module would
affect all sites of the pass."""

from __future__ import annotations

import contextlib
import typing as t

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import parse_desired
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.decision import decide
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.observation import SiteObservation
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    RecordSet,
    StateRecord,
    Target,
    from_values,
    to_text,
)
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import (
    CDN,
    CDN_NAME,
    NOON,
    ORIGIN,
    VALUE,
    ZONE,
    certificate,
    entry,
    hours,
    status,
    verify,
)

SHOP = f"shop.{ZONE}"
ROTATED = "globalsign-domain-verification=bbb"
ttls = st.sampled_from([0, 60, 300, 86400])
target = Target(CDN, CDN_NAME, 300)


def types(name: str) -> st.SearchStrategy[dict[str, RecordSet]]:
    """Possible records at a name, including those of the CDN."""
    addresses = st.fixed_dictionaries(
        {},
        optional={
            "A": st.builds(RecordSet, ttls, st.sampled_from([(ORIGIN,), CDN, (ORIGIN, CDN[0])])),
            "AAAA": st.builds(RecordSet, ttls, st.just(("2001:db8::1",))),
        },
    )
    cname = st.fixed_dictionaries(
        {"CNAME": st.builds(RecordSet, ttls, st.sampled_from([(f"{CDN_NAME}.",), ("other.example.",)]))}
    )
    return addresses if name == ZONE else addresses | cname


@st.composite
def situations(draw: st.DrawFn) -> tuple[dict[str, t.Any], SiteObservation]:
    domain = draw(st.sampled_from([ZONE, SHOP]))
    restore = {"@": {"A": ORIGIN}}
    site = entry(
        domain=domain,
        state=draw(st.sampled_from(["present", "absent"])),
        ssl=draw(st.sampled_from([None, True, False])),
        lower_ttl=draw(st.sampled_from([None, 30, 300])),
        cleanup_verification=draw(st.booleans()),
        restore=draw(st.sampled_from([None, restore])),
    )
    values = st.sampled_from([VALUE, ROTATED, "another-issuer=ccc", "plain"])
    state_record = draw(
        st.none()
        | st.builds(
            StateRecord,
            st.just(1),
            original=st.fixed_dictionaries({}, optional={name: types(name) for name in site["names"]}),
            target=st.sampled_from([None, target]),
            verification=st.none() | st.tuples(st.sampled_from([domain, ZONE]), values),
            state=st.sampled_from([None, "pending-dns", "ready", "pending-domain-validation"]),
            since=st.just(NOON),
            restored=st.sampled_from([None, NOON]),
            wait=ttls,
        )
    )
    told = status(
        draw(
            st.sampled_from(["absent", "pending-domain-validation", "pending-dns", "ready", "pending-retry", "error"])
        ),
        dns_new_a=draw(st.sampled_from([[], list(CDN)])),
        dns_new_cname=draw(st.sampled_from([None, CDN_NAME])),
        dns_ssl_verify=draw(st.none() | st.builds(verify, values, st.sampled_from([domain, ZONE]))),
        ssl=draw(st.sampled_from([None, certificate(True, True), certificate(True, False)])),
        original_dns=draw(st.sampled_from([[], [ORIGIN]])),
    )
    present = {name: draw(types(name)) for name in site["names"]}
    text = to_text(state_record) if state_record is not None else None
    return site, SiteObservation(state_record, text, told, present, draw(st.booleans()))


@given(situations())
def test_the_module_takes_it(situation: tuple[dict[str, t.Any], SiteObservation]) -> None:
    site, observed = situation
    with contextlib.suppress(WebsecError):
        records = decide(site, observed, NOON + hours(1)).records
        try:
            parse_desired(records)
        except WebsecError as refused:
            raise AssertionError(f"{refused.message}: {records}") from refused


@given(situations())
def test_what_is_written_down_can_be_read_again(situation: tuple[dict[str, t.Any], SiteObservation]) -> None:
    site, observed = situation
    with contextlib.suppress(WebsecError):
        for record in decide(site, observed, NOON + hours(1)).records:
            if record["name"].startswith("_websec."):
                try:
                    assert not record["values"] or from_values(site["domain"], 1, record["values"]) is not None
                except WebsecError as refused:
                    raise AssertionError(refused.message) from refused
