# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a first contact may ask."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext

TIME_LIMIT: dict[str, dict[str, t.Any]] = {"time_limit": {"type": "int", "default": 600}}
"""The option of a module."""


def limited(options: t.Mapping[str, t.Any]) -> RunContext:
    """The run of a task with this option. :raises BadInputError: it is not positive, which would be no limit."""
    seconds = options["time_limit"]
    if seconds < 1:
        raise BadInputError(f"time_limit is {seconds}; it must be 1 or greater.")
    context = RunContext()
    context.end_after(seconds)
    return context
