# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The findings of the preflight: each has a code, a severity, a message, and a remedy."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted

try:
    import dns.name
except ImportError:
    note_missing("dnspython")

BLOCKS = "blocks"
"""The activation would fail, wait for days, or harm the site: it must not start."""

WARNS = "warns"
"""The activation can start, but the user should know this."""


@dataclasses.dataclass(frozen=True)
class Finding:
    """One finding.

    :param code: stable, for playbooks.
    :param name: the DNS name that it concerns, without the trailing dot.
    :param message: one or two plain sentences: the fact, and its consequence.
    :param remedy: what to do.
    """

    code: str
    severity: str
    name: str
    message: str
    remedy: str


def blocks(code: str, name: dns.name.Name, message: str, remedy: str) -> Finding:
    return Finding(code, BLOCKS, shown(name), message, remedy)


def warns(code: str, name: dns.name.Name, message: str, remedy: str) -> Finding:
    return Finding(code, WARNS, shown(name), message, remedy)


def not_checked(name: dns.name.Name, what: str, why: str, remedy: str) -> Finding:
    """A check that could not be made is reported too.

    :param what: such as C(Whether customer.example is delegated).
    """
    return warns("not_checked", name, f"{what} was not checked. {why}".strip(), remedy)


def in_order(findings: t.Iterable[Finding]) -> list[Finding]:
    """Each finding once, the blocking ones first, otherwise in their order."""
    return sorted(dict.fromkeys(findings), key=lambda finding: finding.severity != BLOCKS)


def duration(seconds: int) -> str:
    """Seconds in the most readable unit, such as C(24 hours) or C(90 minutes)."""
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size or seconds == size:
            return counted(round(seconds / size, 1), unit)
    return counted(seconds, "second")
