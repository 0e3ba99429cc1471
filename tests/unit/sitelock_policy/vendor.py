# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of sites at the vendor, in memory, with the answers that the pages of the API document."""

from __future__ import annotations

import collections
import copy
import dataclasses
import datetime
import ipaddress
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import RejectedError, TimedOutError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import METHODS, Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.sections import SECTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.task import read_policy_entries
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Recorded
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import AnySection
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.task import run_sections

Data = dict[str, t.Any]
NOW = datetime.datetime(2026, 11, 29, 12, 0, tzinfo=datetime.timezone.utc)
SCANNERS = ["203.0.113.96-203.0.113.127", "2001:db8:5::/48"]
READS = frozenset(method.name for method in METHODS if method.effect is Effect.READ)
ACTIONS = ["alert", "block_ip", "block_request", "disable"]


@dataclasses.dataclass
class Settings:
    """The settings of one site. ``rules`` are value and options by name."""

    state: str = "ready"

    allow: list[str] = dataclasses.field(default_factory=lambda: ["203.0.113.100"])
    block: list[str] = dataclasses.field(default_factory=list)
    urls: dict[str, str] = dataclasses.field(default_factory=dict)
    geo: dict[str, list[str]] = dataclasses.field(default_factory=lambda: {"countries": [], "continents": []})
    rules: dict[str, tuple[str, list[str]]] = dataclasses.field(
        default_factory=lambda: {
            "backdoor": ("alert", ["alert", "disabled", "quarantine_url"]),
            "ddos": ("auto", ["on", "auto", "off"]),
            "sql_injection": ("alert", list(ACTIONS)),
        }
    )
    cdn: dict[str, str] = dataclasses.field(
        default_factory=lambda: {"cache_mode": "static_only", "minify_css": "0", "compress_png": "1"}
    )
    bypass: dict[str, str] = dataclasses.field(
        default_factory=lambda: {"bypass_status": "off", "use_true_shield": "1", "use_true_speed": "1"}
    )


