# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A name server and a vendor in memory, and passes over them as the role does them."""

from __future__ import annotations

import dataclasses
import datetime
import types
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Defaults, Entry, prepare
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.fleet import Fleet
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.state_record import Records, RecordSet

ZONE = "customer.example"
WWW = f"www.{ZONE}"
MARK = f"_websec.{ZONE}"
ORIGIN = "192.0.2.10"
CDN = ("198.18.0.1", "198.19.0.1")
CDN_NAME = "d1.sitelockcdn.example"
VALUE = "globalsign-domain-verification=aaa"
NOON = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.timezone.utc)
BEFORE: t.Mapping[str, dict[str, RecordSet]] = types.MappingProxyType(
    {
        ZONE: {"A": RecordSet(3600, (ORIGIN,)), "AAAA": RecordSet(3600, ("2001:db8::10",))},
        WWW: {"CNAME": RecordSet(86400, (f"{ZONE}.",))},
    }
)


def hours(number: float) -> datetime.timedelta:
    return datetime.timedelta(hours=number)


def entry(**more: t.Any) -> Entry:
    """A good entry, completed."""
    (made,) = prepare([{"domain": ZONE, "site_id": 1, "zone": ZONE, **more}], [], Defaults())
    assert made["error"] is None, made["error"]
    return made


def refusal(**more: t.Any) -> dict[str, t.Any]:
    """The error of a bad entry."""
    (made,) = prepare([{"domain": ZONE, "site_id": 1, "zone": ZONE, **more}], [], Defaults())
    assert made["error"] is not None
    return t.cast("dict[str, t.Any]", made["error"])


def status(state: str, **more: t.Any) -> dict[str, t.Any]:
    """An answer of the API, with what it says in this state for a site without SSL."""
    routable = state in ("pending-dns", "ready")
    long = state in ("pending-domain-validation", "pending-dns")
    return {
        "site_id": 1,
        "state": state,
        "state_before": state,
        "dns_new_a": list(CDN) if long else [],
        "dns_new_cname": CDN_NAME if long else None,
        "dns_ssl_verify": None,
        "ssl": None,
        "original_dns": [],
        "message": None,
        "routable": routable,
        "actions": [],
        "changed": False,
        "failed": False,
        "error": None,
        **more,
    }


def verify(value: str = VALUE, name: str = ZONE, kind: str = "TXT") -> dict[str, str]:
    return {"dns_record_domain": name, "dns_record_type": kind, "dns_record_value": value}


def certificate(detected: bool | None, installed: bool | None, until: str | None = None) -> dict[str, t.Any]:
    return {
        "cert_detected": detected,
        "cert_installed": installed,
        "cert_from": "network",
        "network_ssl_cert_exp_date": until,
    }


Key = tuple[str, str]


class ServerRefusedError(Exception):
    """What the module would fail with for the whole list."""


