# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page shows any text, and executes none."""

from __future__ import annotations

import typing as t
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from markupsafe import Markup

from ansible_collections.hosting.websec.plugins.module_utils._parsing import clean_text
from ansible_collections.hosting.websec.plugins.module_utils._report.overview import overview
from ansible_collections.hosting.websec.plugins.module_utils._report.page import GROUP_SITES, page
from ansible_collections.hosting.websec.tests.unit.fleet_report.rows import NOW, Row, error, row, texts


class Read(HTMLParser):
    """The result of a parser: the elements with their attributes, and all text."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")


def shown(text: str) -> str:
    """The displayable form of the text."""
    unshowable = (*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    replaced = {*map(chr, (*unshowable, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF))}
    return "".join("\ufffd" if character in replaced else character for character in text)


def rows(text: str) -> list[Row]:
    """Sites with the text in each field: they need action, wait and were changed."""
    said = {"waiting_for": text, "steps": [text], "notes": [text], "changed": True}
    failure = error(text, code=text, extended_code=text, message=text, hint=text)
    return [
        row(text, text, site_id=text, state_before=f"{text}.", error=failure, **said),
        row(text, text, site_id=text, state_before=f"{text}.", **said),
        *(row("x.example", waiting_for=text, error=None) for _ in range(GROUP_SITES)),
    ]


HOSTILE = [
    "<script>alert(1)</script>",
    "</title></style></script><img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "' onload='alert(1)",
    "a &amp; b",
    "{{ 7 * 7 }}{% raw %}{# no comment",
    "right \u202eto left",
    "half \ud800 pair",
    "bell \x07",
]


def examples(test: t.Callable[[str], None]) -> t.Callable[[], None]:
    for text in HOSTILE:
        test = example(text)(test)
    return settings(deadline=None)(given(texts)(test))


def same_but_for(text: str, found: Read, plain: Read) -> bool:
    """Whether ``text`` is wherever the other page has C([x]), and nothing else differs."""
    elements = [
        (tag, {name: value and value.replace("[x]", text) for name, value in attributes.items()})
        for tag, attributes in plain.elements
    ]
    return found.elements == elements and found.text == plain.text.replace("[x]", text)


@examples
def test_any_text_of_a_row_is_shown_as_it_is_and_is_nothing_else(text: str) -> None:
    found, plain = (Read(page(overview(rows(each), NOW), title="Sites")) for each in (f"[{text}]", "[x]"))
    assert plain.text.count("[x]") > 50
    assert same_but_for(shown(clean_text(f"[{text}]")), found, plain)


@examples
def test_any_title_is_shown_as_it_is_and_is_nothing_else(text: str) -> None:
    found, plain = (Read(page(overview([], NOW), title=each)) for each in (f"[{text}]", "[x]"))
    assert plain.text.count("[x]") == 2
    assert same_but_for(shown(f"[{text}]"), found, plain)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_somebody_marked_as_html_is_text_too(text: str) -> None:
    """A filter in a playbook, such as C(forceescape), returns such a text."""
    marked = Markup(f"[{text}]")
    empty = overview([], NOW)
    assert page(empty, title=marked, data_name=marked) == page(empty, title=str(marked), data_name=str(marked))
    found, plain = (Read(page(overview(rows(each), NOW), title="Sites")) for each in (marked, "[x]"))
    assert same_but_for(shown(clean_text(str(marked))), found, plain)
