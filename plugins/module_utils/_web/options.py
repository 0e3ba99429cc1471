# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules of this folder take and return. They run on web servers, with the standard library alone."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._web.journal import Command


def read_commands(given: t.Sequence[t.Any]) -> list[Command]:
    """One command (a list of texts) or several (a list of such lists) as a list of commands.

    :raises BadInputError: anything else.
    """
    if not given:
        return []
    commands = [given] if all(isinstance(part, str) for part in given) else given
    for command in commands:
        if not isinstance(command, list) or not command or not all(isinstance(part, str) for part in command):
            raise BadInputError(
                f"{command!r} is not a command.", hint="Give a list such as [nginx, -t], or a list of such lists."
            )
    return [list(command) for command in commands]


def failed(error: WebsecError) -> dict[str, t.Any]:
    """The result of a task that ends with ``error``."""
    return {"msg": f"{error.message} {error.hint}".strip(), "error": error.as_dict()}
