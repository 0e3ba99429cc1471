# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules of this folder take and return. They run on web servers, with the standard library alone."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._web.disk import is_path
from ansible_collections.hosting.websec.plugins.module_utils._web.journal_entry import Command


def read_commands(given: t.Sequence[t.Any]) -> list[Command]:
    """One command (a list of texts) or several (a list of such lists) as a list of commands.

    :raises BadInputError: anything else.
    """
    if not given:
        return []
    commands = [given] if all(isinstance(part, str) for part in given) else given
    return [read_command(command) for command in commands]


def read_command(given: t.Any) -> Command:
    """A program and its arguments.

    :raises BadInputError: anything else.
    """
    if not isinstance(given, list) or not given or not all(isinstance(part, str) for part in given):
        raise BadInputError(
            f"{given!r} is not a command.", hint="Give a list such as [nginx, -t], or a list of such lists."
        )
    if not given[0] or not all(is_path(part) or not part for part in given):
        raise BadInputError(f"{given!r} is not a command: its program is empty, or it holds a NUL.")
    return list(given)


def failed(error: WebsecError) -> dict[str, t.Any]:
    """The result of a task that ends with ``error``."""
    return {"msg": f"{error.message} {error.hint}".strip(), "error": error.as_dict()}
