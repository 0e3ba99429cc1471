# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The responses about backups: getBackupSummary, getBackupSettings, getBackupDetails, getBackupFilesChanged.

Sources: C(getbackupsummary-...), of which the end is not public, C(getbackupsettings-...), C(getbackupdetails-...),
C(getbackupfileschanged-...). Inferred: that C(backup_files) has the same elements as C(backup_db), in the first two.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.answers import (
    elements_in,
    is_time,
    time_key,
    times_in,
    values_in,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.lock import PARTS, says_pending
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text

Row = dict[str, t.Any]
Data = t.Mapping[str, t.Any]

CHANGES = ("added", "modified", "deleted")

_COMPLETED = re.compile(r"^completed_at$")
_NO_ERROR = ("", "0")


def parse_backups(data: Data) -> list[Row]:
    """The backups and restores in a getBackupSummary response, in its order."""
    found = data.get("backup", [])
    return [_backup(each) for each in found if isinstance(each, dict)]


def _backup(backup: Row) -> Row:
    parts = {name: child(backup, name) for name in PARTS}
    errors = [value for name, value in values_in(backup) if name == "err_code" and value not in _NO_ERROR]
    times = times_in(backup, _COMPLETED)
    return {
        "action": text(backup, "action"),
        "backup_id": _number_in(backup, ("backup_id", "id")),
        "backup_files_id": _number_in(parts["backup_files"], ("backup_files_id", "backup_file_id", "id")),
        "backup_db_id": _number_in(parts["backup_db"], ("backup_db_id", "id")),
        "files": "backup_files" in backup,
        "database": "backup_db" in backup,
        "completed_at": times[-1] if times else None,
        "err_code": errors[0] if errors else None,
    }


def _number_in(data: Data, names: t.Iterable[str]) -> int | None:
    return next((number for name in names for number in [whole_number(text(data, name))] if number is not None), None)


def newest(backups: t.Iterable[Row], action: str, *, good: bool) -> Row | None:
    """The newest one of ``backups`` with this action that is complete. :param good: without an error."""
    done = [
        each
        for each in backups
        if each["action"] == action and each["completed_at"] and (each["err_code"] is None) is good
    ]
    return max(done, key=lambda each: time_key(each["completed_at"]), default=None)


def last_fields(backups: t.Sequence[Row]) -> Row:
    """The fields of a row about the newest backups and restores."""
    good, bad = newest(backups, "backup", good=True), newest(backups, "backup", good=False)
    # An error that a later backup has made good is none any more.
    is_open = bad and (good is None or time_key(bad["completed_at"]) > time_key(good["completed_at"]))
    restore = newest(backups, "restore", good=True)
    return {
        "last_backup_at": good and good["completed_at"],
        "last_backup_id": good and good["backup_id"],
        "last_backup_error": bad["err_code"] if bad and is_open else None,
        "last_restore_at": restore and restore["completed_at"],
    }


def settings_fields(data: Data) -> Row:
    """The fields of a row from a getBackupSettings response. Passwords are never in it."""
    errors = [error for name, error in values_in(data) if name == "connection_err_msg"]
    statuses = {name: text(child(data, name), "status") for name in PARTS}
    return {
        "files_status": statuses["backup_files"],
        "database_status": statuses["backup_db"],
        "pending_backup": says_pending(dict(data)),
        "ftp_failed": bool(errors),
        "ftp_error": errors[0] if errors else None,
    }


def parse_details(data: Data) -> Row:
    """The documented fields of a getBackupDetails response."""
    files = child(data, "backup_files")
    created_at = text(data, "created_at")
    return {
        "backup_id": whole_number(text(data, "backup_id")),
        "created_at": created_at if created_at and is_time(created_at) else None,
        "backup_root": text(files, "backup_root"),
        "num_files": whole_number(text(files, "num_files")),
        "size_kb": whole_number(text(files, "size_kb")),
        "dirs": [each for each in child(files, "dirs").get("dir", []) if isinstance(each, str)],
        "files": [
            {"id": whole_number(text(each, "id")), "name": text(each, "name")}
            for each in child(files, "files").get("file", [])
            if isinstance(each, dict)
        ],
    }


def parse_changed_files(data: Data) -> Row:
    """The documented fields of a getBackupFilesChanged response. C(action) may repeat, once for each type."""
    lists: dict[str, list[Row]] = {change: [] for change in CHANGES}
    for action in elements_in(data, "action"):
        kind = text(action, "type") if isinstance(action, dict) else None
        if kind in lists:
            lists[kind] += [_changed(each) for each in elements_in(action, "file") if isinstance(each, dict)]
    return {
        "backup_id": whole_number(text(data, "backup_id")),
        "backup_root": text(data, "backup_root"),
        **lists,
    }


def _changed(file: Row) -> Row:
    return {
        "file_id": whole_number(text(file, "file_id")),
        "path": text(file, "path"),
        "size_kb": whole_number(text(file, "filesize")),
    }
