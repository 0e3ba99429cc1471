# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the preflight has to say about a site: a code to test, a severity, a sentence, and a remedy."""

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
"""The activation would fail, wait for days, or harm the site: it must not begin."""

WARNS = "warns"
"""The activation can begin; somebody should know this."""


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that was found.

    :param code: stable, for playbooks.
    :param name: the DNS name that it is about, without the trailing dot.
    :param message: one or two plain sentences: what is so, and what comes of it.
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
    """Something could not be looked at, which is no reason to say nothing.

    :param what: such as C(Whether customer.example is delegated).
    """
    return warns("not_checked", name, f"{what} was not checked. {why}".strip(), remedy)


def in_order(findings: t.Iterable[Finding]) -> list[Finding]:
    """Each finding once, what blocks first, otherwise in the order in which they came."""
    return sorted(dict.fromkeys(findings), key=lambda finding: finding.severity != BLOCKS)


def duration(seconds: int) -> str:
    """Seconds in the unit that people would say it in, such as C(24 hours) or C(90 minutes)."""
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size or seconds == size:
            return counted(round(seconds / size, 1), unit)
    return counted(seconds, "second")
