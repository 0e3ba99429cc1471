# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sub-accounts by their e-mail address."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import LIST_USERS
from ansible_collections.hosting.websec.plugins.module_utils._botguard.responses import unexpected
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def check_email(text: str) -> str:
    """The e-mail address in ``text`` without white space around it. :raises BadInputError: it is invalid."""
    email = text.strip()
    if not _EMAIL.fullmatch(email):
        raise BadInputError(
            f"{email!r} is not an e-mail address.", hint="Give only the address, such as jane@example.com."
        )
    return email


def user_of_email(users: t.Iterable[t.Mapping[str, t.Any]], email: str) -> t.Mapping[str, t.Any] | None:
    """The sub-account among ``users`` whose address is exactly ``email``; C(None) if there is none.

    :raises RejectedError: there are several, or one whose address differs only in upper and lower case: the owner of
        the website would then be uncertain.
    """
    users = list(users)
    near = [user for user in users if user["email"].strip().lower() == email.lower()]
    exact = [user for user in near if user["email"].strip() == email]
    if len(exact) > 1:
        raise RejectedError(
            f"{counted(len(exact), 'sub-account')} have the e-mail address {email}: {_ids(exact)}.",
            hint="Set user to the number of the right one, or ask the vendor to remove the others.",
        )
    if near and not exact:
        raise RejectedError(
            f"No sub-account has the e-mail address {email}, but one has {near[0]['email']}: {_ids(near)}.",
            hint="Write the address exactly as in the account.",
        )
    if exact and any(_number(other) == user_id(exact[0]) for other in users if other not in exact):
        raise unexpected(LIST_USERS, f"the number of the sub-account {email} for another one as well")
    return exact[0] if exact else None


def user_id(user: t.Mapping[str, t.Any]) -> int:
    """The number of a sub-account. :raises BadResponseError: the API returns none."""
    number = _number(user)
    if number is None:
        raise unexpected(LIST_USERS, f"no number for the sub-account {user['email']}")
    return number


def _number(user: t.Mapping[str, t.Any]) -> int | None:
    number = user.get("id")
    number = whole_number(number) if isinstance(number, str) else number
    return number if isinstance(number, int) and not isinstance(number, bool) and number > 0 else None


def _ids(users: t.Sequence[t.Mapping[str, t.Any]]) -> str:
    return ", ".join(f"id {user.get('id')}" for user in users)
