# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The effect of a call to a partner API, and its consequences."""

from __future__ import annotations

import enum


class Effect(enum.Enum):
    """Effect of one call. All SiteLock requests are POST, so nothing may be inferred from the HTTP method."""

    READ = "read"
    CHANGE = "change"
    BUY = "buy"
    DESTROY = "destroy"
    ACTION = "action"
    """It makes something happen that would happen again, or that no later read shows: a scan, a message, a backup.
    It is never sent a second time."""


SENT_ONCE = frozenset({Effect.BUY, Effect.ACTION})
"""What is never sent again: not after a lost answer, and not after a 429."""


class WriteRefusedError(RuntimeError):
    """A client for check mode got a write: a bug in this collection, never an error in the input."""


def guard(effect: Effect, call: str, *, read_only: bool) -> None:
    """Refuse every effect but ``READ`` for a read-only client.

    :param call: name of the call, for the message.
    """
    if read_only and effect is not Effect.READ:
        raise WriteRefusedError(f"{call} has the effect {effect.value!r}, but this client only reads (check mode).")
