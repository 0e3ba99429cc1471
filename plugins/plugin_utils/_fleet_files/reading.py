# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file of a fleet, with the lines of its entries, and with the keys that it has twice."""

from __future__ import annotations

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


def read_file(path: str, decrypted: str | None = None) -> Content:
    """
    :param path: JSON if its name ends so, otherwise YAML.
    :param decrypted: a decrypted copy of the file, which is read in its place.
    :raises UnreadableError: it cannot be read, is empty, encrypted, too large, or is neither YAML nor JSON.
    """
    text = _text(decrypted or path)
    if text.startswith(_VAULT):
        raise UnreadableError(
            "it is encrypted with Ansible Vault, and no password opens it. It was not checked.",
            hint="Give the password with --vault-password-file, or leave the file out.",
        )
    if not text.strip():
        raise UnreadableError("it is empty.")
    content = _json(text) if path.endswith(".json") else _yaml(text)
    if content.data is None:
        raise UnreadableError("it is empty.")
    return dataclasses.replace(content, templates="{{" in text or "{%" in text or "!vault" in text)


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
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("it is not text in UTF-8.", data.count(b"\n", 0, error.start) + 1) from None


def _json(text: str) -> Content:
    duplicates: list[Duplicate] = []

    def unique(pairs: list[tuple[str, t.Any]]) -> dict[str, t.Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _value in pairs]
            duplicates.extend(Duplicate(name, None, None) for name in found if names.count(name) > 1)
        return found

    try:
        data = json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"it is not valid JSON: {error.msg}.", error.lineno) from None
    except RecursionError:
        raise UnreadableError("it is nested too deeply.") from None
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


def _yaml(text: str) -> Content:
    loader = _Loader(text)
    try:
        _refuse_deep(text)
        node = loader.get_single_node()
        data = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnreadableError(
            f"it is not valid YAML: {error.problem}.", None if mark is None else mark.line + 1
        ) from None
    except yaml.YAMLError as error:
        reason = getattr(error, "reason", "it cannot be read")
        raise UnreadableError(f"it is not valid YAML: {reason}.") from None
    except RecursionError:
        raise UnreadableError("it is nested too deeply.") from None
    except (ValueError, OverflowError) as error:
        # A date that is none, such as 2026-02-30.
        raise UnreadableError(f"it is not valid YAML: {error}.") from None
    finally:
        loader.dispose()
    return Content(data, node, tuple(loader.duplicates))


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


def _unsafe(loader: t.Any, node: yaml.Node) -> t.Any:
    """A value that is no template, whatever is in it."""
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    return (
        loader.construct_sequence(node, True)
        if isinstance(node, yaml.SequenceNode)
        else loader.construct_mapping(node, True)
    )


_Loader.add_constructor("!unsafe", _unsafe)
for _tag in ("!vault", "!vault-encrypted"):
    _Loader.add_constructor(_tag, lambda _loader, _node: ENCRYPTED)
