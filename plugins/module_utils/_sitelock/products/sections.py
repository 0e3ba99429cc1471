# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections of the products of a site, in the order in which those of one site are written: what others need comes
first."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.backup_db import BACKUP_DB
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.backup_files import BACKUP_FILES
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.scan_frequency import SCAN_FREQUENCY
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.shield import SHIELD
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.smart import SMART
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.smart_database import SMART_DATABASE
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.smart_patch import SMART_PATCH
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.ssl_hosts import SSL_HOSTS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import AnySection

SECTIONS: tuple[AnySection, ...] = (
    SMART,
    SMART_PATCH,
    SMART_DATABASE,
    BACKUP_FILES,
    BACKUP_DB,
    SHIELD,
    SSL_HOSTS,
    SCAN_FREQUENCY,
)
