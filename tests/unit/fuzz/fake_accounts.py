# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small partner API for accounts with a state: accounts, sites, add-ons, and what of them is not to be touched."""

from __future__ import annotations

import dataclasses
import typing as t

from lxml import etree

from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply
from ansible_collections.hosting.websec.tests.unit.sitelock.api import ABSENT, document

LOGIN, DOMAINS = "owner@a.example", ("a.example", "shop-a.example")
PRODUCTS = """<product id="8" name="Scan" type="plan" product_category="SCAN" price="5.00"/>
    <product id="12" name="All" type="bundle" price="9.00"/>
    <product id="9001" name="Backup" type="addon" product_category="BACKUP" price="2.00"/>
    <product id="7001" name="PCI" type="addon" product_category="PCI" price="3.00"/>
    <product id="100" name="Firewall" type="addon" product_category="WAF" price="9.00"/>"""
NOT_THERE = "<error>account_id not found</error>"


@dataclasses.dataclass
class Account:
    """:param sites: domains by number. :param plans: products by number of the site. :param addons: product and number
    of the site (0: of the account) by C(subscription_id)."""

    login: str
    sites: dict[int, str] = dataclasses.field(default_factory=dict)
    plans: dict[int, str] = dataclasses.field(default_factory=dict)
    addons: dict[str, tuple[str, int]] = dataclasses.field(default_factory=dict)


class FakeAccounts:
    """Account 571 is another customer of the same partner. :param known: account 570 is there already.

    :param tells_all: getStatus tells what is not documented: numbers, logins, sites.
    """

    def __init__(self, *, known: bool, tells_all: bool) -> None:
        self.accounts = {571: Account("other@b.example", {6: "b.example"}, {6: "8"}, {"S6": ("9001", 6)})}
        if known:
            self.accounts[570] = Account(LOGIN, {5: DOMAINS[0]}, {5: "8"}, {"S5": ("9001", 5), "S4": ("7001", 0)})
        self._tells_all = tells_all
        self._next = 1000

    def __call__(self, request: Received) -> Reply:
        call = etree.fromstring(request.body)[1]
        answer = getattr(self, f"_{call.tag}")(call)
        return Reply(document(f"<{call.tag}>{answer}</{call.tag}>"))

    def found(self, domain: str) -> list[tuple[int, int]]:
        """The numbers of the accounts and sites with a domain."""
        return [
            (number, site_id)
            for number, account in self.accounts.items()
            for site_id, name in account.sites.items()
            if name == domain
        ]

    def _number(self) -> int:
        self._next += 1
        return self._next

    def _getPlanList(self, _call: t.Any) -> str:
        return PRODUCTS

    def _getPlanScanFrequency(self, _call: t.Any) -> str:
        return "<malware_scan><options><option>daily</option></options></malware_scan>"

    def _getLastAcceptedTOS(self, _call: t.Any) -> str:
        return "<message>User has not accepted TOS.</message><status>error</status>"

    def _passwordReset(self, call: t.Any) -> str:
        return f"<pass>New-Passw0rd</pass><user>{call.findtext('user') or LOGIN}</user>"

    def _getAccounts(self, call: t.Any) -> str:
        if call.findtext("offset") != "0":
            return "<records>0</records>"
        listed = "".join(
            f'<account id="{number}" status="active">'
            + "".join(f'<site id="{site}" status="active" name="{name}"/>' for site, name in account.sites.items())
            + "</account>"
            for number, account in sorted(self.accounts.items())
        )
        return f"<records>{len(self.accounts)}</records>{listed}"

    def _getStatus(self, call: t.Any) -> str:
        number, login = call.findtext(".//id"), call.findtext(".//login")
        there = [each for each in self.accounts if str(each) == number or self.accounts[each].login == login]
        if not there:
            return NOT_THERE
        account = self.accounts[there[0]]
        addons = "".join(
            f"<addon><subscription>{product}</subscription><subscription_id>{one}</subscription_id>"
            f"{f'<site_id>{site}</site_id>' if site else ''}</addon>"
            for one, (product, site) in account.addons.items()
        )
        sites = "".join(
            f"<site><id>{site}</id><domain>{name}</domain><status>active</status>"
            f"<subscription>{account.plans[site]}</subscription></site>"
            for site, name in account.sites.items()
        )
        more = f"<id>{there[0]}</id><login>{account.login}</login><status>active</status>" if self._tells_all else ""
        tail = f"<sites>{sites}</sites>" if self._tells_all else ""
        return f"<accountInformation><name>A Ltd</name>{more}<addons>{addons}</addons>{tail}</accountInformation>"

    def _checkLogin(self, call: t.Any) -> str:
        login = call.findtext("login")
        if any(each.login == login for each in self.accounts.values()):
            return f"<login>{login}</login><message>Login is in use by another account.</message><status>error</status>"
        return f"<login>{login}</login><message>login is available</message><status>ok</status>"

    def _checkDomain(self, call: t.Any) -> str:
        domain = call.findtext("domain")
        found = self.found(domain)
        if not found:
            return f"<domain>{domain}</domain><message>domain is available</message><status>ok</status>"
        ids = f"<account_id>{found[0][0]}</account_id><site_id>{found[0][1]}</site_id>"
        return f"<domain>{domain}</domain>{ids}<message>domain already exists</message><status>error</status>"

    def _getAnpProvisioningStatus(self, call: t.Any) -> str:
        return f"{ABSENT}<site_id>{call.get('site_id')}</site_id>"

    def _provisionAccount(self, call: t.Any) -> str:
        number = int(call.findtext("accountInformation/account_id") or 0) or self._number()
        login = call.findtext("accountInformation/login") or call.findtext("accountInformation/email") or ""
        account = self.accounts.setdefault(number, Account(login))
        site_id = self._number()
        account.sites[site_id] = call.findtext("siteInformation/domain")
        account.plans[site_id] = call.findtext("siteInformation/subscription")
        return f"<account_id>{number}</account_id><site_id>{site_id}</site_id>"

    def _modifyAccount(self, call: t.Any) -> str:
        site_id = int(call.findtext("siteInformation/id"))
        self._of_site(site_id).plans[site_id] = call.findtext("siteInformation/subscription")
        return "<result>Success</result>"

    def _provisionAddon(self, call: t.Any) -> str:
        info = call.find("addonInfo")
        site_id = int(info.findtext("site_id") or 0)
        account = self._of_site(site_id) if site_id else self.accounts[int(info.findtext("account_id"))]
        one = f"S{self._number()}"
        account.addons[one] = (info.findtext("subscription"), site_id)
        site = f"<site_id>{site_id}</site_id>" if site_id else ""
        return _status(f"{site}<subscription>{info.findtext('subscription')}</subscription>", one)

    def _deleteAddon(self, call: t.Any) -> str:
        one = call.findtext("addonInfo/subscription_id")
        for account in self.accounts.values():
            account.addons.pop(one, None)
        return _status("", one)

    def _of_site(self, site_id: int) -> Account:
        return next(each for each in self.accounts.values() if site_id in each.sites)


def _status(about: str, subscription_id: str) -> str:
    status = f"{about}<subscription_id>{subscription_id}</subscription_id><status>ok</status>"
    return f"<addonStatuses><addonStatus>{status}</addonStatus></addonStatuses>"
