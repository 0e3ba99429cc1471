# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options of modules that do one thing with each of many sites."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  sites:
    description:
      - The sites, each at most once. An entry is a dictionary with C(site_id) or C(domain) or both. Other keys are not
        used, so it may be an entry of a site file.
      - Without C(site_id) the number of the site comes from O(site_ids), else one C(checkDomain) call looks it up.
    type: list
    elements: raw
    required: true
  site_ids:
    description: Numbers of sites by their domain, for entries without C(site_id).
    type: dict
    default: {}
  concurrency:
    description: Maximum number of parallel calls.
    type: int
    default: 8
  on_error:
    description:
      - With V(fail) the task fails after all sites are processed, if any of them failed.
      - V(report) does not fail the task; check C(failed) of each site.
    type: str
    choices: [fail, report]
    default: fail
"""
