# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The method table, which C(tools/relay_table.py) of the collection writes: what a request may contain."""

from __future__ import annotations

import dataclasses
import functools
import json
import pathlib
import typing as t

EFFECTS = ("READ", "CHANGE", "BUY", "DESTROY", "ACTION")
FILE = pathlib.Path(__file__).with_name("methods.json")


@dataclasses.dataclass(frozen=True)
class Method:
    """One method.

    :param effect: the gravest that a call can have.
    :param elements: paths of the elements below that of the method; C(containers) are those that have others in them.
    :param attributes: paths of the attributes.
    :param repeated: paths of the elements that may come more than once.
    :param subjects: path of a parameter: C(site), C(account), or C(other) if only the vendor knows whose it is.
    :param items: the element with one item of a batch; empty: no batch.
    :param common: the answer is the same for all customers.
    :param answer_secrets: the answer has a secret.
    """

    name: str
    effect: str
    elements: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    repeated: frozenset[str] = frozenset()
    subjects: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    items: str = ""
    common: bool = False
    answer_secrets: bool = False

    @functools.cached_property
    def containers(self) -> frozenset[str]:
        """Paths of the elements that may have others in them."""
        parents = {parent for path in self.elements for parent in _parents(path)}
        holders = {holder for path in self.attributes for holder in _parents(path)}
        return frozenset(parents | {parent for holder in holders for parent in _parents(holder)})

    @functools.cached_property
    def known(self) -> frozenset[str]:
        """Paths of all elements."""
        return self.elements | self.containers | {holder for path in self.attributes for holder in _parents(path)}


def _parents(path: str) -> t.Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


Table = t.Mapping[str, Method]


def load(path: pathlib.Path = FILE) -> Table:
    """Return the methods by name."""
    entries: dict[str, dict[str, t.Any]] = json.loads(path.read_text(encoding="utf-8"))
    return {name: _method(name, entry) for name, entry in entries.items()}


def _method(name: str, entry: t.Mapping[str, t.Any]) -> Method:
    return Method(
        name,
        entry["effect"].upper(),
        frozenset(entry.get("elements", ())),
        frozenset(entry.get("attributes", ())),
        frozenset(entry.get("repeated", ())),
        subjects=entry.get("subjects", {}),
        items=entry.get("items", ""),
        common=entry.get("common", False),
        answer_secrets=entry.get("answer_secrets", False),
    )
