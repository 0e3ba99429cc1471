# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an SMTP server sends: lines, of which only whole ones count."""

from __future__ import annotations

import re
import socket
import ssl

MAX_LINES = 200
"""Maximum number of lines of an answer."""

_ANSWER = re.compile(rb"[2-5][0-9]{2}(?:[ -][^\n]*)?\r?\n")


class Answers:
    """The lines that a server sends, in place of a file of the socket. The number of those of one answer is limited."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received = b""
        self._left = MAX_LINES
        self._code = b""

    def begin(self) -> None:
        """Before each question. :raises OSError: there is an answer already, which would be taken for the next one."""
        self._left = MAX_LINES
        self._code = b""
        if self._received:
            told = " ".join(self._received[:200].decode("utf-8", "replace").split())
            raise OSError(0, f"It answered without being asked: {told}")

    def look(self) -> None:
        """Receive what is here already, without waiting for more, so that ``begin`` sees it."""
        before = self._connection.gettimeout()
        self._connection.settimeout(0)
        try:
            self._received += self._connection.recv(8192)
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        finally:
            self._connection.settimeout(before)

    def readline(self, most: int) -> bytes:
        """The next line. Empty at the end of the connection: a part of an answer is none, although it may begin with
        250."""
        self._left -= 1
        if self._left < 0:
            raise OSError(0, f"The answer has more than {MAX_LINES} lines")
        while b"\n" not in self._received:
            piece = self._connection.recv(8192) if len(self._received) < most else b""
            if not piece:
                return b""
            self._received += piece
        line, end, self._received = self._received.partition(b"\n")
        if not _ANSWER.fullmatch(line + end):
            raise OSError(0, f"{line[:60]!r} is not the answer of an SMTP server")
        if line[:3] != self._code and self._code:
            # RFC 5321, 4.2.1. Who reads the last line only would take a refusal for a yes, or a yes for a refusal.
            raise OSError(0, f"The lines of its answer contradict each other: {self._code.decode()} and {line[:60]!r}")
        self._code = line[:3]
        return line + end

    def close(self) -> None:
        """The socket is closed by itself."""
