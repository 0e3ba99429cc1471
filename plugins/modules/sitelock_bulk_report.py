#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_bulk_report
short_description: Fetch a report about all sites from SiteLock into a file
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Fetches a report about all sites of the partner (C(bulkReports)) into a CSV file. SiteLock makes the reports once a
    day, at midnight, and keeps those of three days. Your account manager at SiteLock must enable them.
  - A report is several files with up to 1,000,000 rows each. The module fetches all of them, one call for each, and
    joins them. It writes them as they arrive, so a report of any size needs little memory.
  - The file at O(dest) is replaced when the report is complete. Until then, and after an error, it is what it was
    before. A file of the report whose connection breaks starts again, O(retries) times; those before it are kept.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.attributes
attributes:
  check_mode:
    support: full
    details:
      - In check mode the options are checked, nothing is fetched, and a change is reported.
  diff_mode:
    support: none
    details:
      - A report is too large for it.
  idempotent:
    support: full
    details:
      - A file with the same content is not replaced.
options:
  dest:
    description:
      - The file to write, on the host on which the module runs. Its folder must exist. A new file can be read by its
        owner only, a file that is replaced keeps its permissions.
      - With C(.gz) at the end of its name it is a gzip file, otherwise plain CSV, unless O(compress) says otherwise.
    type: path
    required: true
  report:
    description:
      - The report. The vendor's page names C(scan_status), C(risk_score) and C(external_scan); C(internal_scan) is
        inferred.
      - With O(source=download) C(test), C(scan_status) or C(risk_score).
    type: str
    required: true
  period:
    description:
      - The day of the report, as C(file_period). It is required with O(source=bulk_reports). The form is not in the
        public part of the vendor's page, where it is a date, so it is sent as it is.
    type: str
  group_resellers:
    description:
      - Whether the sites of all your reseller ids are in one report. By default SiteLock decides.
    type: bool
  source:
    description:
      - V(bulk_reports) is the present way.
      - V(download) is the older one, which the vendor plans to remove.
    type: str
    choices: [bulk_reports, download]
    default: bulk_reports
  compress:
    description: Whether to write a gzip file. Otherwise it is plain CSV. By default the name in O(dest) says it.
    type: bool
  max_size:
    description: Maximum size of the whole report in bytes, not compressed. A larger one is an error.
    type: int
    default: 10737418240
  file_timeout:
    description: Seconds that one file of the report may take. O(timeout) is the longest silence meanwhile.
    type: int
    default: 3600
  deadline:
    description:
      - Time after which the task ends without a report, in seconds since 1970, as V(now(\).timestamp(\)) gives it.
    type: float
notes:
  - C(bulkReports) needs a user name and a password, which are sent as headers, and has an address of its own. If
    O(api_url) is not the address of the vendor, it must end in C(/v1/partner), and C(/v2/partner/bulkreports) beside it
    is called.
  - The columns may change at any time, so read them by their names. Not verified against the live service.
  - A report may be larger than other responses, up to O(max_size).
  - A module that receives SIGTERM or SIGINT ends without a report.
seealso:
  - module: hosting.websec.sitelock_scans_info
"""

EXAMPLES = r"""
- name: Fetch the state of all scans of today
  hosting.websec.sitelock_bulk_report:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    report: scan_status
    period: "{{ now().strftime('%Y-%m-%d') }}"
    dest: /srv/reports/scan_status.csv.gz
"""

RETURN = r"""
dest:
  description: The file.
  returned: success
  type: str
  sample: /srv/reports/scan_status.csv.gz
compressed:
  description: Whether the file is a gzip file.
  returned: success, except in check mode
  type: bool
  sample: true
files:
  description: Number of files that SiteLock made of the report.
  returned: success, except in check mode
  type: int
  sample: 2
rows:
  description: Number of rows, without the names of the columns.
  returned: success, except in check mode
  type: int
  sample: 1200000
columns:
  description: The names of the columns, in their order.
  returned: success, except in check mode
  type: list
  elements: str
  sample: [site_id, domain, malware_status]
csv_size:
  description: Size of the report in bytes, not compressed.
  returned: success, except in check mode
  type: int
  sample: 96000000
checksum:
  description: SHA-256 of the file.
  returned: success, except in check mode
  type: str
  sample: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._module import run_module
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.scans.reports import (
    SOURCES,
    check_report,
    fetch_report,
)


def run(options: dict[str, t.Any], context: RunContext, *, check_mode: bool) -> dict[str, t.Any]:
    if check_mode:
        check_report(options)
        return {"changed": True, "dest": options["dest"]}
    return fetch_report(options, context)


def main() -> None:
    own = ArgumentSpec(
        options={
            "dest": {"type": "path", "required": True},
            "report": {"type": "str", "required": True},
            "period": {"type": "str"},
            "group_resellers": {"type": "bool"},
            "source": {"type": "str", "choices": list(SOURCES), "default": SOURCES[0]},
            "compress": {"type": "bool"},
            "max_size": {"type": "int", "default": 10 * 1024**3},
            "file_timeout": {"type": "int", "default": 3600},
            "deadline": {"type": "float"},
        },
    )
    module = AnsibleModule(**sitelock_options().merge(own).to_kwargs(), supports_check_mode=True)
    options = module.params
    context = RunContext.of_task({**options, "progress_file": None})
    run_module(module, lambda: run(options, context, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
