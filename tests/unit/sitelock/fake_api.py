# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small partner API with a state, for ``ScriptedServer``: it has the methods of the table, and can lose responses."""

from __future__ import annotations

import collections
import dataclasses
import threading
import typing as t

from lxml import etree

from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply
from ansible_collections.hosting.websec.tests.unit.sitelock.api import ABSENT, document


@dataclasses.dataclass
class Site:
    """:param plan: C(None) for a site without Firewall & CDN."""

    account_id: int = 570
    plan: str | None = None
    state: str = "pending-dns"
    origins: list[str] = dataclasses.field(default_factory=lambda: ["10.0.0.1"])
    manager: str = "customer"
    routing: bool = False
    short: bool = False
    """Whether responses about its state contain only the state."""


class FakeApi:
    """Answers requests.

    C(calls) has the called methods, C(bought) the number of effective orders by site.
    C(faults) has the faults of the next calls of each method: C(lost request) has no effect and no answer,
    C(lost answer) no answer, C(page) an answer of a proxy, C(refused) an error and no effect, C(busy) a status 503 and
    no effect, and C(fine).
    """

    def __init__(self, sites: t.Mapping[int, Site], *, names_sites: bool = True) -> None:
        self.sites = dict(sites)
        self.calls: list[str] = []
        self.sizes: list[int] = []
        self.bought: collections.Counter[int] = collections.Counter()
        self.refused_sites: set[int] = set()
        self.faults: dict[str, collections.deque[str]] = collections.defaultdict(collections.deque)
        self.between: t.Callable[[str], None] = lambda _method: None
        self._names_sites = names_sites
        self._lock = threading.Lock()

    def __call__(self, request: Received) -> Reply:
        call = etree.fromstring(request.body)[1]
        method = str(call.tag)
        with self._lock:
            self.calls.append(method)
            fault = self.faults[method].popleft() if self.faults[method] else "fine"
            answer = "" if fault in ("lost request", "busy", "refused") else getattr(self, f"_{method}")(call)
        self.between(method)
        return {
            "lost request": Reply(fault="close"),
            "lost answer": Reply(fault="close"),
            "page": Reply(b"<html><body>Bad gateway</body></html>"),
            "busy": Reply(status=503),
            "refused": Reply(document(f"<{method}><error>Not today</error></{method}>")),
        }.get(fault, Reply(document(f"<{method}>{answer}</{method}>")))

    def writes(self) -> list[str]:
        """The calls that are not reads."""
        return [method for method in self.calls if not method.startswith("get")]

    def _site(self, call: t.Any) -> Site:
        return self.sites[int(call.findtext("site_id"))]

    def _getAnpProvisioningStatus(self, call: t.Any) -> str:
        site_id = int(call.get("site_id"))
        if site_id not in self.sites:
            return f"<code>SNF</code><message>Site Not Found</message><site_id>{site_id}</site_id><state>error</state>"
        site = self.sites[site_id]
        if site.plan is None:
            return f"{ABSENT}<site_id>{site_id}</site_id>"
        shown = f"<site_id>{site_id}</site_id><state>{site.state}</state>"
        if site.short:
            return shown
        return (
            f"{shown}<waf_dns_manager>{site.manager}</waf_dns_manager><traffic_routing>{site.routing:d}</traffic_routing>"
            "<dns_new_a>192.0.2.1,192.0.2.2</dns_new_a><dns_new_cname>x.sitelockcdn.net</dns_new_cname>"
        )

    def _getStatus(self, call: t.Any) -> str:
        named = call.findtext("accountInformation/site_id")
        account = self.sites[int(named)].account_id if named else int(call.findtext("accountInformation/id"))
        addons = "".join(
            f"<addon><subscription>{site.plan}</subscription><subscription_id>S{site_id}</subscription_id>"
            + (f"<site_id>{site_id}</site_id>" if self._names_sites else "")
            + "</addon>"
            for site_id, site in self.sites.items()
            if site.account_id == account and site.plan is not None
        )
        return f"<accountInformation><id>{account}</id><addons>{addons}</addons></accountInformation>"

    def _getWafOrigin(self, call: t.Any) -> str:
        return f"<origins>{','.join(self._site(call).origins)}</origins><status>ok</status>"

    def _setWafOrigin(self, call: t.Any) -> str:
        self._site(call).origins = [each.text for each in call.findall("waf_origin")]
        return self._getWafOrigin(call)

    def _setWAFDNSManager(self, call: t.Any) -> str:
        self._site(call).manager = call.findtext("waf_dns_manager")
        return "<message>Successfully updated.</message><status>ok</status>"

    def _provisionAddon(self, call: t.Any) -> str:
        def order(site_id: int, site: Site, info: t.Any) -> str:
            self.bought[site_id] += 1
            site.plan, site.state = info.findtext("subscription"), "pending-dns"
            site.manager = info.findtext("waf_dns_manager") or "customer"
            site.origins = [info.findtext("waf_origin") or "10.0.0.1"]
            return "ANP Subscription added ok"

        return self._batch(call, order)

    def _modifyAddon(self, call: t.Any) -> str:
        def change(_site_id: int, site: Site, info: t.Any) -> str:
            site.plan = info.findtext("subscription")
            return "WAF Subscription modified ok"

        return self._batch(call, change)

    def _deleteAddon(self, call: t.Any) -> str:
        def end(_site_id: int, site: Site, _info: t.Any) -> str:
            site.plan = None
            return "WAF Subscription deleted ok"

        return self._batch(call, end)

    def _getSiteLockIPs(self, _call: t.Any) -> str:
        return '<active><class type="scan"><ip>192.0.2.0/24</ip></class></active>'

    def _createToken(self, call: t.Any) -> str:
        return ""

    def _batch(self, call: t.Any, act: t.Callable[[int, Site, t.Any], str]) -> str:
        statuses = []
        self.sizes.append(len(call.findall("addonInfo")))
        # The order of the responses is not documented.
        for info in reversed(call.findall("addonInfo")):
            site_id, plan = int(info.findtext("site_id")), info.findtext("subscription") or ""
            start = f"<addonStatus><account_id>570</account_id><site_id>{site_id}</site_id>"
            if site_id in self.refused_sites:
                refusal = "<status>error</status><error_code>AEX</error_code><error_message>No</error_message>"
                statuses.append(f"{start}<subscription>{plan}</subscription>{refusal}</addonStatus>")
                continue
            message = act(site_id, self.sites[site_id], info)
            statuses.append(
                f"{start}<subscription>{plan}</subscription><subscription_id>S{site_id}</subscription_id>"
                f"<status>ok</status><message>{message}</message></addonStatus>"
            )
        return f"<addonStatuses>{''.join(statuses)}</addonStatuses>"
