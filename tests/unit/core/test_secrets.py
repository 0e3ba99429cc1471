# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils import _secrets
from ansible_collections.hosting.websec.plugins.module_utils._errors import RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._readings import Effort
from ansible_collections.hosting.websec.plugins.module_utils._secrets import (
    HIDDEN,
    MAX_ESCAPES,
    Redactor,
    redact_data,
    redacted_errors,
)
from ansible_collections.hosting.websec.tests.unit.spellings import SPELLINGS, Spelling, shows, twice

AWKWARD = "p\\a's s\"&<w>/+%\u00f6\u20ac\U0001f600"
SECRETS = [
    "hunter2-and-more",
    "O'Brien's dog",
    "a&b;c<d>e",
    "back\\slash",
    "two words",
    "100%-%41",
    "&amp;\\u0041%2B",
    AWKWARD,
]

IN_BASE64 = ("base64", "Basic")


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("secret", ["hunter2", *SECRETS])
def test_a_secret_is_hidden_in_every_spelling(spelling: Spelling, secret: str) -> None:
    shown = Redactor([secret])(f"wrong: {spelling(secret)}!")
    assert HIDDEN in shown
    assert shown.startswith("wrong: ")
    assert not shows(shown, secret)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_hidden_in_every_spelling_of_every_spelling(secret: str) -> None:
    redact = Redactor([secret])
    for name, spelling in twice():
        shown = redact(f"wrong: {spelling(secret)}!")
        assert HIDDEN in shown, name
        assert not shows(shown, secret), name
        if not any(each in name for each in IN_BASE64):
            # The rest of the text is unchanged.
            assert shown == f"wrong: {HIDDEN}!", name


@settings(deadline=None)
@given(
    secret=st.text(min_size=8).filter(lambda text: len(text.strip()) >= 8),
    before=st.text(),
    after=st.text(),
    spelling=st.sampled_from([spelling for _name, spelling in twice()]),
)
def test_no_secret_is_left_in_any_text(secret: str, before: str, after: str, spelling: Spelling) -> None:
    shown = Redactor([secret])(f"{before}{spelling(secret)}{after}")
    assert HIDDEN in shown
    squeezed = "".join(secret.split())
    assert not any(squeezed in "".join(piece.split()) for piece in shown.split(HIDDEN))


@settings(deadline=None)
@given(secret=st.text(min_size=1), text=st.text())
def test_every_text_can_be_read(secret: str, text: str) -> None:
    Redactor([secret])(text)


