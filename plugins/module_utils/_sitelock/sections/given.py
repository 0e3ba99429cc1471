# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of one section of one site, as a user gave them: read one by one, checked, with messages that say where.

A section that is wrong is the error of its site. It must not stop the others, so Ansible's own check of nested options,
which ends the task, is not used.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import any_time, whole_number
from ansible_collections.hosting.websec.plugins.module_utils._problems import FIRST, Problems
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.xml import NOT_XML
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined, listed, shortened, unknown_keys

T = t.TypeVar("T")

FLAGS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
"""As Ansible reads a value of the type C(bool)."""
IS_KEY = re.compile(r"[A-Za-z_][\w.-]{0,59}")
"""What a key looks like."""
_KEY = re.compile(r"[.\[]")
"""Where the first key of a place ends."""
MAX_SHOWN = 60
"""Characters of a value that a message shows."""


@dataclasses.dataclass(frozen=True)
class Recorded:
    """What the state record of a site says about its certificate.

    :param addresses: of the CDN at the cut-over. :param name: of the CDN then.
    :param fingerprint: of the certificate that was uploaded last; empty: none was; C(None): unknown.
    :param ssl: the method that was sent last to switch SSL on; empty: none was; C(None): unknown.
    :param problem: why it could not be read; nothing else is known then.
    """

    addresses: tuple[str, ...] = ()
    name: str | None = None
    fingerprint: str | None = None
    ssl: str | None = None
    problem: str = ""


