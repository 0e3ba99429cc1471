# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeping secrets out of everything that a person or a log can see."""

from __future__ import annotations

import re
import typing as t

try:  # ansible-core 2.22 and later
    from ansible.module_utils.secrets import register_secret as _register_secret
except ImportError:
    _register_secret = None

HIDDEN = "********"


class Redactor:
    """Replaces known secrets in texts, in each form in which an answer may repeat them.

    A form is the secret as it is, or any of its characters as an XML or HTML entity, quoted for an address, or escaped
    with a backslash, as in JSON.
    """

    def __init__(self, secrets: t.Iterable[str | None]) -> None:
        """:param secrets: the secrets; empty ones and C(None) are ignored."""
        # The longest first, so that a secret that contains another one is hidden whole.
        known = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        self._pattern = re.compile("|".join("".join(map(_forms, secret)) for secret in known)) if known else None

    def __call__(self, text: str) -> str:
        """``text`` with every form of every secret replaced."""
        return self._pattern.sub(HIDDEN, text) if self._pattern else text


_ENTITIES = {"&": "amp", "<": "lt", ">": "gt", "'": "apos", '"': "quot"}


def _forms(character: str) -> str:
    """A regular expression for one character of a secret."""
    number = ord(character)
    percent = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
    utf16 = character.encode("utf-16-be", "surrogatepass").hex()
    json = "".join(rf"\\u{utf16[start : start + 4]}" for start in range(0, len(utf16), 4))
    forms = [f"&#0*{number};", f"&#x0*{number:x};", percent, json]
    if number < 0x100:
        forms.append(rf"\\x{number:02x}")
    if character in _ENTITIES:
        forms.append(f"&{_ENTITIES[character]};")
    if character == " ":
        forms.append(r"\+")
    return rf"(?:(?i:{'|'.join(forms)})|\\?{re.escape(character)})"


def register_secret(value: str) -> None:
    """Tell ansible-core that ``value`` is a secret, where it can be told (2.22 and later)."""
    if _register_secret is not None:
        _register_secret(value)