@pytest.mark.parametrize("text", ["\\", "&", "&#", "%", "&amp;", "%25", "\\u005c", "+", "h", "hunter2-and-mor", "x\n"])
def test_a_text_that_nobody_wrote_costs_no_more_than_its_length(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The counted reads: each place of the text a few times, however often it is repeated.
    counts = []
    for length in (1000, 2000):
        read: list[int] = []
        at = _secrets.Readings._at
        monkeypatch.setattr(
            _secrets.Readings, "_at", lambda self, *where, at=at, read=read: read.append(1) or at(self, *where)
        )
        Redactor(["hunter2-and-more"])(text * (length // len(text)))
        monkeypatch.setattr(_secrets.Readings, "_at", at)
        counts.append(len(read))
    assert counts[1] <= 2.2 * counts[0] + 100


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("hunter2-and-more", "\\" * 1999),
        ("hunter2-and-more", "&" * 1999),
        ("hunter2-and-more", "%u0025" * 1999),
        ("hunter2-and-more", "hunter2-and-mor&" * 1999),
        ("hunter2-and-more", "hunter2-and-more" * 2000),
        (f"{'a' * 60}b", f"{'a' * 5000}b"),
        (f"{'a' * 60}b", f"{'a ' * 5000}b"),
        (f"{'é' * 12}x", "é" * 5000),
        ("hunter2-and-more", f"{'QUFB' * 500}&" * 3),
    ],
)
def test_an_answer_made_to_take_long_costs_no_more_than_its_effort(
    secret: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With 100 such texts as with 1,000: when the effort is spent, the rest is hidden without reading.
    counts = []
    for times in (100, 1000):
        read: list[int] = []
        at = _secrets.Readings._at
        monkeypatch.setattr(
            _secrets.Readings, "_at", lambda self, *where, at=at, read=read: read.append(1) or at(self, *where)
        )
        shown, _hidden = redact_data([text] * times, Redactor([secret]), Effort(20_000))
        monkeypatch.setattr(_secrets.Readings, "_at", at)
        assert shown[-1] == HIDDEN
        counts.append(len(read))
    assert counts[1] <= counts[0] + 1000


def test_a_text_with_too_many_escapes_is_hidden_unread() -> None:
    assert Redactor(["hunter2-and-more"])("\\" * MAX_ESCAPES) == "\\" * MAX_ESCAPES
    assert Redactor(["hunter2-and-more"])("x" + "&" * (MAX_ESCAPES + 1)) == HIDDEN


def test_the_longer_one_of_two_secrets_is_hidden_whole() -> None:
    assert Redactor(["abcdefgh", "abcdefgh-ijk"])("abcdefgh-ijk abcdefgh") == f"{HIDDEN} {HIDDEN}"
    assert Redactor(["abcdefgh", "fgh-ijklm"])("abcdefgh-ijklm x") == f"{HIDDEN} x"


@pytest.mark.parametrize("secrets", [[], [None], [""], [None, ""], ["  \n"]])
def test_without_secrets_a_text_stays_as_it_is(secrets: list[str | None]) -> None:
    assert Redactor(secrets)("text, and nothing & to hide") == "text, and nothing & to hide"


def test_a_secret_that_is_not_unicode_text_can_be_hidden() -> None:
    # The form of bytes that are not UTF-8 in os.environ.
    for text in ("p\udcffssword", "p\ufffdssword", "p?ssword", "p\u00ffssword", "p%FFssword"):
        assert Redactor(["p\udcffssword"])(text) == HIDDEN


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_secret_that_was_spoilt_on_its_way_is_hidden(encoding: str) -> None:
    secret = "p\u00e4ssw\u00f6rd"
    assert Redactor([secret])(f"a {secret.encode(encoding, 'replace').decode('utf-8', 'replace')} b") == f"a {HIDDEN} b"
    assert Redactor([secret])(f"a {secret.encode().decode('latin-1')} b") == f"a {HIDDEN} b"


# ---- secrets that are words

MEANING = [
    "ready",
    "1",
    "0",
    "site-1.example",
    "2026-11-03",
    "192.0.2.1",
    "2001:db8::1",
    "1.1.1.1, 8.8.8.8",
    "8765",
    "x_1",
]


@pytest.mark.parametrize("text", MEANING)
@pytest.mark.parametrize("secret", ["1", "e", "10", "03", "ite", "192", "db8", "8.8"])
def test_a_very_short_secret_changes_no_name_and_no_number(secret: str, text: str) -> None:
    assert Redactor([secret])(text) == text


@pytest.mark.parametrize("text", ["site-1.example", "2026-11-03", "192.0.2.1", "2001:db8::1", "1.1.1.1, 8.8.8.8"])
@pytest.mark.parametrize("secret", ["site", "2026", "2026-11", "2001", "1.1.1.1", "example"])
def test_a_short_secret_changes_no_part_of_a_name_or_a_number(secret: str, text: str) -> None:
    assert Redactor([secret])(text) == text


@pytest.mark.parametrize("secret", ["1", "abc"])
def test_a_very_short_secret_is_hidden_as_a_word_of_a_text(secret: str) -> None:
    redact = Redactor([secret])
    assert redact(f"wrong password: {secret}!") == f"wrong password: {HIDDEN}!"
    assert redact(f"wrong password: x{secret}y") == f"wrong password: x{secret}y"


def test_a_short_secret_is_hidden_in_a_text_and_where_it_stands_alone() -> None:
    redact = Redactor(["hunter2"])
    assert redact("hunter2") == redact("hunter%32") == HIDDEN
    assert redact("key:hunter2") == f"key:{HIDDEN}"
    assert redact("is xhunter2x") == f"is x{HIDDEN}x"


def test_a_long_secret_is_hidden_even_in_a_name() -> None:
    assert Redactor(["customer"])("customers.example") == f"{HIDDEN}s.example"


@pytest.mark.parametrize("secret", ["1", "x", "ab1", "K7"])
def test_a_short_secret_is_not_looked_for_in_base64(secret: str) -> None:
    token = "globalsign-domain-verification=VIYIM3EFP0APXADXY9D2MM4NHEXEGJNU2 x"
    assert Redactor([secret])(token.replace(" x", "")) == token.replace(" x", "")


# ---- plain data


def test_every_text_and_every_key_of_plain_data_is_redacted() -> None:
    data: dict[str, t.Any] = {
        "a": "x hunter2-and-more",
        "b": [{"@c": "hunter2%2Dand-more", "n": 1}, "fine"],
        "hunter2-and-more": {"d": None, "e": True},
    }
    shown, hidden = redact_data(data, Redactor(["hunter2-and-more"]))
    assert shown == {"a": f"x {HIDDEN}", "b": [{"@c": HIDDEN, "n": 1}, "fine"], HIDDEN: {"d": None, "e": True}}
    assert hidden == [("a",), ("b", "@c"), (HIDDEN,)]


def test_plain_data_without_a_secret_stays_as_it_is() -> None:
    data = {"a": ["x", {"b": "1 & 2"}], "c": 1.5}
    assert redact_data(data, Redactor(["hunter2-and-more"])) == (data, [])


# ---- errors


def test_an_error_is_redacted_and_its_causes_are_cut() -> None:
    def refuse() -> t.NoReturn:
        try:
            raise ValueError("hunter2-and-more")
        except ValueError as problem:
            raise RejectedError("no hunter2-and-more", hint="%68unter2-and-more", code="hunter2-and-more") from problem

    with pytest.raises(RejectedError) as raised, redacted_errors(Redactor(["hunter2-and-more"])):
        refuse()
    error = raised.value
    assert (error.message, error.hint, error.code) == (f"no {HIDDEN}", HIDDEN, HIDDEN)
    assert error.__context__ is None
    assert error.__cause__ is None
