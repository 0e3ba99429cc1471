# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(smart_patch): what happens to applications with known holes.

Sources: C(getSMARTPatch), C(modifySMARTPatch). SMART must be configured first.
"""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.smart import (
    GET_SMART_PATCH,
    MODIFY_SMART_PATCH,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.fields import Field, one_of
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.forms import FormSection
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.smart import SMART

SMART_PATCH = FormSection(
    "smart_patch",
    GET_SMART_PATCH,
    MODIFY_SMART_PATCH,
    (Field("auto_fix_app", one_of("warn", "fix", "ignore")),),
    main="auto_fix_app",
    told={"feature_status": "feature_status"},
    first=SMART,
)
