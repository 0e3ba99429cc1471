# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever an answer holds, and wherever: nothing of it gets into a file."""

from __future__ import annotations

import json
import random
import typing as t
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._recording.placeholders import Placeholders
from ansible_collections.hosting.websec.plugins.module_utils._recording.recorder import Recorder
from ansible_collections.hosting.websec.plugins.module_utils._recording.texts import redacted_text
from ansible_collections.hosting.websec.plugins.module_utils._recording.words import (
    CODE_NAMES,
    COUNTS,
    PEOPLE,
    TEXT_NAMES,
    TEXTS,
    VALUES,
    WHOLE_NAMES,
    WORDS,
)
from ansible_collections.hosting.websec.tests.unit.recording.directory import recorded

CORE, NUMBER = "qzkvw", "7744881"
"""Every secret has one of these. No word of an API has them, and nothing that stands for a value. They are longer than
the codes and counts that stay."""
HEX = "7744:881"

FORMS: tuple[str, ...] = (
    *("{core}", "{upper}", "{title}", "Jane {title}", "{core}.example.com", "www.{core}.co.uk.", "*.{core}.example"),
    *("{core}.sitelock.com", "jane.{core}@{core}.example", "/{core}/wp-admin", "_{core}._tcp.{core}.example"),
    *("https://{core}.example/{core}?token={core}#{core}", "https://{core}:{core}@192.0.2.1:8443/", "ftp://{core}/"),
    *("http://[2606:{hex}::1]/", "https://{core}", "http://{core}.botguard.net/?{core}"),
    "Invalid password {core}. Site {core}_id of {core} not found: {core}!",
    *("site_{core}-status", "pending-{core}", "globalsign-domain-verification={core}", "ok,{core};ready {core}"),
    *("a.example,{core}.example", "192.0.2.1, {core}", "-----BEGIN KEY-----\n{core}\n{core}\n", "\u00e4{core}\u4e2d"),
    *("{number}", "-{number}.{number}", "2606:{hex}::1", "2606:{hex}::/64", "{number}12", "{number}123456"),
    *(
        "{number}-{number}",
        "+49 {number} {number}",
        "{core}/64",
        "{core}:443",
        "$1${core}",
        "{core}=={core}",
        "({core})",
    ),
    *("2026-11-29 {core}", "{core}T12:00:00Z", "ready{core}", "ready {core}", "{core} " * 400),
)
HARMLESS = ("", "0", "1", "2026-11-29", "12:00", *sorted(TEXTS), *sorted(VALUES))
NAMES = ("title", *(sorted(each) for each in (WORDS, WHOLE_NAMES, CODE_NAMES, COUNTS, PEOPLE, TEXT_NAMES)))


class Source:
    """Random parts of answers. The same number is the same answer."""

    def __init__(self, number: int) -> None:
        self._random = random.Random(f"recorded {number}")

    def secret(self) -> str:
        core = CORE + "".join(self._random.choices("bcdfghjkmnpqrtvwz0123456789", k=self._random.randint(1, 9)))
        parts = {"core": core, "upper": core.upper(), "title": core.title(), "number": NUMBER, "hex": HEX}
        return self._random.choice(FORMS).format(**parts)

    def text(self) -> str:
        return self.secret() if self._random.random() < 0.7 else self._random.choice(HARMLESS)

    def word(self) -> str:
        return CORE + self._random.choice("bcdfgh") * self._random.randint(1, 3)

    def name(self) -> str:
        """Of an element: a known one, or one with a secret."""
        names = self._random.choice(NAMES)
        known = names if isinstance(names, str) else self._random.choice(names)
        chance = self._random.random()
        if chance < 0.6:
            return known
        return self.word() if chance < 0.8 else f"{known}_{self.word()}.{self.word()}-id"

    def element(self, depth: int = 0) -> str:
        name = self.name()
        names = {self.name() for _each in range(self._random.randint(0, 2))}
        attributes = "".join(f" {each}={quoteattr(self.text())}" for each in sorted(names))
        inside = "".join(self._inside(depth) for _each in range(self._random.randint(1, 3)))
        return f"<{name}{attributes}>{inside}</{name}>"

    def _inside(self, depth: int) -> str:
        word, secret = self.word(), self.secret()
        choices: list[t.Callable[[], str]] = [
            lambda: escape(self.text()),
            lambda: f"<![CDATA[{secret}]]>",
            lambda: f"<!-- {secret.replace('-', '.')} -->",
            lambda: f"<?{word} {word}?>",
            lambda: f"<{word}:name xmlns:{word}='urn:{word}' {word}:{word}='{word}'>{word}</{word}:name>",
            lambda: "".join(f"&#{ord(each)};" for each in word),
        ]
        if depth < 5 and self._random.random() < 0.6:
            return self.element(depth + 1)
        return self._random.choice(choices)()

    def value(self, depth: int = 0) -> t.Any:
        chance = self._random.random()
        if depth < 5 and chance < 0.7:
            number = self._random.randint(1, 3)
            if chance < 0.2:
                return [self.value(depth + 1) for _each in range(number)]
            keys = {self.name() if self._random.random() < 0.8 else self.secret() for _each in range(number)}
            return {key: self.value(depth + 1) for key in sorted(keys)}
        others: list[t.Any] = [
            None,
            True,
            0,
            1,
            2.5,
            int(f"{NUMBER}{self._random.randint(1, 999)}"),
            float(f"{NUMBER}.5"),
        ]
        return self._random.choice(others) if chance > 0.9 else self.text()


