# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON Schema of files of a fleet, for editors. C(tools/schemas.py) writes it to C(docs/schemas)."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._schemas import Schema
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.variables import VARIABLES


def fleet_schema() -> Schema:
    """A file with variables of a fleet. Other variables may be anything."""
    return {
        # The draft that editors know best.
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Files of a fleet for the Ansible collection hosting.websec",
        "type": "object",
        "properties": {name: {"anyOf": [{"$ref": f"#/definitions/{name}"}, {"type": "null"}]} for name in VARIABLES},
        "definitions": {name: variable.schema() for name, variable in VARIABLES.items()},
    }
