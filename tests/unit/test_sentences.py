# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages are complete sentences: a message and its hint follow each other on one line."""

from __future__ import annotations

import ast
import pathlib
import re
import typing as t

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = sorted(ROOT.glob("plugins/**/*.py"))
TASKS = sorted([*ROOT.glob("roles/*/tasks/**/*.yml"), *ROOT.glob("playbooks/*.yml")])
ENDS = (".", "?", "!", ".)")


def texts(call: ast.Call) -> t.Iterator[ast.expr]:
    """The message and the hint of an error."""
    yield from call.args[:1]
    yield from (keyword.value for keyword in call.keywords if keyword.arg == "hint")


def unfinished(source: str) -> t.Iterator[str]:
    """Texts of errors that have a hint and do not end as a sentence, as far as the source shows their end."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or all(keyword.arg != "hint" for keyword in node.keywords):
            continue
        for text in texts(node):
            end = text.values[-1] if isinstance(text, ast.JoinedStr) else text
            said = str(end.value) if isinstance(end, ast.Constant) and end.value else ""
            # A text that begins in lower case is a part of a sentence, completed by the code that catches the error.
            part = isinstance(text, ast.Constant) and said[:1].islower()
            if said and not part and not said.endswith(ENDS):
                yield said


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_text_of_an_error_ends_as_a_sentence(file: pathlib.Path) -> None:
    assert list(unfinished(file.read_text(encoding="utf-8"))) == []


def test_what_is_not_finished_is_found() -> None:
    source = """
raise kind(f"{call}: the API answered: {words} (HTTP {status})", hint="Look at it")
raise BadInputError("part of a sentence", hint="Write it.")
raise BadInputError(f"{name} is wrong. (It is.)", hint=HINT)
"""
    assert list(unfinished(source)) == [")", "Look at it"]


def messages(node: t.Any) -> t.Iterator[str]:
    """The failure messages of tasks."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("msg", "fail_msg") and isinstance(value, str):
                yield value
            else:
                yield from messages(value)
    elif isinstance(node, list):
        for each in node:
            yield from messages(each)


def broken(source: str) -> list[str]:
    """Messages with a line break in their text: YAML keeps it beside a line that is indented more than the others."""
    said = [
        re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", message, flags=re.DOTALL) for message in messages(yaml.safe_load(source))
    ]
    # A log after a colon has its own lines.
    return [text for text in said if "\n" in text and not text.rstrip().endswith(":")]


@pytest.mark.parametrize("file", TASKS, ids=lambda file: f"{file.parent.parent.name}-{file.stem}")
def test_a_message_of_a_task_is_one_line(file: pathlib.Path) -> None:
    assert broken(file.read_text(encoding="utf-8")) == []


def test_a_message_that_is_broken_is_found() -> None:
    start = "- fail:\n    msg: >-\n      Failed: {{ names\n"
    assert broken(start + "        | join }}.\n      See above.\n") == ["Failed: .\nSee above."]
    assert broken(start + "      | join }}.\n      See above.\n") == []
