# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Internationalised names: from Unicode to punycode with IDNA 2008 (non-transitional), the same for all names.

The registries use IDNA 2008. With the older IDNA 2003, C(straße) becomes C(strasse), which is a different domain.
"""

from __future__ import annotations

import re

from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import idna
except ImportError:
    note_missing("idna")

DOTS = re.compile("[.\u3002\uff0e\uff61]")
"""Separators of labels (UTS 46, 4.5): the full stop, and its ideographic, full-width and half-width forms."""

_PLAIN = re.compile(r"[a-z0-9_-]+", re.ASCII)


def ascii_label(label: str) -> str:
    """Encode one label as punycode if it is not ASCII.

    :raises ValueError: it is not a valid label. The text says why.
    """
    if label.isascii():
        return label
    try:
        # Compatibility forms first: full-width letters, capital letters. Unicode changed its mind about the capital
        # sharp s; earlier versions of the library would turn it into "ss".
        mapped = idna.uts46_remap(label.replace("\u1e9e", "\u00df"), std3_rules=False, transitional=False)
        if mapped.isascii():
            # Some characters are equivalent to others with a meaning in names: U+2100 for "a/c", U+FF0A for "*".
            if not _PLAIN.fullmatch(mapped):
                raise ValueError(f"{label!r} maps to {mapped!r}, which is not a valid label")
            return mapped
        return idna.alabel(mapped).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError(f"it is not a valid internationalised name ({error})") from error


def ascii_name(name: str) -> str:
    """Encode a name, label by label.

    :raises ValueError: a label is not valid.
    """
    return name if name.isascii() else ".".join(ascii_label(label) for label in DOTS.split(name))
