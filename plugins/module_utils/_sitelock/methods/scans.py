# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scans and their results, and the reports of all sites."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import (
    ACCOUNT,
    SITE,
    SITES,
    Method,
    names,
)

BULK_REPORTS = Method(
    # A CSV file. The request has its own headers for the credentials, and no envelope.
    "bulkReports",
    Effect.READ,
    nested=names("report/type report/file_period report/file_counter report/group_resellers"),
    endpoint="https://api.sitelock.com/v2/partner/bulkreports",
    answers_file=True,
)
# A CSV file. The vendor plans to remove this method.
DOWNLOAD = Method("download", Effect.READ, answers_file=True)
# No response has the frequency of a site.
MODIFY_SCAN_FREQUENCY = Method("modifyScanFrequency", Effect.CHANGE, subjects=(SITE,))
SCAN_DETAIL = Method(
    # Unknown: the answer.
    "scanDetail",
    Effect.READ,
    attributes=names("scans/ssl_scan/level scans/db_scan/id scans/platform_scan/id scans/smart_scan/id"),
    nested=names(
        "scans/malware_scan scans/sqli_scan scans/xss_scan scans/ssl_scan scans/advisories scans/risk_score "
        "scans/db_scan scans/platform_scan scans/smart_scan"
    ),
    subjects=(SITE,),
    may_be_empty=True,
)
SCAN_DOMAIN = Method(
    # The free scan. It takes up to 45 seconds. Inferred: malware_data is in page.
    "scanDomain",
    Effect.ACTION,
    repeats=names("page malware"),
    endpoint="https://scan.sitelock.com/v1/partner/",
)
SCAN_INFO = Method(
    # Unknown: the rest of the response, and its form for a whole account.
    "scanInfo",
    Effect.READ,
    repeats=names("product"),
    subjects=(SITES, ACCOUNT),
    may_be_empty=True,
    may_answer_each=True,
)
# Unknown: the response; three kinds are announced.
SCAN_NOW = Method("scanNow", Effect.ACTION, subjects=(SITES, ACCOUNT), may_be_empty=True)
SCAN_SUMMARY = Method(
    # Unknown: the response, which contains ids of scans.
    "scanSummary",
    Effect.READ,
    nested=names("scans/smart_scan scans/platform_scan scans/db_scan scans/patchman_scan scans/risk_score"),
    subjects=(SITE,),
    may_be_empty=True,
)
