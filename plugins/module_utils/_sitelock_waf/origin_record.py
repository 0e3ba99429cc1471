# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of an origin that has a name of its own (C(origin_name)). Pure functions.

The name is in the zone of a customer, so it may be in use: records at it are replaced only where the state record says
that an earlier pass set them for this site.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    CHANGED_MEANWHILE,
    BadInputError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import (
    Record,
    expectation,
    record_set,
)


def origin_records(entry: Entry, *, ours: bool) -> list[Record]:
    """The records that give the origin of a site its address; none without C(origin_name).

    :param ours: an earlier pass set the record at this name. If not, it is set only where nothing else stands.
    """
    if entry["origin_name"] is None:
        return []
    more: dict[str, t.Any] = {} if ours else {"expected": expectation({})}
    return [
        record_set(entry, entry["origin_name"], kind, addresses, entry["ttl"], **more)
        for kind, addresses in entry["origin_addresses"].items()
    ]


def in_the_way(entry: Entry, error: t.Mapping[str, t.Any]) -> WebsecError | None:
    """Why the site is left alone, if it is for what stands at its C(origin_name).

    :param error: of the result of its ``origin_records``.
    """
    if error.get("code") != CHANGED_MEANWHILE:
        return None
    return BadInputError(
        f"{entry['domain']}: origin_name is {entry['origin_name']}, which has other records that this collection did "
        "not set. They were not changed, and nothing was sent to SiteLock.",
        hint="Choose a name that nothing else uses, or remove the records of this name, and run again.",
        code=CHANGED_MEANWHILE,
    )
