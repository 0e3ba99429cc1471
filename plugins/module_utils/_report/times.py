# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times in reports: read from ISO 8601, written for people, and how long ago they were."""

from __future__ import annotations

import datetime
import typing as t

MINUTE, HOUR, DAY = 60, 3600, 86400


def moment(value: t.Any) -> datetime.datetime | None:
    """Parse an ISO 8601 time in UTC; C(None) if it is invalid. A time without a zone is UTC."""
    text = str(value or "").strip()
    if text[-1:] in ("Z", "z"):  # Python before 3.11 cannot parse it.
        text = f"{text[:-1]}+00:00"
    try:
        read = datetime.datetime.fromisoformat(text)
        zoned = read if read.tzinfo else read.replace(tzinfo=datetime.timezone.utc)
        return zoned.astimezone(datetime.timezone.utc).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def readable(time: datetime.datetime) -> str:
    """Format a time in UTC without the zone: C(2026-11-03 14:00)."""
    return time.replace(tzinfo=None).isoformat(" ", "minutes")


def duration(since: datetime.datetime | None, now: datetime.datetime) -> str:
    """From ``since`` to ``now``: C(35 min), C(36 h), C(5 d 3 h). Empty if ``since`` is unknown or in the future."""
    seconds = int((now - since).total_seconds()) if since else -1
    if seconds < 0:
        return ""
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < 2 * DAY:
        return f"{seconds // HOUR} h"
    days, rest = divmod(seconds, DAY)
    return f"{days} d {rest // HOUR} h" if days < 14 and rest >= HOUR else f"{days} d"
