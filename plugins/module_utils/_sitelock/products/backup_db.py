# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(backup_db): the backup of the databases of a site.

Sources: C(getBackupSettings). How C(modifyBackupSettings) takes them is not public; the form of the getter is assumed,
and C(db_pw) for the password.
"""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.backup import (
    GET_BACKUP_SETTINGS,
    MODIFY_BACKUP_SETTINGS,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products import ftp
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.backup_files import STATUS, TOLD
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.fields import (
    Field,
    given_host,
    given_password,
    given_path,
    given_paths,
    given_text,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.forms import FormSection

BACKUP_DB = FormSection(
    "backup_db",
    GET_BACKUP_SETTINGS,
    MODIFY_BACKUP_SETTINGS,
    (
        Field("db_host", given_host, compared=str.lower, free=True),
        Field("db_type", given_text, compared=str.lower),
        Field("db_user", given_text, free=True),
        Field("db_pw", given_password, secret=True),
        *ftp.settings(timeout=True),
        Field("root_dir", given_path, free=True),
        Field("selected_schemas", given_paths, "selected_schemas/schema", repeats=True, free=True),
        Field("status", STATUS),
    ),
    main="db_host",
    container="backup_db",
    told=TOLD,
    told_problems=("connection_err_msg",),
    key_path="ftp_settings/ssh_pub_key",
)
