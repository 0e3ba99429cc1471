# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import json
import os
import typing as t

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.hosting.websec.plugins.module_utils._fleet_options import export_options
from ansible_collections.hosting.websec.plugins.module_utils._texts import FEW_NAMES, counted, joined, listed
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.export import (
    export_accounts,
    export_policies,
    export_sites,
)
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.variables import ACCOUNTS, POLICIES, SITES
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.writing import KeptError, replace, text_of

_FILES = ("accounts_file", "sites_file")


class ActionModule(ActionBase):
    """Writes files here, on the controller, where the files of a fleet are."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        super().run(tmp, task_vars)
        spec = export_options()
        _validation, options = self.validate_argument_spec(
            spec.options, required_one_of=[list(names) for names in spec.required_one_of]
        )
        accounts = _rows(options["accounts_results"], "accounts")
        plans, notes = options["plans"], list[str]()
        texts: dict[str, str] = {}
        counts: dict[str, int] = {}
        if options["accounts_file"]:
            entries = export_accounts(accounts, plans, notes)
            texts[options["accounts_file"]] = text_of({ACCOUNTS: entries})
            counts["account"] = len(entries)
        if options["sites_file"]:
            sites = export_sites(accounts, plans, _rows(options["statuses_results"], "sites"), notes)
            _rows(options["policies_results"], "reads")
            now = datetime.datetime.now(datetime.timezone.utc)
            policies = export_policies(sites, _rows(options["policies_results"], "sites"), now, notes)
            texts[options["sites_file"]] = text_of({SITES: sites, **({POLICIES: policies} if policies else {})})
            counts["site"] = len(sites)
            if policies:
                counts["policy"] = len(policies)
        paths = [os.path.realpath(os.path.expanduser(path)) for path in map(options.get, _FILES) if path]
        if len({*paths}) < len(paths):
            raise AnsibleActionFail("accounts_file and sites_file are the same file. Nothing was written.")
        written, diff = self._write(texts, force=options["force"])
        return {
            "changed": bool(written),
            "files": written,
            "notes": notes,
            "diff": diff,
            "summary": f"Exported {joined(counted(count, noun) for noun, count in counts.items())}",
        }

    def _write(self, texts: t.Mapping[str, str], *, force: bool) -> tuple[list[str], list[dict[str, str]]]:
        """The files that were written; in check mode those that would be. None is, if one of them must stay."""
        dry = bool(self._task.check_mode)
        for checked in (True, dry):
            written, diff = [], []
            for path, text in texts.items():
                try:
                    full = os.path.abspath(os.path.expanduser(path))
                    changed, before = replace(full, text, force=force, check_mode=checked)
                except KeptError as reason:
                    raise AnsibleActionFail(
                        f"{path}: {reason}, so nothing was written. Export to another file and compare the two, or set "
                        "force (in the playbook: export_force) to replace it."
                    ) from None
                except OSError as error:
                    raise AnsibleActionFail(f"{path} cannot be written: {error.strerror}.") from None
                if changed:
                    written.append(path)
                    if self._task.diff:
                        diff.append({"before_header": path, "after_header": path, "before": before, "after": text})
        return written, diff


def _rows(path: str | None, key: str) -> list[dict[str, t.Any]]:
    """The entries in a C(results_file) of a task; none without one."""
    if path is None:
        return []
    try:
        with open(path, encoding="utf-8") as file:
            rows: list[dict[str, t.Any]] = json.load(file)[key]
    except (OSError, ValueError, LookupError, TypeError):
        raise AnsibleActionFail(f"{path} is not a results_file with {key}. Nothing was written.") from None
    unread = [row for row in rows if row.get("failed") or row.get("deferred")]
    if unread:
        names = [str(row.get("domain") or row.get("account_id") or row.get("site_id") or "unknown") for row in unread]
        raise AnsibleActionFail(
            f"{counted(len(unread), 'entry')} of {key} could not be read ({listed(names, FEW_NAMES)}), so nothing was "
            "written. See the task above for the reason. Run again."
        )
    return rows
