# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of a task to one entry an account: what getAccounts lists, and on demand what is paid for."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import NotFoundError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.accounts import ListedAccount, read_accounts
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.each import error_fields, read_each
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_STATUS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.accounts import GET_LAST_ACCEPTED_TOS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import Method, Parameters
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.current import INACTIVE, parse_account
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.paid import parse_paid

Entry = dict[str, t.Any]


_UNREAD: t.Mapping[str, t.Any] = dict.fromkeys(
    ("login", "reseller_account_id", "name", "email", "subscriptions", "account_information", "last_accepted_tos")
)
"""What getAccounts does not say of an account."""


def read_listing(options: t.Mapping[str, t.Any], context: RunContext) -> list[Entry]:
    """One entry an account, in the order of getAccounts.

    :param options: connection options, C(status), C(page_size), C(subscriptions), C(last_accepted_tos) and
        C(concurrency).
    :raises WebsecError: the accounts could not be listed.
    """
    with SiteLockClient.from_options(options, read_only=True, context=context) as client:
        listed = [
            account
            for account in read_accounts(client, options["page_size"])
            if options["status"] in (None, account.status.lower())
        ]
        reads: list[t.Callable[[SiteLockClient, ListedAccount], Entry]] = []
        reads += [_status] if options["subscriptions"] else []
        reads += [_tos] if options["last_accepted_tos"] else []
        if not reads:
            return [_entry(account, {}) for account in listed]
        found = read_each(
            lambda account: {name: value for read in reads for name, value in read(client, account).items()},
            listed,
            unit="account",
            concurrency=options["concurrency"],
            context=context,
        )
    return [_entry(account, more) for account, more in zip(listed, found)]


def _status(client: SiteLockClient, account: ListedAccount) -> Entry:
    data = _known(client, GET_STATUS, {"accountInformation": {"id": account.account_id}}, account)
    if data is None:
        return {}
    told = parse_account(data).told
    domains = {site.site_id: site.domain for site in account.sites}
    information = child(data, "accountInformation")
    return {
        **{name: told.get(name) for name in ("login", "name", "email")},
        "reseller_account_id": text(information, "reseller_account_id"),
        "subscriptions": [{**paid, "domain": domains.get(paid["site_id"])} for paid in parse_paid(data)],
        "account_information": information,
    }


def _tos(client: SiteLockClient, account: ListedAccount) -> Entry:
    """Source: C(getlastacceptedtos-checking-sitelock-tos-acceptance-status)."""
    data = _known(client, GET_LAST_ACCEPTED_TOS, {"account_id": account.account_id}, account)
    if data is None:
        return {}
    return {"last_accepted_tos": {name: text(data, name) for name in ("accepted_at", "login", "tos_version_id")}}


def _known(
    client: SiteLockClient, method: Method, parameters: Parameters, account: ListedAccount
) -> dict[str, t.Any] | None:
    """The answer about an account. C(None): the account has ended, and the API knows no more of it. Whether it does is
    not documented."""
    try:
        return client.call(method, parameters)
    except NotFoundError:
        if account.status.lower() in INACTIVE:
            return None
        raise


def _entry(account: ListedAccount, more: Entry | WebsecError) -> Entry:
    error = more if isinstance(more, WebsecError) else None
    return {
        "account_id": account.account_id,
        "status": account.status,
        "sites": [
            {"site_id": site.site_id, "domain": site.domain, "status": site.site_status} for site in account.sites
        ],
        **_UNREAD,
        **(more if isinstance(more, dict) else {}),
        **error_fields(error, account_id=account.account_id),
    }
