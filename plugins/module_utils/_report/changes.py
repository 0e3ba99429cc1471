# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What roles changed in sections of sites, in reports: C(sitelock_waf_policy_report), C(sitelock_products_report)."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._next_pass import waits_for_next_pass
from ansible_collections.hosting.websec.plugins.module_utils._report.finding import PRODUCTS, Finding, sign_in_text
from ansible_collections.hosting.websec.plugins.module_utils._report.joining import joined_rows
from ansible_collections.hosting.websec.plugins.module_utils._report.reasons import SIGN_IN_FAILED
from ansible_collections.hosting.websec.plugins.module_utils._report.site import Row, plain, plain_texts

_LISTS = ("changed_sections", "needs_person")
_TEXTS = ("domain", "site_id")
_SIGN_IN = ("error_str", "connection_err_msg")
"""What SiteLock says in the details of a product if it cannot sign in to the site."""
_PROBLEM = ": SiteLock reports a problem: "


def change_row(row: Row) -> dict[str, t.Any]:
    """A row with all fields and no others, whatever the input contains. C(errors) are texts with their section."""
    errors = [each for each in _list(row.get("errors")) if isinstance(each, t.Mapping)]
    waits = plain(row.get("waiting_for"))
    if row.get("deferred") and not waits:
        waits = waits_for_next_pass({"deferred_reason": plain(row.get("deferred_reason"))})
    return {
        **{name: plain(row.get(name)) for name in _TEXTS},
        "waiting_for": waits,
        "deferred": bool(row.get("deferred")),
        **{name: list(plain_texts(row.get(name))) for name in _LISTS},
        "errors": [str(plain(each.get("message"))) for each in errors],
    }


def notable(rows: t.Iterable[Row]) -> list[dict[str, t.Any]]:
    """The rows of sites that differed from what they should be, could not be brought to it, were not reached, or need a
    person."""
    found = map(change_row, rows)
    return [row for row in found if row["changed_sections"] or row["needs_person"] or row["errors"] or row["deferred"]]


def with_policies(rows: t.Sequence[Row], policies: t.Iterable[Row]) -> list[Row]:
    """The rows of sites, each with what the policies did there. A site that has no other row gets one."""
    return joined_rows(rows, policies, lambda row, policy: _joined(row, policy, "policy"))


def with_products(rows: t.Sequence[Row], products: t.Iterable[Row]) -> list[Row]:
    """The rows of sites, each with what was done to its products, and where SiteLock cannot sign in."""
    return joined_rows(rows, products, _with_sign_in)


def _with_sign_in(row: Row, product: Row) -> Row:
    joined = _joined(row, product, "products")
    failures = _sign_in_failures(product.get("details"))
    found = [Finding(SIGN_IN_FAILED, sign_in_text(f"{section}: {text}"), PRODUCTS) for section, text in failures]
    # Told as a finding, which is more urgent than a note.
    told = {f"{section}{_PROBLEM}{text}" for section, text in failures}
    return {
        **joined,
        "notes": [note for note in joined["notes"] if note not in told],
        "findings": [*row.get("findings", []), *found],
    }


def _sign_in_failures(details: t.Any) -> list[tuple[str, str]]:
    """Sections, each with what SiteLock says about its sign-in."""
    sections = details.items() if isinstance(details, t.Mapping) else ()
    return [
        (str(plain(section)), text)
        for section, told in sections
        if isinstance(told, t.Mapping)
        for name in _SIGN_IN
        for text in plain_texts(told.get(name))
    ]


def _joined(row: Row, change: Row, label: str) -> dict[str, t.Any]:
    told = change_row(change)
    changed = told["changed_sections"]
    return {
        **row,
        "waiting_for": row.get("waiting_for") or told["waiting_for"],
        "steps": [*_list(row.get("steps")), *([f"{label}: {', '.join(changed)}"] if changed else [])],
        "changed": bool(row.get("changed")) or bool(changed),
        "error": row.get("error") or change.get("error"),
        "notes": [*_list(row.get("notes")), *told["needs_person"]],
    }


def _list(value: t.Any) -> list[t.Any]:
    return list(value) if isinstance(value, (list, tuple)) else []
