#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_waf_cache_purge
short_description: Purge what the CDN of SiteLock has cached of sites
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Makes the CDN forget what it has cached of sites (C(purgeWafCache)), for example after a release. It then fetches
    each file from the origin again.
  - This is an action, not a state. Each run purges, and reports a change. In check mode nothing is purged.
  - A call whose response was lost is never sent again. The site has an error of the kind C(outcome_unknown).
  - It makes one call for each site.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.sitelock_sites
  - hosting.websec.run_context
  - hosting.websec.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details:
      - There is nothing to compare.
  idempotent:
    support: none
    details:
      - Each run purges again.
options:
  purge_pattern:
    description:
      - Purge only files whose name contains this text. With C(^) at its start the name must begin with it, with C($) at
        its end the name must end with it.
      - By default the whole cache of each site is purged.
    type: str
seealso:
  - module: hosting.websec.sitelock_waf_policies
"""

EXAMPLES = r"""
- name: Purge the style sheets of a shop after a release
  hosting.websec.sitelock_waf_cache_purge:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    sites:
      - site_id: 442989
    purge_pattern: .css$
"""

RETURN = r"""
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(sites). It is removed when
      C(ansible-playbook) ends.
  returned: with O(results=notable)
  type: str
sites:
  description: One entry per site, in the order of O(sites).
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    site_id:
      description: The site. V(null) if its number is not known.
      type: int
      sample: 442989
    domain:
      description: Its domain, as in the entry.
      type: str
      sample: shop.example
    changed:
      description: Whether its cache was purged, or in check mode would be.
      type: bool
      sample: true
    failed:
      description: Whether this site failed.
      type: bool
      sample: false
    error:
      description: The error of this site, in fields that a playbook can test. V(null) if there is none.
      type: dict
      sample: null
    deferred:
      description:
        - Whether it was not reached, because the time was over (O(deadline)) or the task was stopped. It has not
          failed.
      type: bool
      sample: false
    deferred_reason:
      description:
        - Why nothing was sent for it although there was time. The calls for other items failed for a reason that holds
          for all of them, such as a wrong password. RV(sites[].deferred) is true then.
        - V(null) if nothing stopped it.
      type: str
      sample: null
deferred:
  description: Number of sites that were not reached, see RV(sites[].deferred).
  returned: always, unless the options were refused
  type: int
  sample: 0
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import (
    ArgumentSpec,
    bulk_options,
    run_context_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    bulk_result,
    deferred_count,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.cache import purge_caches
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.each_site import site_list_options


def run(options: dict[str, t.Any], context: RunContext, *, check_mode: bool) -> dict[str, t.Any]:
    rows = purge_caches(options, check_mode=check_mode, context=context)
    return bulk_result("sites", rows, key="site_id", on_error=options["on_error"], deferred=deferred_count(rows))


def main() -> None:
    own = ArgumentSpec(options={"purge_pattern": {"type": "str"}})
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options()).merge(site_list_options()).merge(own)
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_bulk_module(module, lambda context: run(module.params, context, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
