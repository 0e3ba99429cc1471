# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON Schemas of the values in files of a user, for editors.

A schema refuses nothing that a run accepts. A run refuses more: what only several values together show.
"""

from __future__ import annotations

import typing as t

Schema = dict[str, t.Any]

_BLANKS = r"^\s*{}\s*$"

NUMBER_ID: Schema = {"type": ["integer", "string"], "minimum": 1, "pattern": _BLANKS.format("[0-9]+")}
TEXT_ID: Schema = {"type": ["integer", "string"], "minimum": 1, "pattern": r"\S"}
BOOLEAN: Schema = {"type": "boolean"}
TEXT: Schema = {"type": "string"}
ANY_TEXT: Schema = {"type": ["string", "number", "null"]}
"""A text that Ansible makes of a number."""
NAME: Schema = {"type": "string", "pattern": _BLANKS.format(r"[^\s/:*@_]+\.[^\s/:*@_]+")}
"""A domain."""
COUNT: Schema = {"type": ["integer", "string"], "minimum": 1, "pattern": _BLANKS.format(r"\+?[0-9]+(\.0*)?")}
"""What Ansible takes for an option of the type C(int), if it is positive."""
DATE: Schema = {"type": "string", "pattern": _BLANKS.format("[0-9]{4}-[0-9]{2}-[0-9]{2}")}


EMAIL: Schema = {"type": "string", "pattern": _BLANKS.format(r"[^@\s]+@[^@\s]+")}


GIVEN_TEXT: Schema = {"type": ["string", "integer"], "pattern": r"\S"}
"""A text or a whole number."""


def choice(*words: str) -> Schema:
    """One of some words, as they stand there."""
    return {"enum": [*words]}


def word(*words: str) -> Schema:
    """One of some words, in upper or lower case."""
    return {"type": "string", "pattern": _BLANKS.format(f"({'|'.join(map(any_case, words))})")}


def any_case(text: str) -> str:
    """The pattern of a word in upper or lower case. The patterns of JSON Schema have no flags."""
    return "".join(f"[{each.upper()}{each.lower()}]" if each.isalpha() else each for each in text)


FLAG: Schema = {
    "anyOf": [
        BOOLEAN,
        {"enum": [0, 1]},
        word("true", "false", "yes", "no", "on", "off", "0", "1"),
    ]
}
"""A boolean that may be a text."""
ANSIBLE_FLAG: Schema = {
    "anyOf": [
        BOOLEAN,
        {"enum": [0, 1]},
        word("true", "false", "yes", "no", "on", "off", "0", "1", "y", "n", "t", "f"),
    ]
}
"""What Ansible takes for an option of the type C(bool)."""


def number(least: int, most: int) -> Schema:
    """A whole number, as a number or as text."""
    return {"type": ["integer", "string"], "minimum": least, "maximum": most, "pattern": _BLANKS.format("[0-9]+")}


def array(items: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": items}


def mapping(keys: t.Mapping[str, Schema], *required: str) -> Schema:
    """A mapping with known keys only. A key without a value (C(null)) is as if it were not there."""
    return {
        "type": "object",
        "properties": {key: or_null(schema) if key not in required else schema for key, schema in keys.items()},
        "additionalProperties": False,
        **({"required": [*required]} if required else {}),
    }


def lists(element: Schema, absent: Schema | None = None) -> Schema:
    """C(exact), or C(present) and C(absent).

    :param element: what is at each of them. :param absent: what is at C(absent), if that is something else.
    """
    keys = {"exact": element, "present": element, "absent": element if absent is None else absent}
    given: Schema = {"not": {"type": "null"}}
    return {
        **mapping(keys),
        "minProperties": 1,
        "if": {"required": ["exact"], "properties": {"exact": given}},
        "then": {"properties": {"present": {"type": "null"}, "absent": {"type": "null"}}},
    }


def or_null(schema: Schema) -> Schema:
    """What a schema accepts, and C(null)."""
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    if isinstance(schema.get("type"), list):
        return {**schema, "type": [*dict.fromkeys([*schema["type"], "null"])]}
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    return {"anyOf": [*schema["anyOf"], {"type": "null"}]}
