# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(rules): what the firewall does when it sees an attack.

Sources: C(getWafSettings), C(setWafSettings). Which rules there are, and which values they take, is read from the
site's own answer: the documentation writes C(disable) for some rules and C(disabled) for others, and the values of the
last rules are not public.
"""

from __future__ import annotations

import re

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._schemas import Schema
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import (
    GET_WAF_SETTINGS,
    SET_WAF_SETTINGS,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text, texts
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.settings import (
    Setting,
    Settings,
    SettingsSection,
)

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)


def _given(given: Given) -> dict[str, str]:
    values = {}
    for name in given.values:
        with given.problems.of():
            if not isinstance(name, str) or not _NAME.fullmatch(name):
                raise given.refusal("a key", name, "the name of a rule, such as sql_injection")
            if given.values[name] is not None:
                values[name] = _word(given, name)
    if not values:
        raise BadInputError(f"{given.where}: it is empty.", hint="For example: sql_injection: block_request.")
    return values


def _word(given: Given, name: str) -> str:
    value = given.values[name]
    if isinstance(value, bool):
        # YAML reads the documented values on and off of the rule ddos as booleans.
        return "on" if value else "off"
    word = given.text(name) or ""
    if not _NAME.fullmatch(word.lower()):
        raise given.refusal(name, value, "a word, such as block_request")
    return word.lower()


def rules_of(data: Data) -> Settings:
    """The rules in an answer of C(getWafSettings): the elements that have a C(setting)."""
    return {
        name: Setting(value, texts(child(element, "options").get("option")))
        for name, element in data.items()
        if isinstance(element, dict) and (value := text(element, "setting")) is not None
    }


_VALUE: Schema = {"type": ["boolean", "null", "string"], "pattern": r"^\s*[A-Za-z][A-Za-z0-9_]{0,63}\s*$"}
_SCHEMA: Schema = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "patternProperties": {"^[a-z][a-z0-9_]{0,63}$": _VALUE},
}
RULES = SettingsSection("rules", _SCHEMA, GET_WAF_SETTINGS, SET_WAF_SETTINGS, _given, rules_of)
