# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Subscriptions that are in no file, in reports: the rows of the filter C(unmanaged_subscriptions)."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._report.site import plain

FIELDS = (
    "account_id",
    "login",
    "name",
    "account_status",
    "site_id",
    "domain",
    "site_status",
    "in_file",
    "subscription",
    "subscription_id",
    "product",
    "since",
    "next_renewal_at",
    "frequency",
    "price",
    "note",
)


def unmanaged_row(row: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A row with all fields and no others, whatever the input contains."""
    found = {name: plain(row.get(name)) for name in FIELDS}
    return {**found, "in_file": bool(row.get("in_file"))}