class Vendor:
    """Takes calls as ``SiteLockClient`` does.

    ``faults`` says for each method what happens to its next calls: C(lost answer), C(lost request), C(refused).
    """

    def __init__(self, **sites: Settings) -> None:
        self.sites = {int(name.lstrip("s")): settings for name, settings in (sites or {"s1": Settings()}).items()}
        self.calls: list[str] = []
        self.sent: list[tuple[str, Data]] = []
        self.faults: dict[str, collections.deque[str]] = collections.defaultdict(collections.deque)
        self.domains: dict[str, int] = {}

    def writes(self) -> list[str]:
        """The methods that were called and are no reads."""
        return [name for name in self.calls if name not in READS]

    def call(self, method: Method, parameters: t.Mapping[str, t.Any]) -> Data:
        self.calls.append(method.name)
        self.sent.append((method.name, dict(parameters)))
        fault = self.faults[method.name].popleft() if self.faults[method.name] else ""
        if fault == "refused":
            raise RejectedError(f"{method.name}: Not today.")
        if fault == "lost request":
            raise TimedOutError(f"{method.name}: no answer.", may_have_happened=True)
        site_id = parameters.get("site_id")
        answer: Data = getattr(self, f"_{method.name}")(
            None if site_id is None else self.sites[t.cast("int", site_id)], parameters
        )
        if fault == "lost answer":
            raise TimedOutError(f"{method.name}: no answer.", may_have_happened=True)
        return copy.deepcopy(answer)

    # ---- the site itself

    def _checkDomain(self, _site: None, given: Data) -> Data:
        number = self.domains.get(given["domain"])
        return {"status": "ok"} if number is None else {"status": "error", "account_id": "570", "site_id": str(number)}

    def _getAnpProvisioningStatus(self, site: Settings, given: Data) -> Data:
        return {"site_id": str(given["site_id"]), "state": site.state}

    # ---- what is the same for all

    @staticmethod
    def _getSiteLockIPs(_site: None, _given: object) -> Data:
        classes = [{"@type": "scan", "ip": SCANNERS}, {"@type": "api", "ip": ["192.0.2.0/24"]}]
        return {"active": {"class": classes}}

    @staticmethod
    def _getWafGeoInfo(_site: None, _given: object) -> Data:
        return {
            "continents": {"continent": [{"name": "Europe", "code": "EU"}, {"name": "Africa", "code": "AF"}]},
            "countries": {"country": [{"name": name, "code": name} for name in ("DE", "FR", "KP", "NO", "AF")]},
        }

    # ---- lists

    @staticmethod
    def _getWafIPBlacklist(site: Settings, _given: object) -> Data:
        exception = {"@id": "9", "ips": {"ip": ["198.51.100.200"]}}
        return {"exceptions": {"exception": [exception]}, "ips": {"ip": site.block} if site.block else ""}

    @staticmethod
    def _getWafIPWhitelist(site: Settings, _given: object) -> Data:
        return {"ips": {"ip": site.allow}}

    def _addWafBlacklistIPs(self, site: Settings, given: Data) -> Data:
        site.block += [ip for ip in given["ips"]["ip"] if ip not in site.block]
        return self._getWafIPBlacklist(site, given)

    def _removeWafBlacklistIPs(self, site: Settings, given: Data) -> Data:
        site.block = [ip for ip in site.block if ip not in given["ips"]["ip"]]
        return self._getWafIPBlacklist(site, given)

    def _addWafWhitelistIPs(self, site: Settings, given: Data) -> Data:
        site.allow += [ip for ip in given["ips"]["ip"] if ip not in site.allow and not is_scanner(ip)]
        return self._getWafIPWhitelist(site, given)

    @staticmethod
    def _removeWafWhitelistIPs(site: Settings, given: Data) -> Data:
        gone = [ip for ip in given["ips"]["ip"] if not is_scanner(ip)]
        site.allow = [ip for ip in site.allow if ip not in gone]
        return {"ips": {"ip": gone}}

    @staticmethod
    def _getWafUrlBlacklist(site: Settings, _given: object) -> Data:
        urls = [{"@path": path, "@pattern": pattern} for path, pattern in site.urls.items()]
        return {"exceptions": "", "urls": {"url": urls} if urls else ""}

    def _addWafBlacklistUrls(self, site: Settings, given: Data) -> Data:
        for url in given["urls"]["url"]:
            if url["path"] in site.urls:
                raise RejectedError("addWafBlacklistUrls: the path is there.")
            site.urls[url["path"]] = url["pattern"]
        return self._getWafUrlBlacklist(site, given)

    def _removeWafBlacklistUrls(self, site: Settings, given: Data) -> Data:
        site.urls = {path: pattern for path, pattern in site.urls.items() if path not in given["urls"]["url"]}
        return self._getWafUrlBlacklist(site, given)

    @staticmethod
    def _getWafGeoBlacklist(site: Settings, _given: object) -> Data:
        return {"exceptions": "", "geo": _geo(site.geo)}

    def _addWafBlacklistGeo(self, site: Settings, given: Data) -> Data:
        for kind, element in (("countries", "country"), ("continents", "continent")):
            if kind in given:
                assert given[kind][element], "an element that is present must have a child"
                site.geo[kind] += given[kind][element]
        return self._getWafGeoBlacklist(site, given)

    def _removeWafBlacklistGeo(self, site: Settings, given: Data) -> Data:
        for kind, element in (("countries", "country"), ("continents", "continent")):
            gone = given.get(kind, {}).get(element, [])
            site.geo[kind] = [code for code in site.geo[kind] if code not in gone]
        return self._getWafGeoBlacklist(site, given)

    # ---- settings: what a call leaves out falls back to a value that nobody wants

    @staticmethod
    def _getWafSettings(site: Settings, _given: object) -> Data:
        rules = {
            name: {"options": {"option": options}, "setting": value, "status": "ok"}
            for name, (value, options) in site.rules.items()
        }
        return {**rules, "status": "ok"}

    def _setWafSettings(self, site: Settings, given: Data) -> Data:
        for name, (_value, options) in site.rules.items():
            assert given.get(name, "") in ("", *options)
            site.rules[name] = (given.get(name, "fallen back"), options)
        return self._getWafSettings(site, given)

    @staticmethod
    def _getWafCDNSettings(site: Settings, _given: object) -> Data:
        return {**site.cdn, "status": "ok"}

    @staticmethod
    def _setWafCDNSettings(site: Settings, given: Data) -> Data:
        site.cdn = {name: given.get(name, "fallen back") for name in site.cdn}
        return {"status": "ok"}

    @staticmethod
    def _getWafBypass(site: Settings, _given: object) -> Data:
        return {**site.bypass, "status": "ok"}

    @staticmethod
    def _setWafBypass(site: Settings, given: Data) -> Data:
        flags = {name: str(int(given[name])) for name in ("use_true_shield", "use_true_speed")}
        site.bypass = {"bypass_status": given["bypass"], **flags}
        return {"status": "ok"}


def is_scanner(text: str) -> bool:
    """Whether an address of the allow list is SiteLock's own."""
    first = ipaddress.ip_address(text.split("-", maxsplit=1)[0].split("/", maxsplit=1)[0])
    low, high = (ipaddress.ip_address(each) for each in SCANNERS[0].split("-"))
    if first.version == 4:
        return int(low) <= int(first) <= int(high)
    return first in ipaddress.ip_network(SCANNERS[1])


def _geo(places: t.Mapping[str, list[str]]) -> t.Any:
    names = {"countries": "country", "continents": "continent"}
    return {kind: {names[kind]: codes} for kind, codes in places.items() if codes} or ""


def run(
    vendor: Vendor,
    sites: list[t.Any],
    *,
    check_mode: bool = False,
    now: datetime.datetime = NOW,
    sections: t.Sequence[AnySection] = SECTIONS,
    recorded: Recorded | None = None,
    **options: t.Any,
) -> Data:
    """One run of the module over ``vendor``. :param recorded: what the state record of each site says."""
    defaults = {"max_changes": None, "concurrency": 1, "on_error": "report", "only_ready": False}
    params = {**defaults, "policies": {}, "site_ids": {}, "states": {}, **options}
    entries = read_policy_entries(sites, params["policies"])
    for entry in entries:
        entry.recorded = recorded
    return run_sections(
        t.cast("t.Any", vendor),
        sections,
        entries,
        params,
        check_mode=check_mode,
        context=RunContext(),
        now=now,
    )
