# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx's settings of the documentation site (`make docs`).

Its source has the pages at the paths that they have in the repository, so that their links work in both, and the
reference of antsibull-docs in the folder C(reference).
"""

from __future__ import annotations

project = "hosting.websec"
author = "hosting.websec contributors"
project_copyright = f"2026, {author}"
extensions = [
    "myst_parser",
    "sphinx_antsibull_ext",
    "ansible_collections.hosting.websec.tools.docs_site.links_to_reference",
]
include_patterns = ["*.md", "docs/*.md", "roles/*/README.md", "reference/*.rst"]
# The ids of headings are those of git hosts.
myst_heading_anchors = 4
# The reference names pages and settings of ansible-core, which are not here. `make lint` checks the names of this
# collection.
suppress_warnings = ["ref.ref", "ref.envvar"]
highlight_language = "YAML+Jinja"
smartquotes = False

html_theme = "furo"
html_title = "hosting.websec"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_use_index = False
