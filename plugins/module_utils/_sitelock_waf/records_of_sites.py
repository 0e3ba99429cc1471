# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a site needs in DNS, for custom flows with the single-purpose modules; a pass does all of this itself."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Defaults, prepare
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import Record
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.sites import Sites, as_error

Result = t.Mapping[str, t.Any]


def records_of_sites(
    sites: t.Sequence[t.Any], statuses: t.Sequence[Result], read: t.Sequence[Result], *, now: datetime.datetime
) -> list[Record]:
    """The record sets that sites need now.

    :param sites: the user's entries, each with its zone.
    :param statuses: their statuses from the API, in entries of M(hosting.websec.sitelock_anp_status) and
        M(hosting.websec.sitelock_waf_addons), or results of M(hosting.websec.sitelock_waf_addon).
    :param read: their state records and present records, as M(hosting.websec.dns_record_sets_info) returns them.
    :raises WebsecError: an entry is invalid, or a site requires manual action.
    """
    entries = prepare(sites, [], Defaults())
    known = Sites(entries, now=now)
    known.add_read(read)
    known.add_statuses(_entry(status) for status in statuses if status.get("site", True))
    for entry in entries:
        if entry["error"] is not None:
            raise as_error(entry["error"])
        if entry["zone"] is None:
            raise BadInputError(
                f"{entry['domain']}: the entry has no zone.", hint="Add it; M(hosting.websec.dns_zones_info) finds it."
            )
        known.decide(entry)
    # Modules and roles accept a value or no option, but not null.
    return [{key: value for key, value in record.items() if value is not None} for record in known.records()]


def _entry(status: Result) -> dict[str, t.Any]:
    """A response as an entry of the bulk modules.

    A result of M(hosting.websec.sitelock_waf_addon) has the site in C(site).
    """
    if "site" not in status:
        return dict(status)
    return {
        **status["site"],
        "actions": status.get("actions", []),
        "changed": status.get("changed", False),
        "failed": status.get("failed", False),
    }
