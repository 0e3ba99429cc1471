# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reasons why a site needs manual action, by urgency."""

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(frozen=True)
class Reason:
    """Why a site needs manual action.

    :param key: for machines: the kind of the error, C(vendor_error), or C(note).
    :param urgency: 1 is the most urgent.
    :param title: for people.
    :param hint: what to do, if no error says it.
    """

    key: str
    urgency: int
    title: str
    hint: str = ""

    @property
    def is_urgent(self) -> bool:
        """Whether it is shown in red: more than a note, and not something that the next pass may solve by itself."""
        return self.urgency < NOTE.urgency


VENDOR_ERROR = Reason(
    "vendor_error",
    3,
    "SiteLock cannot continue by itself",
    "Ask SiteLock's support to check the site, and give its site id.",
)
NOTE = Reason("note", 5, "Worth checking")

_ERRORS = (
    # A purchase or a deletion may have happened: it costs money, and every further step depends on it.
    Reason("outcome_unknown", 1, "Outcome of an order or a change unknown"),
    # These rarely affect a single site.
    Reason("auth", 2, "Credentials refused"),
    Reason("not_allowed", 2, "Access from this machine not allowed"),
    Reason("missing_library", 2, "Python library missing"),
    Reason("rejected", 4, "Refused"),
    Reason("not_found", 4, "Not found"),
    Reason("bad_input", 4, "Error in the entry"),
    # The next pass may solve it by itself.
    Reason("unavailable", 6, "Unreachable; the next pass tries again"),
    Reason("timeout", 6, "Timed out; the next pass tries again"),
    Reason("bad_response", 6, "Invalid response; the next pass tries again"),
)
FINDING_RED = Reason(
    "finding_red",
    3,
    "SiteLock's scans found something (red)",
    "Open the site's dashboard, clean the site, then scan again (sitelock_scan).",
)
SIGN_IN_FAILED = Reason(
    "sign_in_failed",
    4,
    "SiteLock's sign-in to the site fails",
    "Check host, user and password, or whether the public key is on the web server. Correct it with sitelock_products.",
)
BACKUP_OVERDUE = Reason(
    "backup_overdue", 4, "No recent backup", "Open the site's dashboard, or start a backup (sitelock_backup)."
)
FINDING_YELLOW = Reason("finding_yellow", 5, "SiteLock's scans found something (yellow)", "Open the site's dashboard.")
SMART_MISSING = Reason("smart_missing", 5, "SMART is not configured", "Configure it with sitelock_products.")
HEALTH = (FINDING_RED, SIGN_IN_FAILED, BACKUP_OVERDUE, FINDING_YELLOW, SMART_MISSING)
"""Reasons from scans, backups and products, the most urgent first."""
_BY_KIND = {reason.key: reason for reason in _ERRORS}


def most_urgent(
    error_kind: str | None, state: str | None, notes: t.Sequence[str], findings: t.Iterable[Reason] = ()
) -> Reason | None:
    """The most urgent reason for manual action; C(None) if there is none.

    :param error_kind: C(None) without an error.
    :param findings: from C(HEALTH).
    """
    reasons = list(findings)
    if error_kind is not None:
        reasons.append(_BY_KIND.get(error_kind) or Reason(error_kind, 4, "Failed"))
    if state == "error":
        reasons.append(VENDOR_ERROR)
    if notes:
        reasons.append(NOTE)
    return min(reasons, key=lambda reason: reason.urgency, default=None)
