# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What backups many sites have: getBackupSummary, and on demand settings, details and changed files.

Sources: see C(summary).
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.answers import says_not_configured
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.backups.summary import (
    last_fields,
    parse_backups,
    parse_changed_files,
    parse_details,
    settings_fields,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.dates import refuse_dates
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.backup import (
    GET_BACKUP_DETAILS,
    GET_BACKUP_FILES_CHANGED,
    GET_BACKUP_SETTINGS,
    GET_BACKUP_SUMMARY,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.each_site import (
    Row,
    each_entry,
    number_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import SiteEntry

UNREAD: Row = {
    "last_backup_at": None,
    "last_backup_id": None,
    "last_backup_error": None,
    "last_restore_at": None,
    "backups": [],
    "files_status": None,
    "database_status": None,
    "pending_backup": None,
    "ftp_failed": None,
    "ftp_error": None,
    "summary": None,
    "settings": None,
    "details": None,
    "changed_files": None,
}
"""What stands in the row of a site that was not read."""


def read_backups(params: t.Mapping[str, t.Any], context: RunContext) -> list[Row]:
    """One row a site.

    :param params: the options of the module.
    :raises BadInputError: they are wrong.
    """
    with SiteLockClient.from_options(params, read_only=True, context=context) as client:
        refuse_dates(params)

        def read(entry: SiteEntry) -> Row:
            return _read(client, number_of(entry), entry.values.get("backup_id"), params)

        return each_entry(client, params, context, read, without=UNREAD, check=_check)


def _check(entry: SiteEntry) -> None:
    if entry.values.get("backup_id") is not None:
        entry.values["backup_id"] = number_id(entry.values["backup_id"], f"{entry.name}: backup_id")


def _read(client: SiteLockClient, number: int, backup_id: int | None, params: t.Mapping[str, t.Any]) -> Row:
    dates = {name: params[name] for name in ("start_date", "end_date")}
    summary = client.call(GET_BACKUP_SUMMARY, {"site_id": number, **dates})
    backups = parse_backups(summary)
    row: Row = {**UNREAD, **last_fields(backups), "backups": backups, "summary": summary}
    if params["settings"]:
        settings = _settings(client, number)
        row.update(settings_fields(settings), settings=settings)
    wanted = backup_id or row["last_backup_id"]
    if params["details"] and wanted is not None:
        row["details"] = parse_details(client.call(GET_BACKUP_DETAILS, {"site_id": number, "backup_id": wanted}))
    if params["changed_files"]:
        # Without a number the API takes the newest backup.
        data = client.call(GET_BACKUP_FILES_CHANGED, {"site_id": number, "backup_id": backup_id})
        row["changed_files"] = parse_changed_files(data)
    return row


def _settings(client: SiteLockClient, number: int) -> dict[str, t.Any]:
    """Empty if no backup was configured at the site."""
    try:
        return client.call(GET_BACKUP_SETTINGS, {"site_id": number})
    except WebsecError as error:
        if not says_not_configured(error):
            raise
        return {}
