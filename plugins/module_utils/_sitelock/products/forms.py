# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sections that are a form: a getter and a setter of the same settings, and passwords that only the setter has.

What was read is sent whole, with what is wanted in it: whether the API keeps a value that a call leaves out is not
documented. A setting that the pages do not give to the setter is sent only if the entry names it.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    NotFoundError,
    RejectedError,
)
from ansible_collections.hosting.websec.plugins.module_utils._schemas import FLAG, Schema, mapping, word
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.answers import says_not_configured
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.backup import GET_BACKUP_SETTINGS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.fields import Field, Value, no_value
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.lock import (
    WAITS_FOR,
    is_pending,
    says_pending,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data, SectionReader
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import Write
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined, shortened

GEN_KEY = "gen_ssh_key"
UPDATE_PASSWORD = "update_password"
ON_CHANGE, ALWAYS = "on_change", "always"
_SSH_PUB_KEY = "ssh_pub_key"


@dataclasses.dataclass(frozen=True)
class CurrentForm:
    """
    :param values: of the settings that the answer has, by name.
    :param ssh_pub_key: of the key pair that the vendor made for the site.
    :param hides_key: there may be one that the answer does not show.
    :param told: what else is known of the answer, by name. :param rest: the elements of it that are not known.
    :param sent: the setter was accepted in this run.
    :param unmet: the section that has to be there first is not.
    :param locked: something differs, and must not be written now.
    """

    values: t.Mapping[str, Value]
    ssh_pub_key: str | None = None
    hides_key: bool = False
    told: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    rest: Data = dataclasses.field(default_factory=dict)
    sent: bool = False
    unmet: bool = False
    locked: bool = False


@dataclasses.dataclass(frozen=True)
class DesiredForm:
    """
    :param passwords: by name. :param always: they are sent in each run.
    :param make_key: the vendor has to have a key pair for the site.
    :param given_with: the names of the sections in the same entry.
    """

    where: str
    values: t.Mapping[str, Value]
    passwords: t.Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)
    always: bool = False
    make_key: bool = False
    given_with: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class FormSection:
    """See ``sections.section.Section``.

    :param fields: in the order of the request.
    :param main: the setting that a site has once the section is configured.
    :param container: the element with all of it, in requests and answers; empty: that of the method.
    :param told: what an answer has besides, by name: paths of elements.
    :param told_problems: those of C(told) that say what is wrong.
    :param key_path: of the element with the public key in an answer.
    :param key_unseen: no page gives it to the getter, so an answer may not have it.
    :param first: the section that has to be configured first.
    """

    name: str
    getter: Method
    setter: Method
    fields: tuple[Field, ...]
    main: str
    container: str = ""
    told: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    told_problems: tuple[str, ...] = ()
    key_path: str = ""
    key_unseen: bool = False
    first: FormSection | None = None

    @property
    def settings(self) -> list[Field]:
        """What can be compared."""
        return [field for field in self.fields if not field.secret]

    @property
    def passwords(self) -> list[Field]:
        """What can be written only."""
        return [field for field in self.fields if field.secret and field.name != GEN_KEY]

    @property
    def schema(self) -> Schema:
        keys = {field.name: field.schema for field in self.fields}
        if GEN_KEY in keys:
            keys[GEN_KEY] = FLAG
        if self.passwords:
            keys[UPDATE_PASSWORD] = word(ON_CHANGE, ALWAYS)
        return {**mapping(keys), "minProperties": 1}

    @property
    def public(self) -> frozenset[str] | None:
        return frozenset({*(field.name for field in self.settings), GEN_KEY, UPDATE_PASSWORD})

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(field.name for field in self.settings if field.free)

    def parse(self, given: Given) -> DesiredForm:
        names = [field.name for field in self.fields]
        given.only(*names, *([UPDATE_PASSWORD] if self.passwords else []))
        values = _given(given, self.settings)
        passwords = {name: value for name, value in _given(given, self.passwords).items() if isinstance(value, str)}
        make_key = GEN_KEY in names and bool(given.flag(GEN_KEY))
        always = given.choice(UPDATE_PASSWORD, (ON_CHANGE, ALWAYS)) == ALWAYS
        if make_key and "ftp_pw" in passwords:
            raise BadInputError(
                f"{given.where}: ftp_pw is given together with {GEN_KEY}.", hint="The vendor signs in with one of them."
            )
        if not values and not make_key and not (passwords and always):
            useless = joined([*passwords, *([GEN_KEY] if given.has(GEN_KEY) else [])]) or UPDATE_PASSWORD
            raise BadInputError(
                f"{given.where}: {useless} alone has no effect. A password cannot be read back, so it is written only "
                "together with a change of something else.",
                hint=f"Give one of {joined(field.name for field in self.settings)}, too"
                f"{f', or set {UPDATE_PASSWORD}: {ALWAYS} for one run' if passwords else ''}.",
            )
        given_with = frozenset(name for name, value in given.site.items() if value is not None)
        return DesiredForm(given.where, values, passwords, always, make_key, given_with)

    def read(self, reader: SectionReader, site_id: int, desired: DesiredForm | None) -> CurrentForm:
        data, unmet = self._answer(reader, site_id)
        form = child(data, self.container) if self.container else data
        told = {name: Field(name, no_value, path).told(form) for name, path in self.told.items()}
        key = Field(_SSH_PUB_KEY, no_value, self.key_path).told(form) if self.key_path else None
        values = {field.name: value for field in self.settings if (value := field.told(form)) is not None}
        current = CurrentForm(
            values,
            key if isinstance(key, str) else None,
            self.key_unseen and self.main in values and self.key_path not in form,
            {name: text for name, text in told.items() if isinstance(text, str)},
            self._rest(form),
            sent=reader.was_accepted(self.setter, site_id, self.name),
            unmet=unmet,
        )
        # Nobody needs to know it when nothing differs.
        if desired is None or not self._differs(current, desired):
            return current
        backups = self.getter is GET_BACKUP_SETTINGS
        return dataclasses.replace(current, locked=says_pending(data) if backups else is_pending(reader, site_id))

    def _answer(self, reader: SectionReader, site_id: int) -> tuple[Data, bool]:
        """The answer of the getter, and whether there is none because ``first`` is not configured.

        Whether the API refuses to show what was never configured is not documented."""
        try:
            return reader.of_site(self.getter, site_id), False
        except (RejectedError, NotFoundError) as error:
            if self.first is not None and self.first.main not in self.first.read(reader, site_id, None).values:
                return {}, True
            if not says_not_configured(error):
                raise
            return {}, False

    def refuse(self, _current: CurrentForm, _desired: DesiredForm) -> None:
        """See ``Section``."""

    def waits(self, current: CurrentForm) -> str:
        return WAITS_FOR if current.locked else ""

    def needs(self, current: CurrentForm) -> str:
        return self.first.name if self.first is not None and current.unmet else ""

    def plan(self, current: CurrentForm, desired: DesiredForm) -> list[Write]:
        """One call at most.

        :raises RejectedError: the section that has to be configured first is not, and is not in the entry.
        """
        if self.first is not None and current.unmet and self.first.name not in desired.given_with:
            raise RejectedError(
                f"{desired.where}: SMART is not configured at this site. Nothing was sent for this section.",
                hint=f"Add the section {self.first.name} to the entry: it is written first.",
            )
        if current.locked or not self._differs(current, desired):
            return []
        unsure = [field.name for field in self.settings if field.unsure]
        read = {name: value for name, value in current.values.items() if name not in unsure}
        values: dict[str, Value] = {**read, **desired.values, **desired.passwords}
        if _needs_key(current, desired):
            values[GEN_KEY] = "yes"
        form: Data = {}
        for field in self.fields:
            if field.name in values:
                field.place(form, values[field.name])
        parameters = {self.container: form} if self.container else form
        # A locked section has no plan, although its write may be missing.
        return [Write(self.setter, parameters, self.name, fresh=True, shown_by=lambda seen: not seen.locked)]

    def _differs(self, current: CurrentForm, desired: DesiredForm) -> bool:
        if _needs_key(current, desired):
            return True
        if desired.passwords and desired.always and not current.sent:
            return True
        return any(
            not field.same(current.values.get(field.name), desired.values[field.name])
            for field in self.settings
            if field.name in desired.values and field.name not in self._unseen(current)
        )

    def _unseen(self, current: CurrentForm) -> list[str]:
        """Settings that the answer about a configured site does not show, and may never show."""
        if self.main not in current.values:
            return []
        return [field.name for field in self.settings if field.unseen and field.name not in current.values]

    def expected(self, current: CurrentForm, desired: DesiredForm) -> CurrentForm:
        if not self.plan(current, desired):
            return current
        changed = {
            field.name: desired.values[field.name]
            for field in self.settings
            if field.name in desired.values
            and not field.same(current.values.get(field.name), desired.values[field.name])
        }
        values = {name: value for name, value in {**current.values, **changed}.items() if value}
        return dataclasses.replace(current, values=values)

    def dump(self, current: CurrentForm) -> dict[str, t.Any]:
        return {
            field.name: field.dumped(current.values[field.name])
            for field in self.settings
            if field.name in current.values
        }

    def problems(self, current: CurrentForm) -> list[str]:
        return [shortened(current.told[name]) for name in self.told_problems if name in current.told]

    def details(self, current: CurrentForm, _desired: DesiredForm) -> dict[str, t.Any]:
        """C(answer) has what is not documented, as the API sends it."""
        key = {_SSH_PUB_KEY: current.ssh_pub_key} if current.ssh_pub_key else {}
        return {**current.told, **key, **({"answer": current.rest} if current.rest else {})}

    def needs_person(self, current: CurrentForm, desired: DesiredForm) -> list[str]:
        problems = self.problems(current)
        told = [f"{self.name}: SiteLock reports a problem: {problem}" for problem in problems]
        # Only a failing sign-in shows that the key is missing. Without one the reminder would never end: it comes once.
        if desired.make_key and current.ssh_pub_key and (current.sent or problems):
            told.append(
                f"{self.name}: put the public key, which is in details.{self.name}.{_SSH_PUB_KEY}, into the file"
                " authorized_keys of ftp_user on the web server, if it is not there yet. SiteLock signs in with it."
            )
        unseen = [name for name in self._unseen(current) if name in desired.values]
        if unseen:
            told.append(
                f"{self.name}: the API does not show {joined(unseen)}, so it is only sent together with a change of "
                "something else."
            )
        if desired.make_key and not current.ssh_pub_key and current.hides_key:
            told.append(
                f"{self.name}: the API does not show whether there is a key pair, and {GEN_KEY} would replace it. To "
                f"make a new one, set {UPDATE_PASSWORD}: {ALWAYS} in this section for one run."
            )
        return told

    def _rest(self, form: Data) -> Data:
        known = {"/".join(field.steps) for field in self.fields} | {*self.told.values(), self.key_path}
        return _unknown(form, known, self.setter.secrets)


def _needs_key(current: CurrentForm, desired: DesiredForm) -> bool:
    """Whether a key pair has to be made. A call replaces the one whose public key is on the web server."""
    if not desired.make_key or current.ssh_pub_key:
        return False
    return not current.hides_key or (desired.always and not current.sent)


def _given(given: Given, fields: t.Iterable[Field]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for field in fields:
        with given.problems.of():
            value = field.read(given, field.name)
            if value is not None:
                values[field.name] = value
    return values


def _unknown(data: Data, known: t.Collection[str], secrets: t.Collection[str], path: str = "") -> Data:
    """What is in an answer and not known, without secrets and without what is empty."""
    found: Data = {}
    for name, value in data.items():
        if f"{path}{name}" in known or name in secrets:
            continue
        inner = f"{path}{name}/"
        rest = [
            _unknown(each, known, secrets, inner) if isinstance(each, dict) else each
            for each in (value if isinstance(value, list) else [value])
        ]
        if any(rest):
            found[name] = rest if isinstance(value, list) else rest[0]
    return found
