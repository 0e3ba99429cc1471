# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a request is not passed on, and how the relay tells its client: in the vendor's own error form."""

from __future__ import annotations

from xml.sax.saxutils import escape

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>'
ABOUT_CREDENTIALS = ("credentials", "address", "certificate")
_QUOTES = {"'": "&apos;", '"': "&quot;"}


class RefusedError(Exception):
    """A request that is not passed on.

    :param reason: one word, for the audit log and the metrics.
    :param message: for the client; it repeats nothing of the request but what the relay's own table names.
    :param status: HTTP status. 200: as the vendor answers a request that it does not accept.
    :param method: of the request, as far as it is known.
    :param client: whose password it had, for the audit log and the metrics.
    """

    def __init__(
        self, reason: str, message: str, status: int = 200, method: str | None = None, client: str = ""
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.status = status
        self.method = method
        self.client = client


def answer(error: RefusedError) -> bytes:
    """Return the document: a text with a code below the method. Without a known method it is below the root, and with
    wrong credentials below C(authentication). As in the vendor's texts, there is no full stop at the end."""
    message = escape(f"SiteLock relay: {error.message.rstrip('.')}", _QUOTES)
    parts = [f'<error code="relay_{error.reason}">{message}</error>']
    around: str | None = "authentication" if error.reason in ABOUT_CREDENTIALS else error.method
    if around:
        parts = [f"<{around}>", *parts, f"</{around}>"]
    return "".join([_DECLARATION, "<SiteLockOnlineResponse>", *parts, "</SiteLockOnlineResponse>"]).encode()
