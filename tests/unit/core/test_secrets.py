# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import html
import json
import re
import typing as t
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN, Redactor

AWKWARD = "p\\a's s\"&<w>/+%ö€😀"

Spelling = t.Callable[[str], str]

# What a server may do to a text that it repeats.
SPELLINGS: dict[str, Spelling] = {
    "as it is": str,
    "XML, three entities": escape,
    "XML, five entities": lambda text: escape(text, {"'": "&apos;", '"': "&quot;"}),
    "HTML": html.escape,
    "HTML, numbers": lambda text: "".join(f"&#{ord(character)};" for character in text),
    "HTML, padded numbers": lambda text: text.replace("&", "&amp;").replace("'", "&#039;"),
    "HTML, hexadecimal": lambda text: "".join(f"&#X{ord(character):X};" for character in text),
    "address": lambda text: quote(text, safe=""),
    "address, slash kept": quote,
    "address, lower case": lambda text: re.sub("%..", lambda found: found[0].lower(), quote(text, safe="")),
    "form": quote_plus,
    "JavaScript address": lambda text: quote(text, safe="!'()*~"),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON, not ASCII": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON, slash escaped": lambda text: json.dumps(text, ensure_ascii=False)[1:-1].replace("/", "\\/"),
    "Python": lambda text: repr(text)[1:-1],
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("secret", ["hunter2", "O'Brien", "a&b", "back\\slash", "two words", "50%", AWKWARD])
def test_a_secret_is_hidden_in_every_spelling(spelling: Spelling, secret: str) -> None:
    assert Redactor([secret])(f"wrong: {spelling(secret)}!") == f"wrong: {HIDDEN}!"


@settings(deadline=None)
@given(
    secret=st.text(min_size=1), before=st.text(), after=st.text(), spelling=st.sampled_from(list(SPELLINGS.values()))
)
def test_no_secret_is_left_in_any_text(secret: str, before: str, after: str, spelling: Spelling) -> None:
    try:
        shown = f"{before}{spelling(secret)}{after}"
    except UnicodeEncodeError:  # a lone surrogate cannot be quoted, so nobody can repeat it so
        shown = f"{before}{secret}{after}"
    assert not any(secret in piece for piece in Redactor([secret])(shown).split(HIDDEN))


def test_the_longer_one_of_two_secrets_is_hidden_whole() -> None:
    assert Redactor(["abc", "abcdef"])("abcdef abc") == f"{HIDDEN} {HIDDEN}"


@pytest.mark.parametrize("secrets", [[], [None], [""], [None, ""]])
def test_without_secrets_a_text_stays_as_it_is(secrets: list[str | None]) -> None:
    assert Redactor(secrets)("text, and nothing to hide") == "text, and nothing to hide"


def test_a_secret_that_is_not_unicode_text_can_be_hidden() -> None:
    # What os.environ makes of bytes that are not UTF-8.
    assert Redactor(["p\udcff"])("p\udcff") == HIDDEN
