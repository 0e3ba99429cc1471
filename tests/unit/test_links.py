# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The links in the pages of the repository lead somewhere on a git host. C(make docs) checks those of the site."""

from __future__ import annotations

import pathlib
import re

import pytest

from ansible_collections.hosting.websec.tests.unit.documented import COLLECTION, pages

PAGES = [*pages(), COLLECTION / "SECURITY.md"]
LINK = re.compile(r"\]\((?!https?:)([^)\s]+)\)")


def without_code(page: pathlib.Path) -> str:
    return re.sub(r"^ *```.*?^ *```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(page: pathlib.Path) -> set[str]:
    """The ids that git hosts give to the headings of a page."""
    headings = re.findall(r"^#+ +(.+)$", without_code(page), re.MULTILINE)
    # The text of a link, the letters of the rest.
    texts = [re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading) for heading in headings]
    return {re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-") for text in texts}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(COLLECTION)))
def test_the_links_of_a_page_lead_somewhere(page: pathlib.Path) -> None:
    for link in LINK.findall(without_code(page)):
        path, _hash, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link}: there is no such file"
        assert COLLECTION.resolve() in target.parents, f"{link}: not in the repository"
        if anchor:
            assert anchor in anchors(target), f"{link}: {path or page.name} has no such heading"


def test_there_are_links() -> None:
    assert sum(len(LINK.findall(without_code(page))) for page in PAGES) > 100


def test_pictures_are_small_and_shown() -> None:
    shown = {
        (page.parent / link).resolve()
        for page in PAGES
        for link in LINK.findall(page.read_text(encoding="utf-8"))
        if link.endswith(".png")
    }
    pictures = set((COLLECTION / "docs" / "images").resolve().iterdir())
    assert pictures
    assert pictures == shown
    assert all(picture.stat().st_size < 150_000 for picture in pictures)


def test_what_files_of_the_repository_name_exists() -> None:
    owners = (COLLECTION / ".github" / "CODEOWNERS").read_text(encoding="utf-8")
    owned = re.findall(r"^/(\S+) +@", owners, re.MULTILINE)
    template = (COLLECTION / ".github" / "PULL_REQUEST_TEMPLATE.md").read_text(encoding="utf-8")
    named = re.findall(r"`(\w+/[^`]+)`", template)
    assert owned
    assert named
    assert [name for name in [*owned, *named] if not (COLLECTION / name).exists()] == []
