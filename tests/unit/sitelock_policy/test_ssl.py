# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The section ssl: what is sent, and above all what is not."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Recorded
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.edge_vendor import (
    DEFAULT,
    NETWORK,
    EdgeVendor,
    Site,
    run,
)

Entry = dict[str, t.Any]

OFF = Site(ssl=False, detected=False)
NOTHING_SENT = Recorded(ssl="")


def vendor_of(site: Site, **changes: t.Any) -> EdgeVendor:
    return EdgeVendor(s1=dataclasses.replace(site, **changes))


@pytest.mark.parametrize(
    ("site", "wish", "sent"),
    [
        (Site(), {"enabled": True}, []),
        (OFF, {"enabled": True}, ["enableWafSSL"]),
        (OFF, {"enabled": False}, []),
        (Site(routing=False), {"enabled": False}, ["disableWafSSL"]),
        (Site(), {"enabled": False, "force": True}, ["disableWafSSL"]),
        # It is on, and waits: a second order would begin the validation again.
        (Site(waits=True), {"enabled": True}, []),
        (Site(waits=True, routing=False), {"enabled": False}, ["disableWafSSL"]),
        # Validated, and the certificate is on its way: the API says that none is installed.
        (Site(state="pending-dns", ssl=False), {"enabled": True}, []),
        (Site(state="pending-dns", ssl=False, routing=False), {"enabled": False}, []),
        (Site(state="pending-dns", ssl=False, detected=False), {"enabled": True}, ["enableWafSSL"]),
        # A long answer without any certificate is one about a site without SSL.
        (Site(state="pending-dns", ssl=False, tells_ssl=False, reachable=False), {"enabled": True}, ["enableWafSSL"]),
        # The answer says nothing: what is served decides.
        (Site(silent=True), {"enabled": True}, []),
        (Site(silent=True, ssl=False), {"enabled": True}, []),
        (Site(silent=True, ssl=False), {"enabled": True, "detect": True}, []),
        (Site(silent=True, ssl=False), {"enabled": False, "force": True}, []),
        (Site(silent=True), {"enabled": False, "force": True}, ["disableWafSSL"]),
        # Nothing says anything: nothing is sent, whatever is wanted.
        (Site(silent=True, reachable=False), {"enabled": True}, []),
        (Site(silent=True, reachable=False), {"enabled": False, "force": True}, []),
        (Site(silent=True, reachable=False), {"enabled": True, "detect": True}, []),
        # A site without a certificate of the CDN: none is ordered.
        (OFF, {"enabled": True, "detect": True}, ["detectWafSSL"]),
        (Site(ssl=False, detected=True), {"enabled": True, "detect": True}, []),
        (Site(detected=False), {"enabled": True, "detect": True}, []),
    ],
)
def test_what_is_sent(site: Site, wish: Entry, sent: list[str]) -> None:
    vendor = vendor_of(site)
    foretold = run(vendor, {"ssl": wish}, check_mode=True)
    assert (vendor.writes(), foretold["actions"], foretold["error"]) == ([], sent, None)
    row = run(vendor, {"ssl": wish})
    assert (vendor.writes(), row["actions"], row["error"]) == (sent, sent, None)
    assert (foretold["diff"], row["diff"]["before"] == row["diff"]["after"]) == (row["diff"], not sent)
    again = run(vendor, {"ssl": wish})
    assert (vendor.writes(), again["changed"], again["error"]) == (sent, False, None)


@pytest.mark.parametrize(
    ("site", "enabled"),
    [(Site(silent=True, ssl=False, stale=DEFAULT), True), (Site(silent=True, stale=NETWORK), False)],
)
def test_what_was_accepted_need_not_be_served_at_once(site: Site, enabled: bool) -> None:
    vendor = vendor_of(site)
    row = run(vendor, {"ssl": {"enabled": enabled, "force": True}}, recorded=NOTHING_SENT)
    assert (row["error"], row["changed"], site.ssl != enabled) == (None, True, True)


