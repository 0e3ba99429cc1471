# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The people who may log in at the login pages that Login Protect guards.

Sources: C(loginProtectListUser), C(loginProtectAddUser), C(loginProtectModifyUser), C(loginProtectDeleteUser). A user
is known by the e-mail address. C(two_factor_auth) cannot be read back: it is written when a user is added or changed.

Inferred, from the vendor's own supplier: adding a user sends an activation mail, and the users belong to the account
and not to the site.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._schemas import GIVEN_TEXT, TEXT, array, lists, mapping
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import any_case
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import (
    LOGIN_PROTECT_ADD_USER,
    LOGIN_PROTECT_DELETE_USER,
    LOGIN_PROTECT_LIST_USER,
    LOGIN_PROTECT_MODIFY_USER,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import refuse_unread, text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.lists import (
    DesiredList,
    dumped_list,
    parse_list,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import Write

_EMAIL = re.compile(r"[^\s@,]+@[^\s@,]+")
_PHONE = re.compile(r"\+?[0-9](?:[ .()/-]*[0-9])*", re.ASCII)
_NO_USERS = frozenset({"status", "message", "site_id"})
"""Elements of the answer that are not about users."""
_WORD = re.compile(r"[a-z][a-z_]*", re.ASCII)


_USER = {"email": TEXT, "name": GIVEN_TEXT, "phone": TEXT, "two_factor_auth": TEXT}
USERS = lists(array(mapping(_USER, "email", "name")), array(mapping(_USER, "email")))
"""The JSON Schema of the users of an entry."""


@dataclasses.dataclass(frozen=True)
class LoginUser:
    """:param name: empty: not given. :param phone: C(None): not given, or none."""

    email: str
    name: str
    phone: str | None = None
    two_factor_auth: str | None = None

    @property
    def key(self) -> str:
        """What tells users apart."""
        return any_case(self.email)

    def meets(self, wish: LoginUser) -> bool:
        """Whether it is as ``wish`` says, as far as this can be read back."""
        return self.name == wish.name and (wish.phone is None or _digits(self.phone) == _digits(wish.phone))


def _digits(phone: str | None) -> str:
    """The documented form is C(1-7345555555). Only the digits count."""
    return re.sub(r"[^0-9]", "", phone or "")


Users = tuple[LoginUser, ...]


def _never_shown(_current: object) -> bool:
    return False


def given_email(given: Given, name: str, value: t.Any) -> str:
    """
    :raises BadInputError: it is no e-mail address.
    """
    email = value.strip() if isinstance(value, str) else ""
    if not _EMAIL.fullmatch(email):
        raise given.refusal(name, value, "an e-mail address")
    return email


def given_users(given: Given) -> DesiredList[LoginUser]:
    """The users of an entry.

    :raises BadInputError: one cannot be.
    """

    def read(inner: Given, mode: str) -> list[LoginUser]:
        return inner.each(mode, lambda value, place: _given_user(inner.entry(value, place), mode))

    return parse_list(given, read, place=lambda user: user.key)


def _given_user(given: Given, mode: str) -> LoginUser:
    given.only("email", "name", "phone", "two_factor_auth")
    email = given_email(given, "email", given.values.get("email"))
    name, phone, two_factor_auth = given.text("name"), given.text("phone"), given.text("two_factor_auth")
    if name is None and mode != "absent":
        raise given.refusal("name", None, "the name of the user")
    if isinstance(given.values.get("phone"), int):
        # The zero at its start is gone, and with it the number itself.
        raise given.refusal("phone", given.values["phone"], "a phone number in quotes: YAML reads 0171 as 121")
    if phone is not None and not _PHONE.fullmatch(phone):
        raise given.refusal("phone", phone, "a phone number, such as 1-7345555555")
    if two_factor_auth is not None and not _WORD.fullmatch(two_factor_auth):
        raise given.refusal("two_factor_auth", two_factor_auth, "a word, such as enabled")
    return LoginUser(email, name or "", phone, two_factor_auth)


def told_users(data: Data) -> Users:
    """The users in an answer of C(loginProtectListUser).

    :raises BadResponseError: one has no e-mail address, or the list has an unknown form.
    """
    users = tuple(_told_user(each) for each in data.get("user") or ())
    refuse_unread(LOGIN_PROTECT_LIST_USER.name, {name: data[name] for name in data.keys() - _NO_USERS}, users)
    return users


def _told_user(data: t.Any) -> LoginUser:
    email = text(data, "email") if isinstance(data, dict) else None
    if email is None:
        raise BadResponseError(
            f"{LOGIN_PROTECT_LIST_USER.name}: the response of the SiteLock API contains a user without email."
        )
    return LoginUser(email, text(data, "name") or email, text(data, "phone"))


def dumped_users(users: Users) -> t.Any:
    """The users in the form of an entry."""
    return dumped_list(users, _dumped)


def _dumped(user: LoginUser) -> dict[str, str] | None:
    if not _EMAIL.fullmatch(user.email):
        return None
    phone = {"phone": user.phone} if user.phone and _PHONE.fullmatch(user.phone) else {}
    return {"email": user.email, "name": user.name, **phone}


# ---- what is to be done


def users_after(current: Users, desired: DesiredList[LoginUser]) -> Users:
    """``current`` after all of the calls below."""
    wanted, there = _by_key(desired.wanted), _by_key(current)
    surplus = _surplus(current, desired)
    changed = [
        user if user.key not in wanted or user.meets(wanted[user.key]) else _changed(user, wanted[user.key])
        for user in current
        if user not in surplus
    ]
    return (*changed, *(user for user in desired.wanted if user.key not in there))


def additions_of_users(current: Users, desired: DesiredList[LoginUser]) -> list[Write]:
    """The calls that add users. None is repeated: each sends a mail."""
    there = _by_key(current)
    writes = []
    for user in desired.wanted:
        if user.key not in there:
            parameters = {"email": user.email, "name": user.name, "phone": user.phone}
            more = user.two_factor_auth is not None
            writes.append(
                Write(
                    LOGIN_PROTECT_ADD_USER,
                    parameters,
                    user.key,
                    # Users probably belong to the account: another site of the same run may have added it.
                    fresh=True,
                    once=True,
                    shown_by=_never_shown if more else None,
                )
            )
            if more:
                # The call above does not take it, and no getter shows it: without an answer, its outcome is unknown.
                writes.append(_modify(user, user, shown_by=_never_shown))
    return writes


def changes_of_users(current: Users, desired: DesiredList[LoginUser]) -> list[Write]:
    """The calls that change and delete users."""
    wanted = _by_key(desired.wanted)
    return [
        *(
            dataclasses.replace(_modify(user, wanted[user.key]), fresh=True)
            for user in current
            if user.key in wanted and not user.meets(wanted[user.key])
        ),
        *(Write(LOGIN_PROTECT_DELETE_USER, {"email": each.email}, each.key) for each in _surplus(current, desired)),
    ]


def _modify(user: LoginUser, wish: LoginUser, shown_by: t.Callable[[t.Any], bool] | None = None) -> Write:
    # Whether the API keeps a phone number that is left out is not documented.
    changed = _changed(user, wish)
    parameters = {
        "email": user.email,
        # It is called name in all other calls.
        "username": changed.name,
        "phone": changed.phone,
        "two_factor_auth": wish.two_factor_auth,
    }
    return Write(LOGIN_PROTECT_MODIFY_USER, parameters, user.key, shown_by=shown_by)


def _changed(user: LoginUser, wish: LoginUser) -> LoginUser:
    return dataclasses.replace(user, name=wish.name, phone=wish.phone or user.phone)


def _surplus(current: Users, desired: DesiredList[LoginUser]) -> list[LoginUser]:
    if desired.exact is not None:
        wanted = _by_key(desired.exact)
        return [user for user in current if user.key not in wanted]
    absent = _by_key(desired.absent)
    return [user for user in current if user.key in absent]


def _by_key(users: t.Iterable[LoginUser]) -> dict[str, LoginUser]:
    return {user.key: user for user in users}
