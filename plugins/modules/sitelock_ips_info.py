#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_ips_info
short_description: Get the networks from which SiteLock reaches your web servers
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Reads the networks of SiteLock's services with C(getSiteLockIPs), by class - those of the firewall and CDN, those of
    the API, and so on.
  - Use them in a firewall in front of your web servers, and to restore the real visitor address on a web server behind
    the CDN (C(real_ip) of NGINX, C(remoteip) of Apache). The vendor recommends checking them regularly, because they
    change.
  - It makes one call.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.attributes
  - hosting.websec.attributes.info_module
options:
  types:
    description:
      - The classes to return, such as V(waf). Letter case does not matter. By default all of them.
      - It is an error if the response contains no networks of one of them, so that an empty list never gets into a
        server's configuration.
    type: list
    elements: str
notes:
  - The vendor's public page shows the classes, but not the names of the entries below them. So every address, network,
    or range of addresses below a class is used. Other texts are in RV(classes[].unread), with a warning. Not verified
    against the live service.
"""

EXAMPLES = r"""
- name: Get the networks of the CDN
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
  description: The classes, in the order of O(types), otherwise in the order of the response.
  returned: success
  type: list
  elements: dict
  contains:
    type:
      description: The name of the class, as returned by the API.
      type: str
      sample: waf
    networks:
      description: Its networks, sorted, each once. A single address is a network with a prefix of C(/32) or C(/128).
      type: list
      elements: str
      sample: [198.18.0.0/16, 198.19.0.0/16]
    unread:
      description: Texts of this class that are not addresses, unchanged.
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
  description: The error, in fields that a playbook can test.
  returned: failure
  type: dict
  sample:
    kind: not_found
    code: null
    extended_code: null
    message: "getSiteLockIPs: the response contains no addresses of the class waf."
    hint: "Its classes are: api."
    http_status: null
"""

import dataclasses

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._module import run_module
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.networks import all_networks, read_classes
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options


def run(options: dict[str, object]) -> dict[str, object]:
    classes = read_classes(options)
    return {
        "changed": False,
        "classes": [dataclasses.asdict(each) for each in classes],
        "networks": all_networks(classes),
        "warnings": [
            f"Class {each.type!r} of getSiteLockIPs contains texts that are not addresses, or are only parts of "
            f"addresses: {', '.join(each.unread)}. Compare them with the vendor's documentation before you use them."
            for each in classes
            if each.unread
        ],
    }


def main() -> None:
    spec = sitelock_options().merge(ArgumentSpec(options={"types": {"type": "list", "elements": "str"}}))
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    run_module(module, lambda: run(module.params))


if __name__ == "__main__":
    main()
