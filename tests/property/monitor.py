# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The invariants of C(docs/safety.md), checked against the ledger of the stand-in and the zones of BIND.

Nothing here uses the code of the collection: it has its own parser for C(_websec), and reads zones by AXFR.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import hashlib
import html
import json
import typing as t

from property.driven_pass import Message, Pass
from property.surroundings import PASSWORD, Key, Surroundings, Zone
from websec_sandbox import lifecycle

TYPES = ("A", "AAAA", "CNAME")
PEOPLE = 0
ISSUER = "globalsign-domain-verification="
_LONG_AGO = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)

Content = dict[str, tuple[int, frozenset[str]]]
"""A, AAAA and CNAME at one name: TTL and values by type."""


class Violation(AssertionError):
    """An invariant is violated. The text begins with its number."""


@dataclasses.dataclass
class Site:
    """The knowledge about a site, from outside.

    :param originals: the records of each name when a pass routed it to the CDN, as long as they are known.
    :param forgotten: when the last record with the CDN expires in caches, computed from the served records.
    :param moves: by pass (0: people), the number of the event when it last changed A, AAAA or CNAME.
    :param reads: by pass, the number of the event when it last read the state of the site from the API.
    :param writes: by pass, the number of the event when it last wrote to the site at the API.
    :param misled: the passes whose last read of this site got a response about another one.
    :param excused: why some invariants no longer apply to it in this example.
    """

    site_id: int
    domain: str
    zone: str
    names: tuple[str, ...]
    originals: dict[str, Content] = dataclasses.field(default_factory=dict)
    forgotten: datetime.datetime = _LONG_AGO
    bought: int = 0
    ended: int = 0
    moves: dict[int, int] = dataclasses.field(default_factory=dict)
    reads: dict[int, int] = dataclasses.field(default_factory=dict)
    writes: dict[int, int] = dataclasses.field(default_factory=dict)
    misled: set[int] = dataclasses.field(default_factory=set)
    excused: set[str] = dataclasses.field(default_factory=set)

    @property
    def state_record_name(self) -> str:
        return f"_websec.{self.domain}"

    @property
    def edge(self) -> tuple[frozenset[str], str]:
        """Addresses and name of the CDN for this site, as the stand-in makes them."""
        seed = hashlib.sha256(str(self.site_id).encode()).digest()
        addresses = {f"{network}.{seed[0]}.{seed[1]}" for network in ("198.18", "198.19")}
        return frozenset(addresses), f"{seed.hex()[4:12]}.sitelockcdn.example"

    def moved_by_others(self, running: Pass, since: int) -> bool:
        return any(event >= since for mover, event in self.moves.items() if mover != running.number)

    def leads_to_cdn(self, content: Content) -> bool:
        addresses, name = self.edge
        none: tuple[int, frozenset[str]] = (0, frozenset())
        return bool(content.get("A", none)[1] & addresses) or name in content.get("CNAME", none)[1]


