# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sections that are named values of a site, with one getter and one setter.

What was read is sent whole, with what is wanted in it: whether the API keeps a value that a call leaves out is not
documented, and one that fell back to its default would take protection away.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._schemas import Schema
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import MAX_SHOWN, Given, offered
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data, SectionReader
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import Plain, Write
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened


@dataclasses.dataclass(frozen=True)
class DesiredSettings:
    """:param values: by name, as the API writes them. :param where: the section, for messages."""

    where: str
    values: t.Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class Setting:
    """One value that was read.

    :param options: what the site offers; empty: the answer does not say.
    """

    value: str
    options: tuple[str, ...] = ()


Settings = t.Mapping[str, Setting]
DISABLED = frozenset({"disable", "disabled"})
"""Which of them a setting takes is known from its options only (page of C(setWafSettings))."""


@dataclasses.dataclass(frozen=True)
class SettingsSection(Plain[DesiredSettings, Settings]):
    """
    :param parse_values: the values of an entry, as the API writes them.
    :param settings_of: those in an answer of ``getter``.
    :param dumped: a value in the form of an entry.
    :param within: see ``Write``.
    :param same: words for the same thing, in lower case. The site's own word for it is kept.
    """

    name: str
    schema: Schema
    getter: Method
    setter: Method
    parse_values: t.Callable[[Given], t.Mapping[str, str]]
    settings_of: t.Callable[[Data], Settings]
    dumped: t.Callable[[str, str], t.Any] = lambda _name, value: value
    within: str = ""
    same: t.Collection[frozenset[str]] = (DISABLED,)

    def parse(self, given: Given) -> DesiredSettings:
        return DesiredSettings(given.where, self.parse_values(given))

    def read(self, reader: SectionReader, site_id: int, _desired: DesiredSettings | None) -> Settings:
        settings = self.settings_of(reader.of_site(self.getter, site_id))
        if not settings:
            raise BadResponseError(f"{self.getter.name}: the response of the SiteLock API contains no setting.")
        return settings

    def plan(self, current: Settings, desired: DesiredSettings) -> list[Write]:
        """One call at most.

        :raises RejectedError: the site does not offer a setting, or the value.
        """
        wanted = {name: self._offered(current, name, value, desired.where) for name, value in desired.values.items()}
        if all(current[name].value == value for name, value in wanted.items()):
            return []
        whole = {name: setting.value for name, setting in current.items()}
        return [Write(self.setter, {**whole, **wanted}, fresh=True, within=self.within)]

    def expected(self, current: Settings, desired: DesiredSettings) -> Settings:
        wanted = {
            name: dataclasses.replace(current[name], value=self._offered(current, name, value, desired.where))
            for name, value in desired.values.items()
        }
        return {**current, **wanted}

    def dump(self, current: Settings) -> t.Any:
        return {name: self.dumped(name, setting.value) for name, setting in current.items()}

    def _offered(self, current: Settings, name: str, value: str, where: str) -> str:
        """The value as the site spells it.

        :raises RejectedError: the site does not offer it.
        """
        setting = current.get(name)
        if setting is None:
            raise RejectedError(
                f"{where}: the site has no setting {name}. Nothing was sent for this section.",
                hint=f"It has {offered(current)}. The plan of the site may not include more.",
            )
        words = {value, *(word for same in self.same if value in same for word in same)}
        for word in (setting.value, *setting.options):
            if word.lower() in words:
                return word
        if not setting.options:
            return value
        raise RejectedError(
            f"{where}: the site does not offer {shortened(value, MAX_SHOWN)} for {name}. "
            "Nothing was sent for this section.",
            hint=f"It offers {offered(setting.options)}. The plan of the site may not include more.",
        )
