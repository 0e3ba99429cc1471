# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No text of the collection says "1 sites": a count with a noun comes from one function (or filter), everywhere."""

from __future__ import annotations

import ast
import pathlib
import re
import typing as t

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOUNS = (
    "accounts|attempts|bytes|calls|causes|characters|days|digits|entries|errors|failures|findings|groups|hosts|hours|"
    "items|labels|levels|lines|minutes|names|orders|pages|queries|records|requests|retries|rows|seconds|servers|sets|"
    "sites|sub-accounts|times|users|values|warnings|websites|weeks|zones"
)
AFTER_A_COUNT = re.compile(
    rf" (?:(?!has |holds |contains |answers |refuses |with |between |of |in |for |at )[a-z-]+ ){{0,2}}(?:{NOUNS})\b"
)
CONSTANT = re.compile(r"[A-Z_]*[A-Z]{2}[A-Z_]*")


def in_python(source: str) -> t.Iterator[str]:
    """The places of f-strings in which a plural follows a value that may be 1."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.JoinedStr):
            continue
        for value, text in zip(node.values, node.values[1:]):
            if isinstance(value, ast.FormattedValue) and isinstance(text, ast.Constant):
                shown = ast.unparse(value.value)
                if AFTER_A_COUNT.match(str(text.value)) and not CONSTANT.fullmatch(shown):
                    yield f"{shown}{text.value}"


def in_yaml(source: str) -> t.Iterator[str]:
    for match in re.finditer(r"\{\{([^{}]*)\}\}\s+(?:[a-z-]+ )?([a-z-]+)\b", source):
        if re.fullmatch(NOUNS, match[2]):
            yield match[0]


def files(*patterns: str) -> list[pathlib.Path]:
    return sorted(file for pattern in patterns for file in ROOT.glob(pattern))


@pytest.mark.parametrize("file", files("plugins/**/*.py"), ids=lambda file: file.stem)
def test_in_python(file: pathlib.Path) -> None:
    # "has MX records", "cannot have MX records": types, and not a count.
    found = [each for each in in_python(file.read_text()) if not each.startswith(("texts ", "rdtype "))]
    assert found == []


def test_in_roles_and_playbooks() -> None:
    found = {
        str(file): there
        for file in files("roles/**/*.yml", "roles/**/*.j2", "playbooks/**/*.yml", "roles/**/README.md", "docs/*.md")
        if (there := list(in_yaml(file.read_text())))
    }
    assert found == {}


def test_what_the_search_finds() -> None:
    assert list(in_python('f"{len(rows):,} sites: {x}"')) == ["len(rows) sites: "]
    assert list(in_python('f"{count} of {total} new record sets failed"')) == ["total new record sets failed"]
    assert list(in_python('f"after {timeout:g} seconds"')) == ["timeout seconds"]
    assert list(in_python('f"at most {MAX} bytes, {name} is not one"')) == []
    assert list(in_yaml("{{ a | length }} of {{ b | length }} web hosts failed")) == ["{{ b | length }} web hosts"]
    assert list(in_yaml("{{ b | length | hosting.websec.counted('site') }} failed")) == []
