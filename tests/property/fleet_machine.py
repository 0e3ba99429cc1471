# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state machine: passes that are killed, disturbed and interleaved, while people act and time passes."""

from __future__ import annotations

import collections
import typing as t

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from property.driven_pass import KILLS, Message, Options, Pass
from property.monitor import ISSUER, Monitor, Site
from property.starts import PLANS, SETTINGS, Start, fleet, starts
from property.surroundings import ZONES, Surroundings, quoted

HOUR, DAY = 3600, 86400
MOST_SITES = 4
ROUNDS = 16
"""Number of passes, a day and an hour apart, after which every reachable state is reached."""

API_FAULTS = (
    "lost_request",
    "lost_answer",
    "http_500",
    "http_500_after",
    "http_503",
    "http_429",
    "html",
    "html_after",
    "cut",
    "truncated",
    "doctype",
    "refuse_403",
    "redirect",
    "echo_password",
    "slow",
    "other_subject",
    "odd_values",
    "secret_in_answer",
)
UNKNOWN = ("lost_answer", "http_500_after", "html_after")
DNS_FAULTS = ("down", "refused", "lost_answer")
OTHERS = ("minutes pass", "hours pass", "other pass", "other task", "person")

which = st.integers(0, MOST_SITES - 1)
# More often: those with an unknown outcome.
a_trouble = st.sampled_from([*KILLS, *KILLS, *API_FAULTS, *UNKNOWN, *UNKNOWN, *DNS_FAULTS, *OTHERS])
moments = st.one_of(
    # Writes matter most.
    st.sampled_from(["provisionAddon", "deleteAddon", "dns update"]),
    st.integers(0, 15),
)
troubles = st.dictionaries(moments, a_trouble, min_size=2, max_size=6)
by_hand = st.sampled_from(
    [
        "other address",
        "second address",
        "ipv6",
        "www A",
        "state record gone",
        "state record nonsense",
        "state record foreign",
        "SPF",
        "validation gone",
        "validation stale",
        "other name",
        "TXT beside",
    ]
)
options = st.builds(
    Options,
    check_mode=st.sampled_from([False] * 6 + [True]),
    batch_size=st.sampled_from([1, 1, 3]),
    retries=st.sampled_from([0, 0, 1]),
    max_orders=st.sampled_from([None, None, None, 0, 1]),
    max_removals=st.sampled_from([None, None, None, 0, 1]),
)


BETWEEN_SETTLES = 8
"""Steps."""


