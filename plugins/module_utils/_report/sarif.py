# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as SARIF 2.1.0, for what shows findings in code: a result for each site and account that does not pass.

Source of the form: OASIS, C(sarif-v2.1.0).
"""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._parsing import utc_text
from ansible_collections.hosting.websec.plugins.module_utils._report.overview import Overview
from ansible_collections.hosting.websec.plugins.module_utils._report.site import Site
from ansible_collections.hosting.websec.plugins.module_utils._report.verdict import DRIFT, Verdict, verdict

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_WORD = re.compile(r"[^\s'\"\[\]{},]+")


def to_sarif(overview: Overview, *, source: str, source_text: str) -> str:
    """The text of the file.

    :param source: the site file, as it is called in the repository.
    :param source_text: its content, to find the lines of the sites; may be empty.
    """
    lines = _lines(source_text)
    found = [(site, each) for site in overview.rows if (each := verdict(site, check_mode=overview.check_mode))]
    rules = {each.key: each for _site, each in found}
    run = {
        "tool": {
            "driver": {
                "name": "hosting.websec",
                "rules": [{"id": key, "shortDescription": {"text": each.title}} for key, each in sorted(rules.items())],
            }
        },
        "invocations": [{"executionSuccessful": True, "endTimeUtc": utc_text(overview.time)}],
        "results": [_result(site, each, source, lines) for site, each in found],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _lines(text: str) -> dict[str, int]:
    """The first line with each word."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        for word in _WORD.findall(line):
            found.setdefault(word.rstrip(".").lower(), number)
    return found


def _result(site: Site, found: Verdict, source: str, lines: t.Mapping[str, int]) -> dict[str, t.Any]:
    place = {"artifactLocation": {"uri": source}, "region": {"startLine": lines.get(site.domain.lower(), 1)}}
    return {
        "ruleId": found.key,
        "level": "warning" if found.key == DRIFT else "error",
        "message": {"text": _escaped(f"{site.noun} {site.domain}: {found.title}. {found.text}".strip())},
        "locations": [{"physicalLocation": place}],
        # The same finding in the next report is the same alert.
        "partialFingerprints": {"site/v1": f"{site.noun}/{site.domain}/{found.key}"},
    }


def _escaped(text: str) -> str:
    """Texts come from vendors and customers, and C([text](address)) would be a link (3.11.6 of the specification)."""
    return re.sub(r"([\\\[\]])", r"\\\1", text)
