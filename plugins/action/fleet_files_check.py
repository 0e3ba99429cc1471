# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import os
import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.hosting.websec.plugins.module_utils._fleet_options import check_options
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, joined, listed
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.check import (
    FleetFile,
    check_files,
    problem_line,
)
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.variables import (
    ACCOUNTS,
    PRODUCTS,
    SITES,
    VARIABLES,
)

_LISTS = {"sites_file": SITES, "accounts_file": ACCOUNTS, "products_file": PRODUCTS}


class ActionModule(ActionBase):
    """Checks files here, on the controller: they may be encrypted, and nothing else is needed."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        super().run(tmp, task_vars)
        _validation, options = self.validate_argument_spec(check_options().options)
        files = [self._file(path) for path in options["files"]]
        files += [self._file(options[name], variable) for name, variable in _LISTS.items() if options[name]]
        if not files:
            told = (
                "No file was named, so nothing was checked. Set files (in the playbook: websec_files) to their paths."
            )
            return {"failed": True, "msg": told}
        report = check_files(files, datetime.datetime.now(datetime.timezone.utc))
        lines = [problem_line(row) for row in report.problems]
        result = {
            "changed": False,
            "problems": report.problems,
            "lines": lines,
            "notes": report.notes,
            "checked": report.checked,
            "summary": _summary(report.checked, len(files)),
        }
        if lines and options["on_error"] == "fail":
            told = listed(lines, separator=" | ")
            result.update(failed=True, msg=f"{counted(len(lines), 'problem')} in the files: {told}")
        return result

    def _file(self, path: str, variable: str | None = None) -> FleetFile:
        # Relative to where ansible-playbook was started, as a file after -e.
        full = os.path.abspath(os.path.expanduser(path))
        if variable == SITES:
            # The module of a run reads it, without a password.
            return FleetFile(path, variable, full, may_be_encrypted=False)
        try:
            decrypted = self._loader.get_real_file(full)
        except AnsibleError:
            # It is not there, or no password opens it: the check says so.
            decrypted = None
        return FleetFile(path, variable, decrypted or full)


def _summary(checked: t.Mapping[str, int], files: int) -> str:
    parts = [counted(count, VARIABLES[name].noun, _MANY.get(name, "")) for name, count in checked.items()]
    return f"Checked {joined(parts) or 'nothing'} in {counted(files, 'file')}"


_MANY = {PRODUCTS: "sites with products"}