class Monitor:
    """Follows an example, and raises ``Violation``."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self.sites: dict[int, Site] = {}
        self.event = 1
        self.counts: collections.Counter[str] = collections.Counter()
        self._serials: dict[str, int] = {}
        self._served: dict[str, Zone] = {}
        self._begun: dict[int, int] = {}
        self._orders: collections.Counter[int] = collections.Counter()
        self._ends: collections.Counter[int] = collections.Counter()
        self._entry = 0

    def begin(self, sites: t.Iterable[Site], zones: t.Iterable[str]) -> None:
        self.sites = {site.site_id: site for site in sites}
        for zone in zones:
            self._serials[zone] = self._surroundings.serial(zone)
            self._served[zone] = self._surroundings.read(zone)

    # What happens

    def by_hand(self) -> None:
        """Another writer changed DNS; these are the expected records from now on."""
        for zone, old, new in self._changes():
            for site in self._in(zone):
                if any(_at(old, name) != _at(new, name) for name in site.names):
                    site.moves[PEOPLE] = self.event
                if old.get((site.state_record_name, "TXT")) != new.get((site.state_record_name, "TXT")):
                    site.excused.add("state record")
                self._note_removed(site, old, new)

    def before(self, running: Pass, message: Message) -> None:
        """A pass is about to send ``message``."""
        self.event += 1
        self._begun.setdefault(running.number, self.event)
        writes = message.kind == "dns update" or message.method in _WRITES
        if running.options.check_mode and writes:
            raise Violation(f"7: check mode sends {message.kind} {message.method}")
        for site_id in message.site_ids:
            site = self.sites[site_id]
            if message.method in _WRITES:
                self._asked_before(running, site)
                site.writes[running.number] = self.event
            if message.method in ("provisionAddon", "modifyAddon"):
                self._orders_within_limit(running)
            if message.method == "getAnpProvisioningStatus":
                site.reads[running.number] = self.event
            elif message.method == "provisionAddon":
                self._before_order(running, site)
            elif message.method == "deleteAddon":
                self._before_end(running, site)

    def after(self, running: Pass, message: Message) -> None:
        """``message`` was sent."""
        self.event += 1
        for site_id in message.site_ids:
            site = self.sites[site_id]
            if message.method == "provisionAddon" and self._active(site):
                site.bought = self.event
            elif message.method == "deleteAddon" and not self._active(site):
                site.ended = self.event
        if message.kind == "api":
            self._note_subject(running, message)
        if message.kind == "dns update":
            self._after_update(running)
        self._count_subscriptions()

    def done(self, running: Pass) -> None:
        """A pass ended, or was killed."""
        self._look_for_secrets(running)
        if running.report is None:
            return
        self._nothing_lost(running, running.report)
        if running.options.check_mode:
            return
        for row in running.report:
            site = self.sites[row["site_id"]]
            others = site.moved_by_others(running, self._begun.get(running.number, 0))
            wanted = next(each for each in running.sites if each["site_id"] == site.site_id)
            if row["error"] is None and wanted["state"] == "present" and not others:
                self._no_back_door(site)
            if row["error"] is None and wanted["state"] == "present" and not self._written_by_others(running, site):
                self._as_wanted(site, wanted, row)

    def check(self) -> None:
        """Invariants at every moment."""
        for zone, _old, _new in self._changes():
            raise Violation(f"the zone {zone} changed, and nobody was seen to do it")
        self._count_subscriptions()
        for site in self.sites.values():
            self._way_back(site)

    # 1. Never buys twice

    def _active(self, site: Site) -> int:
        return len(self._surroundings.service.world.active_firewalls(str(site.site_id)))

    def _before_order(self, running: Pass, site: Site) -> None:
        wanted = next(each for each in running.sites if each["site_id"] == site.site_id)
        if wanted["state"] != "present":
            raise Violation(f"1: {site.domain} is ordered, and shall not be there")
        if not self._active(site) or "bought twice" in site.excused:
            return
        if site.bought > site.reads.get(running.number, 0):
            # The API has no idempotency key.
            site.excused.add("bought twice")
            self.counts["orders crossed, excused"] += 1
            return
        raise Violation(f"1: {site.domain} is ordered again")

    def _count_subscriptions(self) -> None:
        for site in self.sites.values():
            if self._active(site) > 1 and "bought twice" not in site.excused:
                raise Violation(f"1: {site.domain} has {self._active(site)} subscriptions")

    def _asked_before(self, running: Pass, site: Site) -> None:
        if running.number in site.misled:
            raise Violation(f"1: {site.domain} is written to after an answer about another site")

    def _note_subject(self, running: Pass, message: Message) -> None:
        """Whether the response to ``message`` was about another site."""
        entries = self._surroundings.service.journal.entries(self._entry)
        self._entry = max((entry["n"] for entry in entries), default=self._entry)
        last = entries[-1] if entries else {"fault": None, "site_ids": []}
        for site_id in map(int, last["site_ids"]):
            if last["fault"] == "other_subject":
                self.sites[site_id].misled.add(running.number)
                self.counts["answers about others"] += 1
            else:
                self.sites[site_id].misled.discard(running.number)

    # 9. Never surprises

    def _orders_within_limit(self, running: Pass) -> None:
        self._orders[running.number] += 1
        limit = running.options.max_orders
        if limit is not None and self._orders[running.number] > limit:
            raise Violation(f"9: {self._orders[running.number]} orders, and the limit is {limit}")

    def _ends_within_limit(self, running: Pass, site: Site, old: Zone, new: Zone) -> None:
        before, after = (_state_record(zone.get((site.state_record_name, "TXT"))) for zone in (old, new))
        if "restored" not in after or "restored" in before:
            return
        self._ends[running.number] += 1
        self.counts["ends begun"] += 1
        limit = running.options.max_removals
        if limit is not None and self._ends[running.number] > limit:
            raise Violation(f"9: {self._ends[running.number]} ends begin, and the limit is {limit}")

    # What a report says

    def _written_by_others(self, running: Pass, site: Site) -> bool:
        begun = self._begun.get(running.number, 0)
        return any(event >= begun for writer, event in site.writes.items() if writer != running.number)

    def _as_wanted(self, site: Site, wanted: t.Mapping[str, t.Any], row: t.Mapping[str, t.Any]) -> None:
        """A site that is reported without a problem has the right service and plan."""
        if str(row["waiting_for"]).startswith("the next pass") or "bought twice" in site.excused:
            return
        world = self._surroundings.service.world
        plans = [one.plan_id for one in world.active_firewalls(str(site.site_id))]
        # If the API does not report the site of a plan, it is unknown, and a warning reports that.
        told = world.settings.getstatus_site_id != "none"
        if len(plans) != 1 or (told and plans != [wanted["subscription"]]):
            raise Violation(f"1: {site.domain} is reported as fine, and has the plans {plans}: {row}")

    def _nothing_lost(self, running: Pass, report: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        """Each site has its row, and none has the error kind C(bug)."""
        rows = [row["site_id"] for row in report]
        if rows != [site["site_id"] for site in running.sites]:
            raise Violation(f"10: the report has rows for {rows}")
        bugs = [row["error"] for row in report if row["error"] is not None and row["error"]["kind"] == "bug"]
        if bugs:
            raise Violation(f"10: {bugs}")

    # 3. Never deletes what traffic still uses

    def _before_end(self, running: Pass, site: Site) -> None:
        if not self._active(site):
            return
        if site.moved_by_others(running, self._begun[running.number]):
            self.counts["deletions after a change by others, excused"] += 1
            return
        served = self._served[site.zone]
        for name in site.names:
            content = _at(served, name)
            if site.leads_to_cdn(content):
                raise Violation(f"3: {site.domain} is deleted, and {name} leads to the CDN")
            original = site.originals.get(name)
            known = original is not None and not site.excused and not _restores(running, site)
            if known and _values(content) != _values(original or {}):
                raise Violation(f"3: {site.domain} is deleted, and {name} is {content}, not {original}")
        if self._surroundings.now() < site.forgotten:
            raise Violation(
                f"3: {site.domain} is deleted at {self._surroundings.now()}, caches have it until {site.forgotten}"
            )

    # 2, 4, 5: at every change of a zone by a pass

    def _after_update(self, running: Pass) -> None:
        for zone, old, new in self._changes():
            sites = self._in(zone)
            self._foreign(zone, sites, old, new)
            for site in sites:
                self._routing(running, site, old, new)
                self._ends_within_limit(running, site, old, new)
                self._note_removed(site, old, new)
                if any(_at(old, name) != _at(new, name) for name in site.names):
                    site.moves[running.number] = self.event
                self._way_back(site)

    def _routing(self, running: Pass, site: Site, old: Zone, new: Zone) -> None:
        for name in site.names:
            before, after = _at(old, name), _at(new, name)
            if not site.leads_to_cdn(after) or site.leads_to_cdn(before):
                continue
            self._routed_in_time(running, site, name)
            if _state_record(old.get((site.state_record_name, "TXT"))).get("target") is None:
                site.originals[name] = _with_old_ttls(_answered(old, name), old, site, name)

    def _routed_in_time(self, running: Pass, site: Site, name: str) -> None:
        world = self._surroundings.service.world
        known = world.sites[str(site.site_id)]
        firewall = known.firewall
        if firewall is None:
            if site.ended > site.reads.get(running.number, 0):
                self.counts["routes to a service that another pass ended, excused"] += 1
                return
            raise Violation(f"2: {name} leads to the CDN, and there is no service")
        if firewall.state not in ("pending-dns", "ready"):
            raise Violation(f"2: {name} leads to the CDN in the state {firewall.state}")
        if not lifecycle.certificate_ready(known, world.clock.now(), world.settings):
            raise Violation(f"2: {name} leads to the CDN, which has no certificate")

    # 4. Never loses the original records

    def _way_back(self, site: Site) -> None:
        served = self._served[site.zone]
        addresses, edge_name = site.edge
        saved = _state_record(served.get((site.state_record_name, "TXT"))).get("original", {})
        for name, types in saved.items():
            for values in types.values():
                if {str(value).rstrip(".") for value in values[1:]} & {*addresses, edge_name}:
                    raise Violation(f"4: the address of the CDN is saved as the original of {name}")
        if "state record" in site.excused:
            return
        for name, original in site.originals.items():
            if site.leads_to_cdn(_at(served, name)) and _saved(saved, name) != original:
                raise Violation(f"4: {name} was {original} before, and {_saved(saved, name)} is saved")

    # 5. Never touches what is not ours

    def _foreign(self, zone: str, sites: t.Sequence[Site], old: Zone, new: Zone) -> None:
        before, after = _without_ours(old, sites), _without_ours(new, sites)
        if before != after:
            values = {key: (before.get(key), after.get(key)) for key in {*before, *after}}
            changed = {key: pair for key, pair in values.items() if pair[0] != pair[1]}
            raise Violation(f"5: {zone}: {changed}")

    # 6. Leaves no back door

    def _no_back_door(self, site: Site) -> None:
        addresses, _name = site.edge
        served = self._served[site.zone]
        if not any(site.leads_to_cdn(_at(served, name)) for name in site.names):
            return
        for name in site.names:
            content = _at(served, name)
            apex = name == site.zone
            good = set(content) == {"A"} and content["A"][1] == addresses if apex else set(content) == {"CNAME"}
            if not good and not site.excused:
                raise Violation(f"6: {site.domain} is routed, and {name} is {content}")

    # 8. Never leaks

    def _look_for_secrets(self, running: Pass) -> None:
        text = json.dumps(running.said, default=repr, ensure_ascii=False)
        for _escapes in range(3):
            for secret in (PASSWORD, self._surroundings.bind.key.secret):
                if secret in text:
                    raise Violation(f"8: a secret is in {text[max(0, text.index(secret) - 200) :][:400]}")
            text = html.unescape(text)

    # Following DNS

    def _changes(self) -> list[tuple[str, Zone, Zone]]:
        """The zones that changed since the last read, with their old and new content."""
        changed = []
        for zone, serial in self._serials.items():
            present = self._surroundings.serial(zone)
            if present != serial:
                old, new = self._served[zone], self._surroundings.read(zone)
                self._serials[zone], self._served[zone] = present, new
                changed.append((zone, old, new))
        return changed

    def served(self, zone: str) -> Zone:
        return self._served[zone]

    def serials(self) -> dict[str, int]:
        return dict(self._serials)

    def _in(self, zone: str) -> list[Site]:
        return [site for site in self.sites.values() if site.zone == zone]

    def _note_removed(self, site: Site, old: Zone, new: Zone) -> None:
        now = self._surroundings.now()
        for name in site.names:
            before, after = _at(old, name), _at(new, name)
            if before != after and site.leads_to_cdn(before):
                ttl = max(ttl for ttl, _values in before.values())
                site.forgotten = max(site.forgotten, now + datetime.timedelta(seconds=ttl))

    def in_use(self, site: Site) -> bool:
        """Whether traffic goes to the CDN now."""
        return any(site.leads_to_cdn(_at(self._served[site.zone], name)) for name in site.names)


_WRITES = {"provisionAddon", "modifyAddon", "deleteAddon", "setWafOrigin", "setWAFDNSManager"}


def _restores(running: Pass, site: Site) -> bool:
    """Whether the site file has the records to restore."""
    return any(each["site_id"] == site.site_id and each.get("restore") for each in running.sites)


def _at(zone: Zone, name: str) -> Content:
    return {kind: zone[name, kind] for kind in TYPES if (name, kind) in zone}


def _answered(zone: Zone, name: str) -> Content:
    """The response to a query for ``name``: a wildcard answers for a name that does not exist."""
    exists = any(other == name or other.endswith(f".{name}") for other, _kind in zone)
    wildcard = "*." + name.partition(".")[2]
    return {kind: zone[at, kind] for kind in TYPES for at in [name if exists else wildcard] if (at, kind) in zone}


def _values(content: Content) -> dict[str, frozenset[str]]:
    return {kind: values for kind, (_ttl, values) in content.items()}


def _with_old_ttls(content: Content, old: Zone, site: Site, name: str) -> Content:
    """The previous records, with the TTL from before a pass lowered it, as saved by that pass."""
    saved = _saved(_state_record(old.get((site.state_record_name, "TXT"))).get("original", {}), name) or {}
    return {
        kind: saved[kind] if kind in saved and saved[kind][1] == there[1] else there for kind, there in content.items()
    }


def _saved(saved: t.Mapping[str, t.Any], name: str) -> Content | None:
    if name not in saved:
        return None
    return {
        kind: (int(values[0]), frozenset(str(value).rstrip(".").lower() for value in values[1:]))
        for kind, values in saved[name].items()
    }


def _state_record(record: tuple[int, frozenset[str]] | None) -> dict[str, t.Any]:
    """The content of C(_websec); empty if there is none, or none that can be read."""
    for value in record[1] if record else ():
        _mark, _blank, text = value.partition(" ")
        try:
            content = json.loads(text)
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}
    return {}


def _without_ours(zone: Zone, sites: t.Sequence[Site]) -> dict[Key, t.Any]:
    ours = {(name, kind) for site in sites for name in site.names for kind in TYPES}
    ours |= {(site.state_record_name, "TXT") for site in sites}
    left: dict[Key, t.Any] = {key: there for key, there in zone.items() if key not in ours}
    for site in sites:
        key = (site.domain, "TXT")
        if key in left:
            _ttl, values = left.pop(key)
            others = frozenset(value for value in values if not value.startswith(ISSUER))
            if others:
                left[key] = others
    return left
