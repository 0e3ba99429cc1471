# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as JUnit XML, one test case for each site and account, as merge requests show it.

Source of the form: the schema C(jenkins-junit.xsd), which GitLab and GitHub actions read.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from ansible_collections.hosting.websec.plugins.module_utils._parsing import utc_text
from ansible_collections.hosting.websec.plugins.module_utils._report.overview import Overview
from ansible_collections.hosting.websec.plugins.module_utils._report.site import Site
from ansible_collections.hosting.websec.plugins.module_utils._report.verdict import Verdict, verdict

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(overview: Overview) -> str:
    """The text of the file."""
    cases = [(site, verdict(site, check_mode=overview.check_mode)) for site in overview.rows]
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(found is not None and not found.is_error for _site, found in cases)),
        "errors": str(sum(found is not None and found.is_error for _site, found in cases)),
    }
    root = ET.Element("testsuites", counts)
    name = "hosting.websec, check mode" if overview.check_mode else "hosting.websec"
    time = utc_text(overview.time).removesuffix("Z")
    suite = ET.SubElement(root, "testsuite", {"name": name, "timestamp": time, "skipped": "0", **counts})
    for site, found in cases:
        _add(suite, site, found)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _add(suite: ET.Element, site: Site, found: Verdict | None) -> None:
    case = ET.SubElement(suite, "testcase", {"classname": site.noun, "name": _clean(site.domain), "time": "0"})
    if found is not None:
        told = {"type": _clean(found.key), "message": _clean(found.title)}
        ET.SubElement(case, "error" if found.is_error else "failure", told).text = _clean(found.text)
    waits = [f"Waits for {site.waiting_for}."] if site.waiting_for else []
    lines = [f"State: {site.shown_state}.", *waits, *site.notes]
    ET.SubElement(case, "system-out").text = _clean("\n".join(lines))


def _clean(text: str) -> str:
    return _NOT_XML.sub("?", text)
