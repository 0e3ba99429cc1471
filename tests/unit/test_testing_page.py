# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(docs/testing.md) has existing tests, with the right size, for all that must be proven."""

from __future__ import annotations

import ast
import functools
import pathlib
import re
import typing as t

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SANDBOX = ROOT / "roles" / "sandbox" / "files" / "websec_sandbox"
MARK = "all_only"

ROW = re.compile(r"^\| (?P<what>[^|]+) \| `(?P<file>[^|`:]+)::(?P<name>\w+)` \| (?P<size>test|all) \|$")


class Row(t.NamedTuple):
    """A line of a table; C(size) is C(test) or C(all)."""

    what: str
    file: str
    name: str
    size: str


def rows(chapter: str) -> list[Row]:
    page = (ROOT / "docs" / "testing.md").read_text()
    text = page.partition(f"\n## {chapter}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ") and "::" in line]
    found = [ROW.match(line) for line in lines]
    assert None not in found, lines[found.index(None)]
    return [Row(**match.groupdict()) for match in found if match]


CHAPTERS = ("The promises", "The faults", "The forms of answers", "The relay", "Through ansible-playbook")
ALL = sorted({row for chapter in CHAPTERS for row in rows(chapter)})


@functools.cache
def sizes(file: str) -> dict[str, str]:
    """The tests of a file, with their sizes."""
    tree = ast.parse((ROOT / file).read_text())
    whole = any(
        isinstance(each, ast.Assign) and ast.unparse(each) == f"pytestmark = pytest.mark.{MARK}" for each in tree.body
    )
    found = {}
    for each in ast.walk(tree):
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_"):
            marks = [ast.unparse(decorator) for decorator in each.decorator_list]
            found[each.name] = "all" if whole or f"pytest.mark.{MARK}" in marks else "test"
    return found


@pytest.mark.parametrize("row", ALL, ids=lambda row: f"{row.what}: {row.name}")
def test_a_row_names_a_test_and_when_it_runs(row: Row) -> None:
    assert row.name in sizes(row.file), "there is no such test"
    assert sizes(row.file)[row.name] == row.size


def test_every_promise_has_a_row() -> None:
    promised = dict(
        re.findall(r"^\| (\d+) \| \*\*(.+?)\.?\*\*", (ROOT / "docs" / "safety.md").read_text(), re.MULTILINE)
    )
    assert len(promised) >= 9
    named = {tuple(row.what.split(" ", 1)) for row in rows("The promises")}
    assert {number for number, _text in named} == set(promised)
    for number, text in named:
        assert promised[number].startswith(text)


def literals(file: pathlib.Path, *names: str) -> set[str]:
    """The texts in the values of these names of a module."""
    return {
        text.value
        for each in ast.parse(file.read_text()).body
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) in names
        for text in ast.walk(each.value)
        if isinstance(text, ast.Constant)
    }


def test_every_fault_has_a_row() -> None:
    of_apis = literals(SANDBOX / "faults.py", "BEFORE", "AFTER")
    of_dns = literals(ROOT / "tests" / "property" / "fleet_machine.py", "DNS_FAULTS")
    assert len(of_apis) > 15
    assert len(of_dns) >= 3
    wanted = {f"`{kind}`" for kind in of_apis} | {f"DNS `{kind}`" for kind in of_dns}
    assert wanted <= {row.what for row in rows("The faults")}


def test_every_form_of_an_answer_has_a_row() -> None:
    (settings,) = (
        each
        for each in ast.parse((SANDBOX / "settings.py").read_text()).body
        if isinstance(each, ast.ClassDef) and each.name == "Settings"
    )
    kinds = {
        ast.unparse(each.target): ast.unparse(each.annotation)
        for each in settings.body
        if isinstance(each, ast.AnnAssign)
    }
    forms = {name for name, kind in kinds.items() if kind == "bool" or kind.startswith("typing.Literal")}
    assert len(forms) > 15
    assert {f"`{name}`" for name in forms} == {row.what for row in rows("The forms of answers")}


AROUND = re.compile(
    r"^\| (?P<files>[^|]+) \| `(?P<file>[^|`:]+)::(?P<name>[^|`]+)` \| (?P<size>test|all) \| (?P<time>[^|]+) \|$"
)


def around() -> list[re.Match[str]]:
    text = (ROOT / "docs" / "testing.md").read_text().partition("\n## Around the modules\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ") and "::" in line]
    found = [AROUND.match(line) for line in lines]
    assert None not in found, lines[found.index(None)]
    return [match for match in found if match]


@pytest.mark.parametrize("row", around(), ids=lambda row: row["files"])
def test_a_file_around_the_modules_exists_and_is_checked(row: re.Match[str]) -> None:
    files = [name for name in re.findall(r"`([^`]+)`", row["files"]) if "/" in name or "." in name]
    assert files
    assert [name for name in files if not (ROOT / name).exists()] == []
    assert re.search(r"\d+ (s|min)|as above", row["time"])
    if row["file"] == "tools/lint":
        steps = re.findall(r"^check (?:'([^']+)'|(\S+)) ", (ROOT / "tools" / "lint").read_text(), re.MULTILINE)
        assert row["name"] in {quoted or plain for quoted, plain in steps}
        assert row["size"] == "test"
    else:
        assert sizes(row["file"])[row["name"]] == row["size"]


def test_every_file_for_pipelines_editors_issues_and_billing_has_a_row() -> None:
    named = {name for row in around() for name in re.findall(r"`([^`]+)`", row["files"])}
    folders = (".github/ISSUE_TEMPLATE", ".github/workflows", "docs/pipelines", "docs/schemas", "extensions/whmcs")
    files = {str(path.relative_to(ROOT)) for folder in folders for path in (ROOT / folder).iterdir() if path.is_file()}
    assert len(files) > 8
    assert files <= named
