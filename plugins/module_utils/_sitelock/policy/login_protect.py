# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(login_protect): a second factor before the login pages of a site.

Sources: C(loginProtectRetrieveConfig), C(loginProtectModifyConfig), C(loginProtectConfigApp); see ``login_users`` and
``login_urls`` for the others. No getter shows C(specific_users_list) and the application, so they are written together
with a change of what can be read: the first one with the settings, the second one with the settings or a new URL.

The documented example sends C(yes) for each flag. What C(specific_users_list) and C(authentication_methods) take is
inferred from the vendor's own supplier: comma-separated lists.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._schemas import FLAG, TEXT, Schema, array, mapping, word
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import (
    LOGIN_PROTECT_CONFIG_APP,
    LOGIN_PROTECT_LIST_USER,
    LOGIN_PROTECT_MODIFY_CONFIG,
    LOGIN_PROTECT_RETRIEVE_CONFIG,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.login_urls import (
    URLS,
    LoginUrl,
    Urls,
    changes_of_urls,
    dumped_urls,
    given_urls,
    told_urls,
    urls_after,
    urls_as_elements,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.login_users import (
    USERS,
    LoginUser,
    Users,
    additions_of_users,
    changes_of_users,
    dumped_users,
    given_email,
    given_users,
    told_users,
    users_after,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text, texts
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import FLAGS, Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.lists import DesiredList
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data, SectionReader
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import Plain, Write
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined

_FLAGS = ("enabled", "allow_all_users", "send_lp_notifications")
_METHODS = "authentication_methods"
_SETTINGS = (*_FLAGS, _METHODS)
_APPS = ("wordpress", "joomla")
_WORD = re.compile(r"[^\s,]+")

Values = t.Mapping[str, t.Any]
"""Of C(_SETTINGS): the flags as booleans, or as texts if their spelling is unknown, and the methods as a frozen set of
words. What is not told is not in it."""


@dataclasses.dataclass(frozen=True)
class LoginProtect:
    """:param users: C(None): not asked for."""

    values: Values
    urls: Urls
    users: Users | None


@dataclasses.dataclass(frozen=True)
class DesiredLoginProtect:
    """C(None), and what is not in ``values``: as it is."""

    values: Values
    specific_users: tuple[str, ...]
    app: str | None
    urls: DesiredList[LoginUrl] | None
    users: DesiredList[LoginUser] | None


class LoginProtectSection(Plain[DesiredLoginProtect, LoginProtect]):
    """See ``sections.section.Section``."""

    name = "login_protect"
    schema: t.ClassVar[Schema] = {
        **mapping(
            {
                **dict.fromkeys(_FLAGS, FLAG),
                _METHODS: array(TEXT),
                "specific_users": array(TEXT),
                "app": word(*_APPS),
                "users": USERS,
                "urls": URLS,
            }
        ),
        "minProperties": 1,
    }

    def parse(self, given: Given) -> DesiredLoginProtect:
        given.only(*_SETTINGS, "specific_users", "app", "users", "urls")
        for name, others in (("specific_users", _SETTINGS), ("app", (*_SETTINGS, "urls"))):
            if given.has(name) and not any(map(given.has, others)):
                raise BadInputError(
                    f"{given.where}: {name} alone has no effect. It cannot be read back, so it is written only "
                    "together with a change of something else.",
                    hint=f"Give one of {joined(others)}, too.",
                )
        values: dict[str, t.Any] = {name: flag for name in _FLAGS if (flag := given.flag(name)) is not None}
        if given.has(_METHODS):
            values[_METHODS] = frozenset(_some(given, _METHODS, lambda value, place: _given_word(given, value, place)))
        emails = _some(given, "specific_users", lambda value, place: given_email(given, place, value))
        return DesiredLoginProtect(
            values,
            tuple(emails),
            given.choice("app", _APPS),
            given_urls(given.within("urls")) if given.has("urls") else None,
            given_users(given.within("users")) if given.has("users") else None,
        )

    def read(self, reader: SectionReader, site_id: int, desired: DesiredLoginProtect | None) -> LoginProtect:
        config = child(reader.of_site(LOGIN_PROTECT_RETRIEVE_CONFIG, site_id), "config")
        if not config:
            # As an empty list, its URLs would be removed by a dump that is applied.
            raise BadResponseError(
                f"{LOGIN_PROTECT_RETRIEVE_CONFIG.name}: the response of the SiteLock API contains no setting."
            )
        users = None
        if desired is None or desired.users is not None:
            users = told_users(reader.of_site(LOGIN_PROTECT_LIST_USER, site_id))
        return LoginProtect(_told_values(config), told_urls(config), users)

    def plan(self, current: LoginProtect, desired: DesiredLoginProtect) -> list[Write]:
        """Who may log in is added before the login pages are closed. What cannot be read back is written before what
        shows that something differs: after a lost response both are sent again."""
        urls = changes_of_urls(current.urls, desired.urls)
        settings = _changes_of_settings(current.values, desired, urls.kept)
        app: list[Write] = []
        if desired.app is not None and (settings or urls.is_new):
            app = [Write(LOGIN_PROTECT_CONFIG_APP, {"app": desired.app})]
            urls = urls.with_app()
        added: list[Write] = []
        changed: list[Write] = []
        if current.users is not None and desired.users is not None:
            added = additions_of_users(current.users, desired.users)
            changed = changes_of_users(current.users, desired.users)
        return [
            *added,
            *urls.deletions,
            *app,
            *settings,
            *urls.additions,
            *changed,
        ]

    def expected(self, current: LoginProtect, desired: DesiredLoginProtect) -> LoginProtect:
        return LoginProtect(
            {**current.values, **desired.values},
            current.urls if desired.urls is None else urls_after(current.urls, desired.urls),
            users_after(current.users, desired.users) if current.users is not None and desired.users else current.users,
        )

    def dump(self, current: LoginProtect) -> dict[str, t.Any]:
        found = {name: current.values[name] for name in _FLAGS if isinstance(current.values.get(name), bool)}
        if current.values.get(_METHODS):
            found[_METHODS] = sorted(current.values[_METHODS])
        if current.users is not None:
            found["users"] = dumped_users(current.users)
        return {**found, "urls": dumped_urls(current.urls)}


LOGIN_PROTECT = LoginProtectSection()


def _some(given: Given, name: str, read: t.Callable[[t.Any, str], str]) -> list[str]:
    """The values of a list that is not empty.

    :raises BadInputError: it is. What the API makes of an empty one is not documented.
    """
    found = given.each(name, read)
    if given.has(name) and not found:
        raise given.refusal(name, [], "a list with at least one entry")
    return found


def _given_word(given: Given, value: t.Any, place: str) -> str:
    word = value.strip() if isinstance(value, str) else ""
    if not _WORD.fullmatch(word):
        raise given.refusal(place, value, "a word, such as email")
    return word.lower()


def _yes_or_no(flag: bool) -> str:
    return "yes" if flag else "no"


def _told_values(config: Data) -> Values:
    values: dict[str, t.Any] = {
        # In an unknown spelling it is sent back as it is: left out, it might fall back.
        name: FLAGS.get(told.lower(), told)
        for name in _FLAGS
        if (told := text(config, name)) is not None
    }
    words = [word.lower() for each in texts(config.get(_METHODS)) for word in each.split()]
    return {**values, _METHODS: frozenset(words)} if words else values


def _changes_of_settings(current: Values, desired: DesiredLoginProtect, urls: Urls) -> list[Write]:
    """One call at most. What was read is sent with it: whether the API keeps what is left out is not documented.

    :param urls: those that are there when it is sent.
    """
    if all(current.get(name) == value for name, value in desired.values.items()):
        return []
    values = {**current, **desired.values}
    parameters: dict[str, t.Any] = {
        name: values[name] if isinstance(values[name], str) else _yes_or_no(values[name])
        for name in _FLAGS
        if name in values
    }
    if _METHODS in values:
        parameters[_METHODS] = ",".join(sorted(values[_METHODS]))
    if desired.specific_users:
        parameters["specific_users_list"] = ",".join(desired.specific_users)
    # With the URLs that the application may have brought: it is read once more right before.
    parameters.update(urls_as_elements(urls))
    return [Write(LOGIN_PROTECT_MODIFY_CONFIG, parameters, fresh=True)]