class Given:
    """A mapping from the user.

    :param where: it, for messages, such as C(Site 442989, section ip_block).
    :param now: the time of the run.
    :param path: keys from the section to this mapping, for messages.
    :param site: the whole entry that it is in.
    :param recorded: what the state record of the site says, see ``Recorded``; C(None): nothing is known.
    :param may_show: whether a message may show a value, by its key in the section.
    :param problems: takes what is wrong; by default the first problem is raised. A value that is not valid is then as
        if it were not given.
    :raises BadInputError: ``value`` is no mapping.
    """

    def __init__(
        self,
        value: t.Any,
        where: str,
        now: datetime.datetime,
        path: str = "",
        *,
        site: t.Mapping[str, t.Any] | None = None,
        recorded: Recorded | None = None,
        may_show: t.Callable[[str, t.Any], bool] = lambda _key, _value: True,
        problems: Problems = FIRST,
    ) -> None:
        self.where = where
        self.now = now
        self.site: t.Mapping[str, t.Any] = site or {}
        self.recorded = recorded
        self._path = path
        self._may_show = may_show
        self.problems = problems
        if not isinstance(value, t.Mapping):
            told = " (a list is given at exact, or at present and absent)" if isinstance(value, list) else ""
            raise self.refusal("", value, f"a dictionary{told}")
        self.values: t.Mapping[str, t.Any] = value
        for name, each in value.items():
            with problems.of():
                self._refuse_control_characters(name, each)

    def only(self, *names: str) -> None:
        """:raises BadInputError: there is a key that is none of ``names``, or no key at all."""
        unknown = unknown_keys(shown_keys(self.values), names)
        if unknown:
            error = BadInputError(
                f"{self.where}: {self._path and f'{self._path} has '}unknown keys: {unknown}.",
                hint=f"The keys are {joined(names)}.",
            )
            self.problems.add_unknown(error, self._at(next(key for key in shown_keys(self.values) if key not in names)))
        if not self.values:
            raise BadInputError(f"{self.where}: {self._path or 'it'} is empty.", hint=f"Give one of {joined(names)}.")

    def one_of(self, *names: str) -> str:
        """The one key of ``names`` that is there.

        :raises BadInputError: there is none, or more than one.
        """
        there = [name for name in names if self.has(name)]
        if len(there) != 1:
            raise BadInputError(
                f"{self.where}: {self._path and f'{self._path} '}has {joined(there) or 'none of ' + joined(names)}.",
                hint=f"Give exactly one of {joined(names)}.",
            )
        return there[0]

    def has(self, name: str) -> bool:
        """Whether it is given. C(null) is not."""
        return self.values.get(name) is not None

    def text(self, name: str) -> str | None:
        """A text or whole number as text, without blanks around it."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value).strip():
            self.problems.add(self.refusal(name, value, "a text"))
            return None
        return str(value).strip()

    def number(self, name: str, least: int, most: int) -> int | None:
        """A whole number, as a number or as text."""
        value = self.values.get(name)
        if value is None:
            return None
        read = value if isinstance(value, int) and not isinstance(value, bool) else whole_number(str(value).strip())
        if read is None or not least <= read <= most:
            self.problems.add(self.refusal(name, value, f"a number from {least} to {most}"))
            return None
        return read

    def flag(self, name: str) -> bool | None:
        """A boolean."""
        value = self.values.get(name)
        read = value if isinstance(value, bool) else FLAGS.get(str(value).strip().lower())
        if value is not None and read is None:
            self.problems.add(self.refusal(name, value, "true or false"))
        return None if value is None else read

    def choice(self, name: str, choices: t.Iterable[str]) -> str | None:
        """One of ``choices``, in upper or lower case, as it stands there. In YAML, C(on) and C(off) are booleans."""
        value = self.values.get(name)
        if value is None:
            return None
        word = {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value).strip()
        known = {each.lower(): each for each in choices}
        if word.lower() not in known:
            self.problems.add(self.refusal(name, value, f"one of {', '.join(known.values())}"))
        return known.get(word.lower())

    def time(self, name: str) -> datetime.datetime | None:
        """A time in UTC, or with its zone. YAML reads one without quotes, and Ansible writes that in another form."""
        value = self.values.get(name)
        read = any_time(value.strip() if isinstance(value, str) else value)
        if value is not None and read is None:
            self.problems.add(self.refusal(name, value, "a time in UTC, such as 2026-12-24T18:00:00Z"))
        return read

    def each(self, name: str, read: t.Callable[[t.Any, str], T]) -> list[T]:
        """What ``read`` makes of each entry of a list. It gets the entry, and its place for messages.

        :raises BadInputError: it is no list.
        """
        value = self.values.get(name, [])
        if not isinstance(value, (list, tuple)):
            self.problems.add(self.refusal(name, value, "a list"))
            return []
        found = []
        for place, entry in enumerate(value):
            with self.problems.of():
                found.append(read(entry, f"{name}[{place}]"))
        return found

    def within(self, name: str) -> Given:
        """The mapping at ``name``.

        :raises BadInputError: it is none.
        """
        return self._inner(self.values.get(name), name)

    def entry(self, value: t.Any, place: str) -> Given:
        """An entry of a list (see ``each``) that is a mapping.

        :raises BadInputError: it is none.
        """
        return self._inner(value, place)

    def refusal(self, name: str, value: t.Any, wanted: str) -> BadInputError:
        """The error of a value.

        :param name: its key, or its place in a list.
        :param wanted: what it must be.
        """
        place = self._at(name)
        shown = shortened(repr(value), MAX_SHOWN) if self._may_show(_KEY.split(place)[0], value) else HIDDEN
        error = BadInputError(f"{self.where}: {place or 'it'} is {shown}; it must be {wanted}.")
        error.key = place
        return error

    def shows(self, name: str) -> bool:
        """Whether a message may show the value at ``name``."""
        return self._may_show(_KEY.split(self._at(name))[0], self.values.get(name))

    def at(self, name: str) -> str:
        """A key of this mapping for messages, C(Site 442989, section ip_block: exact); of C("") the mapping itself."""
        path = self._at(name)
        return f"{self.where}: {path}" if path else self.where

    def _refuse_control_characters(self, name: str, value: t.Any) -> None:
        """They would be refused when the call is made, after other calls for the site."""
        if isinstance(value, str) and NOT_XML.search(value):
            raise self.refusal(name, value, "a text without control characters")
        if isinstance(value, list):
            for place, each in enumerate(value):
                self._refuse_control_characters(f"{name}[{place}]", each)

    def _inner(self, value: t.Any, name: str) -> Given:
        return Given(
            value,
            self.where,
            self.now,
            self._at(name),
            site=self.site,
            may_show=self._may_show,
            problems=self.problems,
        )

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path and name else self._path or name


def shown_keys(keys: t.Iterable[str]) -> list[str]:
    """Keys as messages may show them. People put secrets everywhere."""
    return [key if IS_KEY.fullmatch(key) else HIDDEN for key in keys]


def offered(values: t.Iterable[str]) -> str:
    """Values that a site offers, for messages."""
    return listed(shortened(each, MAX_SHOWN) for each in sorted(values)) or "nothing"
