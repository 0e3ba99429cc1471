# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file with the entries of a very large fleet."""

from __future__ import annotations

import json
import os
import typing as t

from ansible.module_utils.common.yaml import HAS_YAML, yaml_load

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError


def read_entries_file(path: str, option: str, key: str, *, decrypted: str | None = None) -> list[t.Any]:
    """The entries in a file: a list, or a mapping with the list.

    :param path: JSON if its name ends so, otherwise YAML.
    :param option: what the path was given as, for messages.
    :param key: where the list is in a mapping.
    :param decrypted: a decrypted copy of the file, which is read in its place.
    :raises BadInputError: it cannot be read, or contains something else.
    """
    try:
        # Some editors begin a file with a byte order mark.
        with open(decrypted or path, encoding="utf-8-sig") as file:
            content = _parse(path, option, file.read())
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        hint = f"Nothing was sent. {where_it_begins(path)}".strip()
        raise BadInputError(f"{option}: {path} cannot be read: {reason}.", hint=hint) from None
    if isinstance(content, dict) and isinstance(content.get(key), list):
        content = content[key]
    if not isinstance(content, list):
        raise BadInputError(
            f"{option}: {path} does not contain a list of entries.",
            hint=f"Write a list, or a mapping with the list as {key}.",
        )
    return content


def where_it_begins(path: str) -> str:
    """What to say of a path that was not found: nothing if it is absolute.

    Ansible runs a module in the folder of the playbook, and that of a playbook of this collection is not the user's.
    """
    return "" if os.path.isabs(path) else f"A relative path begins at {os.getcwd()}: give an absolute one."


def _parse(path: str, option: str, text: str) -> t.Any:
    try:
        # JSON is also YAML, but its parser is about fifty times faster.
        if path.endswith(".json"):
            return json.loads(text)
        if not HAS_YAML:
            raise BadInputError(
                f"{option}: PyYAML is not installed for the Python that reads it.",
                hint="Install it, or write the file in JSON.",
            )
        return yaml_load(text)
    except BadInputError:
        raise
    except Exception as error:  # of either library, RecursionError too
        raise BadInputError(f"{option}: {path} is not valid: {error}.") from None
