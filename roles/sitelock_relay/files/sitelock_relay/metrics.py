# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counters in the text format of Prometheus. All label values come from tables of the relay, none from a request."""

from __future__ import annotations

import collections
import typing as t

_HELP = {
    "requests_total": ("counter", "Requests by client, method, decision and reason."),
    "upstream_seconds_total": ("counter", "Time spent in calls of the vendor."),
    "upstream_calls_total": ("counter", "Calls of the vendor by HTTP status; 0: no answer."),
    "orders_total": ("counter", "Orders sent to the vendor."),
    "audit_failed_total": ("counter", "Lines of the audit log that could not be written to the journal or the file."),
    "reload_failed": ("gauge", "1: the last reload failed, and the table before it is in use."),
}


class Metrics:
    """The values."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, tuple[tuple[str, str], ...]], float] = collections.defaultdict(float)

    def add(self, name: str, number: float = 1, **labels: str) -> None:
        """Add to a counter."""
        self._values[name, tuple(labels.items())] += number

    def set(self, name: str, number: float) -> None:
        """Set a gauge."""
        self._values[name, ()] = number

    def text(self) -> str:
        """Return all of them."""
        return "".join(self._lines())

    def _lines(self) -> t.Iterator[str]:
        for name, (kind, about) in _HELP.items():
            yield f"# HELP sitelock_relay_{name} {about}\n# TYPE sitelock_relay_{name} {kind}\n"
            for (found, labels), number in sorted(self._values.items()):
                if found == name:
                    inner = ",".join(f'{key}="{_escaped(value)}"' for key, value in labels)
                    yield f"sitelock_relay_{name}{f'{{{inner}}}' if inner else ''} {number:g}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
