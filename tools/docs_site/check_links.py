# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fail if a page of the built documentation site links to a page, a file or a heading that it does not have.

Usage: check_links.py FOLDER
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html


class Site:
    """The pages of a folder."""

    def __init__(self, folder: Path) -> None:
        self.pages = {path.resolve(): html.parse(path).getroot() for path in folder.rglob("*.html")}
        self._ids = {path: {*page.xpath("//@id"), *page.xpath("//a/@name")} for path, page in self.pages.items()}

    def dead_links(self, path: Path) -> Iterator[str]:
        """Yield the links of a page that lead nowhere."""
        page = self.pages[path]
        yield from sorted(
            each for each in {*page.xpath("//@href"), *page.xpath("//@src")} if not self._leads(path, each)
        )

    def _leads(self, path: Path, address: str) -> bool:
        """Whether a link of a page leads somewhere; other hosts are not asked."""
        url = urlsplit(address)
        if url.scheme or url.netloc or address == "#":
            return True
        target = (path.parent / unquote(url.path)).resolve() if url.path else path
        if target not in self.pages:
            return target.is_file()
        return not url.fragment or unquote(url.fragment) in self._ids[target]


def main(folder: Path) -> int:
    """Print each dead link; return 1 if there is one, or no page."""
    site = Site(folder)
    dead = [(path, address) for path in site.pages for address in site.dead_links(path)]
    for path, address in dead:
        print(f"{path.relative_to(folder.resolve())}: dead link {address}")
    if not site.pages:
        print(f"no pages in {folder}")
    return 1 if dead or not site.pages else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
