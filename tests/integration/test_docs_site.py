# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation site that C(make docs) builds, in a real browser."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest
from integration.browser import WIDE, Browser

pytestmark = pytest.mark.all_only

PHONE = 390


@pytest.fixture(scope="module")
def site() -> pathlib.Path:
    """The site that tools/integration has built, without a warning and without a dead link."""
    return pathlib.Path(os.environ["WEBSEC_DOCS_SITE"])


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("chromium")) as running:
        yield running


def pages(site: pathlib.Path) -> list[pathlib.Path]:
    """The start page, all pages of the repository, and the widest kinds of pages of the reference."""
    names = ("index", "sitelock_call_module", "sitelock_waf_role", "whm_inventory", "environment_variables")
    reference = [site / "reference" / f"{name}.html" for name in names]
    return [*site.glob("*.html"), *site.glob("docs/*.html"), *site.glob("roles/*/*.html"), *reference]


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_no_page_scrolls_to_the_side(browser: Browser, site: pathlib.Path, width: int) -> None:
    assert len(pages(site)) > 40
    narrow = "Array.from(document.querySelectorAll('article td')).filter((each) => each.clientWidth < 30).length"
    for page in pages(site):
        browser.open(page, width)
        assert browser.run("document.scrollingElement.scrollWidth") <= width, page
        # A wide table scrolls in its frame; no cell is squeezed to a letter a line.
        assert browser.run(narrow) == 0, page
        assert browser.complaints == [], page


def test_the_search_finds_a_filter_and_a_page(browser: Browser, site: pathlib.Path) -> None:
    browser.open(site / "index.html")
    for query, wanted in (("unmanaged subscriptions", "unmanaged_subscriptions"), ("git pipeline", "In AWX and in a")):
        browser.run("document.querySelector('input[name=q]').value = ''")
        browser.run("document.querySelector('input[name=q]').focus()")
        browser.call("Input.insertText", text=query)
        browser.call("Input.dispatchKeyEvent", type="keyDown", key="Enter", text="\r", windowsVirtualKeyCode=13)
        browser.until(f"Boolean(document.querySelector('#search-results')?.innerText.includes({wanted!r}))")


def test_a_name_in_a_page_leads_to_the_reference(browser: Browser, site: pathlib.Path) -> None:
    browser.open(site / "README.html")
    links = browser.run("Array.from(document.querySelectorAll('article a')).map((each) => each.getAttribute('href'))")
    for wanted in ("reference/sitelock_call_module.html", "roles/sitelock_waf/README.html#dns", "docs/safety.html"):
        assert wanted in links
