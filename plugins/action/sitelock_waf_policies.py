# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._report.sections_diff import sections_diff_text
from ansible_collections.hosting.websec.plugins.plugin_utils._bulk_action import BulkAction


class ActionModule(BulkAction):
    """Runs the module C(sitelock_waf_policies)."""

    input_name = "sites"
    lists = ("sites",)

    def shown_diff(self, diff: t.Mapping[str, t.Any]) -> dict[str, str]:
        return sections_diff_text(diff)
