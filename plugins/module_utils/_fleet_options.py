# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the modules about files of a fleet, which their action plugins run on the controller."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec

ONLY_ON_THE_CONTROLLER = "This module runs on the controller. Its action plugin was not found."


def check_options() -> ArgumentSpec:
    """Options of M(hosting.websec.fleet_files_check)."""
    return ArgumentSpec(
        options={
            "files": {"type": "list", "elements": "path", "default": []},
            "sites_file": {"type": "path"},
            "accounts_file": {"type": "path"},
            "products_file": {"type": "path"},
            "on_error": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
        },
    )


def export_options() -> ArgumentSpec:
    """Options of M(hosting.websec.fleet_files_export)."""
    return ArgumentSpec(
        options={
            "accounts_file": {"type": "path"},
            "sites_file": {"type": "path"},
            "accounts_results": {"type": "path", "required": True},
            "statuses_results": {"type": "path"},
            "policies_results": {"type": "path"},
            "plans": {"type": "list", "elements": "dict", "default": []},
            "force": {"type": "bool", "default": False},
        },
        required_one_of=(("accounts_file", "sites_file"),),
    )
