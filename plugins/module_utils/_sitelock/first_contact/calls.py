# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls of a first contact. Each one reads, and is made once for all observations that look at it."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import (
    NOT_GIVEN,
    NOT_TRIED,
    NotSeenError,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.catalogue import PLAN, parse_products
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.contract import Contract, Site
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reader import Call, Responses
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import (
    GET_ACCOUNTS,
    GET_ANP_PROVISIONING_STATUS,
    GET_SITELOCK_IPS,
    GET_STATUS,
    GET_WAF_ORIGIN,
    Method,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.accounts import CHECK_DOMAIN, CHECK_LOGIN
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.backup import (
    GET_BACKUP_SETTINGS,
    GET_BACKUP_SUMMARY,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import Parameters
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import (
    GET_WAF_CDN_SETTINGS,
    GET_WAF_DETAIL_RESULTS,
    GET_WAF_GEO_BLACKLIST,
    GET_WAF_GEO_INFO,
    GET_WAF_IP_BLACKLIST,
    GET_WAF_IP_WHITELIST,
    GET_WAF_SETTINGS,
    GET_WAF_URL_BLACKLIST,
    LOGIN_PROTECT_LIST_USER,
    LOGIN_PROTECT_RETRIEVE_CONFIG,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.mail import (
    GET_PENDING_EMAILS,
    GET_PENDING_EMAILS_SIMPLE,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.reference import (
    GET_PLAN_LIST,
    GET_PLAN_SCAN_FREQUENCY,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.scans import (
    SCAN_DETAIL,
    SCAN_INFO,
    SCAN_SUMMARY,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.shield import GET_SHIELD, GET_SSL_HOST
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.smart import (
    GET_SMART,
    GET_SMART_DATABASE,
)

UNKNOWN_ID = 999_999_999
"""Of no account and no site, as far as anybody can say."""
MOST_PLANS = 5
PAGE = 1000
"""Accounts in one call, as in all modules."""
VISITS = 5
"""On a page: they have data of visitors, so few are read."""
_SINCE = "2000-01-01 00:00:00"

Requests = t.Iterable[tuple[t.Optional[Site], Parameters]]


def _once(method: Method, **parameters: t.Any) -> Call:
    return Call(method, lambda _contract, _seen: [(None, parameters)])


def _each_site(method: Method, **more: t.Any) -> Call:
    return Call(method, lambda contract, _seen: [(site, {"site_id": site.site_id, **more}) for site in contract.sites])


def _if_unknown(method: Method, **parameters: t.Any) -> Call:
    """A call about something that does not exist."""

    def requests(contract: Contract, _seen: Responses) -> Requests:
        if not contract.try_unknown:
            raise NotSeenError(NOT_TRIED)
        return [(None, parameters)]

    return Call(method, requests)


def _if_given(method: Method, option: str, parameters: t.Callable[[t.Any], Parameters]) -> Call:
    """A call about the value of an option of the contract."""

    def requests(contract: Contract, _seen: Responses) -> Requests:
        value = getattr(contract, option)
        if value is None:
            raise NotSeenError(NOT_GIVEN)
        return [(None, parameters(value))]

    return Call(method, requests)


def _account(value: t.Any) -> Parameters:
    return {"accountInformation": {"id": value}}


def _scan_plans(_contract: Contract, seen: Responses) -> Requests:
    return [
        (None, {"id": product.id})
        for _site, data in seen.data(PLANS)
        for product in parse_products(data).products.values()
        if product.type == PLAN
    ][:MOST_PLANS]


def _next_accounts(_contract: Contract, seen: Responses) -> Requests:
    [(_none, first)] = seen.data(ACCOUNTS)
    return [(None, {"limit": 1, "offset": len(first.get("account", []))})]


def _mails(method: Method, **filters: str) -> Call:
    """Those of one account, if it is given: a partner may have those of thousands."""
    return Call(method, lambda contract, _seen: [(None, {"account": contract.account_id, **filters})])


ADDRESSES = _once(GET_SITELOCK_IPS)
PLANS = _once(GET_PLAN_LIST)
PLAN_SCANS = Call(GET_PLAN_SCAN_FREQUENCY, _scan_plans)
ACCOUNTS = _once(GET_ACCOUNTS, limit=PAGE, offset=0)
MORE_ACCOUNTS = Call(GET_ACCOUNTS, _next_accounts)
ACCOUNT = _if_given(GET_STATUS, "account_id", _account)
ACCOUNT_OF_SITE = Call(
    GET_STATUS,
    lambda contract, _seen: [(site, {"accountInformation": {"site_id": site.site_id}}) for site in contract.sites],
)
ENDED_ACCOUNT = _if_given(GET_STATUS, "ended_account_id", _account)
ENDED_LOGIN = _if_given(CHECK_LOGIN, "ended_login", lambda login: {"login": login})
FOREIGN_DOMAIN = _if_given(CHECK_DOMAIN, "foreign_domain", lambda domain: {"domain": domain})
UNKNOWN_ACCOUNT = _if_unknown(GET_STATUS, **_account(UNKNOWN_ID))
UNKNOWN_SITE_ORIGIN = _if_unknown(GET_WAF_ORIGIN, site_id=UNKNOWN_ID)
UNKNOWN_SITE_SMART = _if_unknown(GET_SMART, site_id=UNKNOWN_ID)

STATUS = _each_site(GET_ANP_PROVISIONING_STATUS)
ORIGIN = _each_site(GET_WAF_ORIGIN)
RULES = _each_site(GET_WAF_SETTINGS)
CDN = _each_site(GET_WAF_CDN_SETTINGS)
IP_BLOCK = _each_site(GET_WAF_IP_BLACKLIST)
IP_ALLOW = _each_site(GET_WAF_IP_WHITELIST)
URL_BLOCK = _each_site(GET_WAF_URL_BLACKLIST)
GEO_BLOCK = _each_site(GET_WAF_GEO_BLACKLIST)
GEO_INFO = _once(GET_WAF_GEO_INFO)
LOGIN_CONFIG = _each_site(LOGIN_PROTECT_RETRIEVE_CONFIG)
LOGIN_USERS = _each_site(LOGIN_PROTECT_LIST_USER)
VISITS_PAGE = _each_site(GET_WAF_DETAIL_RESULTS, time_range="last_7_days", page_size=VISITS, page_num=0)
NEXT_VISITS_PAGE = _each_site(GET_WAF_DETAIL_RESULTS, time_range="last_7_days", page_size=VISITS, page_num=1)

SMART = _each_site(GET_SMART)
SMART_DATABASE = _each_site(GET_SMART_DATABASE)
BACKUP_SETTINGS = _each_site(GET_BACKUP_SETTINGS)
BACKUPS = _each_site(GET_BACKUP_SUMMARY)
SHIELD = _each_site(GET_SHIELD)
SSL_HOSTS = _each_site(GET_SSL_HOST)
SCANS = _each_site(SCAN_INFO)
SCANS_OF_ACCOUNT = _if_given(SCAN_INFO, "account_id", lambda account_id: {"account_id": account_id})
SCAN_RESULTS = _each_site(SCAN_SUMMARY, scans={"risk_score": "", "platform_scan": "", "smart_scan": ""})
SCAN_DETAILS = _each_site(SCAN_DETAIL, scans={"malware_scan": "", "sqli_scan": "", "xss_scan": ""})

MAILS = _mails(GET_PENDING_EMAILS)
ALL_MAILS = _mails(GET_PENDING_EMAILS, after=_SINCE)
COUNTED_MAILS = _mails(GET_PENDING_EMAILS_SIMPLE)
MAILS_OF_WRONG_DATE = _if_unknown(GET_PENDING_EMAILS, before="not a date", after=_SINCE)
