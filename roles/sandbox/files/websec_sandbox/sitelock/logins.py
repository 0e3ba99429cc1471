# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Methods around the login of a customer: is it free, its password, its terms of service, the single sign-on."""

from __future__ import annotations

import secrets

from ..model import Account
from . import answer, customers
from .accounts import digest, login_taken
from .answer import Answer, node, texts
from .context import Context
from .grammar import Field, Refused, Values
from .methods import Rejected, method

_TOKEN_URL = "https://secure.sitelock.example/rlogin.php"


@method("checkLogin", Field("login"))
def check_login(context: Context, values: Values) -> Answer:
    """checkLogin: C(ok) means free; its C(error) is a login in use, and any failure."""
    login = values["login"]
    with context.world.change():
        taken = login_taken(context, login)
    message = "Login is in use by another account." if taken else "login is available"
    if not taken and not customers.login_allowed(login):
        message = "Invalid login"
    status = "ok" if message == "login is available" else "error"
    return answer.ok(node("checkLogin", *texts(login=login, message=message, status=status)), outcome=message)


def check_reset(_context: Context, values: Values) -> None:
    """Whose password must be said."""
    if "user" not in values and "account_id" not in values:
        raise Refused("passwordReset needs user or account_id")


@method(
    "passwordReset",
    Field("user", optional=True),
    Field("account_id", optional=True),
    Field("pass", optional=True),
    write=True,
    check=check_reset,
)
def password_reset(context: Context, values: Values) -> Answer:
    """passwordReset: the answer has the new password in clear text."""
    world = context.world
    with world.change():
        account = _account_of(context, values)
        if "pass" in values and not customers.password_allowed(values["pass"], context.settings):
            raise Rejected("Invalid password")
        password = values.get("pass") or secrets.token_urlsafe(9) + "aA1!"
        account.password_sha256 = digest(password)
        world.save(account)
    return answer.ok(node("passwordReset", node("pass", text=password), *texts(user=account.login)))


@method("getLastAcceptedTOS", Field("account_id"))
def get_last_accepted_tos(context: Context, values: Values) -> Answer:
    """getLastAcceptedTOS: "never" is an error by its form."""
    with context.world.change():
        account = context.world.accounts.get(values["account_id"])
    if not account or not account.tos_accepted_at:
        message = "User has not accepted TOS." if account else "account_id not found"
        return answer.ok(node("getLastAcceptedTOS", *texts(message=message, status="error")), outcome=message)
    accepted = texts(
        accepted_at=account.tos_accepted_at, login=account.login, status="ok", tos_version_id=account.tos_version_id
    )
    return answer.ok(node("getLastAcceptedTOS", *accepted))


@method("createToken", Field("account_id"))
def create_token(context: Context, values: Values) -> Answer:
    """createToken: a login address directly below the root; the error is below the method."""
    with context.world.change():
        account = context.world.accounts.get(values["account_id"])
    if not account:
        return answer.error(context.settings.error_http_status, "createToken", "account_id not found")
    if context.settings.token_form == "code":
        query = f"code={secrets.token_hex(16)}&code_verifier={secrets.token_urlsafe(32)}"
    else:
        query = f"token={secrets.token_hex(16)}"
    return answer.ok(*texts(loginURL=f"{_TOKEN_URL}?{query}"))


def _account_of(context: Context, values: Values) -> Account:
    """The account whose password is meant; when both are given they must be of one account. Raises Rejected."""
    world = context.world
    account = world.accounts.get(values["account_id"]) if "account_id" in values else None
    if "account_id" in values and not account:
        raise Rejected("account_id not found")
    if "user" in values:
        living = [one for one in world.accounts_by("login", values["user"]) if one.deleted_at is None]
        if not living or (account and account not in living):
            raise Rejected("user not found")
        account = account or living[0]
    if not account or not account.login:
        raise Rejected("user not found")
    return account