@pytest.mark.parametrize(("wish", "method"), [({}, "enableWafSSL"), ({"detect": True}, "detectWafSSL")])
@pytest.mark.parametrize(
    ("recorded", "sent", "told"),
    [
        (None, False, "No state record says whether {method} was sent before, so nothing was sent."),
        (Recorded(problem="ns.example is down."), False, "was sent before (ns.example is down), so nothing was sent."),
        (NOTHING_SENT, True, ""),
        (Recorded(ssl="another method"), True, ""),
        (Recorded(ssl="{method}"), False, "{method} was sent before, so it was not sent again."),
    ],
)
def test_a_foreign_certificate_lets_the_method_be_sent_once(
    recorded: Recorded | None, sent: bool, told: str, wish: Entry, method: str
) -> None:
    vendor, wish = vendor_of(Site(silent=True, stale=DEFAULT)), {"enabled": True, **wish}
    if recorded and recorded.ssl:
        recorded = dataclasses.replace(recorded, ssl=recorded.ssl.format(method=method))
    row = run(vendor, {"ssl": wish}, recorded=recorded)
    assert (vendor.writes(), row["actions"], row["error"]) == ([method] * sent, [method] * sent, None)
    assert any(told.format(method=method) in sentence for sentence in row["needs_person"])
    if sent:
        requested = row["details"]["ssl"]["requested"]
        again = run(vendor, {"ssl": wish}, recorded=Recorded(ssl=requested))
        assert (vendor.writes(), again["changed"]) == ([method], False)
    run(vendor, {"ssl": {**wish, "force_request": True}}, recorded=recorded)
    assert vendor.writes() == [method] * (1 + sent)


@pytest.mark.parametrize(
    ("site", "wish", "requested"),
    [
        (OFF, {"enabled": True}, {"requested": "enableWafSSL"}),
        (OFF, {"enabled": True, "detect": True}, {"requested": "detectWafSSL"}),
        (Site(routing=False), {"enabled": False}, {}),
    ],
)
@pytest.mark.parametrize("recorded", [NOTHING_SENT, Recorded(ssl="enableWafSSL")])
def test_what_was_accepted_is_known_although_it_cannot_be_read_again(
    site: Site, wish: Entry, requested: Entry, recorded: Recorded
) -> None:
    vendor = vendor_of(site)
    vendor.fall_silent()
    row = run(vendor, {"ssl": wish}, recorded=recorded)
    assert (row["error"]["kind"], row["changed_sections"], len(vendor.writes())) == ("timeout", ["ssl"], 1)
    assert row["details"].get("ssl", {}) == requested
    assert row["diff"]["before"] != row["diff"]["after"]


def test_what_is_known_to_be_on_is_not_requested() -> None:
    for site in (Site(), Site(silent=True)):
        vendor = vendor_of(site)
        run(vendor, {"ssl": {"enabled": True, "force_request": True}}, recorded=NOTHING_SENT)
        assert vendor.writes() == []


def test_a_lost_answer_and_nothing_to_see_is_no_success() -> None:
    vendor = vendor_of(Site(silent=True))
    vendor.lose_sight("disableWafSSL")
    row = run(vendor, {"ssl": {"enabled": False, "force": True}})
    assert (row["error"]["kind"], vendor.writes()) == ("outcome_unknown", ["disableWafSSL"])


@pytest.mark.parametrize("site", [Site(), Site(silent=True)])
def test_ssl_stays_on_while_visitors_come_through_the_cdn(site: Site) -> None:
    vendor = vendor_of(site)
    row = run(vendor, {"ssl": {"enabled": False}})
    assert (row["error"]["kind"], vendor.writes()) == ("rejected", [])
    assert "Site 1: section ssl" in row["error"]["message"]
    assert "force: true" in row["error"]["hint"]


def test_the_validation_is_the_chosen_one() -> None:
    vendor = vendor_of(OFF)
    run(vendor, {"ssl": {"enabled": True, "waf_network_cert_type": "site_cert_cname"}})
    (given,) = [given for name, given in vendor.sent if name == "enableWafSSL"]
    assert given == {"site_id": 1, "waf_network_cert_type": "site_cert_cname"}


@pytest.mark.parametrize(
    ("site", "entry", "told"),
    [
        (Site(silent=True, reachable=False), {"ssl": {"enabled": True}}, "it could not be reached"),
        (Site(silent=True), {"domain": None, "ssl": {"enabled": True}}, "the entry has no domain"),
        (Site(waits=True), {"ssl": {"enabled": True}}, "TXT record at shop.example must be verification=1"),
        (Site(state="pending-dns", ssl=False), {"ssl": {"enabled": True}}, "SSL is on, and waits for its certificate."),
        (Site(ends="2026-12-29"), {"ssl": {"enabled": True}}, "ends on 2026-12-29"),
        (dataclasses.replace(OFF, own=False), {"ssl": {"enabled": True, "detect": True}}, "found no certificate"),
        (Site(ssl=False), {"ssl": {"enabled": True, "detect": True}}, "Upload one"),
    ],
)
def test_what_a_person_has_to_know(site: Site, entry: Entry, told: str) -> None:
    row = run(vendor_of(site), entry)
    (sentence,) = row["needs_person"]
    assert told in sentence
    assert row["error"] is None


