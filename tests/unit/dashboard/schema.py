# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON Schema of the documents of customers."""

from __future__ import annotations

import json
import pathlib
import typing as t

import jsonschema

_FILE = pathlib.Path(__file__).resolve().parents[3] / "docs/schemas/sitelock_dashboard.schema.json"


def _strict(schema: t.Any) -> t.Any:
    """The schema, without fields that it does not name."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: _strict(each) for name, each in schema.items()}
    return {**inner, "additionalProperties": False} if "properties" in schema and "required" in schema else inner


SCHEMA = json.loads(_FILE.read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(_strict(SCHEMA))
