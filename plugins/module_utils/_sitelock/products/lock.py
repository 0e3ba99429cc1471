# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lock of a site: while a backup is pending, its settings of SMART and of backups cannot be changed (page of
C(getBackupSettings))."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    NotAllowedError,
    NotFoundError,
    RejectedError,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.backup import GET_BACKUP_SETTINGS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data, SectionReader

WAITS_FOR = "the end of a backup (pending_backup is 1)"
PARTS = ("backup_files", "backup_db")


def says_pending(data: Data) -> bool:
    """Whether an answer of C(getBackupSettings) says so, in one of its parts or beside them."""
    places = [data, *(child(data, part) for part in PARTS)]
    return any(text(place, "pending_backup") == "1" for place in places)


def is_pending(reader: SectionReader, site_id: int) -> bool:
    """Whether a backup of a site is pending. A site whose settings of backups cannot be had has none."""
    try:
        return says_pending(reader.of_site(GET_BACKUP_SETTINGS, site_id))
    except (RejectedError, NotFoundError, NotAllowedError):
        return False
