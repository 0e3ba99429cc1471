# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which requests are retried, and after which pause.

This does not use ``urllib3.Retry``, which decides by the method and not by the effect of a call (all SiteLock requests
are POST), sleeps beyond the deadline, applies the pause that a server requests to one worker and not to all, has no
jitter before urllib3 2.0, and raises its own errors for an invalid ``Retry-After``.
"""

from __future__ import annotations

import datetime
import email.utils
import random
import time

from ansible_collections.hosting.websec.plugins.module_utils._effects import SENT_ONCE, Effect
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._rate_limit import LONGEST_PAUSE

_BACKOFF = 0.5
"""Seconds: the second pause between two tries is twice this; the following ones double."""
_LONGEST_DATE = 64
_SENT_AGAIN: dict[Effect, frozenset[int]] = {
    Effect.READ: frozenset({429, 500, 502, 503, 504}),
    Effect.CHANGE: frozenset({429}),
    Effect.DESTROY: frozenset({429}),
    **dict.fromkeys(SENT_ONCE, frozenset()),
}


def is_sent_again(effect: Effect, status: int) -> bool:
    """Whether a request may be sent again after a response with this status."""
    return status in _SENT_AGAIN[effect]


def pause_asked_for(status: int, header: str | None, least: float) -> float | None:
    """Seconds for which the server requests a pause of all workers; C(None): it requests none.

    :param header: C(Retry-After) of its response.
    :param least: the current pause, for a 429 without one.
    """
    asked = retry_after(header)
    if status == 429:
        return asked or max(2 * _BACKOFF, least)
    return asked if status == 503 else None


def retry_after(value: str | None) -> float | None:
    """Seconds of a C(Retry-After) header, or until its date; C(None) if it is invalid."""
    text = (value or "").strip()
    seconds = whole_number(text)
    if seconds is not None:
        return float(seconds)
    if not text or len(text) > _LONGEST_DATE:
        return None
    try:
        date = email.utils.parsedate_to_datetime(text)
        if date.tzinfo is None:
            date = date.replace(tzinfo=datetime.timezone.utc)
        return max(0.0, date.timestamp() - time.time())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def backoff(retry: int) -> float:
    """Seconds before a try. The first retry is immediate: usually an old connection broke."""
    return 0.0 if retry == 0 else min(_BACKOFF * 2**retry + random.uniform(0, _BACKOFF), LONGEST_PAUSE)
