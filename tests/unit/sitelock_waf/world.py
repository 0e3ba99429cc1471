# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A name server and a vendor in memory, for a real pass."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import types
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import CHANGED_MEANWHILE, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Defaults, Entry, prepare
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.run import Pass, PassOptions, Preflight
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.sites import Sites
from ansible_collections.hosting.websec.plugins.module_utils._state_record import Records, RecordSet, Target

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

TARGET = Target(CDN, CDN_NAME, 300)
"""The target of the traffic after the cut-over."""
ROUTED: Records = types.MappingProxyType(
    {ZONE: {"A": RecordSet(300, CDN)}, WWW: {"CNAME": RecordSet(300, (f"{CDN_NAME}.",))}}
)
"""The records then."""


SITE: t.Mapping[str, t.Any] = types.MappingProxyType(
    {"domain": ZONE, "site_id": 1, "zone": ZONE, "subscription": "8765"}
)
"""An entry as people write it."""


def site(**more: t.Any) -> dict[str, t.Any]:
    """An entry as people write it; ``None`` leaves a key out."""
    return {key: value for key, value in {**SITE, **more}.items() if value is not None}


def hours(number: float) -> datetime.timedelta:
    return datetime.timedelta(hours=number)


def entry(**more: t.Any) -> Entry:
    """A valid entry, completed."""
    (made,) = prepare([{"domain": ZONE, "site_id": 1, "zone": ZONE, **more}], [], Defaults())
    assert made["error"] is None, made["error"]
    return made


def refusal(**more: t.Any) -> dict[str, t.Any]:
    """The error of an invalid entry."""
    (made,) = prepare([{"domain": ZONE, "site_id": 1, "zone": ZONE, **more}], [], Defaults())
    assert made["error"] is not None
    return t.cast("dict[str, t.Any]", made["error"])


def status(state: str, **more: t.Any) -> dict[str, t.Any]:
    """A response of the API in this state for a site without SSL."""
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
    """The error of the module for the whole list."""


