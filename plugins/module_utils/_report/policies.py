# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Firewall policies in reports: the rows of C(sitelock_waf_policy_report)."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._report.joining import joined_rows
from ansible_collections.hosting.websec.plugins.module_utils._report.site import Row, plain, plain_texts

_LISTS = ("changed_sections", "needs_person")
_TEXTS = ("domain", "site_id", "waiting_for")


def policy_row(row: Row) -> dict[str, t.Any]:
    """A row with all fields and no others, whatever the input contains. C(errors) are texts with their section."""
    errors = [each for each in _list(row.get("errors")) if isinstance(each, t.Mapping)]
    return {
        **{name: plain(row.get(name)) for name in _TEXTS},
        **{name: list(plain_texts(row.get(name))) for name in _LISTS},
        "errors": [str(plain(each.get("message"))) for each in errors],
    }


def notable(rows: t.Iterable[Row]) -> list[dict[str, t.Any]]:
    """The rows of sites whose firewall differed from its policy, could not be brought to it, or needs a person."""
    found = map(policy_row, rows)
    return [row for row in found if row["changed_sections"] or row["needs_person"] or row["errors"]]


def with_policies(rows: t.Sequence[Row], policies: t.Iterable[Row]) -> list[Row]:
    """The rows of sites, each with what the policies did there. A site that has no other row gets one."""
    return joined_rows(rows, policies, _joined)


def _joined(row: Row, policy: Row) -> Row:
    told = policy_row(policy)
    changed = told["changed_sections"]
    return {
        "waiting_for": told["waiting_for"],
        **row,
        "steps": [*_list(row.get("steps")), *([f"policy: {', '.join(changed)}"] if changed else [])],
        "changed": bool(row.get("changed")) or bool(changed),
        "error": row.get("error") or policy.get("error"),
        "notes": [*_list(row.get("notes")), *told["needs_person"]],
    }


def _list(value: t.Any) -> list[t.Any]:
    return list(value) if isinstance(value, (list, tuple)) else []
