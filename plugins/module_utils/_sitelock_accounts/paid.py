# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What getStatus says of the subscriptions of an account: all that the partner pays for, as plain data.

Source: C(getstatus-retrieving-sitelock-subscriptions-statuses). Its public copy ends in the middle of the fields of an
add-on, and does not show where the plan of a site stands: it is read among the add-ons and beside the site.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_STATUS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.subjects import only_number

Entry = dict[str, t.Any]

_FIELDS = ("subscription", "subscription_id", "subscription_plan_name", "amount", "frequency", "next_renewal_at")
_OF_A_SITE = frozenset({"id", "site_id", "domain", "name", "status", "bundle"})
"""What stands in the element of a site and is about the site."""


def parse_paid(data: t.Mapping[str, t.Any]) -> list[Entry]:
    """The subscriptions in the plain data of a getStatus answer, in its order, add-ons first.

    :raises BadResponseError: one cannot be read.
    """
    account = child(data, "accountInformation")
    addons = [_paid(each, None) for each in _elements(child(account, "addons").get("addon")) if each]
    sites = account["sites"] if isinstance(account.get("sites"), dict) else account
    plans = [
        _paid(site, whole_number(text(site, "id") or text(site, "site_id")))
        for site in _elements(sites.get("site"))
        if isinstance(site, dict) and (text(site, "subscription") or text(site, "bundle"))
    ]
    return addons + plans


def _elements(value: t.Any) -> list[t.Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _paid(element: t.Any, of_site: int | None) -> Entry:
    """:param of_site: the site in whose element it stands; C(None): it stands among the add-ons."""
    where = f"{GET_STATUS.name}: a subscription"
    if not isinstance(element, dict):
        raise BadResponseError(
            f"{where} in the response of the SiteLock API is text, not an element with child elements."
        )
    said = {name.lstrip("@"): value for name, value in element.items() if isinstance(value, str) and value}
    known = {*_FIELDS, "site_id"} | (_OF_A_SITE if of_site is not None else set())
    return {
        "subscription": said.get("subscription") or (said.get("bundle") if of_site is not None else None),
        "subscription_id": said.get("subscription_id"),
        "name": said.get("subscription_plan_name"),
        "listed_as": "addon" if of_site is None else "site",
        "site_id": of_site if of_site is not None else only_number(element, "site_id", where),
        "amount": said.get("amount"),
        "frequency": said.get("frequency"),
        "next_renewal_at": said.get("next_renewal_at"),
        "details": {name: value for name, value in said.items() if name not in known},
    }
