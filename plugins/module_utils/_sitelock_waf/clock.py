# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time of a pass."""

from __future__ import annotations

import datetime

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import utc_time


def parse_time(text: str | None) -> datetime.datetime:
    """Parse a time such as C(2026-11-21T22:00:00Z); without a text, return the current time."""
    if not text:
        return datetime.datetime.now(datetime.timezone.utc)
    time = utc_time(str(text))
    if time is None:
        raise BadInputError(f"{text!r} is not a time such as 2026-11-21T22:00:00Z.")
    return time
