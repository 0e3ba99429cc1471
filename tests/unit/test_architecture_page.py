# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The map in C(docs/architecture.md) has every part of the collection, and every path in this page exists."""

from __future__ import annotations

import re
import typing as t

import pytest

from ansible_collections.hosting.websec.tests.unit.documented import COLLECTION

PAGE = (COLLECTION / "docs/architecture.md").read_text(encoding="utf-8")
MAP = PAGE.split("```text\n", 1)[1].split("```", 1)[0]
CODE = COLLECTION / "plugins/module_utils"
ROOTS = (
    COLLECTION,
    CODE,
    CODE / "_dns/providers",
    COLLECTION / "tests/unit",
    *COLLECTION.glob("tests/unit/*/"),
    COLLECTION / "tests",
    COLLECTION / "docs",
    COLLECTION / "roles/sitelock_waf",
    COLLECTION / "roles/sandbox/files",
    COLLECTION / "roles/sandbox/files/websec_sandbox",
    *CODE.glob("*/"),
)
"""A path in this page is relative to one of these."""


def parts() -> t.Iterator[str]:
    for path in sorted(CODE.iterdir()):
        if path.name.startswith("_") and not path.name.startswith("__"):
            yield path.name.removesuffix(".py")
    for path in sorted(CODE.glob("*/*/")):
        if (path / "__init__.py").exists():
            yield f"{path.name}/"
    for path in sorted((COLLECTION / "roles").iterdir()):
        yield path.name
    for path in sorted((COLLECTION / "playbooks").glob("*.yml")):
        yield path.stem


@pytest.mark.parametrize("part", sorted(set(parts())))
def test_every_part_is_in_the_map(part: str) -> None:
    assert re.search(rf"(?<![\w]){part}(?![\w])" if part[-1] != "/" else rf"(?<!\w){part}", MAP)


def test_every_file_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|yml|md|toml|j2))\b", PAGE))
    assert len(named) > 50
    missing = [name for name in sorted(named) if not any((root / name).exists() for root in ROOTS)]
    assert missing == []
