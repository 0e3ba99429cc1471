# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a pass as a JSON document; the README of the role C(fleet_report) describes it."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._parsing import utc_text
from ansible_collections.hosting.websec.plugins.module_utils._report.overview import Overview
from ansible_collections.hosting.websec.plugins.module_utils._report.site import Site

FORMAT = "hosting.websec.fleet_report"
VERSION = 1
"""Increases when a field is removed or changes its meaning, not when one is added."""


def document(overview: Overview) -> dict[str, t.Any]:
    """The document; keys and lists are in a fixed order, so that the same fleet gives the same text."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "time": utc_text(overview.time),
        "check_mode": overview.check_mode,
        "summary": overview.summary(),
        "attention": [
            {
                "reason": problem.reason.key,
                "urgency": problem.reason.urgency,
                "title": problem.reason.title,
                "codes": problem.codes,
                "message": " ".join(problem.messages),
                "hint": problem.hint,
                "domains": [each.domain for each in problem.sites],
            }
            for problem in overview.attention
        ],
        "unmanaged_subscriptions": None if overview.unmanaged is None else list(overview.unmanaged),
        "accounts": None if overview.accounts is None else [_account(each) for each in overview.accounts],
        "policies": None if overview.policies is None else list(overview.policies),
        "products": None if overview.products is None else list(overview.products),
        "findings_kept": [each.as_dict() for each in overview.findings_kept],
        "sites": [each.as_dict() for each in overview.sites],
    }


def _account(account: Site) -> dict[str, t.Any]:
    told = account.as_dict()
    same = {name: told[name] for name in ("steps", "waiting_for", "changed", "attention", "error")}
    return {"account": told["domain"], "account_id": told["site_id"], **same}


def to_json(overview: Overview) -> str:
    """The document with one line per site, so that a diff shows the change of each site."""
    fields = ",\n".join(f'  "{key}": {_value(value)}' for key, value in document(overview).items())
    return f"{{\n{fields}\n}}\n"


def _value(value: t.Any) -> str:
    if not value or not isinstance(value, list):
        return json.dumps(value)
    entries = ",\n".join(f"    {json.dumps(entry)}" for entry in value)
    return f"[\n{entries}\n  ]"
