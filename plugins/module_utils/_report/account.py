# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts in reports: the rows of C(sitelock_accounts_report), of which an account has one for each site."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._next_pass import waits_for_next_pass
from ansible_collections.hosting.websec.plugins.module_utils._report.site import Row, Site, plain, site


def accounts(rows: t.Iterable[Row]) -> list[Site]:
    """One entry an account, in the order of their names, with what was done for all of its sites."""
    found: dict[str, Site] = {}
    for row in rows:
        name = row.get("account") or "(no name)"
        # What is about the account is the same in all its rows.
        own = {key: row.get(key) for key in ("steps", "changed", "error")}
        own["waiting_for"] = _waiting_for(row)
        one = dataclasses.replace(site({**own, "domain": name, "site_id": row.get("account_id")}), is_account=True)
        before = found.setdefault(one.domain, one)
        if before is not one:
            found[one.domain] = dataclasses.replace(before, steps=(*before.steps, *one.steps))
    return sorted(found.values(), key=lambda each: each.domain)


def _waiting_for(row: Row) -> str | None:
    """What a deferred account waits for, in the words for a deferred site."""
    if not row.get("deferred"):
        return None
    return waits_for_next_pass({"deferred_reason": plain(row.get("deferred_reason"))})
