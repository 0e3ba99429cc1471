# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.entry_checks import screened
from ansible_collections.hosting.websec.plugins.plugin_utils._bulk_action import BulkAction


class ActionModule(BulkAction):
    """Runs the module C(sitelock_accounts)."""

    input_name = "accounts"
    lists = ("sites", "accounts")

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        given = self._task.args
        if isinstance(given.get("accounts"), (list, tuple)):
            accounts, errors = screened(given["accounts"])
            self._task.args = {**given, "accounts": accounts, "entry_errors": errors}
        try:
            return super().run(tmp, task_vars)
        finally:
            self._task.args = given
