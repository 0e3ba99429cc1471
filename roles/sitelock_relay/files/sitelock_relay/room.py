# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory for large answers. All that are under way share it, until nginx has taken them: clients that read them slowly
must not fill the memory of the service, which would end the calls of all others."""

from __future__ import annotations

# Up to this, nginx takes an answer at once (proxy_buffers), so it needs no room.
SMALL = 1024 * 1024
_ALL = 192 * 1024 * 1024


class Room:
    """What is left."""

    def __init__(self, size: int = _ALL) -> None:
        self.left = size


class Held:
    """The part of one answer."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._size = 0

    def grow(self, size: int) -> bool:
        """Take what an answer of this size needs; False: it does not fit beside the others."""
        more = size - max(self._size, SMALL)
        if more > self._room.left:
            return False
        if more > 0:
            self._room.left -= more
            self._size = size
        return True

    def release(self) -> None:
        """Give it back. A second time changes nothing."""
        self._room.left += max(self._size - SMALL, 0)
        self._size = 0
