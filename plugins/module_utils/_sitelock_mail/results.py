# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the messages of a run to the result of its task."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._results import bulk_result, deferred_count
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.items import Item
from ansible_collections.hosting.websec.plugins.module_utils._texts import listed, number

_TOLD = {
    "sent": "sent",
    "would_send": "would be sent",
    "marked": "marked, sent by an earlier run",
    "would_mark": "would be marked, sent by an earlier run",
    "accepted": "sent, but not marked yet",
    "failed": "failed",
    "outcome_unknown": "with an unknown outcome",
    "no_template": "without a template",
    "deferred": "deferred to the next run",
}
"""The states in the summary, in this order."""


def mail_result(items: t.Sequence[Item], *, show_content: bool, on_error: str) -> dict[str, t.Any]:
    """The result of the task."""
    rows = [item.row(show_content=show_content) for item in items]
    missing = sorted({item.code or "(no code)" for item in items if item.state == "no_template"})
    return bulk_result(
        "emails",
        rows,
        key="queue_id",
        on_error=on_error,
        deferred=deferred_count(rows),
        missing_templates=missing,
        summary=_summary(items, missing),
    )


def _summary(items: t.Sequence[Item], missing: t.Sequence[str]) -> str:
    amounts = collections.Counter(item.state for item in items)
    codes = {"no_template": f" (codes: {listed(missing)})"}
    told = [f"{number(amounts[state])} {text}{codes.get(state, '')}" for state, text in _TOLD.items() if amounts[state]]
    return ", ".join(told) or "nothing is pending"
