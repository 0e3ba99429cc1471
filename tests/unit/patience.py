# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for events in tests."""

from __future__ import annotations

import time
import typing as t

PATIENCE = 600.0
"""Seconds until a test gives up, far more than needed on a busy machine: the limit only ends a test that hangs."""


def wait_until(happened: t.Callable[[], object], what: str) -> None:
    """Poll until it is true.

    :param what: the missing event, for the failure.
    """
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"Not within {PATIENCE:.0f} seconds: {what}"
        time.sleep(0.02)
