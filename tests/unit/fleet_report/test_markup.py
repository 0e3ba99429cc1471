# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTML that shows any text, and runs none."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import example, given, settings

from ansible_collections.hosting.websec.plugins.module_utils._report.page_markup import Html, element, join, verbatim
from ansible_collections.hosting.websec.tests.unit.fleet_report.rows import texts


class Read(HTMLParser):
    """What a parser finds: the elements with their attributes, and all text."""

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
    """The text as it can be shown."""
    unshowable = (*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    replaced = {*map(chr, (*unshowable, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF))}
    return "".join("\ufffd" if character in replaced else character for character in text)


@settings(deadline=None)
@given(texts)
@example("<script>alert(1)</script>")
@example("a &amp; b")
@example("right \u202eto left")
@example("half \ud800 pair")
def test_any_text_is_shown_as_it_is(text: str) -> None:
    source = element("p", text)
    read = Read(source)
    assert read.elements == [("p", {})]
    assert read.text == shown(text)
    assert source.encode("utf-8")


@settings(deadline=None)
@given(texts)
@example('"><script>alert(1)</script>')
@example("' onload='alert(1)")
def test_any_text_can_be_an_attribute(text: str) -> None:
    assert Read(element("td", data_is=text, title=text)).elements == [
        ("td", {"data-is": shown(text), "title": shown(text)})
    ]


@settings(deadline=None)
@given(texts, texts)
def test_a_piece_that_was_joined_with_a_text_is_text_again(one: str, other: str) -> None:
    """Nothing becomes HTML by accident: what is put together outside of these functions is escaped once more."""
    assert Read(element("p", f"{element('b', one)}{other}")).elements == [("p", {})]


def test_pieces_are_not_escaped_twice() -> None:
    assert element("p", element("b", "a & b"), " & c") == "<p><b>a &amp; b</b> &amp; c</p>"
    assert join(verbatim("<hr>"), "<hr>") == "<hr>&lt;hr&gt;"
    assert isinstance(join("text"), Html)


def test_attributes() -> None:
    assert element("form", hidden=True, id="find", class_="") == '<form hidden id="find"></form>'
    assert (
        element("a", "x", aria_hidden="true", data_show=None, data_text="")
        == '<a aria-hidden="true" data-text="">x</a>'
    )
    assert element("meta", charset="utf-8") == '<meta charset="utf-8">'
