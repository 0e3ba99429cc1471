# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Normalization of domain names, so that they can be compared and sent."""

from __future__ import annotations

import re

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._idn import ascii_name
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted

MAX_NAME = 253
MAX_LABEL = 63

_LDH_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.ASCII)
_FOREIGN = {
    "/": "it contains '/' (give no scheme and no path)",
    ":": "it contains ':' (give no scheme, port or IP address)",
    "*": "it contains '*' (wildcards are not allowed)",
    "@": "it contains '@' (give no user or e-mail address)",
    "_": "it contains '_' (a host name has letters, digits and hyphens only)",
}


def normalise_domain(text: str) -> str:
    """Normalize the domain name in ``text``: lower case, IDN as punycode, no surrounding white space, no trailing dot.

    :returns: at least two labels of letters, digits and hyphens; at most 253 characters.
    :raises BadInputError: it is not a valid domain name of a website. The message has ``text`` and the reason.
    """
    name = str(text).strip()
    try:
        for character, problem in _FOREIGN.items():
            if character in name:
                raise ValueError(problem)
        name = ascii_name(name).lower()
        name = name[:-1] if name.endswith(".") else name
        _check(name)
    except ValueError as refusal:
        shown = text if len(text) <= MAX_NAME else f"{text[:MAX_NAME]}..."
        raise BadInputError(
            f"{str(shown)!r} is not a domain name: {refusal}.",
            hint="Give only the name, such as example.com.",
        ) from None
    return name


def _check(name: str) -> None:
    """Raise ``ValueError`` with the reason if ``name`` (ASCII, lower case) is invalid."""
    if not name:
        raise ValueError("it is empty")
    if len(name) > MAX_NAME:
        raise ValueError(f"it has {counted(len(name), 'character')}, and {MAX_NAME} are allowed")
    labels = name.split(".")
    for label in labels:
        if not label:
            raise ValueError("it has an empty label (two dots in a row, or a dot at the start)")
        if len(label) > MAX_LABEL:
            raise ValueError(f"one of its labels has {counted(len(label), 'character')}, and {MAX_LABEL} are allowed")
        if not _LDH_LABEL.fullmatch(label):
            raise ValueError(f"{label!r} may contain only letters, digits and, between them, hyphens")
    if labels[-1].isdigit():
        raise ValueError("its last label is a number, as in an IP address")
    if len(labels) < 2:
        raise ValueError("it has no dot")
    if len(labels[-1]) < 2:
        raise ValueError(f"its last label, {labels[-1]!r}, is too short")
