# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refusals of a relay between this machine and the API (role C(sitelock_relay)): HTTP 403 or 429 with an error in the
vendor's form, whose code begins with C(relay_). Nothing was sent to the vendor."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    NotAllowedError,
    RequestNotAllowedError,
    WebsecError,
)

REFUSED = (403, 429)
"""HTTP statuses of its refusals."""

_CODE = "relay_"
_ABOUT_CALLER = {
    "relay_headers": "Ask who runs the relay: the web server before it is not set up as the role does it.",
    "relay_unknown_address": "Ask who runs the relay to add the address of this machine to the networks of its client.",
    "relay_upstream_credentials": "Ask who runs the relay to check its own credentials at SiteLock.",
    "relay_too_many_tries": "Correct api_username and api_password, wait until the relay allows logins again, then run "
    "again.",
}
_ABOUT_REQUEST = {
    "relay_orders_per_day": "Run again after midnight UTC, or ask who runs the relay for a higher limit.",
    "relay_orders_unknown": "Ask who runs the relay to check the disk on which it counts orders, then run again.",
}
_HINT = "Ask who runs the relay: its table of clients decides what this client may do."


def is_refusal_of_relay(error: WebsecError) -> bool:
    """Whether an error is one of the relay."""
    return (error.code or "").startswith(_CODE)


def not_allowed(error: WebsecError) -> NotAllowedError:
    """The error for a refusal of the relay.

    :param error: as it is read in any response.
    """
    about_caller = _ABOUT_CALLER.get(error.code or "")
    kind = NotAllowedError if about_caller else RequestNotAllowedError
    hint = about_caller or _ABOUT_REQUEST.get(error.code or "", _HINT)
    return kind(error.message, code=error.code, hint=hint)
