# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of the role C(fleet_report) in a real browser."""

from __future__ import annotations

import base64
import itertools
import pathlib
import struct
import typing as t

import pytest
from integration.browser import PHONE, WIDE, Browser
from integration.playbook import run_tasks
from integration.report_rows import FLEET, HOSTILE, PWNED, TIME, large_fleet, report_tasks

pytestmark = pytest.mark.all_only


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pathlib.Path]:
    """Pages as the role writes them: of an ordinary fleet, of one with hostile texts, and of a very large one."""
    folder = tmp_path_factory.mktemp("pages")
    fleets = {"ordinary": FLEET, "hostile": HOSTILE, "large": large_fleet()}
    tasks = []
    for name, rows in fleets.items():
        tasks += report_tasks(
            folder / f"{name}.json", rows, folder / name, fleet_report_time=TIME, fleet_report_show="none"
        )
    run = run_tasks(tasks)
    assert run.status == 0, run.output
    return {name: folder / name / "fleet-report.html" for name in fleets}


SCREENS = [(PHONE, "light"), (PHONE, "dark"), (WIDE, "light"), (WIDE, "dark")]

CONTRASTS = """
(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).slice(0, 3).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor, parts = numbers(colour);
      if (parts.length === 3 || parts[3] === 1) return colour;
    }
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, option")) continue;
    const [one, other] = [light(getComputedStyle(element).color), light(behind(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    found.push([ratio, walker.currentNode.data.trim()]);
  }
  return found;
})()
"""


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_the_page_can_be_read_on_any_screen(
    browser: Browser, pages: dict[str, pathlib.Path], width: int, scheme: str
) -> None:
    browser.open(pages["ordinary"], width, scheme=scheme)
    assert browser.run("document.scrollingElement.scrollWidth") <= width
    contrasts = browser.run(CONTRASTS)
    assert len(contrasts) > 100
    assert [text for ratio, text in contrasts if ratio < 4.5] == []
    # Nothing is outside the screen, not even reachable by scrolling.
    outside = "Array.from(document.querySelectorAll('main *, header *')).filter((each) => each.checkVisibility()"
    outside += f" && !each.closest('thead') && each.getBoundingClientRect().right > {width} + 1).length"
    assert browser.run(outside) == 0
    screenshot = browser.screenshot()
    assert struct.unpack(">II", screenshot[16:24]) == (width, 800)
    background = browser.run("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(243, 245, 248)", "dark": "rgb(16, 20, 26)"}[scheme]


def test_what_needs_a_person_is_the_first_thing_that_a_phone_shows(
    browser: Browser, pages: dict[str, pathlib.Path]
) -> None:
    browser.open(pages["ordinary"], PHONE)
    tops = browser.run(
        "['.tiles', '#attention article', '#waiting', '#changed', '#sites'].map("
        "(each) => document.querySelector(each).getBoundingClientRect().top)"
    )
    assert tops == sorted(tops)
    assert tops[0] < 200
    assert tops[1] < 800
    assert browser.run("document.title").startswith("4 need action")
    first = browser.run("document.querySelector('#attention article').innerText")
    assert "bought-or-not.example" in first
    assert "Check the site in the dashboard." in first


@pytest.mark.parametrize("name", ["ordinary", "hostile", "large"])
def test_nothing_is_loaded_and_nothing_is_refused(browser: Browser, pages: dict[str, pathlib.Path], name: str) -> None:
    browser.open(pages[name])
    assert browser.requests == [pages[name].as_uri()]
    assert browser.complaints == []


def test_texts_of_strangers_are_shown_and_not_run(browser: Browser, pages: dict[str, pathlib.Path]) -> None:
    browser.open(pages["hostile"])
    browser.until("!document.querySelector('#find').hidden")
    assert browser.run("document.title") == "1 needs action – SiteLock Firewall & CDN"
    assert browser.run("document.querySelectorAll('script, style').length") == 2
    assert browser.run("document.querySelectorAll('img, iframe, object, embed, base, [onload], [onerror]').length") == 0
    assert browser.run("document.querySelectorAll('tbody tr').length") == len(HOSTILE)
    shown = browser.run("document.body.innerText")
    for text in (
        f"<script>{PWNED}</script>.example",
        f"</script></style><script>{PWNED}</script>",
        f'<img src=x onerror="{PWNED}">',
        "<b>bold</b>",
        'x" onmouseover="alert(1)',
        "{{ 7 * 7 }}",
        "{{ lookup('pipe', 'id') }}",
        "right \ufffd to left",
        "bell \ufffd",
    ):
        assert text in shown


def test_the_policy_refuses_what_the_page_does_not_bring(browser: Browser, pages: dict[str, pathlib.Path]) -> None:
    browser.open(pages["ordinary"])
    refused = browser.run(
        """
        new Promise((done) => {
          const refused = [];
          document.addEventListener("securitypolicyviolation", (event) => {
            refused.push(event.effectiveDirective);
            if (refused.length === 3) done(refused.sort());
          });
          const add = (html) => {
            const piece = document.createRange().createContextualFragment(html);
            document.body.append(piece);
          };
          add("<script>document.title = 'pwned'</script>");
          add("<p style='color: red'>x</p>");
          add("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>");
        })
        """
    )
    assert refused == ["img-src", "script-src-elem", "style-src-attr"]
    assert browser.run("document.title") != "pwned"


