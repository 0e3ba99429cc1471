# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of a file and the module that reads it refuse the same entries: values of every kind at every key."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.hosting.websec.plugins.module_utils._botguard.hosting import read_entries as read_websites
from ansible_collections.hosting.websec.plugins.module_utils._botguard.users import desired_users, user_options
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.sections import (
    SECTIONS as POLICY_SECTIONS,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.task import read_policy_entries
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.sections import SECTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.task import (
    product_options,
    read_product_entries,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import parse_sections
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.entries import (
    read_entries as read_accounts,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.entry_checks import (
    completed,
    entry_options,
    screened,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Defaults, prepare
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.variables import VARIABLES
from ansible_collections.hosting.websec.tests.unit.fleet_files.entries import (
    RIGHT,
    VALUES,
    paths,
    pieces,
    value_of,
    with_value,
)

NOW = datetime.datetime(2026, 11, 29, 12, tzinfo=datetime.timezone.utc)


def site_is_accepted(entry: t.Any) -> bool:
    (row,) = prepare([entry], [], Defaults(), need_site_id=False)
    return row["error"] is None


def account_is_accepted(entry: t.Any) -> bool:
    """On the controller, then in the module, which gets what Ansible makes of it."""
    entries, errors = screened([entry])
    if errors:
        return False
    (account,) = read_accounts([completed(entry_options(), entries[0])])
    return not isinstance(account, WebsecError)


def products_are_accepted(entry: t.Any) -> bool:
    options = product_options().options
    defaults = {name: options[name]["default"] for name in ("update_password", "force_frequency")}
    entries = read_product_entries({"sites": [entry], **defaults})
    if entries[0].site_id is None and entries[0].error is None:
        # The sections are read once the number is known.
        entries[0].site_id = 5
    parse_sections(entries, SECTIONS, NOW)
    return entries[0].error is None


def policies_are_accepted(policies: t.Any) -> bool:
    try:
        entries = read_policy_entries([{"site_id": 5, "domain": "a.example", "policy": [*policies]}], policies)
    except WebsecError:
        return False
    parse_sections(entries, POLICY_SECTIONS, NOW)
    return entries[0].error is None


def website_is_accepted(entry: t.Any) -> bool:
    try:
        return bool(read_websites([entry]))
    except WebsecError:
        return False


def user_is_accepted(entry: t.Any) -> bool:
    options = {"users": {"type": "list", "elements": "dict", "options": user_options().options}}
    validated = ArgumentSpecValidator(options).validate({"users": [entry]})
    if validated.error_messages:
        return False
    try:
        return bool(desired_users(validated.validated_parameters["users"]))
    except WebsecError:
        return False


READERS: dict[str, t.Callable[[t.Any], bool]] = {
    "sitelock_waf_sites": site_is_accepted,
    "sitelock_accounts": account_is_accepted,
    "sitelock_products": products_are_accepted,
    "sitelock_waf_policies": policies_are_accepted,
    "botguard_websites": website_is_accepted,
    "botguard_websites_users": user_is_accepted,
}
KNOWN_TO_THE_POLICY_ROLE = ("policy",)
"""Keys of a site file that another role reads."""


@pytest.mark.parametrize("variable", READERS)
def test_the_check_and_the_module_refuse_the_same_entries(variable: str) -> None:
    accepted = refused = 0
    tried = set()
    for piece in pieces(variable):
        for path in paths(piece):
            if path in tried or path[0] in KNOWN_TO_THE_POLICY_ROLE:
                continue
            tried.add(path)
            for value in VALUES:
                entry = with_value(piece, path, value)
                problems = VARIABLES[variable].check(value_of(variable, entry), NOW)
                if READERS[variable](entry):
                    accepted += 1
                    # Ansible makes a text of it, such as the last name False of No. The check says so.
                    is_no_text = variable == "botguard_websites_users" and isinstance(value, (bool, list, dict))
                    assert not problems or is_no_text, (path, value)
                else:
                    refused += 1
                    assert problems, (path, value)
    assert min(accepted, refused) > 20


def test_every_variable_is_compared() -> None:
    # The module reads the files of certificates: only their keys are checked.
    assert {*READERS, "sitelock_waf_certificates"} == {*VARIABLES} == {*RIGHT}
