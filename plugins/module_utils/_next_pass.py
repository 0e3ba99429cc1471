# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a site waits for in the report, if the next pass continues with it."""

from __future__ import annotations

import typing as t

TIME_OVER = "the next pass (this one reached its time limit)"
CONTINUES = "the next pass, which continues from here"
CROSSED = "the next pass (another writer changed the DNS records during this one)"
WAITS_FOR_NEXT_PASS = (TIME_OVER, CROSSED)
"""What an incomplete site that has not failed waits for."""
DEFERRED = "the next pass, deferred: "
"""Beginning of the text for a site for which nothing was sent; the reason, which applies to all sites, follows."""
APPROVAL = "approval:"
"""Beginning of the text for an item whose changes are not in the approved plan; the reason follows."""


def waits_for_next_pass(result: t.Mapping[str, t.Any]) -> str:
    """What a deferred site waits for."""
    reason = result.get("deferred_reason")
    if reason and str(reason).startswith(APPROVAL):
        return str(reason)
    return f"{DEFERRED}{reason}" if reason else TIME_OVER