@dataclasses.dataclass
class NameServer:
    """Record sets by name and type, with the interface of C(SiteDns).

    :param zones_here: the zones of entries that set none.
    :param everywhere: whether all servers serve the same.
    :param read_only: as in check mode, changes are only reported.
    :param refusals: by C(dns) of an entry, the reason why this provider is refused.
    :param not_read: by name, the error of reading its sets.
    :param journal: the requests to it and to the vendor, in order.
    """

    sets: dict[Key, RecordSet] = dataclasses.field(default_factory=dict)
    zones_here: t.Sequence[str] = (ZONE,)
    everywhere: bool = True
    read_only: bool = False
    refusals: dict[str | None, WebsecError] = dataclasses.field(default_factory=dict)
    not_read: dict[str, WebsecError] = dataclasses.field(default_factory=dict)
    journal: list[str] = dataclasses.field(default_factory=list)
    writes: int = 0

    @classmethod
    def of(cls, records: Records, **more: t.Any) -> NameServer:
        return cls({(name, kind): there for name, types in records.items() for kind, there in types.items()}, **more)

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

    # As SiteDns

    def zones(self, entries: t.Sequence[Entry]) -> list[dict[str, t.Any]]:
        self.journal.append("find zones")
        found = []
        for each in entries:
            name = each["domain"]
            zone = next((zone for zone in self.zones_here if f".{name}".endswith(f".{zone}")), None)
            error = None if zone else {"kind": "not_found", "message": "No server has it.", "hint": "", "code": None}
            found.append({"name": name, "zone": zone, "failed": zone is None, "error": error})
        return found

    def refusal(self, entry: Entry) -> WebsecError | None:
        return self.refusals.get(entry["dns"])

    def read(self, wanted: t.Sequence[t.Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
        self.journal += [f"read {each['name']} {each['type']}" for each in wanted]
        results = []
        for each in wanted:
            there, error = self.sets.get((each["name"], each["type"])), self.not_read.get(each["name"])
            results.append(
                {
                    "name": each["name"],
                    "type": each["type"],
                    "values": list(there.values) if there and not error else [],
                    "ttl": there.ttl if there and not error else None,
                    "everywhere": self.everywhere if each.get("every_server") else None,
                    "failed": error is not None,
                    "error": error.as_dict() if error else None,
                }
            )
        return results

    def change(self, records: t.Sequence[t.Mapping[str, t.Any]]) -> dict[str, t.Any]:
        """All groups, each as a whole or not at all."""
        observed: dict[Key, t.Mapping[str, t.Any]] = {}
        for record in records:
            key = (record["name"], record["type"])
            if key in observed:
                raise ServerRefusedError(f"two entries for {key}: {observed[key]} {record}")
            observed[key] = record
        before, writes, results = dict(self.sets), self.writes, []
        for group in dict.fromkeys(record["group"] for record in records):
            results += self._apply_group([record for record in records if record["group"] == group])
        diff = {"before": _lines(before, self.sets), "after": _lines(self.sets, before)}
        if self.read_only:
            self.sets, self.writes = before, writes
        else:
            self.journal += [f"change {each['name']} {each['type']}" for each in results if each["changed"]]
        return {"record_sets": results, "diff": diff}

    def _apply_group(self, records: t.Sequence[t.Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
        after = dict(self.sets)
        changed: set[Key] = set()
        problem = next((each["name"] for each in records if self._unexpected(each, records)), None)
        code = CHANGED_MEANWHILE if problem is not None else None
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
        error = {"kind": "rejected", "message": f"refused at {problem}", "hint": "Look.", "code": code}
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

    def _unexpected(self, record: t.Mapping[str, t.Any], group: t.Sequence[t.Mapping[str, t.Any]]) -> bool:
        """Whether its name has an unexpected record that must not stay."""
        staying = {each["type"]: set(each["values"]) for each in group if each["name"] == record["name"]}
        return any(
            there - set(values) and there != staying.get(kind)
            for kind, values in record.get("expected", {}).items()
            if (there := set(self.values(record["name"], kind)))
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


def _lines(sets: t.Mapping[Key, RecordSet], other: t.Mapping[Key, RecordSet]) -> str:
    """What is in ``sets`` and not in ``other``."""
    changed = [(key, there) for key, there in sorted(sets.items()) if other.get(key) != there]
    return "".join(f"{name} {there.ttl} {kind} {' '.join(there.values)}\n" for (name, kind), there in changed)


class Vendor:
    """The partner API in memory: C(call) as a C(SiteLockClient) has it, with plain data in and out.

    :param journal: the calls that are not reads, and the reads of sites.
    """

    def __init__(self, journal: list[str] | None = None) -> None:
        self.answers: dict[int, dict[str, t.Any]] = {}
        """By site, of those that have the service."""
        self.plans: dict[int, str] = {}
        self.origins: dict[int, str] = {}
        self.ordered: collections.Counter[int] = collections.Counter()
        self.deleted: collections.Counter[int] = collections.Counter()
        self.first_state = "pending-dns"
        self.owners: dict[str, tuple[int | None, int | None]] = {}
        """By domain the numbers of its account and its site, of those that SiteLock knows."""
        self.journal = [] if journal is None else journal

    def put(self, site_id: int, state: str, **more: t.Any) -> None:
        """Set its response about a site from now on."""
        long = state in ("pending-domain-validation", "pending-dns")
        ways = {"dns_new_a": list(CDN), "dns_new_cname": [CDN_NAME]} if long else {}
        if more.get("ssl"):
            more["ssl"] = {key: _as_text(value) for key, value in more["ssl"].items()}
        self.answers[site_id] = {"state": state, **ways, **more}

    def call(self, method: Method, parameters: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        answer = getattr(self, f"_{method.name}")
        if "addonInfo" not in parameters:
            return t.cast("dict[str, t.Any]", answer(parameters))
        self.journal += [f"{method.name} {item['site_id']}" for item in parameters["addonInfo"]]
        done = []
        for item in parameters["addonInfo"]:
            answer(item)
            done.append({"site_id": str(item["site_id"]), "subscription": item.get("subscription"), "status": "ok"})
        return {"addonStatuses": {"addonStatus": done}}

    def _getAnpProvisioningStatus(self, asked: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        site_id = asked["site_id"]
        self.journal.append(f"ask {site_id}")
        none = {"state": "error", "code": "ANF", "message": "ANP Addon Not Found"}
        return {"site_id": str(site_id), **self.answers.get(site_id, none)}

    def _checkDomain(self, asked: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        domain = asked["domain"]
        self.journal.append(f"checkDomain {domain}")
        if domain not in self.owners:
            return {"domain": domain, "message": "domain is available", "status": "ok"}
        account_id, site_id = self.owners[domain]
        ids = {} if site_id is None else {"account_id": str(account_id), "site_id": str(site_id)}
        return {"domain": domain, "message": "domain already exists", "status": "error", **ids}

    def _getStatus(self, asked: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        addons = [{"site_id": str(number), "subscription": plan} for number, plan in self.plans.items()]
        return {"accountInformation": {"id": "570", "addons": {"addon": addons}}}

    def _getWafOrigin(self, asked: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        return {"origins": [self.origins.get(asked["site_id"], ORIGIN)], "status": "ok"}

    def _setWafOrigin(self, asked: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        self.journal.append(f"setWafOrigin {asked['site_id']}")
        self.origins[asked["site_id"]] = asked["waf_origin"]
        return {"status": "ok"}

    def _setWAFDNSManager(self, asked: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        self.journal.append(f"setWAFDNSManager {asked['site_id']}")
        self.answers[asked["site_id"]]["waf_dns_manager"] = asked["waf_dns_manager"]
        return {"status": "ok"}

    def _provisionAddon(self, item: t.Mapping[str, t.Any]) -> None:
        self.ordered[item["site_id"]] += 1
        self.plans[item["site_id"]] = item["subscription"]
        self.put(item["site_id"], self.first_state)

    def _modifyAddon(self, item: t.Mapping[str, t.Any]) -> None:
        self.plans[item["site_id"]] = item["subscription"]

    def _deleteAddon(self, item: t.Mapping[str, t.Any]) -> None:
        self.deleted[item["site_id"]] += 1
        del self.answers[item["site_id"]]
        self.plans.pop(item["site_id"], None)


def _as_text(value: t.Any) -> t.Any:
    return str(int(value)) if isinstance(value, bool) else value


def new_pass(
    sites: t.Sequence[t.Any],
    server: NameServer,
    vendor: Vendor,
    now: datetime.datetime = NOON,
    *,
    preflight: Preflight | None = None,
    context: RunContext | None = None,
    clock: t.Callable[[], datetime.datetime] | None = None,
    **options: t.Any,
) -> Pass:
    """A pass that was not run yet. :param sites: as people write them. :param options: of ``PassOptions``."""
    return Pass(
        sites,
        PassOptions(**options),
        api=t.cast("t.Any", vendor),
        dns=t.cast("t.Any", server),
        preflight=preflight,
        context=context,
        clock=clock or (lambda: now),
    )


def rows_after(
    sites: t.Sequence[t.Any], server: NameServer, vendor: Vendor, now: datetime.datetime = NOON, **more: t.Any
) -> list[dict[str, t.Any]]:
    """The rows of a pass that was run."""
    one = new_pass(sites, server, vendor, now, **more)
    one.run()
    return one.rows


def known(
    *entries: Entry,
    read: t.Iterable[t.Any] = (),
    preflight: t.Iterable[t.Any] = (),
    statuses: t.Iterable[t.Any] = (),
    now: datetime.datetime = NOON,
) -> Sites:
    """Sites of which this is known."""
    sites = Sites(entries, now=now)
    sites.add_read(read)
    sites.add_preflight(preflight)
    sites.add_statuses(statuses)
    return sites
