# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(shield): how the Trust Seal of a site looks.

Sources: C(getShield), C(modifyShield). How C(options) of the answer lists several values is not documented.
"""

from __future__ import annotations

import re

from ansible_collections.hosting.websec.plugins.module_utils._errors import NotFoundError
from ansible_collections.hosting.websec.plugins.module_utils._schemas import TEXT, mapping, word
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.shield import GET_SHIELD, MODIFY_SHIELD
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text, texts
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.settings import (
    Setting,
    Settings,
    SettingsSection,
)

_CHOICES = {"size": ("small", "medium", "big"), "color": ("red", "white"), "type": ("mal", "secure")}
_OPTIONS = {"size": "sizes", "color": "colors", "type": "type"}
"""The elements of C(options) with the values that the site offers."""
_SCHEMA = mapping({"language": TEXT, **{name: word(*words) for name, words in _CHOICES.items()}})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z]{2,4})?", re.ASCII)


def _given(given: Given) -> dict[str, str]:
    given.only("language", *_CHOICES)
    language = given.text("language")
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise given.refusal("language", language, "a code, such as en")
    words = {"language": language, **{name: given.choice(name, words) for name, words in _CHOICES.items()}}
    return {name: word for name, word in words.items() if word is not None}


def shield_of(data: Data) -> Settings:
    """The shield in an answer of C(getShield) about one site.

    :raises NotFoundError: it has none.
    """
    shields = [each for each in data.get("shield", []) if isinstance(each, dict)]
    if not shields:
        raise NotFoundError(
            f"{GET_SHIELD.name}: the site has no shield.",
            hint="The plan of the site may not include one. Remove the section from the entry.",
        )
    options = child(shields[0], "options")
    return {
        name: Setting(value, texts(options.get(_OPTIONS.get(name, ""))))
        for name in ("language", *_CHOICES)
        if (value := text(shields[0], name)) is not None
    }


SHIELD = SettingsSection("shield", _SCHEMA, GET_SHIELD, MODIFY_SHIELD, _given, shield_of, within="shield")
