# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(backup_files): the backup of the files of a site.

Sources: C(getBackupSettings), whose page ends before this part, and C(modifyBackupSettings), which is known to the
first value of C(status). C(inactive) is inferred.
"""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.backup import (
    GET_BACKUP_SETTINGS,
    MODIFY_BACKUP_SETTINGS,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products import ftp
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.fields import (
    Field,
    given_listing,
    given_path,
    number,
    one_of,
    pieces,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.forms import FormSection

STATUS = one_of("active", "inactive")
TOLD = {"connection_err_msg": "ftp_settings/connection_err_msg", "pending_backup": "pending_backup"}

BACKUP_FILES = FormSection(
    "backup_files",
    GET_BACKUP_SETTINGS,
    MODIFY_BACKUP_SETTINGS,
    (
        Field("backup_root", given_path, free=True),
        *(
            Field(name, given_listing, compared=pieces, free=True)
            for name in ("excluded_dirs", "excluded_exts", "excluded_files")
        ),
        Field("exclude_size_kb", number(0, 2**31 - 1), number=True),
        *ftp.settings(timeout=True),
        Field("status", STATUS),
    ),
    main="ftp_host",
    container="backup_files",
    told=TOLD,
    told_problems=("connection_err_msg",),
    key_path="ftp_settings/ssh_pub_key",
)