class FleetMachine(RuleBasedStateMachine):
    """An example: some sites, and events. ``surroundings`` is set before the first one."""

    surroundings: t.ClassVar[Surroundings]
    figures: t.ClassVar[collections.Counter[str]] = collections.Counter()

    def __init__(self) -> None:
        super().__init__()
        self.monitor = Monitor(self.surroundings)
        self.monitor.counts = self.figures
        self.sites: list[Start] = []
        self.listed = 0
        self.entries: dict[int, dict[str, t.Any]] = {}
        self.passes: list[Pass | None] = [None, None]
        self.nested = 0
        self.still: object = None
        self.settled_at = self.figures["steps"]

    # What there is

    @initialize(sites=starts(), settings=SETTINGS)
    def begin(self, sites: list[Start], settings: dict[str, t.Any]) -> None:
        self.sites = sites
        self.listed = max(1, len(sites) - 1)
        lines: dict[str, list[str]] = {}
        for site in sites:
            if settings.get("nonssl_ssl_element") == "zeros" and not site.api["ssl"]:
                # If the certificate seems to be missing, the pass waits for it, unless the entry overrides this.
                site.entry["ssl"] = False
            lines.setdefault(site.zone, []).extend(site.lines)
            self.entries[site.site_id] = dict(site.entry)
        self.surroundings.begin(fleet(sites), settings, lines)
        self.monitor.begin((Site(site.site_id, site.domain, site.zone, site.names) for site in sites), lines)
        self.figures["examples"] += 1

    def _site(self, number: int) -> Start:
        return self.sites[number % len(self.sites)]

    def _file(self) -> list[dict[str, t.Any]]:
        """The current site file."""
        return [self.entries[site.site_id] for site in self.sites[: self.listed]]

    def _new_pass(self, options: Options, troubles: t.Mapping[int | str, str]) -> Pass:
        self.figures["passes"] += 1
        return Pass(self.surroundings, self._file(), self, options, troubles)

    # Passes

    @rule(options=options, troubles=troubles)
    def run_pass(self, options: Options, troubles: dict[int | str, str]) -> None:
        self._run(self._new_pass(options, troubles))

    @rule()
    def run_quiet_pass(self) -> None:
        self._run(self._new_pass(Options(), {}))

    @rule(slot=st.integers(0, 1), options=options, troubles=troubles)
    def start_pass(self, slot: int, options: Options, troubles: dict[int | str, str]) -> None:
        """Another pass may be running in the other slot; the one in this slot is dropped, as if it was killed."""
        self._kill(slot)
        self.passes[slot] = self._new_pass(options, troubles)

    @rule(slot=st.integers(0, 1), tasks=st.integers(1, 6))
    def go_on(self, slot: int, tasks: int) -> None:
        one = self.passes[slot]
        for _task in range(tasks):
            if one is not None and not one.over:
                one.step()
                if one.over:
                    self._ended(one)

    @rule(slot=st.integers(0, 1))
    def kill(self, slot: int) -> None:
        self._kill(slot)

    def _kill(self, slot: int) -> None:
        one = self.passes[slot]
        if one is not None and not one.over:
            one.kill()
            self._ended(one)

    def _run(self, one: Pass) -> None:
        one.run()
        self._ended(one)

    def _ended(self, one: Pass) -> None:
        self.figures["passes killed"] += one.killed
        self.figures["passes in check mode"] += one.options.check_mode
        # A fault that was not used in this pass does not apply to the next.
        self.surroundings.service.faults.remove()
        self.monitor.done(one)

    # The watcher of the passes

    def disturb(self, running: Pass, message: Message, trouble: str) -> None:
        if trouble == "person":
            self._change_by_hand(
                self._site(message.number), ("other address", "ipv6", "state record gone")[message.number % 3]
            )
        elif trouble in ("minutes pass", "hours pass"):
            if not running.changing:
                # The time of a change of DNS is taken right before it. A change that takes hours is not covered.
                self.surroundings.advance(600 if trouble == "minutes pass" else 2 * HOUR)
        elif trouble in ("other pass", "other task"):
            self._other(trouble)
        elif message.kind == "api" and trouble in API_FAULTS:
            more = (
                {"seconds": 0.01}
                if trouble == "slow"
                else {"seconds": 0}
                if trouble in ("http_503", "http_429")
                else {}
            )
            if trouble == "other_subject":
                # Also at the read before a purchase.
                more = {"times": 3, "method": message.method}
            self.surroundings.service.faults.add({"kind": trouble, "api": "sitelock", **more})
            self.figures["faults of the API"] += 1
        elif message.kind != "api" and trouble in DNS_FAULTS:
            running.break_dns(trouble)
            self.figures["faults of DNS"] += 1

    def _other(self, trouble: str) -> None:
        if self.nested:
            return
        self.nested += 1
        try:
            waiting = next((one for one in self.passes if one is not None and not one.over and not one.busy), None)
            if trouble == "other task" and waiting is not None:
                waiting.step()
            else:
                self._run(self._new_pass(Options(), {}))
            self.figures["passes crossed"] += 1
        finally:
            self.nested -= 1

    def before(self, running: Pass, message: Message) -> None:
        self.monitor.before(running, message)

    def after(self, running: Pass, message: Message) -> None:
        self.monitor.after(running, message)

    # People and time

    @rule()
    def list_next_site(self) -> None:
        self.listed = min(self.listed + 1, len(self.sites))

    @rule(number=which)
    def flip_state(self, number: int) -> None:
        entry = self.entries[self._site(number).site_id]
        entry["state"] = "absent" if entry["state"] == "present" else "present"

    @rule(number=which, plan=st.sampled_from(PLANS))
    def change_plan(self, number: int, plan: str) -> None:
        self.entries[self._site(number).site_id]["subscription"] = plan

    @rule(number=which, address=st.sampled_from(["192.0.2.98", "192.0.2.99"]))
    def move_origin(self, number: int, address: str) -> None:
        self.entries[self._site(number).site_id]["waf_origin"] = address

    @rule(seconds=st.sampled_from([60, 1800, 6 * HOUR + 60, DAY + HOUR, 31 * DAY]))
    def wait(self, seconds: int) -> None:
        self.surroundings.advance(seconds)

    @rule(number=which, what=by_hand)
    def change_by_hand(self, number: int, what: str) -> None:
        self._change_by_hand(self._site(number), what)

    def _change_by_hand(self, site: Start, what: str) -> None:
        self.figures["changes by hand"] += 1
        update = self.surroundings.new_update(site.zone)
        name, state_record = f"{site.domain}.", f"_websec.{site.domain}."
        if what in ("other address", "second address", "ipv6"):
            if what == "other address":
                update.delete(name, "A")
                update.delete(name, "AAAA")
            kind, value = ("AAAA", "2001:db8::bad") if what == "ipv6" else ("A", "192.0.2.200")
            update.delete(name, "CNAME")
            update.add(name, 1800, kind, value)
        elif what == "www A":
            update.delete(f"www.{name}", "CNAME")
            update.delete(f"www.{name}", "A")
            update.add(f"www.{name}", 1800, "A", "192.0.2.201")
        elif what.startswith("state record"):
            update.delete(state_record, "TXT")
            if what != "state record gone":
                text = 'v=websec1 {"site":' if what == "state record nonsense" else "v=somebody-else"
                update.add(state_record, 300, "TXT", quoted(text))
        elif what == "validation gone":
            for value in self.surroundings.read(site.zone).get((site.domain, "TXT"), (0, frozenset()))[1]:
                if value.startswith(ISSUER):
                    update.delete(name, "TXT", quoted(value))
        elif what == "other name":
            update.replace(f"new.{name}", 3600, "A", "192.0.2.202")
        else:
            self._add_txt(update, site, what)
        self.surroundings.send(update)
        self.monitor.by_hand()

    def _add_txt(self, update: t.Any, site: Start, what: str) -> None:
        beside_cname = {
            "SPF": ("", "v=spf1 include:provider.example -all"),
            "validation stale": ("", f"{ISSUER}STALE"),
            "TXT beside": ("www." if site.apex else "", "somebody-needs-this-too"),
        }[what]
        update.add(f"{beside_cname[0]}{site.domain}.", 600, "TXT", quoted(beside_cname[1]))

    # The end of it

    # It runs as many passes as a dozen other steps, so it is useful only after other events.
    @precondition(lambda self: self.figures["steps"] >= self.settled_at + BETWEEN_SETTLES)
    @rule()
    def settle(self) -> None:
        """Without faults and people, every reachable state is reached, and then nothing changes any more."""
        self.settled_at = self.figures["steps"]
        for slot in (0, 1):
            self._kill(slot)
        if self.still == self._moment():
            return
        self.surroundings.service.faults.remove()
        still = 0
        for _round in range(ROUNDS):
            before = self._everything()
            one = self._new_pass(Options(), {})
            self._run(one)
            self.surroundings.advance(DAY + HOUR)
            still = still + 1 if before == self._everything() else 0
            if still == 2:
                break
        self.figures["settled"] += 1
        for site, row in zip(self.sites, t.cast("list[dict[str, t.Any]]", one.report)):
            self._settled(site, row)
        self._second_pass_changes_nothing({row["site_id"] for row in one.report or () if row["error"]})
        self.still = self._moment()

    def _moment(self) -> object:
        """Constant while nobody changes anything."""
        return self.monitor.event, self.figures["changes by hand"], self.surroundings.now(), repr(self._file())

    def _everything(self) -> object:
        zones = [self.monitor.served(site.zone) for site in self.sites]
        world = self.surroundings.service.world
        states = [
            (site.firewall.state if site.firewall else None, len(world.active_firewalls(site.site_id)))
            for site in world.sites.values()
        ]
        return zones, states, len(world.ledger)

    def _settled(self, site: Start, row: dict[str, t.Any]) -> None:
        seen = self.monitor.sites[site.site_id]
        if row["error"] is not None:
            assert self._may_fail(site, row["error"]), f"{site.domain} cannot go on: {row['error']}"
            return
        if "bought twice" in seen.excused:
            return
        active = len(self.surroundings.service.world.active_firewalls(str(site.site_id)))
        served = self.monitor.served(site.zone)
        if self.entries[site.site_id]["state"] == "absent":
            assert active == 0, f"{site.domain} still has its service: {row}"
            assert (seen.state_record_name, "TXT") not in served, f"{seen.state_record_name} was left: {row}"
            assert not self.monitor.in_use(seen), f"{site.domain} still leads to the CDN: {row}"
        elif not site.api["error"]:
            assert active == 1, f"{site.domain} was not ordered: {row}"
            assert row["state"] == "ready", f"{site.domain} does not become ready: {row}"
            if "state record" in seen.excused and any("could not check" in note for note in row["notes"]):
                # The target of the CDN is unknown to the pass, and it reports that.
                return
            assert self.monitor.in_use(seen), f"{site.domain} does not lead to the CDN: {row}"

    def _may_fail(self, site: Start, error: dict[str, t.Any]) -> bool:
        """Whether the site needs manual action, judged from outside."""
        entry, seen = self.entries[site.site_id], self.monitor.sites[site.site_id]
        served = self.monitor.served(site.zone)
        state_record = served.get((seen.state_record_name, "TXT"), (0, frozenset()))[1]
        other_data = any(
            (name, kind) in served
            for name in site.names
            for kind in ("TXT", "MX")
            if not (site.apex and name == site.domain)
        )
        return (
            (site.api["ssl"] and entry["subscription"] == "300")
            or any("site" not in value or not value.endswith("}") for value in state_record)
            or other_data
            or "bought twice" in seen.excused
            or ("the original DNS records are unknown" in error["message"] and self._unknown_traffic(site, seen))
            or "so it cannot have TXT records" in error["message"]
        )

    def _unknown_traffic(self, site: Start, seen: Site) -> bool:
        """Whether the original DNS records of a site are unknown to both the zone and the API."""
        firewall = self.surroundings.service.world.sites[str(site.site_id)].firewall
        return (
            "state record" in seen.excused
            or site.api["error"]
            or (firewall is not None and firewall.state == "pending-retry")
        )

    def _second_pass_changes_nothing(self, refused: t.Collection[int]) -> None:
        """
        :param refused: sites that need manual action; their changes are refused each time.
        """
        for check_mode in (False, True):
            serials = [self.surroundings.serial(zone) for zone in ZONES]
            journal = self.surroundings.service.journal
            since = max((entry["n"] for entry in journal.entries()), default=0)
            again = self._new_pass(Options(check_mode=check_mode), {})
            self._run(again)
            changed = [row for row in again.report or () if row["changed"] and row["site_id"] not in refused]
            assert not changed, f"7: a second run changes {changed}"
            assert serials == [self.surroundings.serial(zone) for zone in ZONES], "7: a second run changes DNS"
            writes = [entry for entry in journal.entries(since) if entry["write"] and "ok" in str(entry["outcome"])]
            assert not writes, f"7: a second run writes {writes}"

    @invariant()
    def holds(self) -> None:
        if self.sites:
            self.figures["steps"] += 1
            self.monitor.check()

    def teardown(self) -> None:
        if self.sites:
            self.surroundings.service.faults.remove()
            for slot in (0, 1):
                self._kill(slot)
