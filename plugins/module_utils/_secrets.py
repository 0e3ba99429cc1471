# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeps secrets out of all output and logs.

The client of each API has one ``Redactor``, which processes all data of a server where it is decoded: later code never
sees a secret that the server repeats, and needs no precautions.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._readings import (
    STARTS,
    Effort,
    Pattern,
    Readings,
    TooMuchError,
)

try:  # ansible-core 2.22 and later
    from ansible.module_utils.secrets import register_secret as _register_secret
except ImportError:
    _register_secret = None

HIDDEN = "********"

ANYWHERE = 8
"""A secret with at least this number of characters is hidden everywhere, even within a name or a number."""
IN_WORDS = 4
"""A secret with fewer characters is hidden only as a separate word in a text of several words."""

MAX_ESCAPES = 2000
"""A text with more characters that begin an escape is not for people: it is hidden completely, without a search."""

# A name, a number, a date, an address, a list of these: values of an API, not texts for people.
_ONE_WORD = re.compile(r"\w+(?:[.-]\w+)*\.?|[0-9a-fA-F:./, -]+", re.ASCII)
_ESCAPE = re.compile(rf"[{re.escape(STARTS)}]")
_SHORTEST_IN_BASE64 = 6
_BASE64_DEPTH = 2


class Redactor:
    """Replaces known secrets in texts, in each form in which a response may repeat them.

    A form is the secret, plain or in base64, with any of its characters escaped up to ``DEPTH`` times, in any mixture
    (see ``_readings``), and with white space added, changed or removed.

    Names, numbers and dates of an API must not change by coincidence. So a secret shorter than ``ANYWHERE`` is hidden
    in texts, and such a value only if it equals the secret; for one shorter than ``IN_WORDS`` see there.
    """

    def __init__(self, secrets: t.Iterable[str | None]) -> None:
        """:param secrets: the secrets; empty ones, those of white space only and C(None) are ignored."""
        known = [secret for secret in secrets if secret and secret.strip()]
        self._patterns = [(Pattern(form), size) for secret in known for form, size in _forms(secret)]
        # Every text with an ASCII secret contains one of these.
        self._signs = [*STARTS, *(pattern.sign for pattern, _size in self._patterns if pattern.sign.isascii())]
        self._all_ascii = all(map(str.isascii, known))
        long = [secret for secret in known if len(secret) >= _SHORTEST_IN_BASE64]
        shortest = min(map(len, long), default=0) * 4 // 3
        self._base64 = re.compile(rf"[A-Za-z0-9+/_-]{{{shortest},}}") if long else None
        self._base64_folded = re.compile(rf"(?:[A-Za-z0-9+/_-]\s*){{{shortest},}}")
        # Random bytes are rarely printable over the length of a secret.
        printable = rb"[\s\x20-\x7e]{%d}" % _SHORTEST_IN_BASE64 if self._all_ascii else rb""
        self._enough_text = re.compile(printable).search
        # Names and states are the same in all answers.
        self._suspects_base64 = functools.lru_cache(1024)(
            lambda run, inside: any(self.suspects(inner, inside + 1) for inner in self._from_base64(run))
        )

    def __call__(self, text: str, effort: Effort | None = None) -> str:
        """``text`` with every form of every secret replaced; hidden completely if that takes too long.

        :param effort: of the response that contains the text.
        """
        if not self.suspects(text):
            return text
        try:
            spans = sorted(self._spans(text, effort or Effort()))
        except TooMuchError:
            return HIDDEN
        return _without(text, spans) if spans else text

    def suspects(self, text: str, inside: int = 0) -> bool:
        """Whether ``text`` may contain a secret. Cheap, because most texts have no escapes and no secret.

        :param inside: the number of base64 layers around ``text``.
        """
        if not self._patterns:
            return False
        squeezed = "".join(text.split())
        plain = squeezed.replace("+", "") if "+" in squeezed else squeezed
        if not self._all_ascii and ("?" in plain or not plain.isascii()):
            return True
        for sign in self._signs:
            if sign in plain:
                return True
        if self._base64 is None or inside >= _BASE64_DEPTH:
            return False
        return any(self._suspects_base64(run, inside) for run in self._base64.findall(squeezed))

    def _spans(self, text: str, effort: Effort, inside: int = 0) -> t.Iterator[tuple[int, int]]:
        """The places of secrets in a text. :param inside: see ``suspects``."""
        if len(_ESCAPE.findall(text)) > MAX_ESCAPES:
            yield 0, len(text)
            return
        effort.spend(len(text) // 8)
        readings = Readings(text, effort)
        for pattern, size in self._patterns:
            # Random bytes contain every short text.
            if not inside or size >= _SHORTEST_IN_BASE64:
                for span in readings.spans(pattern):
                    if size >= ANYWHERE or _is_told(text, span, size):
                        yield span
        if self._base64 is not None and inside < _BASE64_DEPTH:
            for found in self._base64_folded.finditer(text):
                squeezed = "".join(found[0].split())
                for inner in self._from_base64(squeezed):
                    if any(True for _span in self._spans(inner, effort, inside + 1)):
                        yield found.span()
                        break

    def _from_base64(self, text: str) -> t.Iterator[str]:
        """Possible base64 decodings of ``text``, which may begin at any of its first four characters."""
        for start in range(4):
            part = text[start:].translate(_IN_MAIL)
            decoded = base64.b64decode(f"{part[: len(part) - 1 if len(part) % 4 == 1 else None]}===")
            if self._enough_text(decoded):
                yield decoded.decode("utf-8", "replace")


def _forms(secret: str) -> t.Iterator[tuple[str, int]]:
    """The texts to search for, each with the number of characters that decides where."""
    yield secret, len(secret.strip())
    encoded = secret.encode("utf-8", "surrogatepass")
    if len(encoded) < _SHORTEST_IN_BASE64:
        return
    # In base64 the neighbours of a text change its first and its last character, and three ways to align it give three
    # texts: so C(user:password) of HTTP Basic is found as well.
    for before in range(3):
        text = base64.b64encode(bytes(before) + encoded).decode("ascii").rstrip("=")
        inner = text[(0, 2, 3)[before] : None if (before + len(encoded)) % 3 == 0 else -1]
        yield inner, ANYWHERE
        if inner != (other := inner.translate(_IN_ADDRESSES)):
            yield other, ANYWHERE


_IN_ADDRESSES = str.maketrans("+/", "-_")
_IN_MAIL = str.maketrans("-_", "+/")


def _is_told(text: str, span: tuple[int, int], size: int) -> bool:
    """Whether a short secret at ``span`` is not a coincidence."""
    start, end = span
    if _ONE_WORD.fullmatch(text):
        return size >= IN_WORDS and (start, end) == (0, len(text))
    return size >= IN_WORDS or not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())


