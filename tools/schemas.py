# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON Schemas in C(docs/schemas) that are made of the rules in the code. With C(--check) only compares."""

from __future__ import annotations

import json
import pathlib
import sys
import typing as t

from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.schema import fleet_schema

SCHEMAS: dict[str, t.Callable[[], dict[str, t.Any]]] = {"fleet.schema.json": fleet_schema}


def text_of(schema: t.Mapping[str, t.Any]) -> str:
    """A schema as its file has it."""
    return json.dumps(schema, indent=2) + "\n"


def main(arguments: list[str]) -> int:
    """Write the files that differ to the folder in the first argument; with C(--check) name them, and return 1."""
    folder, check = pathlib.Path(arguments[0]), "--check" in arguments
    stale = [
        name
        for name, schema in SCHEMAS.items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text_of(schema())
    ]
    for name in stale:
        if check:
            print(f"docs/schemas/{name} is not as the code says. Run tools/make_schemas.")
        else:
            (folder / name).write_text(text_of(SCHEMAS[name]()), encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
