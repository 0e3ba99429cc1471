# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors for names at which a zone is not what was read, or not what the server said yes to."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import ZonePlan
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import type_text
from ansible_collections.hosting.websec.plugins.module_utils._errors import CHANGED_MEANWHILE, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted

try:
    import dns.name
except ImportError:
    note_missing("dnspython")


def changed_meanwhile(zone: dns.name.Name, names: t.Sequence[dns.name.Name], times: int) -> RejectedError:
    """Somebody else changed them again and again."""
    return RejectedError(
        f"{', '.join(map(shown, names))} in the zone {shown(zone)} was changed by somebody else each time between "
        f"reading and update ({counted(times, 'time')}).",
        hint="Run again; if it stays so, look at who else changes these records.",
        code=CHANGED_MEANWHILE,
    )


def made_up(name: dns.name.Name, zone: dns.name.Name, server: str) -> RejectedError:
    """The answers do not come from the zone."""
    return RejectedError(
        f"{server} answers for {shown(name)} with what its zone {shown(zone)} does not hold: an update that rests on "
        "these answers is refused, and nobody changed them.",
        hint="Records that a server makes up for each answer (ALIAS, Lua, GeoIP, another view of the zone) cannot be "
        f"changed by updates. Nothing was changed at {shown(name)}.",
    )


def not_served(due: ZonePlan, server: str) -> RejectedError:
    """The server accepted an update, and it is not so. ``due``: what is still to be done."""
    there = "; ".join(
        f"{shown(change.name)} {type_text(change.rdtype)} is "
        + (", ".join(change.before.values) if change.before is not None else "not there")
        for change in due.changes
    )
    return RejectedError(
        f"{server} accepted the update of the zone {shown(due.zone)}, but did not make it so: {there}.",
        hint="Its update policy may leave records out and say yes all the same (PowerDNS can do so), or it is not the "
        "primary server of the zone and only passes updates on: look at the policy for this key, and name the primary "
        "as server. If somebody else changed it right after, run again.",
    )


def put_back(problem: str) -> str:
    """To be added to the message of such an error. ``problem``: why it could not be done, or an empty text."""
    if problem:
        return f" What it did take could not be put back: {problem}"
    return " What it did take of the changes that belong together was put back."
