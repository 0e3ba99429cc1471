# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``ansible-doc`` shows the intended text, and all kinds of errors are documented."""

from __future__ import annotations

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTED = sorted(
    file
    for pattern in ("plugins/[!_m]*/*.py", "plugins/modules/*.py", "roles/*/meta/argument_specs.yml")
    for file in ROOT.glob(pattern)
)
CUT = re.compile(r"\b[BCIUL]\([^)]*\(")
"""Only semantic markup, such as C(V()), supports escaped brackets. The other ends at the first one."""

WRITING = sorted(file for file in ROOT.glob("plugins/modules/*.py") if "V(outcome_unknown)" in file.read_text("utf-8"))


@pytest.mark.parametrize("file", DOCUMENTED, ids=lambda file: f"{file.parent.parent.name}-{file.stem}")
def test_no_markup_ends_at_a_bracket_inside(file: pathlib.Path) -> None:
    assert CUT.findall(file.read_text(encoding="utf-8")) == []


def test_markup_that_ends_too_early_is_found() -> None:
    assert CUT.findall(r"as C(now().timestamp(\)) gives it, C(a) (b), V(now(\).timestamp(\))") == ["C(now("]


@pytest.mark.parametrize("module", WRITING, ids=lambda file: file.stem)
def test_a_list_of_kinds_has_a_mistake_of_this_collection(module: pathlib.Path) -> None:
    listed = re.findall(r"(?:V\(\w+\)(?:, | or |,\s+)){3,}V\(\w+\)", module.read_text(encoding="utf-8"))
    kinds = [each for each in listed if "V(outcome_unknown)" in each]
    assert kinds
    assert [each for each in kinds if "V(bug)" not in each] == []
