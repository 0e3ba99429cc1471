# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file of a fleet, with the lines of its entries, and with the keys that it has twice."""

from __future__ import annotations

import collections
import dataclasses
import json
import os
import re
import stat
import typing as t

import yaml

from ansible_collections.hosting.websec.plugins.module_utils._parsing import MAX_DEPTH

MAX_BYTES = 64 * 1024 * 1024
"""100,000 entries are 20 MB."""
MAX_REPEATED = 5_000_000
"""Values that anchors may add to a file. 100,000 entries that merge 20 keys of one mapping add 4,000,000."""
ENCRYPTED = "{{ encrypted with Ansible Vault }}"
"""In place of a value that is encrypted: like that of a template, it is unknown."""

_VAULT = "$ANSIBLE_VAULT;"
_TOKEN = re.compile(r"[^.\[\]]+")
_PATH = t.Sequence[t.Union[str, int]]


class UnreadableError(Exception):
    """A file cannot be read.

    :param line: where, from 1; C(None): unknown. :param hint: what to do.
    """

    def __init__(self, message: str, line: int | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.hint = hint


@dataclasses.dataclass(frozen=True)
class Duplicate:
    """A key that a mapping has twice. Lines are counted from 1; C(None): unknown."""

    key: str
    line: int | None
    first: int | None


@dataclasses.dataclass(frozen=True)
class Content:
    """What is in a file.

    :param node: of its YAML; C(None) for JSON, which has no lines.
    :param templates: whether a value in it may be a template.
    """

    data: t.Any
    node: yaml.Node | None = None
    duplicates: tuple[Duplicate, ...] = ()
    templates: bool = False

    def line(self, path: _PATH) -> int | None:
        """The line of the value at a path, or of what is nearest above it."""
        line, node = None, self.node
        for step in path:
            key, node = _below(node, step)
            if node is None:
                break
            line = (key or node).start_mark.line + 1
        return line

    def place(self, path: _PATH, line: int | None) -> int | str | None:
        """Which element of the list or mapping at a path has a line: its number from 1, or its name."""
        node = self.node
        for step in path:
            node = _below(node, step)[1]
        if line is None or node is None:
            return None
        if isinstance(node, yaml.SequenceNode):
            for place, each in enumerate(node.value, 1):
                if each.start_mark.line < line <= each.end_mark.line + 1:
                    return place
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if value.start_mark.line < line <= value.end_mark.line + 1:
                    return str(key.value)
        return None


def steps(key: str) -> list[str | int]:
    """The path of a key such as C(sites[0].ttl)."""
    return [int(each) if each.isascii() and each.isdigit() else each for each in _TOKEN.findall(key)]


def _below(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, yaml.Node | None]:
    """The key and the value of a step into a node."""
    if isinstance(node, yaml.MappingNode):
        # The last one counts, as for the value.
        for key, value in reversed(node.value):
            if key.value == str(step):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None, None


def read_file(
    path: str, decrypted: str | None = None, *, is_list: bool = False, may_be_encrypted: bool = True
) -> Content:
    """
    :param path: JSON if its name ends so, otherwise YAML.
    :param decrypted: a decrypted copy of the file, which is read in its place.
    :param is_list: the file is an option of a role, which reads it without Ansible: its texts are no templates, and
        tags of Ansible are unknown in it.
    :param may_be_encrypted: a run has the password, too.
    :raises UnreadableError: it cannot be read, is empty, encrypted, too large, or is neither YAML nor JSON.
    """
    text = _text(decrypted or path)
    if text.startswith(_VAULT):
        raise UnreadableError(
            "it is encrypted with Ansible Vault, and no password opens it. It was not checked.",
            hint="Give the password with --vault-password-file, or leave the file out."
            if may_be_encrypted
            else "A run cannot read it either: it reads this file without a password. Encrypt files of variables only.",
        )
    if not text.strip():
        raise UnreadableError("it is empty.")
    content = _json(text) if path.endswith(".json") else _yaml(text, _ListLoader if is_list else _VariablesLoader)
    if content.data is None:
        raise UnreadableError("it is empty.")
    templates = not is_list and ("{{" in text or "{%" in text or "!vault" in text)
    return dataclasses.replace(content, templates=templates)


def _text(path: str) -> str:
    try:
        # A pipe would be waited for.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise UnreadableError("it is not a file.")
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableError(f"it cannot be read: {error.strerror}.") from None
    if len(data) > MAX_BYTES:
        raise UnreadableError(
            f"it is larger than {MAX_BYTES // 1024 // 1024} MiB.", hint="Divide it into several files."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("it is not text in UTF-8.", data.count(b"\n", 0, error.start) + 1) from None
    if "\0" in text:
        raise UnreadableError("it is not text in UTF-8.", text.count("\n", 0, text.index("\0")) + 1)
    return text


def _json(text: str) -> Content:
    duplicates: list[Duplicate] = []

    def unique(pairs: list[tuple[str, t.Any]]) -> dict[str, t.Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = collections.Counter(name for name, _value in pairs)
            duplicates.extend(Duplicate(name, None, None) for name, count in names.items() if count > 1)
        return found

    try:
        data = json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"it is not valid JSON: {error.msg}.", error.lineno) from None
    except RecursionError:
        raise UnreadableError("it is nested too deeply.") from None
    except ValueError:
        raise UnreadableError("it is not valid JSON: a number has too many digits.") from None
    return Content(data, duplicates=tuple(duplicates))


def _refuse_deep(text: str) -> None:
    """The fast reader of YAML goes down with Python when a file is nested too deeply."""
    depth = 0
    for event in yaml.parse(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                mark = event.start_mark
                raise UnreadableError("it is nested too deeply.", None if mark is None else mark.line + 1)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _refuse_repeated(node: yaml.Node) -> None:
    """Ten anchors of ten aliases each are more values than any computer has memory for.

    :param node: of the document, in which an alias is the node itself.
    """
    sizes: dict[int, int] = {}
    repeated = 0
    # Each node comes again, as done, once those below it have sizes. A node in itself counts as one value there.
    open_nodes = [(node, False)]
    while open_nodes:
        here, is_done = open_nodes.pop()
        if is_done:
            sizes[id(here)] = 1 + sum(sizes[id(each)] for each in _nodes_below(here))
        elif id(here) in sizes:
            repeated += sizes[id(here)]
            if repeated > MAX_REPEATED:
                raise UnreadableError(
                    f"its YAML anchors repeat more than {MAX_REPEATED:,} values.",
                    here.start_mark.line + 1,
                    hint="Check the anchors (&name, *name) in it.",
                )
        else:
            sizes[id(here)] = 1
            if not isinstance(here, yaml.ScalarNode):
                open_nodes.append((here, True))
                open_nodes.extend((each, False) for each in _nodes_below(here))


def _nodes_below(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [each for pair in node.value for each in pair]
    return node.value if isinstance(node, yaml.SequenceNode) else []


def _yaml(text: str, kind: type[_Loader]) -> Content:
    loader = kind(text)
    try:
        _refuse_deep(text)
        node = loader.get_single_node()
        data = None
        if node is not None:
            _refuse_repeated(node)
            data = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise UnreadableError(f"it is not valid YAML: {_problem(error)}.", line, _hint(text, error)) from None
    except yaml.YAMLError as error:
        reason = getattr(error, "reason", "it cannot be read")
        raise UnreadableError(f"it is not valid YAML: {reason}.") from None
    except RecursionError:
        raise UnreadableError("it is nested too deeply.") from None
    finally:
        loader.dispose()
    return Content(data, node, tuple(loader.duplicates))


def _problem(error: yaml.MarkedYAMLError) -> str:
    """What PyYAML says. The second half of some sentences makes sense only after the first one."""
    problem = str(error.problem)
    return f"{error.context}, {problem}" if error.context and problem.startswith("but ") else problem


def _hint(text: str, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark
    is_tab = mark is not None and text[mark.index : mark.index + 1] == "\t"
    return "It is a tab. Indent with spaces." if is_tab else ""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen when it runs
    """Notes keys that are there twice, of which PyYAML keeps the last one without a word."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.duplicates: list[Duplicate] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[t.Any, t.Any]:
        if len({key.value for key, _value in node.value if isinstance(key, yaml.ScalarNode)}) != len(node.value):
            self._note(node)
        found: dict[t.Any, t.Any] = super().construct_mapping(node, deep)
        return found

    def _note(self, node: yaml.MappingNode) -> None:
        lines: dict[str, int] = {}
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                continue
            line = key.start_mark.line + 1
            if key.value in lines:
                self.duplicates.append(Duplicate(str(key.value), line, lines[key.value]))
            lines[key.value] = line

    def _construct_checked(self, node: yaml.ScalarNode) -> t.Any:
        """A date that is none, such as 2026-02-30, and a number of thousands of digits."""
        try:
            return yaml.SafeLoader.yaml_constructors[node.tag](self, node)
        except (ValueError, OverflowError) as error:
            problem = "a number has too many digits" if node.tag.endswith(":int") else str(error)
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from None


for _tag in ("int", "float", "timestamp"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _Loader._construct_checked)


class _VariablesLoader(_Loader):
    """Knows the tags of Ansible."""


class _ListLoader(_Loader):
    """Knows them only to refuse them."""


def _unsafe(loader: t.Any, node: yaml.Node) -> t.Any:
    """A value that is no template, whatever is in it."""
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    return (
        loader.construct_sequence(node, True)
        if isinstance(node, yaml.SequenceNode)
        else loader.construct_mapping(node, True)
    )


def _refuse_tag(_loader: t.Any, node: yaml.Node) -> t.Any:
    raise yaml.constructor.ConstructorError(
        None,
        None,
        f"{node.tag} is known only in files of variables, and this one is a plain list of entries",
        node.start_mark,
    )


_VariablesLoader.add_constructor("!unsafe", _unsafe)
_ListLoader.add_constructor("!unsafe", _refuse_tag)
for _tag in ("!vault", "!vault-encrypted"):
    _VariablesLoader.add_constructor(_tag, lambda _loader, _node: ENCRYPTED)
    _ListLoader.add_constructor(_tag, _refuse_tag)
