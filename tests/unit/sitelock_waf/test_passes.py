# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passes over a small fleet, repeated and killed, while the vendor goes on and people change records by hand."""

from __future__ import annotations

import contextlib
import datetime
import typing as t

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.state_record import (
    RecordSet,
    from_values,
    record_name,
)
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import (
    CDN,
    CDN_NAME,
    NOON,
    ORIGIN,
    ZONE,
    Killed,
    NameServer,
    Vendor,
    certificate,
    entry,
    run_pass,
    verify,
)

SHOP = f"shop.{ZONE}"
SITES = {1: ZONE, 2: SHOP}
NAMES = {1: (ZONE, f"www.{ZONE}"), 2: (SHOP,)}
ADDRESS_TYPES = ("A", "AAAA", "CNAME")

ttls = st.sampled_from([60, 300, 3600, 86400])
at_apex = st.fixed_dictionaries(
    {"A": st.builds(RecordSet, ttls, st.just((ORIGIN,)))},
    optional={"AAAA": st.builds(RecordSet, ttls, st.just(("2001:db8::10",)))},
)
elsewhere = at_apex | st.just({}) | st.fixed_dictionaries({"CNAME": st.builds(RecordSet, ttls, st.just((f"{ZONE}.",)))})


class WatchfulVendor(Vendor):
    """Looks, before a service ends, at what DNS serves and has served."""

    def __init__(self, last_led: t.Callable[[int], datetime.datetime | None]) -> None:
        super().__init__()
        self._last_led = last_led
        self.now = NOON

    def converge(self, sites: t.Iterable[t.Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
        sites = list(sites)
        for site in sites:
            if site["state"] == "absent" and self.ask(site["site_id"])["state"] != "absent":
                forgotten = self._last_led(site["site_id"])
                assert forgotten is None or self.now >= forgotten, "deleted while traffic still uses it"
        return super().converge(sites)


class Passes(RuleBasedStateMachine):
    """Two sites in one zone: the apex with SSL, and a subdomain whose TXT value stands where its CNAME comes."""

    def __init__(self) -> None:
        super().__init__()
        self.server = NameServer()
        self.vendor = WatchfulVendor(self.forgotten)
        self.now = NOON
        self.states = {1: "present", 2: "present"}
        self.before: dict[str, dict[str, RecordSet]] = {}
        self.tokens = 0
        self.led: dict[int, datetime.datetime] = {}
        """By site: until when somebody may still have an answer that leads to the CDN."""

    @initialize(apex=at_apex, www=elsewhere, shop=elsewhere, ready=st.booleans())
    def begin(self, apex: t.Any, www: t.Any, shop: t.Any, ready: bool) -> None:
        self.before = {ZONE: apex, NAMES[1][1]: www, SHOP: shop}
        self.server = NameServer.of(self.before)
        self.server.sets[ZONE, "TXT"] = RecordSet(3600, ("v=spf1 -all",))
        for _round in range(5 if ready else 0):
            self.passes()
            self.the_vendor_goes_on(1)
            self.the_vendor_goes_on(2)

    def leads(self, number: int) -> bool:
        return any(
            set(CDN) & set(self.server.values(name, "A")) or self.server.values(name, "CNAME") == [CDN_NAME]
            for name in NAMES[number]
        )

    def forgotten(self, number: int) -> datetime.datetime | None:
        self.look()
        return self.led.get(number)

    def look(self) -> None:
        for number, names in NAMES.items():
            if self.leads(number):
                oldest = max(there.ttl for (name, _kind), there in self.server.sets.items() if name in names)
                until = self.now + datetime.timedelta(seconds=oldest)
                self.led[number] = max(until, self.led.get(number, until))

    def entries(self) -> list[dict[str, t.Any]]:
        return [
            entry(domain=domain, zone=ZONE, site_id=number, state=self.states[number], cleanup_verification=number == 1)
            for number, domain in SITES.items()
        ]

    def passes(self, killed_after: int | None = None) -> list[dict[str, t.Any]]:
        self.look()
        self.vendor.now = self.now
        allowed = {number: self.may_lead(number) for number in SITES}
        led = {number: self.leads(number) for number in SITES}
        report: list[dict[str, t.Any]] = []
        with contextlib.suppress(Killed):
            report = run_pass(self.entries(), self.server, self.vendor, self.now, killed_after=killed_after)
        for number in SITES:
            assert led[number] or not self.leads(number) or allowed[number], "routed early"
        self.look()
        return report

    def may_lead(self, number: int) -> bool:
        told = self.vendor.ask(number)
        # A site that is ordered in this pass starts as pending-dns only if the vendor says so at once: never here.
        return told["state"] == "ready" or (told["state"] == "pending-dns" and bool(told["routable"]))

    @rule()
    def a_pass(self) -> None:
        self.passes()

    @rule(after=st.integers(1, 5))
    def a_pass_is_killed(self, after: int) -> None:
        self.passes(killed_after=after)

    @rule(hours=st.sampled_from([0, 0.02, 1, 7, 50]))
    def time_passes(self, hours: float) -> None:
        self.look()
        self.now += datetime.timedelta(hours=hours)

    @rule(number=st.sampled_from([1, 2]))
    def the_vendor_goes_on(self, number: int) -> None:
        told = self.vendor.ask(number)
        domain = SITES[number]
        value = f"globalsign-domain-verification={self.tokens}"
        if told["state"] == "pending-domain-validation" and told["dns_ssl_verify"]:
            ssl = certificate(False, False)
            self.vendor.put(number, "pending-dns", ssl=ssl, routable=False, dns_ssl_verify=told["dns_ssl_verify"])
        elif told["state"] == "pending-domain-validation":
            self.vendor.put(number, "pending-domain-validation", dns_ssl_verify=verify(value, domain))
        elif told["state"] == "pending-dns" and not told["routable"]:
            self.vendor.put(number, "pending-dns", ssl=certificate(True, True))
        elif told["state"] == "pending-dns" and self.leads(number):
            self.vendor.put(number, "ready")

    @rule(number=st.sampled_from([1, 2]))
    def the_txt_value_rotates(self, number: int) -> None:
        told = self.vendor.ask(number)
        if told["dns_ssl_verify"]:
            self.tokens += 1
            value = f"globalsign-domain-verification={self.tokens}"
            self.vendor.statuses[number]["dns_ssl_verify"] = verify(value, SITES[number])

    @rule(number=st.sampled_from([1, 2]), state=st.sampled_from(["present", "absent"]))
    def the_site_file_changes(self, number: int, state: str) -> None:
        self.states[number] = state

    @precondition(lambda self: self.leads(1))
    @rule()
    def somebody_changes_the_apex_by_hand(self) -> None:
        self.look()
        self.server.sets[ZONE, "A"] = RecordSet(60, ("192.0.2.66",))

    @invariant()
    def what_is_not_ours_stays(self) -> None:
        assert not self.before or "v=spf1 -all" in self.server.values(ZONE, "TXT")

    @invariant()
    def nothing_is_bought_twice(self) -> None:
        for number in SITES:
            assert self.vendor.ordered.get(number, 0) - self.vendor.deleted.get(number, 0) in (0, 1)

    @invariant()
    def the_way_back_is_known(self) -> None:
        for number, domain in SITES.items():
            if self.leads(number):
                state_record = from_values(domain, number, self.server.values(record_name(domain), "TXT"))
                assert state_record is not None
                for name in NAMES[number]:
                    assert state_record.original[name] == self.before[name]

    def teardown(self) -> None:
        if not self.before:
            return
        for _round in range(3):
            self.passes()
            for number in SITES:
                for _step in range(4):
                    self.the_vendor_goes_on(number)
                self.passes()
            self.now += datetime.timedelta(hours=50)
        writes, ordered, deleted = self.server.writes, dict(self.vendor.ordered), dict(self.vendor.deleted)
        report = self.passes()
        assert [(row["steps"], row["changed"], row["error"]) for row in report] == [([], False, None)] * 2
        assert (self.server.writes, self.vendor.ordered, self.vendor.deleted) == (writes, ordered, deleted)
        for number, domain in SITES.items():
            assert self.leads(number) is (self.states[number] == "present")
            if self.states[number] == "absent":
                assert self.vendor.ask(number)["state"] == "absent"
                assert self.server.values(record_name(domain), "TXT") == []


class PassesOfNewSites(Passes):
    """The vendor asks for the validation of the domain first."""

    def __init__(self) -> None:
        super().__init__()
        self.vendor.first_state = "pending-domain-validation"


TestPasses = PassesOfNewSites.TestCase
TestPasses.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
