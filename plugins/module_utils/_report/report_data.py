# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a pass as a JSON document; the README of the role C(fleet_report) describes it."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._report.report_overview import Overview
from ansible_collections.hosting.websec.plugins.module_utils._report.report_times import iso

FORMAT = "hosting.websec.fleet_report"
VERSION = 1
"""Goes up when a field is removed or means something else, not when one is added."""


def data(overview: Overview) -> dict[str, t.Any]:
    """The document; keys and lists are in a fixed order, so that the same fleet gives the same text."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "time": iso(overview.time),
        "check_mode": overview.check_mode,
        "summary": overview.summary(),
        "attention": [
            {
                "reason": concern.reason.key,
                "urgency": concern.reason.urgency,
                "title": concern.reason.title,
                "codes": concern.codes,
                "message": " ".join(concern.told),
                "hint": concern.hint,
                "domains": [each.domain for each in concern.sites],
            }
            for concern in overview.attention
        ],
        "sites": [each.as_dict() for each in overview.sites],
    }


def data_text(overview: Overview) -> str:
    """The document with one line for each site, so that a diff shows what became of which site."""
    document = data(overview)
    lists = ("attention", "sites")
    lines = [f'  "{key}": {json.dumps(value)},' for key, value in document.items() if key not in lists]
    for name in lists:
        entries = ",\n".join(f"    {json.dumps(entry)}" for entry in document[name])
        end = "," if name != lists[-1] else ""
        lines.append(f'  "{name}": [\n{entries}\n  ]{end}' if entries else f'  "{name}": []{end}')
    return "\n".join(["{", *lines, "}", ""])
