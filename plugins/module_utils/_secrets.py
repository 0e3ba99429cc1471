# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeping secrets out of everything that a person or a log can see."""

from __future__ import annotations

import typing as t
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

try:  # ansible-core 2.22 and later
    from ansible.module_utils.secrets import register_secret as _register_secret
except ImportError:
    _register_secret = None

HIDDEN = "********"


class Redactor:
    """Replaces known secrets in texts, in each form in which an answer may repeat them."""

    def __init__(self, secrets: t.Iterable[str | None]) -> None:
        """:param secrets: the secrets; empty ones and C(None) are ignored."""
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        # The longest first, so that a secret that contains another one is hidden whole.
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """``text`` with every form of every secret replaced."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text


def _forms(secret: str) -> set[str]:
    quotes = {"'": "&apos;", '"': "&quot;"}
    return {secret, escape(secret), escape(secret, quotes), quote(secret, safe=""), quote_plus(secret)}


def register_secret(value: str) -> None:
    """Tell ansible-core that ``value`` is a secret, where it can be told (2.22 and later)."""
    if _register_secret is not None:
        _register_secret(value)