@pytest.mark.parametrize("site", [Site(), Site(ends="2026-12-30"), Site(ssl=False, ends="2026-12-01")])
def test_what_is_no_matter_for_a_person(site: Site) -> None:
    assert run(vendor_of(site), {"ssl": {"enabled": site.ssl}})["needs_person"] == []


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"detect": True}, "enabled is missing"),
        ({"enabled": "perhaps"}, "enabled is 'perhaps'"),
        ({"enabled": False, "detect": True}, "detect is given with enabled: false"),
        ({"enabled": False, "force_request": True}, "force_request is given with enabled: false"),
        ({"enabled": False, "waf_network_cert_type": "x"}, "waf_network_cert_type is given with enabled: false"),
        ({"enabled": True, "detect": True, "waf_network_cert_type": "x"}, "detect is given together"),
        ({"enabled": True, "address": "cdn.example"}, "address is 'cdn.example'"),
        ({"enabled": True, "port": 70000}, "port is 70000; it must be a number from 1 to 65535"),
        ({"enabled": True, "port": True}, "port is True"),
        ({"enabled": True, "forse": True}, "forse (did you mean force?)"),
        ("on", "it is 'on'; it must be a dictionary"),
    ],
)
def test_what_is_wrong_in_the_file(wish: t.Any, told: str) -> None:
    vendor = vendor_of(Site())
    row = run(vendor, {"ssl": wish})
    assert (row["error"]["kind"], vendor.calls) == ("bad_input", [])
    assert row["error"]["message"].startswith("Site 1: section ssl")
    assert told in row["error"]["message"]


def test_a_site_without_the_product() -> None:
    row = run(vendor_of(Site(), state="absent"), {"ssl": {"enabled": True}})
    assert (row["error"]["kind"], row["actions"]) == ("not_found", [])
    assert row["error"]["message"].startswith("Site 1: section ssl: the site has no active Firewall & CDN")


@settings(max_examples=150, deadline=None, database=None)
@given(
    st.builds(
        Site,
        state=st.sampled_from(["ready", "pending-dns"]),
        silent=st.booleans(),
        routing=st.booleans(),
        ssl=st.booleans(),
        detected=st.booleans(),
        waits=st.booleans(),
        reachable=st.booleans(),
    ).filter(lambda site: site.ssl or not site.waits),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "lost answer", "lost request", "refused"]),
    st.sampled_from([None, NOTHING_SENT, Recorded(ssl="enableWafSSL")]),
)
def test_whatever_happens_https_of_visitors_stays(
    site: Site, enabled: bool, force: bool, fault: str, recorded: Recorded | None
) -> None:
    vendor, wish = vendor_of(site), {"ssl": {"enabled": enabled, "force": force}}
    for method in ("enableWafSSL", "disableWafSSL"):
        vendor.faults[method].append(fault)
    row = run(vendor, wish, recorded=recorded)
    # Switched off only on demand, and only where it is known to be on.
    if "disableWafSSL" in vendor.writes():
        routed = site.routing or site.silent
        assert (enabled, site.ssl) == (False, True)
        assert force or not routed or site.waits
        assert site.reachable or not site.silent
    if row["error"] is None and fault != "refused":
        sent = vendor.writes()
        requested = row["details"].get("ssl", {}).get("requested")
        then = Recorded(ssl=requested or "") if recorded else None
        assert run(vendor, wish, recorded=then)["error"] is None
        assert vendor.writes() == sent


def test_what_is_read_can_be_applied() -> None:
    for site in (Site(), OFF, Site(waits=True)):
        vendor = vendor_of(site)
        diff = run(vendor, {"ssl": {"enabled": not site.ssl, "force": True}})["diff"]
        before = diff["before"]["shop.example"]
        vendor = vendor_of(site)
        assert run(vendor, before)["changed"] is False
        assert vendor.writes() == []


def test_ssl_stays_on_if_the_site_is_routed_between_the_read_and_the_write(monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = EdgeVendor(s1=Site(routing=False))
    original = vendor.call

    def calling(method: Method, parameters: t.Mapping[str, t.Any]) -> t.Any:
        answer = original(method, parameters)
        vendor.site.routing = True
        return answer

    monkeypatch.setattr(vendor, "call", calling)
    row = run(vendor, {"ssl": {"enabled": False}})
    assert "visitors may come to this site through the CDN" in row["error"]["message"]
    assert (vendor.writes(), vendor.site.ssl) == ([], True)
