# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTML that cannot be broken by what stands in it: a text becomes HTML only by being escaped."""

from __future__ import annotations

import html
import re

_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Control characters, halves of surrogate pairs, and what turns the direction of the text around it."""

_VOID = frozenset({"input", "meta"})


class Html(str):
    """Text that is HTML already. Made by the functions of this file only."""

    __slots__ = ()


def escape(text: str) -> Html:
    """Any text as HTML that shows it; what cannot be shown becomes U+FFFD."""
    return text if isinstance(text, Html) else Html(html.escape(_UNSHOWABLE.sub("\ufffd", text)))


def element(tag: str, /, *children: str, **attributes: str | bool | None) -> Html:
    """One element; children that are not ``Html`` are escaped, and so are the values of attributes.

    :param attributes: ``class_`` stands for C(class), and any underscore inside a name for a hyphen. C(True) is an
        attribute without a value; C(None), C(False) and an empty C(class_) leave the attribute out.
    """
    start = tag
    for key, value in attributes.items():
        if value is True:
            start += f" {_attribute(key)}"
        elif value or (value == "" and key != "class_"):
            start += f' {_attribute(key)}="{escape(str(value))}"'
    if tag in _VOID:
        return Html(f"<{start}>")
    return Html(f"<{start}>{join(*children)}</{tag}>")


def join(*parts: str) -> Html:
    """Parts one after the other; those that are not ``Html`` are escaped."""
    return Html("".join([part if isinstance(part, Html) else escape(part) for part in parts]))


def verbatim(constant: str) -> Html:
    """A constant of this collection that is HTML, CSS or JavaScript already. Never for anything that was read."""
    return Html(constant)


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")
