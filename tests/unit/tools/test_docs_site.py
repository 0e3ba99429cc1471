# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of C(make docs) that are ours: links from names to the reference, and the search for dead links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.hosting.websec.tools.docs_site.check_links import main
from ansible_collections.hosting.websec.tools.docs_site.names import menu_title, page_of

PAGES = {
    "sitelock_scan_module",
    "sitelock_accounts_module",
    "sitelock_accounts_role",
    "sitelock_waf_role",
    "whm_inventory",
}
VARIABLES = {"sitelock_accounts"}


@pytest.mark.parametrize(
    ("literal", "before", "page"),
    [
        ("sitelock_scan", "start ", "sitelock_scan_module"),
        ("hosting.websec.whm", "with ", "whm_inventory"),
        ("hosting.websec.sitelock_waf", "", "sitelock_waf_role"),
        ("hosting.websec.sitelock_accounts", "it is the ", "sitelock_accounts_module"),
        ("hosting.websec.sitelock_accounts", "it is the role ", "sitelock_accounts_role"),
        ("sitelock_accounts", "after the role ", "sitelock_accounts_role"),
        # The variable, of which the text is not the module.
        ("sitelock_accounts", "in each entry of ", None),
        ("domain", "the ", None),
        ("hosting.websec.reconcile", "the playbook ", None),
    ],
)
def test_a_name_links_to_what_it_means(literal: str, before: str, page: str | None) -> None:
    assert page_of(literal, before, PAGES, VARIABLES) == page


@pytest.mark.parametrize(
    ("page", "title", "short"),
    [
        ("roles/sandbox/README", "hosting.websec.sandbox", "sandbox"),
        ("reference/whm_inventory", "hosting.websec.whm inventory -- Sites of a server", "whm inventory"),
        ("docs/safety", "What never happens", "What never happens"),
        ("README", "hosting.websec", "Overview"),
        ("index", "hosting.websec", "hosting.websec"),
    ],
)
def test_names_are_short_in_the_menu(page: str, title: str, short: str) -> None:
    assert menu_title(page, title) == short


def test_every_page_is_in_the_menu() -> None:
    """Sphinx says so too, but only in C(make test-all)."""
    root = Path(__file__).resolve().parents[3]
    menu = re.findall(r"^(docs/\S+)$", (root / "tools" / "docs_site" / "index.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(menu) == sorted(str(page.relative_to(root).with_suffix("")) for page in root.glob("docs/*.md"))


GOOD = '<h1 id="top">x</h1><a href="b/two.html#here">2</a> <a href="https://example.org/x">x</a> <a href="#top">top</a>'
TWO = '<p id="here"><a href="../one.html">1</a> <img src="../a%20b.png"></p>'


def built(folder: Path, one: str) -> Path:
    (folder / "b").mkdir()
    (folder / "a b.png").write_bytes(b"")
    (folder / "one.html").write_text(one)
    (folder / "b" / "two.html").write_text(TWO)
    return folder


def test_a_site_without_dead_links_is_good(tmp_path: Path) -> None:
    assert main(built(tmp_path, GOOD)) == 0


@pytest.mark.parametrize(
    "dead", ['<a href="three.html">', '<a href="b/two.html#gone">', '<a href="#gone">', '<img src="none.png">']
)
def test_a_dead_link_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], dead: str) -> None:
    assert main(built(tmp_path, GOOD + dead)) == 1
    assert capsys.readouterr().out == f"one.html: dead link {dead.split(chr(34))[1]}\n"


def test_a_site_without_pages_is_not_good(tmp_path: Path) -> None:
    assert main(tmp_path) == 1
