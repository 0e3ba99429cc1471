# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pieces of messages."""

from __future__ import annotations

import typing as t

MOST_NAMES = 20
"""Names in one message, at the most."""


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """C(1 site), C(2 sites), C(0 changes of plan)."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def listed(names: t.Sequence[str], most: int = MOST_NAMES) -> str:
    """The first ``most`` names, and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most:,} more" if len(names) > most else shown
