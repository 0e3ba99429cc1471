# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of SiteLock methods: element names, form of request and response, and effect. One file per family.

Only this table has these facts. Source: the method pages below C(docs.sectigo.com/sitelock/sitelock-api-docs/).
Spelling follows their examples. Facts that no page shows are marked: C(inferred) was concluded from other pages or
from other products of the same back end, C(unknown) is not documented anywhere.
"""

from __future__ import annotations

import types
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import (
    accounts,
    addons,
    backup,
    dns,
    firewall,
    mail,
    reference,
    scans,
    shield,
    smart,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.accounts import (
    CREATE_TOKEN,
    GET_ACCOUNTS,
    GET_STATUS,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.addons import (
    DELETE_ADDON,
    GET_ANP_PROVISIONING_STATUS,
    MODIFY_ADDON,
    PROVISION_ADDON,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import (
    Method,
    Parameters,
    Subject,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import (
    GET_WAF_ORIGIN,
    SET_WAF_DNS_MANAGER,
    SET_WAF_ORIGIN,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.reference import GET_SITELOCK_IPS

__all__ = (
    "CREATE_TOKEN",
    "DELETE_ADDON",
    "FAMILIES",
    "GET_ACCOUNTS",
    "GET_ANP_PROVISIONING_STATUS",
    "GET_SITELOCK_IPS",
    "GET_STATUS",
    "GET_WAF_ORIGIN",
    "METHODS",
    "MODIFY_ADDON",
    "PROVISION_ADDON",
    "SET_WAF_DNS_MANAGER",
    "SET_WAF_ORIGIN",
    "Method",
    "Subject",
    "find",
)

FAMILIES: tuple[types.ModuleType, ...] = (
    accounts,
    addons,
    firewall,
    scans,
    smart,
    backup,
    mail,
    dns,
    shield,
    reference,
)

METHODS: tuple[Method, ...] = tuple(
    each for family in FAMILIES for each in vars(family).values() if isinstance(each, Method)
)
"""The whole table."""


def find(name: str, parameters: Parameters) -> Method | None:
    """The entry for a request; C(None): the method is not in the table.

    :param name: in the spelling of the table.
    """
    known = [each for each in METHODS if each.name == name]
    fitting: t.Iterator[Method] = (each for each in known if each.applies is not None and each.applies(parameters))
    return next(fitting, next((each for each in known if each.applies is None), None))
