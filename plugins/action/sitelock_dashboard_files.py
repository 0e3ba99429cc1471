# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.plugin_utils._bulk_action import BulkAction


class ActionModule(BulkAction):
    """Runs the module C(sitelock_dashboard_files)."""

    input_name = "documents"
    lists = ("customers",)
