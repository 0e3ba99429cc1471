# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of the entries and policies of a task may be shown, logged and returned.

Most sections have no secrets, and are shown. A section with secrets names the keys that are none (C(public)); a value
at one of them is shown if it has the form of such a value. People put secrets where they do not belong: so a value at a
key that nobody knows is hidden, and so is everything that looks like a file with a key in it.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._nesting import plain_data
from ansible_collections.hosting.websec.plugins.module_utils._parsing import parse_json
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN, register_secret
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import IS_KEY
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import AnySection

_ARMOR = "-----BEGIN"
_NAME = re.compile(r"[^\s/@]{1,253}")
_NAMES: t.Mapping[str, re.Pattern[str]] = {
    **dict.fromkeys(("site_id", "domain", "zone", "dns", "dns_accept"), _NAME),
    "policy": re.compile(r"[^\n]{1,60}"),
}
_SECRET_KEY = re.compile(r"pass|secret|private|token|credential", re.IGNORECASE)
"""Says of its value that it is secret, also in a section that has no such key."""
_PLAIN = re.compile(r"[\w.:*@-]{0,100}")
_NAMED = re.compile(r"(?!.*-{5})[\w./*~ ,@-]{0,200}")
_PATH = re.compile(r"[\w./~ -]{1,200}\.(?:pem|crt|cert|cer|der|key|pfx|p12)")


def may_be_shown(section: AnySection, key: str, value: t.Any) -> bool:
    """Whether a value of a section may be shown. :param key: in the section; empty: ``value`` is the whole section."""
    if section.public is None:
        names = [key, *_keys(value)]
        return not any(_ARMOR in text for text in _texts(value)) and not any(map(_SECRET_KEY.search, names))
    if key not in section.public:
        return value is None
    form = _PATH if key.endswith("_file") else _NAMED if key in section.paths else _PLAIN
    return all(form.fullmatch(text) is not None for text in _texts(value))


def _keys(value: t.Any) -> t.Iterator[str]:
    """All keys in plain data."""
    if isinstance(value, dict):
        yield from value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys(each)


def is_name(key: str, value: t.Any, names: t.Collection[str] = ()) -> bool:
    """Whether a value of an entry, at a key that is no section, may be shown.

    :param names: more keys with values in the form of a name.
    """
    form = _NAME if key in names else _NAMES.get(key)
    return value is None or (form is not None and all(form.fullmatch(text) is not None for text in _texts(value)))


def _texts(value: t.Any) -> t.Iterator[str]:
    """All texts and keys in plain data. Numbers as well: a passphrase of digits is one in YAML."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif not isinstance(value, bool) and value is not None:
        yield str(value)


class _Hider:
    """Makes the form that may be shown, and collects what it hides."""

    def __init__(self, sections: t.Iterable[AnySection]) -> None:
        self._sections = {section.name: section for section in sections}
        self.secrets: list[str] = []

    def policies(self, given: t.Any) -> t.Any:
        """All policies. Their names are free."""
        if not isinstance(given, dict):
            return self._hidden(given)
        return {name if is_name("policy", name) else self._hidden(name): self.entry(of) for name, of in given.items()}

    def entry(self, given: t.Any) -> t.Any:
        """An entry, or the sections of a policy."""
        if not isinstance(given, dict):
            return self._hidden(given)
        return {self._key(key): self._value(key, value) for key, value in given.items()}

    def _value(self, key: str, value: t.Any) -> t.Any:
        section = self._sections.get(key)
        if section is None:
            return value if is_name(key, value) else self._hidden(value)
        if section.public is not None and isinstance(value, dict):
            return {
                self._key(inner): each if may_be_shown(section, inner, each) else self._hidden(each)
                for inner, each in value.items()
            }
        return self._open(section, "", value)

    def _open(self, section: AnySection, key: str, value: t.Any) -> t.Any:
        """What may be shown of a section without secrets."""
        if may_be_shown(section, key, value):
            return value
        if isinstance(value, dict) and not _SECRET_KEY.search(key):
            return {self._key(name): self._open(section, name, each) for name, each in value.items()}
        if isinstance(value, list) and not _SECRET_KEY.search(key):
            return [self._open(section, key, each) for each in value]
        return self._hidden(value)

    def _key(self, key: str) -> str:
        return key if IS_KEY.fullmatch(key) else self._hidden(key)

    def _hidden(self, value: t.Any) -> str:
        self.secrets.extend(_texts(value))
        return HIDDEN


class Shown(dict[str, t.Any]):
    """A mapping as it may be shown, with the real one beside it.

    Without arguments it is empty: Ansible makes one so and fills it when it copies a result.
    """

    def __init__(self, shown: t.Any = None, given: t.Any = None) -> None:
        super().__init__(shown if isinstance(shown, dict) else {})
        self.given = given


def real(value: t.Any) -> t.Any:
    """The real one of a value of an option with one of the types below."""
    return value.given if isinstance(value, Shown) else value


class _HidingType(str):
    """The type of an option: Ansible calls it, before it logs or returns anything. What is wrong with a value is told
    where it is used, and never here: Ansible would show it."""

    _sections: t.Sequence[AnySection]

    def __call__(self, given: t.Any) -> Shown:
        given = self._read(given)
        hider = _Hider(self._sections)
        try:
            shown = self._hide(hider, plain_data(given, "it"))
        except BadInputError:
            shown = {}
        for secret in filter(str.strip, hider.secrets):
            register_secret(secret)
        return Shown(shown, given)

    def _read(self, given: t.Any) -> t.Any:
        return given

    def _hide(self, hider: _Hider, given: t.Any) -> t.Any:
        return hider.entry(given)


class EntryType(_HidingType):
    """Of one entry of O(sites); for documentation it is C(raw)."""

    def __new__(cls, sections: t.Sequence[AnySection]) -> EntryType:
        self = super().__new__(cls, "raw")
        self._sections = sections
        return self


class SiteNameType(_HidingType):
    """Of an entry that only names a site; for documentation it is C(raw). What else is in it is not used, and not
    shown. It is no secret either, so it is not hidden elsewhere."""

    _keys: tuple[str, ...]

    def __new__(cls, *keys: str) -> SiteNameType:
        """:param keys: other ones that are used."""
        self = super().__new__(cls, "raw")
        self._sections = ()
        self._keys = ("site_id", "domain", *keys)
        return self

    def _hide(self, _hider: _Hider, given: t.Any) -> t.Any:
        entry = given if isinstance(given, dict) else {}
        return {key: entry[key] for key in self._keys if key in entry and is_name(key, entry[key], self._keys)}


class PoliciesType(_HidingType):
    """Of O(policies); for documentation it is C(dict). On a command line a mapping may be written as JSON."""

    def __new__(cls, sections: t.Sequence[AnySection]) -> PoliciesType:
        self = super().__new__(cls, "dict")
        self._sections = sections
        return self

    def _read(self, given: t.Any) -> t.Any:
        if not isinstance(given, str):
            return given
        try:
            return parse_json(given.encode("utf-8", "replace"))
        except ValueError:
            return given

    def _hide(self, hider: _Hider, given: t.Any) -> t.Any:
        return hider.policies(given)
