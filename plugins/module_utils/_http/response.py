# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One complete HTTP response, and what messages may show of it."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._texts import printable

_BEGINNING = 16 * 1024


@dataclasses.dataclass(frozen=True)
class HttpResponse:
    """One complete HTTP response, whatever its status.

    :param headers: of a response that went to a file.
    :param packed: whether such a response was compressed, by its content coding or as a gzip file.
    """

    status: int
    content_type: str
    body: bytes
    headers: t.Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)
    packed: bool = False

    def redacted(self, redact: t.Callable[[str], str]) -> HttpResponse:
        """The same with ``redact`` applied to all text of it, for messages; of a long body the beginning only."""
        return dataclasses.replace(
            self,
            content_type=redact(self.content_type[:_BEGINNING]),
            body=redact(_beginning(self.body)).encode("utf-8", "replace"),
        )


def _beginning(body: bytes) -> str:
    """The text from which an excerpt is cut, long enough to contain a whole secret that begins in the excerpt."""
    return " ".join(body.decode("utf-8", "replace").split())[:_BEGINNING]


def excerpt(body: bytes, length: int = 120) -> str:
    """The beginning of a redacted body as one line of printable text, for a message."""
    if b"\0" in body:
        return "(not text)"
    text = " ".join(body.decode("utf-8", "replace").split())
    shown = printable(text[:length])
    return repr(shown + ("..." if len(text) > length else "")) if text else "(empty)"
