# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples in the README files and in docs: every block of code, and every command in a line of text.

A comment before a block has its kind and its file: C(<!-- example: tasks, file name.yml -->).
"""

from __future__ import annotations

import ast
import dataclasses
import pathlib
import re
import runpy
import shlex
import typing as t

import yaml

COLLECTION = pathlib.Path(__file__).resolve().parents[2]

_FENCE = re.compile(
    r"^(?:(?P<margin> *)<!-- example: (?P<kind>[^,>]+?)(?:, file (?P<file>\S+))? -->\n)?"
    r"(?P<indent> *)```(?P<language>\S*)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_INLINE = re.compile(r"(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)")


@dataclasses.dataclass(frozen=True)
class Block:
    """A block of code. ``kind`` and ``file`` (where a reader saves it) come from its comment, or are empty."""

    page: str
    line: int
    language: str
    kind: str
    file: str
    text: str

    @property
    def where(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def data(self) -> t.Any:
        """The data in a YAML block."""
        return yaml.safe_load(self.text)


def pages() -> list[pathlib.Path]:
    """The pages for users."""
    found = [COLLECTION / "README.md", COLLECTION / "CONTRIBUTING.md"]
    return [*found, *sorted(COLLECTION.glob("docs/*.md")), *sorted(COLLECTION.glob("roles/*/README.md"))]


def blocks() -> list[Block]:
    """Every block of every page."""
    return [block for page in pages() for block in _blocks_of(page)]


def _blocks_of(page: pathlib.Path) -> t.Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        margin = found["indent"]
        inner = "".join(line.removeprefix(margin) for line in found["text"].splitlines(keepends=True))
        yield Block(
            page=str(page.relative_to(COLLECTION)),
            line=text.count("\n", 0, found.start("indent")) + 1,
            language=found["language"],
            kind=found["kind"] or _kind_of(found["language"], inner),
            file=found["file"] or "",
            text=inner,
        )


def _kind_of(language: str, text: str) -> str:
    """The kind of a block without a comment: a playbook, or commands."""
    if language in ("shell", "console"):
        return "commands"
    data = yaml.safe_load(text) if language == "yaml" else None
    plays = isinstance(data, list) and all(
        isinstance(play, dict) and ({"hosts"} & set(play) or any("import_playbook" in key for key in play))
        for play in data
    )
    return "playbook" if plays else ""


def fences() -> int:
    """The number of blocks, counted in another way."""
    lines = [line for page in pages() for line in page.read_text(encoding="utf-8").splitlines()]
    ends = sum(line.strip().startswith("```") for line in lines)
    assert ends % 2 == 0
    return ends // 2


def inline() -> t.Iterator[tuple[str, str]]:
    """The texts between backticks in lines of text, with their page."""
    for page in pages():
        for found in _INLINE.finditer(_FENCE.sub("", page.read_text(encoding="utf-8"))):
            yield str(page.relative_to(COLLECTION)), re.sub(r"\s+", " ", found[1])


def commands(block: Block) -> list[str]:
    """The commands of a block, each in one line, with its trailing comment."""
    text = block.text.replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    if block.language == "console":
        lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return [line for line in lines if line and not line.startswith("#")]


def words(command: str) -> tuple[dict[str, str], list[str]]:
    """The variables of a command, and its words without comment and redirection."""
    parts = shlex.split(command, comments=True)
    given = {}
    while parts and re.fullmatch(r"[A-Z_][A-Z0-9_]*=.*", parts[0]):
        name, _, value = parts.pop(0).partition("=")
        given[name] = value
    ends = [place for place, part in enumerate(parts) if part.startswith(">")]
    return given, parts[: ends[0]] if ends else parts


# What a page speaks of


def role_specs(role: str) -> dict[str, t.Any]:
    """The entry points of a role."""
    text = (COLLECTION / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    return t.cast("dict[str, t.Any]", yaml.safe_load(text)["argument_specs"])


def roles() -> list[str]:
    return sorted(path.name for path in (COLLECTION / "roles").iterdir() if path.is_dir())


def role_variables() -> dict[str, dict[str, t.Any]]:
    """Every variable of every role, with its option."""
    found: dict[str, dict[str, t.Any]] = {}
    for role in roles():
        for spec in role_specs(role).values():
            found.update(spec.get("options", {}))
    return found


def module_options(name: str) -> dict[str, t.Any]:
    """The options of a module of this collection; empty for any other."""
    path = COLLECTION / "plugins" / "modules" / f"{name.rpartition('.')[2]}.py"
    if not name.startswith("hosting.websec.") or not path.is_file():
        return {}
    documented = yaml.safe_load(_constant(path, "DOCUMENTATION"))
    options: dict[str, t.Any] = dict(documented.get("options", {}))
    for fragment in documented.get("extends_documentation_fragment", []):
        if fragment.startswith("hosting.websec."):
            file, _, part = fragment.removeprefix("hosting.websec.").partition(".")
            fragments = runpy.run_path(str(COLLECTION / "plugins" / "doc_fragments" / f"{file}.py"))
            text = getattr(fragments["ModuleDocFragment"], part.upper() or "DOCUMENTATION")
            # Connection options can come from the environment.
            for option, described in yaml.safe_load(text).get("options", {}).items():
                options[option] = {**described, "required": False}
    return options


def _constant(path: pathlib.Path, name: str) -> str:
    """A text of a Python file, also one in a class."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == name:
            return str(ast.literal_eval(node.value))
    raise AssertionError(f"{path} has no {name}")