def broken(text: str) -> list[bytes]:
    """Answers that are no answers of an API, or not in a usual form, with a text in each."""
    shown = escape(text)
    return [
        f"<html><head><title>{shown}</title></head></html>".encode(),
        f"<?xml version='1.0'?><!DOCTYPE html><html><body class={quoteattr(text)}/></html>".encode(),
        f"<!DOCTYPE x [<!ENTITY e {quoteattr(text)}>]><site>&e;</site>".encode(),
        f"<site>{shown}</account>".encode(),
        ("<a>" * 80 + shown + "</a>" * 80).encode(),
        (f"<a>{shown}" * 60 + "</a>" * 60).encode(),
        f'<?xml version="1.0" encoding="UTF-16"?><site>{shown}</site>'.encode("utf-16"),
        f"<site>{shown}</site>".encode() + b" " * (1024 * 1024),
        f'{{"a": {json.dumps(text)}'.encode(),
        ("[" * 90 + json.dumps(text) + "]" * 90).encode(),
        text.encode(),
        b"\xff\xfe\x00" + text.encode(),
    ]


def assert_none_is_kept(folder: Path, bodies: t.Sequence[bytes], source: Source) -> None:
    told: list[str] = []
    recorder = Recorder(str(folder), api="SiteLock API", warn=told.append)
    for body in bodies:
        recorder.keep(Effect.READ, source.secret(), status=200, content_type=source.secret(), body=body)
    assert told == []
    assert len(recorded(folder)) == len(bodies)
    for file in folder.iterdir():
        shown = f"{file.name}\n{file.read_text(encoding='utf-8')}"
        assert CORE not in shown.lower()
        assert HEX[:4] not in shown


@pytest.mark.parametrize("number", range(20))
def test_no_secret_is_in_any_file(number: int, tmp_path: Path) -> None:
    source = Source(number)
    bodies = [source.element().encode() for _each in range(20)]
    bodies += [json.dumps(source.value()).encode() for _each in range(20)]
    assert_none_is_kept(tmp_path, bodies, source)
    kinds = [answer.kind for answer in recorded(tmp_path)]
    # What cannot be read proves nothing.
    assert kinds.count("xml") > 15
    assert kinds.count("json") > 15


@pytest.mark.parametrize("form", FORMS)
def test_no_secret_of_a_broken_answer_is_in_a_file(form: str, tmp_path: Path) -> None:
    text = form.format(core=CORE, upper=CORE.upper(), title=CORE.title(), number=NUMBER, hex=HEX)
    assert_none_is_kept(tmp_path, broken(text), Source(0))


def test_no_name_lets_a_secret_pass() -> None:
    leaks = []
    for name in sorted({*WORDS, *WHOLE_NAMES, *CODE_NAMES, *COUNTS, *PEOPLE, *TEXT_NAMES, "site_id"}):
        for form in FORMS:
            text = form.format(core=CORE, upper=CORE.upper(), title=CORE.title(), number=NUMBER, hex=HEX)
            shown = redacted_text(name, text, Placeholders())
            if CORE in shown.lower() or HEX[:4] in shown:
                leaks.append((name, text, shown))
    assert leaks == []


def _structure(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return [_structure(each) for each in value.values()]
    return [_structure(each) for each in value] if isinstance(value, list) else type(value)


def test_the_structure_stays(tmp_path: Path) -> None:
    source = Source(0)
    values = [source.value() for _each in range(60)]
    recorder = Recorder(str(tmp_path), api="BotGuard API")
    for value in values:
        recorder.keep(Effect.READ, "GET /website", status=200, content_type="", body=json.dumps(value).encode())
    kept = [json.loads(answer.body or b"null") for answer in recorded(tmp_path)]
    assert [_structure(each) for each in kept] == [_structure(value) for value in values]
