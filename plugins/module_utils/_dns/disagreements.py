# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors for names at which a zone differs from what was read, or from what the server accepted."""

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
    """Another writer changed them repeatedly."""
    return RejectedError(
        f"{', '.join(map(shown, names))} in the zone {shown(zone)} was changed by another writer each time between "
        f"the read and the update ({counted(times, 'time')}).",
        hint="Run again. If the error persists, find out what else changes these records.",
        code=CHANGED_MEANWHILE,
    )


def made_up(name: dns.name.Name, zone: dns.name.Name, server: str) -> RejectedError:
    """The responses do not match the content of the zone."""
    return RejectedError(
        f"{server} answers queries for {shown(name)} with records that its zone {shown(zone)} does not contain, so it "
        "refuses every update that expects them.",
        hint="Records that a server computes for each response (ALIAS, Lua, GeoIP, another view of the zone) cannot "
        f"be changed by updates. Nothing was changed at {shown(name)}.",
    )


def not_served(due: ZonePlan, server: str) -> RejectedError:
    """The server accepted an update but did not apply it. ``due``: the remaining changes."""
    there = "; ".join(
        f"{shown(change.name)} {type_text(change.rdtype)} is "
        + (", ".join(change.before.values) if change.before is not None else "not there")
        for change in due.changes
    )
    return RejectedError(
        f"{server} accepted the update of the zone {shown(due.zone)}, but did not apply it: {there}.",
        hint="Its update policy may drop records and still report success (PowerDNS can do this), or it is not the "
        "zone's primary server and only forwards updates: check the policy for this key, and set server to the "
        "primary. If another writer changed it right afterwards, run again.",
    )


def put_back(problem: str) -> str:
    """To be added to the message of such an error. ``problem``: why the changes could not be undone, or empty."""
    if problem:
        return f" The part that it applied could not be undone: {problem}"
    return " The applied part of this group of changes was undone."