def _without(text: str, spans: t.Sequence[tuple[int, int]]) -> str:
    pieces, behind = [], 0
    for start, end in spans:
        if start >= behind:
            pieces += [text[behind:start], HIDDEN]
        behind = max(behind, end)
    return "".join([*pieces, text[behind:]])


_LONG = 200
"""Characters. A secret with more is a file with a key, not a password."""
_PIECE = 16


def with_pieces(secrets: t.Iterable[str]) -> t.Iterator[str]:
    """Secrets, and of each long one its pieces, also those of the text that it has in base64.

    A server may repeat a part of a key, or the key that it decoded.
    """
    for secret in secrets:
        yield secret
        if len(secret) > _LONG:
            for text in (secret, _decoded(secret)):
                for line in text.split():
                    yield from (
                        piece
                        for start in range(0, len(line), _PIECE)
                        if len(piece := line[start : start + _PIECE]) >= ANYWHERE
                    )


def _decoded(text: str) -> str:
    """The text in base64 that ``text`` is; empty if it is none."""
    try:
        return base64.b64decode(text, validate=True).decode("ascii")
    except ValueError:
        return ""


Path = tuple[str, ...]


def redact_data(data: t.Any, redact: Redactor, effort: Effort | None = None) -> tuple[t.Any, list[Path]]:
    """Plain data with ``redact`` applied to every text and every key in it.

    :param effort: of the response, if ``data`` is only part of it.
    :returns: the data, and the key path to each changed text or key (including the key itself).
    """
    if not redact.suspects("\0".join(_texts(data))):
        return data, []
    changed: list[Path] = []
    effort = effort or Effort()

    def walk(value: t.Any, path: Path) -> t.Any:
        if isinstance(value, str):
            shown = redact(value, effort)
            if shown != value:
                changed.append(path)
            return shown
        if isinstance(value, list):
            return [walk(each, path) for each in value]
        if not isinstance(value, dict):
            return value
        found = {}
        for name, each in value.items():
            shown = redact(name, effort)
            if shown != name:
                changed.append((*path, shown))
            found[shown] = walk(each, (*path, shown))
        return found

    return walk(data, ()), changed


def _texts(data: t.Any) -> list[str]:
    """All texts and keys in plain data."""
    found: list[str] = []
    todo = [data]
    for value in todo:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            found += value
            todo += value.values()
        elif isinstance(value, list):
            todo += value
    return found


@contextlib.contextmanager
def redacted_errors(redact: t.Callable[[str], str]) -> t.Iterator[None]:
    """Apply ``redact`` to the texts of every ``WebsecError`` that leaves the context."""
    try:
        yield
    except WebsecError as error:
        # The chain of causes is cut off, because it contains the same text, and the request.
        error.__context__ = None
        raise error.redacted(redact) from None


def register_secret(value: str) -> None:
    """Register ``value`` as a secret in ansible-core, where supported (2.22 and later)."""
    if _register_secret is not None:
        _register_secret(value)
