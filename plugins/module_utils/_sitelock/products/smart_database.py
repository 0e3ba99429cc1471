# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(smart_database): the repair of the database of a site.

Sources: C(getSMARTDatabase), C(modifySMARTDatabase), which end before the frequency and the conflicts. SMART must be
configured first.
"""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.smart import (
    GET_SMART_DATABASE,
    MODIFY_SMART_DATABASE,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products import ftp
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.fields import Field, one_of
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.forms import FormSection
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.smart import SMART

SMART_DATABASE = FormSection(
    "smart_database",
    GET_SMART_DATABASE,
    MODIFY_SMART_DATABASE,
    (
        *ftp.settings(timeout=False),
        *(Field(name, one_of("fix", "warn")) for name in ("malware", "spam_code", "spam_link")),
    ),
    main="ftp_host",
    told={"ftp_status": "ftp_settings/status"},
    key_path="ftp_settings/ssh_pub_key",
    first=SMART,
)
