# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diff of the sections of sites as text for a terminal.

As JSON, an address that is removed from a list of hundreds stood between its neighbours, and neither the site nor the
section was shown.
"""

from __future__ import annotations

import json
import re
import typing as t

Lines = list[str]

_PLAIN = re.compile(r"[^\s,{}\[\]\"']+( [^\s,{}\[\]\"']+)*")
"""What needs no quotes within braces."""


def sections_diff_text(diff: t.Mapping[str, t.Any]) -> dict[str, str]:
    """Only what differs, each line below the name of its site and section.

    :param diff: C(before) and C(after), each the sections by their names, by the name of the site.
    """
    old, new = diff["before"], diff["after"]
    before: Lines = []
    after: Lines = []
    for site in dict.fromkeys([*old, *new]):
        was, will_be = old.get(site, {}), new.get(site, {})
        for section in dict.fromkeys([*was, *will_be]):
            pair = _lines(was.get(section)), _lines(will_be.get(section))
            common = set(pair[0]).intersection(pair[1])
            for lines, found in zip((before, after), pair):
                lines.append(f"{site}: {section}")
                lines += [f"    {line}" for line in found if line not in common]
    return {side: "".join(f"{line}\n" for line in lines) for side, lines in (("before", before), ("after", after))}


def _lines(value: t.Any, path: tuple[str, ...] = ()) -> Lines:
    """A line for each value, and for each element of a list, with the keys above it."""
    if isinstance(value, t.Mapping):
        # What is read of a list is always the whole list, so the word says nothing.
        return [
            line for key, each in value.items() for line in _lines(each, path if key == "exact" else (*path, str(key)))
        ]
    start = f"{'.'.join(map(_text, path))}: " if path else ""
    if isinstance(value, list):
        return [f"{start}{_text(each)}" for each in value]
    return [] if value is None and not path else [f"{start}{_text(value)}"]


def _text(value: t.Any) -> str:
    if isinstance(value, t.Mapping):
        return f"{{{', '.join(f'{_text(key)}: {_text(each)}' for key, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    is_printable = str(value).isprintable()
    if isinstance(value, str) and is_printable and _PLAIN.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=not is_printable)
