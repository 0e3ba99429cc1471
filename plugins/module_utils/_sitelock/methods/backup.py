# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Backup and recovery of files and databases."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import (
    SITE,
    Method,
    Subject,
    names,
)

_BACKUP = Subject("backup", ("backup_id",), names("backup_id backup/id"))

GET_BACKUP_DETAILS = Method("getBackupDetails", Effect.READ, repeats=names("dir file"), subjects=(SITE, _BACKUP))
# Inferred: that C(action) repeats, once for each type.
GET_BACKUP_FILES_CHANGED = Method(
    "getBackupFilesChanged", Effect.READ, repeats=names("action file"), subjects=(SITE, _BACKUP)
)
# Inferred: backup_files of the answer, from the setter.
GET_BACKUP_SETTINGS = Method(
    "getBackupSettings", Effect.READ, repeats=names("schema"), subjects=(SITE,), may_be_empty=True
)
# Inferred: backup_files of the answer. Unknown: its end.
GET_BACKUP_SUMMARY = Method(
    "getBackupSummary", Effect.READ, repeats=names("backup"), subjects=(SITE,), may_be_empty=True
)
MANAGE_BACKUP = Method(
    # The actions delete and restore, and possibly others. Inferred: the word restore. Unknown: the answer.
    "manageBackup",
    Effect.DESTROY,
    subjects=(SITE, _BACKUP),
    may_be_empty=True,
)
MANAGE_BACKUP_NOW = Method(
    "manageBackup",
    Effect.ACTION,
    applies=lambda parameters: parameters.get("action") == "backup",
    subjects=(SITE,),
    may_be_empty=True,
)
MODIFY_BACKUP_SETTINGS = Method(
    # Inferred: all of backup_db, with the spelling of db_pw; the status inactive; the answer.
    "modifyBackupSettings",
    Effect.CHANGE,
    nested=names(
        "backup_files/backup_root backup_files/excluded_dirs backup_files/excluded_exts backup_files/excluded_files "
        "backup_files/exclude_size_kb backup_files/ftp_settings backup_files/status "
        "backup_files/ftp_settings/protocol backup_files/ftp_settings/ftp_host backup_files/ftp_settings/ftp_user "
        "backup_files/ftp_settings/ftp_pw backup_files/ftp_settings/port backup_files/ftp_settings/ftp_timeout "
        "backup_files/ftp_settings/gen_ssh_key backup_db/db_host backup_db/db_type backup_db/db_user backup_db/db_pw "
        "backup_db/root_dir backup_db/selected_schemas backup_db/selected_schemas/schema backup_db/ftp_settings "
        "backup_db/status"
    ),
    secrets=names("ftp_pw db_pw"),
    subjects=(SITE,),
    may_be_empty=True,
)