def rows_shown(browser: Browser) -> list[str]:
    found = browser.run(
        "Array.from(document.querySelectorAll('tbody tr')).filter((row) => row.checkVisibility())"
        ".map((row) => row.querySelector('th').firstChild.data.trim())"
    )
    return t.cast("list[str]", found)


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_the_filter(browser: Browser, pages: dict[str, pathlib.Path], width: int) -> None:
    browser.open(pages["ordinary"], width)
    assert len(rows_shown(browser)) == len(FLEET)
    browser.run("document.querySelector('input[name=text]').focus()")
    browser.call("Input.insertText", text="WAVE0 dns")
    browser.until("document.querySelector('output').value === '10 of 21 shown'")
    assert rows_shown(browser) == [f"wave{number:02d}.example" for number in range(10)]

    browser.run("document.querySelector('a[data-show=\"s:ready\"]').click()")
    assert rows_shown(browser) == ["ready.example"]
    assert browser.run("document.querySelector('input[name=text]').value") == ""

    select_kind = "(() => { const kind = document.querySelector('select'); kind.value = '%s';"
    select_kind += " kind.dispatchEvent(new Event('input', {bubbles: true})); })()"
    browser.run(select_kind % "attention")
    browser.until("document.querySelector('output').value === '4 of 21 shown'")
    assert rows_shown(browser) == ["basic.example", "bought-or-not.example", "slow.example", "stuck.example"]
    browser.run(select_kind % "")
    browser.until("document.querySelector('output').value === ''")
    assert len(rows_shown(browser)) == len(FLEET)


def test_all_of_it_can_be_read_without_javascript(browser: Browser, pages: dict[str, pathlib.Path]) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(pages["ordinary"], PHONE)
        assert len(rows_shown(browser)) == len(FLEET)
        assert not browser.run("document.querySelector('#find').checkVisibility()")
        assert browser.run("document.querySelector('#age').textContent") == ""
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


def test_an_old_page_says_how_old_it_is(browser: Browser, pages: dict[str, pathlib.Path]) -> None:
    browser.open(pages["ordinary"])
    age = browser.run("document.querySelector('#age').textContent")
    told = browser.run(f"` (${{Math.floor((Date.now() - Date.parse('{TIME}')) / 86400000)}} days ago)`")
    assert age == told
    assert browser.run("document.querySelector('#age').classList.contains('old')")


def test_on_paper_nothing_is_folded_and_there_is_no_filter(browser: Browser, pages: dict[str, pathlib.Path]) -> None:
    browser.open(pages["ordinary"], scheme="dark", media="print")
    assert not browser.run("document.querySelector('#find').checkVisibility()")
    folded = "Array.from(document.querySelectorAll('details li'))"
    assert browser.run(f"{folded}.length") == 4
    assert browser.run(f"{folded}.every((each) => each.checkVisibility({{contentVisibilityAuto: true}}))")
    assert browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert [text for ratio, text in browser.run(CONTRASTS) if ratio < 4.5] == []
    assert base64.b64decode(browser.call("Page.printToPDF")["data"]).startswith(b"%PDF-")


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_a_screen_reader_finds_its_way(browser: Browser, pages: dict[str, pathlib.Path], width: int) -> None:
    browser.open(pages["ordinary"], width)
    nodes = [node for node in browser.call("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]]

    def names(role: str) -> list[str]:
        return [node.get("name", {}).get("value", "") for node in nodes if node["role"]["value"] == role]

    assert browser.run("document.documentElement.lang") == "en"
    headings = [node for node in nodes if node["role"]["value"] == "heading"]
    levels = [
        property_["value"]["value"]
        for node in headings
        for property_ in node["properties"]
        if property_["name"] == "level"
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert names("table") == [f"{len(FLEET)} sites, sorted by name"]
    assert names("columnheader") == ["Site and number", "State", "Since (UTC)", "Details"]
    assert len(names("rowheader")) == len(FLEET)
    assert len(names("row")) == len(FLEET) + 1
    assert len(names("main")) == 1
    assert names("searchbox") == ["Filter: name, number, or any word of the row"]
    assert names("combobox") == ["Which"]
    assert {"Sites that need action", "Waiting sites", "Changes of this pass", "All sites"} <= set(names("region"))
    assert all(names("link"))


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_ten_thousand_sites(browser: Browser, pages: dict[str, pathlib.Path], width: int) -> None:
    assert pages["large"].stat().st_size < 4_000_000
    browser.open(pages["large"], width)
    browser.run("document.querySelector('input[name=text]').focus()")
    browser.call("Input.insertText", text="customer-09999")
    browser.until("document.querySelector('output').value === '1 of 10000 shown'")
    assert rows_shown(browser) == ["customer-09999.example"]
    browser.run("document.querySelector('#attention a[data-show]').click()")
    assert browser.run("document.querySelector('output').value") == "2500 of 10000 shown"
