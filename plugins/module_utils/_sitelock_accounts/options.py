# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of M(hosting.websec.sitelock_accounts) about accounts."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._approval.task import plan_options
from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._ids import ID
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.desired import PROPERTIES

_STATE = {"type": "str", "choices": ["present", "absent"], "default": "present"}


def _product_options() -> dict[str, t.Any]:
    return {
        "subscription": {**ID, "required": True},
        "state": _STATE,
        "count": {"type": "int", "default": 1},
        "amount": {"type": "str"},
        "renewal_date": {"type": "str"},
    }


def _site_options() -> dict[str, t.Any]:
    return {
        "domain": {"type": "str", "required": True},
        "state": _STATE,
        "site_id": ID,
        "subscription": ID,
        "bundle": ID,
        "amount": {"type": "str"},
        "renewal_date": {"type": "str"},
        "domain_email": {"type": "str"},
        "trusted_domain": {"type": "bool"},
        "force": {"type": "bool", "default": False},
        "addons": {"type": "list", "elements": "dict", "default": [], "options": _product_options()},
    }


def account_options() -> ArgumentSpec:
    """The option O(accounts): one entry an account. The action plugin sets O(entry_errors), see C(entry_checks)."""
    options: dict[str, t.Any] = {
        "login": {"type": "str"},
        "reseller_account_id": ID,
        "account_id": ID,
        "state": _STATE,
        "email": {"type": "str"},
        **{name: {"type": "str"} for name in PROPERTIES},
        "password": {"type": "str", "no_log": True},
        "prune_addons": {"type": "bool", "default": False},
        "force": {"type": "bool", "default": False},
        "sites": {"type": "list", "elements": "dict", "default": [], "options": _site_options()},
        "addons": {"type": "list", "elements": "dict", "default": [], "options": _product_options()},
    }
    return ArgumentSpec(
        options={
            "accounts": {"type": "list", "elements": "dict", "options": options},
            # The action plugin reads it, and passes its entries as O(accounts).
            "accounts_file": {"type": "path"},
            "entry_errors": {"type": "dict", "default": {}},
        },
    ).merge(plan_options())
