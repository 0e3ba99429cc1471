# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of Sphinx: names of modules, roles and plugins in a page link to their pages of the reference.

So do links to the source of a plugin, which is where they lead on a git host. In the menu these names are short.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ansible_collections.hosting.websec.tools.docs_site.names import menu_title, page_of, variables_of_roles

_SOURCE = re.compile(r"\]\((?P<up>(?:\.\./)*)plugins/(?P<kind>\w+?)s?/(?P<name>\w+)\.py\)")
_CONTENTS = re.compile(r"^\.\. contents::\n(?: +:\w+:.*\n)+", re.MULTILINE)


def change_source(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Change links to the source of a plugin into links to its page of the reference.

    The theme has contents beside each page, and takes a second list of them for an error.
    """
    text = _CONTENTS.sub("", source[0])
    text = _SOURCE.sub(r"](\g<up>reference/\g<name>_\g<kind>.rst)", text)
    # Without a suffix myst takes it for the name of a heading.
    source[0] = text.replace("](COPYING)", "](path:COPYING)")


def link_names(app: Sphinx, document: nodes.document, page: str) -> None:
    """Make links of the names in a page."""
    if page.startswith("reference/"):
        return
    pages = {posixpath.basename(found) for found in app.env.found_docs if found.startswith("reference/")}
    variables = variables_of_roles(Path(app.confdir).parents[1] / "roles")
    for literal in list(document.findall(nodes.literal)):
        parent = literal.parent
        # A heading stays short in the menus, and a link leads to one place.
        if isinstance(parent, (nodes.title, nodes.reference)):
            continue
        place = parent.index(literal)
        before = parent[place - 1].astext() if place else ""
        if found := page_of(literal.astext(), before, pages, variables):
            address = app.builder.get_relative_uri(page, f"reference/{found}")
            link = nodes.reference("", "", internal=True, refuri=address)
            parent.replace(literal, link)
            link += literal


def shorten_menu(_app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Shorten the titles in the menu. The headings of the pages, and the results of a search, keep theirs."""
    for page, title in env.titles.items():
        short = menu_title(page, title.astext())
        if short == title.astext():
            continue
        # The menu is made of the contents of each page, the links to its neighbours are made of the titles.
        env.titles[page] = nodes.title("", short)
        own = next(env.tocs[page].findall(nodes.reference))
        own.children = []
        own += nodes.Text(short)
    return []


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the functions above to the build."""
    app.connect("source-read", change_source)
    app.connect("env-updated", shorten_menu)
    app.connect("doctree-resolved", link_names)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