@dataclasses.dataclass
class NameServer:
    """Record sets by name and type; takes the neutral record list as the role C(dns_records) does."""

    sets: dict[Key, RecordSet] = dataclasses.field(default_factory=dict)
    everywhere: bool = True
    writes: int = 0

    @classmethod
    def of(cls, records: Records) -> NameServer:
        return cls({(name, kind): there for name, types in records.items() for kind, there in types.items()})

    def values(self, name: str, kind: str) -> list[str]:
        there = self.sets.get((name, kind))
        return list(there.values) if there else []

    def names(self) -> dict[str, dict[str, RecordSet]]:
        """A, AAAA and CNAME by name."""
        found: dict[str, dict[str, RecordSet]] = {}
        for (name, kind), there in self.sets.items():
            if kind != "TXT":
                found.setdefault(name, {})[kind] = there
        return found

    def read(self, wanted: t.Iterable[t.Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
        results = []
        for each in wanted:
            there = self.sets.get((each["name"], each["type"]))
            results.append(
                {
                    "name": each["name"],
                    "type": each["type"],
                    "values": list(there.values) if there else [],
                    "ttl": there.ttl if there else None,
                    "everywhere": self.everywhere if each.get("every_server") else None,
                    "failed": False,
                    "error": None,
                }
            )
        return results

    def apply(self, records: t.Sequence[t.Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
        """All groups, each as a whole or not at all."""
        observed: dict[Key, t.Mapping[str, t.Any]] = {}
        for record in records:
            key = (record["name"], record["type"])
            if key in observed:
                raise ServerRefusedError(f"two entries for {key}: {observed[key]} {record}")
            observed[key] = record
        results = []
        for group in dict.fromkeys(record["group"] for record in records):
            results += self._apply_group([record for record in records if record["group"] == group])
        return results

    def _apply_group(self, records: t.Sequence[t.Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
        after = dict(self.sets)
        changed: set[Key] = set()
        problem = next((each["name"] for each in records if self._unexpected(each)), None)
        for record in records:
            key = (record["name"], record["type"])
            wanted = self._wanted(record, after.get(key))
            if wanted != after.get(key):
                changed.add(key)
            after.pop(key, None)
            if wanted is not None:
                after[key] = wanted
                if record["type"] == "CNAME":
                    for kind in ("A", "AAAA"):
                        after.pop((record["name"], kind), None)
        for name, kind in after:
            if kind != "CNAME" and (name, "CNAME") in after:
                problem = name
        error = {"kind": "rejected", "message": f"refused at {problem}", "hint": "Look.", "code": None}
        if problem is None and changed:
            self.sets = after
            self.writes += 1
        return [
            {
                "name": record["name"],
                "type": record["type"],
                "changed": problem is None and (record["name"], record["type"]) in changed,
                "failed": problem is not None,
                "error": error if problem is not None else None,
            }
            for record in records
        ]

    def _unexpected(self, record: t.Mapping[str, t.Any]) -> bool:
        wanted = (record["name"], record["type"])
        there = self.sets.get(wanted)
        done = there is not None and set(there.values) == set(record["values"]) and there.ttl == record["ttl"]
        return not done and any(
            set(self.values(record["name"], kind)) - set(values) for kind, values in record.get("expected", {}).items()
        )

    @staticmethod
    def _wanted(record: t.Mapping[str, t.Any], there: RecordSet | None) -> RecordSet | None:
        old = there.values if there else ()
        if record["mode"] == "exact":
            values = tuple(record["values"])
        elif record["mode"] == "present":
            prefix = record.get("replace_prefix")
            kept = tuple(each for each in old if prefix is None or not each.startswith(prefix))
            values = kept + tuple(each for each in record["values"] if each not in kept)
        else:
            values = tuple(each for each in old if each not in record["values"])
        if not values:
            return None
        if there is not None and set(values) == set(old):
            values = old
        ttl = there.ttl if there is not None and (record["ttl"] is None or record["mode"] != "exact") else record["ttl"]
        return RecordSet(ttl, values)


class Vendor:
    """Answers by site; orders and deletions are counted."""

    def __init__(self) -> None:
        self.statuses: dict[int, dict[str, t.Any]] = {}
        self.ordered: dict[int, int] = {}
        self.deleted: dict[int, int] = {}
        self.first_state = "pending-dns"

    def put(self, site_id: int, state: str, **more: t.Any) -> None:
        self.statuses[site_id] = status(state, site_id=site_id, **more)

    def ask(self, site_id: int) -> dict[str, t.Any]:
        return dict(self.statuses.get(site_id) or status("absent", site_id=site_id))

    def converge(self, sites: t.Iterable[t.Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
        results = []
        for site in sites:
            before = self.ask(site["site_id"])
            actions = []
            if site["state"] == "present" and before["state"] == "absent":
                self.put(site["site_id"], self.first_state)
                self.ordered[site["site_id"]] = self.ordered.get(site["site_id"], 0) + 1
                actions = ["provisionAddon"]
            elif site["state"] == "absent" and before["state"] != "absent":
                del self.statuses[site["site_id"]]
                self.deleted[site["site_id"]] = self.deleted.get(site["site_id"], 0) + 1
                actions = ["deleteAddon"]
            after = self.ask(site["site_id"])
            results.append({**after, "state_before": before["state"], "actions": actions, "changed": bool(actions)})
        return results


class Killed(BaseException):
    """The pass ends here."""


def run_pass(
    entries: t.Sequence[Entry],
    server: NameServer,
    vendor: Vendor,
    now: datetime.datetime,
    *,
    killed_after: int | None = None,
    writes: bool = True,
) -> list[dict[str, t.Any]]:
    """One pass as the role does it, without a preflight.

    :param killed_after: number of the task after which it dies.
    """
    count = 0

    def done() -> None:
        nonlocal count
        count += 1
        if count == killed_after:
            raise Killed

    read = server.read(Fleet(entries, now=now).state_records_to_read())
    done()
    fleet = Fleet(entries, now=now, read=read)
    ending = [vendor.ask(number) for number in fleet.to_ask()]
    done()
    origins = server.apply(fleet.origin_records())
    done()
    statuses = vendor.converge(fleet.to_order()) + ending
    fleet = Fleet(entries, now=now, read=read, statuses=statuses)
    read = read + server.read(fleet.present_to_read())
    done()
    fleet = Fleet(entries, now=now, read=read, statuses=statuses)
    results = server.apply(fleet.records())
    done()
    again = [vendor.ask(number) for number in fleet.to_ask_again(results)]
    return fleet.report(results, again, origins)
