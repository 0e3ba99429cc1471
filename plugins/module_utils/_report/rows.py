# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of the report of a pass for the terminal, and the summary of all."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._next_pass import DEFERRED, WAITS_FOR_NEXT_PASS
from ansible_collections.hosting.websec.plugins.module_utils._texts import (
    DEFERRED_TO_NEXT_PASS,
    counted,
    deferred_lines,
    number,
)

Row = t.Mapping[str, t.Any]

SHOW = ("auto", "all", "attention", "changed")

MANY = 200
"""With C(auto), fleets with more sites than this show only the rows that need attention."""


def rows_to_show(rows: t.Sequence[Row], show: str) -> list[Row]:
    """The rows of the table, in their order.

    :param show: C(all); C(changed): sites that were changed, failed or were deferred; C(attention): these, and sites
        that wait or have a note; C(auto): all of a small fleet, C(attention) of a large one. Deferred sites with the
        same reason share a line (see ``deferred_lines``), and have a row with C(all) only.
    """
    if show == "all":
        return list(rows)
    rows = [row for row in rows if not _is_deferred(row)]
    if show == "auto" and len(rows) <= MANY:
        return list(rows)
    return [row for row in rows if _is_changed(row) or (show != "changed" and (row["waiting_for"] or row["notes"]))]


def deferred(rows: t.Sequence[Row]) -> list[str]:
    """One line for each reason for which sites were deferred."""
    reasons = {str(row["domain"]): str(row["waiting_for"]) for row in rows if _is_deferred(row)}
    return deferred_lines({name: reason.removeprefix(DEFERRED) for name, reason in reasons.items()}, "site")


def summary(rows: t.Sequence[Row], shown: int) -> str:
    """One sentence about all sites.

    :param shown: the number of rows in the table.
    """
    states = collections.Counter(str(row["state"] or "not known") for row in rows)
    by_size = sorted(states.items(), key=lambda each: (-each[1], each[0]))
    outcomes = {
        "changed": sum(1 for row in rows if row["changed"]),
        "failed": sum(1 for row in rows if row["error"]),
        DEFERRED_TO_NEXT_PASS: sum(1 for row in rows if row["waiting_for"] in WAITS_FOR_NEXT_PASS or _is_deferred(row)),
    }
    done = ", ".join(f"{number(count)} {outcome}" for outcome, count in outcomes.items() if count)
    hidden = f" Not shown: {number(len(rows) - shown)}." if shown < len(rows) else ""
    by_state = ", ".join(f"{number(count)} {state}" for state, count in by_size)
    return f"{counted(len(rows), 'site')}: {by_state}; {done or 'nothing changed'}.{hidden}"


def _is_deferred(row: Row) -> bool:
    return str(row["waiting_for"]).startswith(DEFERRED)


def _is_changed(row: Row) -> bool:
    return bool(row["changed"] or row["error"] or row["waiting_for"] in WAITS_FOR_NEXT_PASS)
