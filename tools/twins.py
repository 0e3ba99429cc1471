# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy the documentation of options and return values between modules that share them: from the module for one item to
the module for many, and between modules with common parts in their results.

    python tools/twins.py           writes
    python tools/twins.py --check   fails if a file is not up to date (tools/lint does this)

A documentation fragment can contain options, but no return values, and no options at another path of a module. So both
files have complete pages, and this keeps them equal: change an entry in its source (see COPIES) and run this. Entries
that only the target has are not changed.
"""

from __future__ import annotations

import dataclasses
import re
import sys
import textwrap
import typing as t
from pathlib import Path

PLUGINS = Path(__file__).resolve().parent.parent / "plugins"
WIDTH = 120


@dataclasses.dataclass(frozen=True)
class Part:
    """Entries in a file: below ``path`` (keys, separated by dots) in the YAML of ``variable``."""

    file: str
    variable: str
    path: str

    def bounds(self, text: str) -> tuple[int, int]:
        """Return where the YAML begins and ends in the text of the file."""
        found = re.search(rf'^ *{self.variable} = r"""\n(.*?)^ *"""', text, re.DOTALL | re.MULTILINE)
        if not found:
            raise SystemExit(f"twins: {self.file} has no {self.variable}.")
        return found.span(1)


@dataclasses.dataclass(frozen=True)
class Copy:
    """One copy.

    ``prefix`` is before the names of the source in O() and RV(); ``own`` is not in the target. With ``only``, other
    entries of the source are ignored, and names are not changed, except the list ``renamed``: (there, here).
    """

    source: Part
    target: Part
    prefix: str = ""
    own: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    renamed: tuple[str, str] = ("", "")

    def text(self, line: str, names: t.Iterable[str]) -> str:
        """Return a line of the source, converted for the target."""
        if self.only:
            there, here = self.renamed
            return re.sub(rf"\b(O|RV)\({there}\b", rf"\1({here}", line) if there else line
        new_prefix = self.target.path.split(".")[-2] + "[]."
        return re.sub(rf"\b(O|RV)\({re.escape(self.prefix)}(?=({'|'.join(names)})\b)", rf"\1({new_prefix}", line)


def _returns(one: str, many: str, items: str, *own: str) -> Copy:
    target = Part(f"modules/{many}.py", "RETURN", f"{items}.contains")
    return Copy(Part(f"modules/{one}.py", "RETURN", ""), target, own=frozenset(own))


def _options(source: Part, many: str, items: str, *own: str) -> Copy:
    target = Part(f"modules/{many}.py", "DOCUMENTATION", f"options.{items}.suboptions")
    return Copy(source, target, own=frozenset(own))


def _of_module(one: str) -> Part:
    return Part(f"modules/{one}.py", "DOCUMENTATION", "options")


def _shared(many: str, items: str, target: str, *only: str, source: str = "") -> Copy:
    """:param items: the list in the result of ``many``. :param target: and ``source``: paths in RETURN."""
    return Copy(
        Part("modules/dns_record_sets.py", "RETURN", source or target),
        Part(f"modules/{many}.py", "RETURN", target),
        only=frozenset(only),
        renamed=("record_sets", items),
    )


# Modules with deferred entries and short results, and the list in their result.
BULK = (
    ("rfc2136_record_sets", "record_sets"),
    ("dns_record_sets_info", "record_sets"),
    ("dns_zones_info", "zones"),
    ("sitelock_waf_preflight", "sites"),
    ("sitelock_waf_addons", "sites"),
    ("sitelock_anp_status", "sites"),
    ("botguard_websites", "websites"),
    ("botguard_users", "users"),
)
# Modules in which an item can be deferred after some of its writes.
WRITTEN_BEFORE = ("sitelock_waf_addons", "botguard_websites")
DEFERRED = ("deferred", "deferred_reason")
SITE = Part("modules/sitelock_waf_addon.py", "RETURN", "site.contains")
COPIES = [
    _options(Part("doc_fragments/sitelock.py", "SITE_OPTIONS", "options"), "sitelock_waf_addons", "sites"),
    Copy(SITE, Part("modules/sitelock_waf_addons.py", "RETURN", "sites.contains"), prefix="site."),
    Copy(SITE, Part("modules/sitelock_anp_status.py", "RETURN", "sites.contains"), prefix="site."),
    _options(_of_module("botguard_website"), "botguard_websites", "websites"),
    _returns("botguard_website", "botguard_websites", "websites"),
    _options(_of_module("botguard_user"), "botguard_users", "users", "return_api_key"),
    _returns("botguard_user", "botguard_users", "users", "api_key"),
    *(_shared(many, items, "", "deferred", "results_file") for many, items in BULK),
    *(_shared(many, items, f"{items}.contains", DEFERRED[1], source="record_sets.contains") for many, items in BULK),
    *(
        _shared(many, items, f"{items}.contains", DEFERRED[0], source="record_sets.contains")
        for many, items in BULK
        if many not in WRITTEN_BEFORE
    ),
    Copy(
        Part(f"modules/{WRITTEN_BEFORE[0]}.py", "RETURN", "sites.contains"),
        Part(f"modules/{WRITTEN_BEFORE[1]}.py", "RETURN", "websites.contains"),
        only=frozenset(DEFERRED[:1]),
    ),
    _shared(
        *("rfc2136_record_sets", "record_sets", "record_sets.contains"),
        *("zone", "name", "type", "ttl", "before", "replaced", "changed", "failed"),
    ),
    _shared(
        *("rfc2136_record_sets", "record_sets", "zones.contains"),
        *(*DEFERRED, "zone", "changed", "failed", "error", "propagated", "lagging"),
    ),
    Copy(
        _of_module("sitelock_waf_addons"),
        Part("modules/sitelock_waf_sites.py", "DOCUMENTATION", "options"),
        only=frozenset(("batch_size",)),
    ),
]


def indent_of(line: str) -> int:
    """Return the number of leading spaces of a line."""
    return len(line) - len(line.lstrip(" "))


def entries(lines: list[str], path: str) -> dict[str, tuple[int, int]]:
    """Return the first line, and the one after the last, of each entry below a path."""
    first, last, indent = 0, len(lines), 0
    for key in filter(None, path.split(".")):
        first, last = _children(lines, first, last, indent)[key]
        first += 1
        indent = indent_of(lines[first])
    return _children(lines, first, last, indent)


def _children(lines: list[str], first: int, last: int, indent: int) -> dict[str, tuple[int, int]]:
    heads = [number for number in range(first, last) if re.match(rf" {{{indent}}}\w+:", lines[number])]
    return {lines[head].split(":")[0].strip(): (head, end) for head, end in zip(heads, [*heads[1:], last])}


def moved(lines: list[str], indent: int) -> list[str]:
    """Return an entry at another indentation, with its descriptions rewrapped; nested entries without C(returned)."""
    shift = indent - indent_of(lines[0])
    kept = [line for line in lines if not indent or not line[indent_of(lines[0]) :].startswith("  returned:")]
    shifted = [" " * (indent_of(line) + shift) + line.lstrip(" ") for line in kept]
    result: list[str] = []
    paragraph: list[str] = []
    within: int | None = None
    for line in shifted:
        at = indent_of(line)
        if within is not None and at <= within:
            within = None
        item = within is not None and line.lstrip().startswith("- ") and at == within + 2
        if within is None or item:
            result += filled(paragraph)
            paragraph = []
        if re.match(r" *description:", line):
            within = at
        if within is None:
            result.append(line)
        else:
            paragraph.append(line)
            if re.fullmatch(r" *description:", line):
                result.append(paragraph.pop())
    return result + filled(paragraph)


def filled(paragraph: list[str]) -> list[str]:
    """Wrap a text into lines of the maximum length."""
    if not paragraph:
        return []
    return textwrap.wrap(
        " ".join(line.strip() for line in paragraph),
        WIDTH,
        initial_indent=" " * indent_of(paragraph[0]),
        subsequent_indent=" " * (indent_of(paragraph[0]) + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )


def copied(copy: Copy, source: str, target: str) -> str:
    """Return the YAML of the target with the entries that it shares with the source."""
    from_lines, to_lines = source.splitlines(), target.splitlines()
    found, wanted = entries(from_lines, copy.source.path), entries(to_lines, copy.target.path)
    found = {name: bounds for name, bounds in found.items() if not copy.only or name in copy.only}
    missing = found.keys() - wanted.keys() - copy.own
    if missing:
        where = f"plugins/{copy.target.file} below {copy.target.path}"
        raise SystemExit(f"twins: add an empty entry to {where} for each of: {', '.join(sorted(missing))}")
    for name, (first, last) in reversed(list(wanted.items())):
        if name not in found:
            continue
        head, end = found[name]
        lines = [copy.text(line, found) for line in from_lines[head:end]]
        to_lines[first:last] = moved(lines, indent_of(to_lines[first]))
    return "\n".join(to_lines) + "\n"


def main() -> None:
    """Write the copies, or print which files are not up to date."""
    check = sys.argv[1:] == ["--check"]
    texts = {
        part.file: (PLUGINS / part.file).read_text(encoding="utf-8")
        for copy in COPIES
        for part in (copy.source, copy.target)
    }
    before = dict(texts)
    for copy in COPIES:
        start, end = copy.source.bounds(texts[copy.source.file])
        source = texts[copy.source.file][start:end]
        start, end = copy.target.bounds(texts[copy.target.file])
        text = texts[copy.target.file]
        new = copied(copy, source, text[start:end])
        texts[copy.target.file] = text[:start] + new + text[end:]
    old = [name for name, text in texts.items() if text != before[name]]
    for name in old:
        if not check:
            (PLUGINS / name).write_text(texts[name], encoding="utf-8")
        print(f"twins: plugins/{name} {'is not up to date: run python tools/twins.py' if check else 'written'}")
    if check and old:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
