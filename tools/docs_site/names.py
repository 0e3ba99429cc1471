# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a name in a page of the documentation means: which page of the reference."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import yaml

FULL = "hosting.websec."
KINDS = ("module", "inventory", "filter", "lookup", "role")
"""Kinds of pages of the reference. The first one that has a name is meant, if the text does not say a kind."""

_KIND_BEFORE = re.compile(rf"\b(?P<kind>{'|'.join(KINDS)})s? $")


def page_of(literal: str, before: str, pages: set[str], variables: set[str]) -> str | None:
    """The page of the reference that a name in a text means, or None.

    :param literal: the name. :param before: the text before it. :param pages: the names of all pages of the reference.
    :param variables: names of variables of roles, which some modules have too: these must be named in full.
    """
    name = literal.removeprefix(FULL)
    said = _KIND_BEFORE.search(before)
    if said and f"{name}_{said['kind']}" in pages:
        return f"{name}_{said['kind']}"
    if name == literal and name in variables:
        return None
    return next((f"{name}_{kind}" for kind in KINDS if f"{name}_{kind}" in pages), None)


def menu_title(page: str, title: str) -> str:
    """The name of a page in the menu and below other pages: short, so that no name breaks in the middle of a word."""
    if page == "README":
        # Its heading is that of the start page, too.
        return "Overview"
    return title.removeprefix(FULL).split(" -- ")[0]


@functools.cache
def variables_of_roles(folder: Path) -> set[str]:
    """The names of all variables of the roles in a folder."""
    specs = [yaml.safe_load(path.read_text("utf-8")) for path in folder.glob("*/meta/argument_specs.yml")]
    return {name for spec in specs for entry in spec["argument_specs"].values() for name in entry.get("options", {})}
