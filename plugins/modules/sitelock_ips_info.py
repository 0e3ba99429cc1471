#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_ips_info
short_description: The networks from which SiteLock reaches your web servers
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Asks with C(getSiteLockIPs) for the networks of SiteLock's services, by class - those of the firewall and CDN, those
    of the API, and so on.
  - Use them in a firewall in front of your web servers, and to let a web server behind the CDN see the real address of
    a visitor (C(real_ip) of NGINX, C(remoteip) of Apache). The vendor asks you to look regularly, because they change.
  - It makes one call.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  types:
    description:
      - The classes to return, such as V(waf). Capital letters do not matter. By default all of them.
      - It is an error when the answer holds no networks of one of them, so that an empty list never gets into the
        configuration of a server.
    type: list
    elements: str
notes:
  - The vendor's public page shows the classes, and not what the entries below them are called. So everything below a
    class counts that is an address, a network, or a range of addresses. What cannot be read as one is in
    RV(classes[].unread), with a warning. Not verified against the live service.
"""

EXAMPLES = r"""
- name: Ask for the networks of the CDN
  hosting.websec.sitelock_ips_info:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    types: [waf]
  register: sitelock

- name: Show them
  ansible.builtin.debug:
    var: sitelock.networks
"""

RETURN = r"""
classes:
  description: The classes, in the order of O(types), otherwise in the order of the answer.
  returned: success
  type: list
  elements: dict
  contains:
    type:
      description: The name of the class, as the API gives it.
      type: str
      sample: waf
    networks:
      description: Its networks, sorted, each once. A single address is a network with a prefix of C(/32) or C(/128).
      type: list
      elements: str
      sample: [198.18.0.0/16, 198.19.0.0/16]
    unread:
      description: Texts of this class that are no addresses, as they came.
      type: list
      elements: str
      sample: []
networks:
  description: All networks of RV(classes), sorted, each once.
  returned: success
  type: list
  elements: str
  sample: [198.18.0.0/16, 198.19.0.0/16]
error:
  description: What went wrong, in fields that a playbook can test.
  returned: failure
  type: dict
  sample:
    kind: not_found
    code: null
    extended_code: null
    message: "getSiteLockIPs: the answer holds no addresses of the class waf."
    hint: "Its classes are: api."
    http_status: null
"""

import dataclasses

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import screen_connection
from ansible_collections.hosting.websec.plugins.module_utils._results import run_task
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.networks import all_networks, read_classes
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options


def run(options: dict[str, object]) -> dict[str, object]:
    classes = read_classes(options)
    return {
        "changed": False,
        "classes": [dataclasses.asdict(each) for each in classes],
        "networks": all_networks(classes),
    }


def main() -> None:
    spec = sitelock_options().merge(ArgumentSpec(options={"types": {"type": "list", "elements": "str"}}))
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    screen_connection(module.params, module.warn)
    result = run_task(lambda: run(module.params))
    if result.get("failed"):
        module.fail_json(**result)
    for each in result["classes"]:
        if each["unread"]:
            module.warn(
                f"Class {each['type']!r} of getSiteLockIPs holds texts that are no addresses, and perhaps parts of "
                f"some: {', '.join(each['unread'])}. Compare them with what the vendor says before you use them."
            )
    module.exit_json(**result)


if __name__ == "__main__":
    main()
