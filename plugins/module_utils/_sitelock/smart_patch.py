# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""manageSMARTPatch: patches sites now, or takes a patch back.

Source: C(managesmartpatch-...), which documents no response.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.smart import MANAGE_SMART_PATCH
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.once import call_once
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.each_site import (
    Row,
    each_entry,
    number_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import SiteEntry

FORCE, REVERT = OPERATIONS = ("force_patch", "revert")

_NOTHING: Row = {"changed": False, "answer": None}


def run_smart_patch(params: t.Mapping[str, t.Any], *, check_mode: bool, context: RunContext) -> list[Row]:
    """Do the C(operation) for each site; one row a site. A call is never sent twice.

    :param params: the options of the module.
    :param check_mode: look up the numbers of the sites, and change nothing.
    """
    operation = params["operation"]
    with SiteLockClient.from_options(params, read_only=check_mode, context=context) as client:

        def patch(entry: SiteEntry) -> Row:
            if check_mode:
                return {**_NOTHING, "changed": True}
            answer = call_once(
                client,
                MANAGE_SMART_PATCH,
                {
                    "site_id": number_of(entry),
                    "action": operation,
                    "smart_scan_id": entry.values.get("smart_scan_id"),
                },
                perhaps="The files of the site may have been changed.",
                hint="Read the scan patchman_scan with sitelock_scans_info first.",
            )
            return {"changed": True, "answer": answer}

        return each_entry(
            client, params, context, patch, without=_NOTHING, check=lambda entry: _check(entry, operation)
        )


def _check(entry: SiteEntry, operation: str) -> None:
    """:raises BadInputError: an entry is not what the operation needs."""
    scan_id = entry.values.get("smart_scan_id")
    if operation == FORCE:
        if scan_id is not None:
            raise BadInputError(
                f"{entry.name}: smart_scan_id is for revert.",
                hint="Nothing was sent. Remove it, or set operation.",
            )
        return
    if scan_id is None:
        raise BadInputError(
            f"{entry.name}: smart_scan_id is missing, so it is unknown which patch to take back.",
            hint="Nothing was sent. sitelock_scans_info with summary shows the ids of scans.",
        )
    entry.values["smart_scan_id"] = number_id(scan_id, f"{entry.name}: smart_scan_id")
