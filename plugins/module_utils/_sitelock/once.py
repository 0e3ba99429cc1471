# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One call of a method that must not be repeated: an action, or one that destroys something."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import OutcomeUnknownError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method


def call_once(
    client: SiteLockClient, method: Method, parameters: t.Mapping[str, t.Any], *, perhaps: str, hint: str
) -> dict[str, t.Any]:
    """The response of ``method``. The call is never sent twice.

    :param perhaps: what may have happened if the response is lost, as a sentence.
    :param hint: what to do then.
    :raises OutcomeUnknownError: it is unknown whether the call had its effect.
    """
    try:
        return client.call(method, parameters)
    except WebsecError as error:
        if not error.may_have_happened:
            raise
        raise OutcomeUnknownError(
            f"{error.message} {perhaps}",
            hint=f"Nothing was sent again. {hint}",
            code=error.code,
            extended_code=error.extended_code,
            http_status=error.http_status,
        ) from None
