# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of thousands of entries, kept in a file of this run instead of in variables.

What a variable holds stands in the output of the task that set it, and so in the events of AWX. The files are in the
temporary folder of ansible-playbook, which only its user can read, and which it removes at its end. What a killed run
leaves there is removed by the next one (see ``_run_files``).
"""

from __future__ import annotations

import json
import os
import typing as t

from ansible_collections.hosting.websec.plugins.plugin_utils import _run_files

Item = dict[str, t.Any]

_KIND = "kept"


def keep(lists: t.Mapping[str, t.Sequence[t.Any]]) -> str:
    """Write ``lists`` to a new file and return its path."""
    descriptor, path = _run_files.new_file(_KIND, ".json")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(lists, file)
    return path


def with_entries(given: t.Iterable[t.Any]) -> list[t.Any]:
    """A list in which the entries of a file of ``keep`` stand in the place of its path; all else is as it was."""
    found: list[t.Any] = []
    for each in given:
        found += entries([each]) if _run_files.is_file_of_this_run(each, _KIND) else [each]
    return found


def entries(given: t.Iterable[t.Any] | None) -> list[Item]:
    """The entries of a list in which a path of ``keep`` may stand for the entries in its file."""
    found: list[Item] = []
    for each in given or ():
        if isinstance(each, str):
            with open(each, encoding="utf-8") as file:
                for kept in json.load(file).values():
                    found += kept
        else:
            found.append(each)
    return found
