# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the filters of a pass have in common: the fleet, made of what the tasks before them kept."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.clock import parse_time
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.fleet import Fleet
from ansible_collections.hosting.websec.plugins.plugin_utils._kept import entries as kept_entries

Results = t.Optional[list[object]]


def fleet_of(entries: Results, *, now: str | None, read: Results, preflight: Results, statuses: Results) -> Fleet:
    """The fleet of lists in which a path of ``_kept.keep`` may stand for the entries in its file."""
    return Fleet(
        kept_entries(entries),
        now=parse_time(now),
        read=kept_entries(read),
        preflight=kept_entries(preflight),
        statuses=kept_entries(statuses),
    )
