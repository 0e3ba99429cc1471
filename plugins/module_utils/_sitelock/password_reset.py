# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""passwordReset: a new password for a user. The response contains it in clear text.

Source: C(passwordreset-changing-or-resetting-user-passwords).
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    BadResponseError,
    OutcomeUnknownError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id
from ansible_collections.hosting.websec.plugins.module_utils._secrets import register_secret
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.accounts import PASSWORD_RESET
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import text


def reset_password(options: t.Mapping[str, t.Any], *, check_mode: bool) -> dict[str, t.Any]:
    """Set a new password for a user, and return it. It is a secret, and registered as one.

    :param options: connection options, C(account_id), C(user) and C(new_password).
    :param check_mode: send nothing, and return no password.
    :raises BadInputError: neither the account nor the user is set.
    :raises OutcomeUnknownError: the response was lost, so the password of the user is unknown.
    """
    with SiteLockClient.from_options(options, read_only=check_mode) as client:
        parameters = _parameters(options)
        if check_mode:
            return {"changed": True, "user": parameters["user"], "password": None}
        try:
            data = client.call(PASSWORD_RESET, parameters)
            password = text(data, "pass")
            if password is None:
                raise BadResponseError("The answer to passwordReset contains no password.", may_have_happened=True)
        except WebsecError as error:
            raise (_unknown(error) if error.may_have_happened else error) from None
    register_secret(password)
    return {"changed": True, "user": text(data, "user") or parameters["user"], "password": password}


def _parameters(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    account_id = None if options["account_id"] is None else number_id(options["account_id"], "account_id")
    user = (options["user"] or "").strip() or None
    if account_id is None and user is None:
        raise BadInputError(
            "Neither account_id nor user is set.",
            hint="Set user to a login, or account_id for the administrator of an account.",
        )
    if options["new_password"] is not None and not options["new_password"].strip():
        raise BadInputError("new_password is empty.", hint="Set a password, or omit it to have one generated.")
    return {"account_id": account_id, "user": user, "pass": options["new_password"]}


def _unknown(error: WebsecError) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"{error.message} The password may have been changed; the new one is not known.",
        hint="Run again: each run sets another password.",
        code=error.code,
        extended_code=error.extended_code,
        http_status=error.http_status,
    )
