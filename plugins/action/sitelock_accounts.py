# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._entries_file import read_entries_file
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._results import failure
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.entry_checks import screened
from ansible_collections.hosting.websec.plugins.plugin_utils._bulk_action import BulkAction

_OPTION = "accounts_file (in the role: sitelock_accounts_file)"
_ONE = (
    "Set exactly one of accounts and accounts_file (in the role sitelock_accounts: sitelock_accounts and "
    "sitelock_accounts_file)."
)


class ActionModule(BulkAction):
    """Runs the module C(sitelock_accounts)."""

    input_name = "accounts"
    lists = ("sites", "accounts")

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        given = self._task.args
        try:
            accounts = self._accounts(given)
            if isinstance(accounts, (list, tuple)):
                accounts, errors = screened(accounts)
                others = {name: value for name, value in given.items() if name != "accounts_file"}
                self._task.args = {**others, "accounts": accounts, "entry_errors": errors}
            return super().run(tmp, task_vars)
        except WebsecError as error:
            return failure(error)
        finally:
            self._task.args = given

    def _accounts(self, given: t.Mapping[str, t.Any]) -> t.Any:
        """The entries. A file is read here, on the controller, because it may be encrypted with Ansible Vault."""
        path = given.get("accounts_file")
        if (path is None) == (given.get("accounts") is None):
            raise BadInputError(_ONE, hint="Nothing was sent.")
        if path is None:
            return given["accounts"]
        # Relative to where ansible-playbook was started, as a file after -e.
        path = os.path.abspath(os.path.expanduser(str(path)))
        return read_entries_file(path, _OPTION, "sitelock_accounts", decrypted=self._loader.get_real_file(path))
