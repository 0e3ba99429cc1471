# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""manageBackup: makes, restores and deletes backups of sites.

Source: C(managebackup-...), of which the responses, and the section about restoring, are not public. Inferred: the word
C(restore), from C(getBackupSummary).
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    NotFoundError,
    RejectedError,
)
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.answers import values_in
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.backups.summary import parse_backups
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.lookups import look_up_domain
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.backup import (
    GET_BACKUP_DETAILS,
    GET_BACKUP_SUMMARY,
    MANAGE_BACKUP,
    MANAGE_BACKUP_NOW,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import bare_domain
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.once import call_once
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.each_site import (
    Row,
    each_entry,
    number_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import SiteEntry

BACKUP, RESTORE, DELETE = OPERATIONS = ("backup", "restore", "delete")
PARTS = ("files", "database")

_ELEMENTS = {"files": "backup_files", "database": "backup_db"}
_PERHAPS = {
    BACKUP: "A backup may have been started.",
    RESTORE: "The restore may have been started.",
    DELETE: "The backup may have been deleted.",
}
_NOTHING: Row = {"changed": False, "backup_id": None, "answer": None}


def manage_backups(params: t.Mapping[str, t.Any], *, check_mode: bool, context: RunContext) -> list[Row]:
    """Do the C(operation) for each site; one row a site. A call is never sent twice.

    :param params: the options of the module.
    :param check_mode: make all checks, and change nothing.
    :raises BadInputError: C(parts) is empty: the API would take it for all parts.
    """
    operation, parts = params["operation"], params["parts"]
    if parts is not None and not parts:
        raise BadInputError("parts is empty.", hint="Name a part, or omit it for all parts.")
    flags = {_ELEMENTS[part]: "" for part in parts or ()}
    with SiteLockClient.from_options(params, read_only=check_mode, context=context) as client:

        def manage(entry: SiteEntry) -> Row:
            number, backup_id = number_of(entry), entry.values.get("backup_id")
            if operation != BACKUP:
                _confirm(client, number, str(entry.values["confirm"]))
                _confirm_backup(client, number, int(entry.values["backup_id"]))
            if check_mode:
                return {**_NOTHING, "changed": True, "backup_id": backup_id}
            answer = call_once(
                client,
                MANAGE_BACKUP_NOW if operation == BACKUP else MANAGE_BACKUP,
                {"site_id": number, "action": operation, **flags, "backup_id": backup_id},
                perhaps=_PERHAPS[operation],
                hint="Read sitelock_backups_info first.",
            )
            return {"changed": True, "backup_id": backup_id or _backup_id(answer), "answer": answer}

        return each_entry(
            client, params, context, manage, without=_NOTHING, check=lambda entry: _check(entry, operation)
        )


def _check(entry: SiteEntry, operation: str) -> None:
    """What can be checked of an entry without the API.

    :raises BadInputError: it is not what the operation needs.
    """
    backup_id, confirm = entry.values.get("backup_id"), entry.values.get("confirm")
    if operation == BACKUP:
        if backup_id is not None:
            raise BadInputError(
                f"{entry.name}: backup_id is for restore and delete; this task makes a new backup.",
                hint="Nothing was sent. Remove backup_id, or set operation.",
            )
        return
    if backup_id is None:
        raise BadInputError(
            f"{entry.name}: backup_id is missing, so it is unknown which backup to {operation}.",
            hint="Nothing was sent. sitelock_backups_info lists the backups of a site.",
        )
    entry.values["backup_id"] = number_id(backup_id, f"{entry.name}: backup_id")
    if confirm is None:
        raise BadInputError(
            f"{entry.name}: confirm is missing. {_WHY[operation]}",
            hint="Nothing was sent. Set confirm to the domain of the site.",
        )
    domain = normalise_domain(str(confirm))
    entry.values["confirm"] = domain
    if entry.domain is not None and bare_domain(domain) != bare_domain(entry.domain):
        raise BadInputError(
            f"{entry.name}: confirm is {domain}, but the domain of the entry is {entry.domain}.",
            hint="Nothing was sent. Set confirm to the domain of the site.",
        )


_WHY = {
    RESTORE: "A restore overwrites the files or the database of the live site.",
    DELETE: "A backup that is deleted cannot be brought back.",
}


def _confirm(client: SiteLockClient, number: int, domain: str) -> None:
    """:raises BadInputError: C(confirm) is not the domain of the site."""
    owner = look_up_domain(client, domain)
    found = None if owner is None else owner.site_id
    if found != number:
        whose = "no site that the API names" if found is None else f"site {found}"
        raise BadInputError(
            f"Site {number}: confirm is {domain}, which is the domain of {whose}.",
            hint="Nothing was changed. Check site_id, and set confirm to the domain of this site.",
        )


def _confirm_backup(client: SiteLockClient, number: int, backup_id: int) -> None:
    """Whether the API refuses the number of another site's backup is not documented. Restored here, it would take this
    site down.

    :raises RejectedError: it shows no such backup of this site.
    """
    try:
        details = client.call(GET_BACKUP_DETAILS, {"site_id": number, "backup_id": backup_id})
        found = whole_number(text(details, "site_id")) == number
    except (RejectedError, NotFoundError):
        # Perhaps because it is one of a database only: the page is about files.
        found = False
    if not found:
        names = ("backup_id", "backup_files_id", "backup_db_id")
        backups = parse_backups(client.call(GET_BACKUP_SUMMARY, {"site_id": number}))
        found = any(backup_id == each[name] for each in backups if each["action"] != RESTORE for name in names)
    if not found:
        raise RejectedError(
            f"Site {number}: the API shows no backup {backup_id} of this site.",
            hint="Nothing was changed. sitelock_backups_info lists the backups of a site.",
        )


def _backup_id(answer: t.Mapping[str, t.Any]) -> int | None:
    """The number of a new backup. C(None): the response names none, or several."""
    found = {value for name, value in values_in(answer) if name == "backup_id"}
    return whole_number(found.pop()) if len(found) == 1 else None
