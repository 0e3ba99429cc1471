# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first contact with SiteLock: asks, looks, and writes down what was seen."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import Row, observe
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.report import (
    as_report,
    refuse_words_as_secrets,
    result_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact import (
    accounts,
    firewall,
    policy,
    products,
    reports,
    scans,
    sign_in,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.contract import contract_of
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reader import Responses
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reports import Reports
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.sign_in import SignIn

VENDOR = "SiteLock"
LOOKS = (
    *accounts.OBSERVATIONS,
    *firewall.OBSERVATIONS,
    *policy.OBSERVATIONS,
    *products.OBSERVATIONS,
    *scans.OBSERVATIONS,
)
"""All that looks at responses to calls with the credentials of the task."""
IDS = (
    *(each.id for each in LOOKS),
    *(each.id for each in reports.OBSERVATIONS),
    *(each.id for each in sign_in.OBSERVATIONS),
)
"""Of all observations, in the order of the report."""


def first_contact(options: t.Mapping[str, t.Any], context: RunContext, today: datetime.date) -> dict[str, t.Any]:
    """The result of the task, see ``result_of``.

    :param options: connection options, and those of the contract.
    :raises BadInputError: an option is wrong; nothing was sent.
    """
    contract = contract_of(options)
    secrets = [options.get("api_password"), options.get("api_client_secret")]
    refuse_words_as_secrets(secrets, (*LOOKS, *reports.OBSERVATIONS, *sign_in.OBSERVATIONS))
    with SiteLockClient.from_options(options, read_only=True, context=context) as client:
        responses = Responses(client, contract, today)
        about_reports = Reports(options, client, responses, context)
        rows: list[Row] = observe(LOOKS, responses)
        rows += observe(reports.OBSERVATIONS, about_reports)
        rows += observe(sign_in.OBSERVATIONS, SignIn(options, context, responses))
        return result_of(as_report(VENDOR, rows, responses.tallies), responses.barred)
