#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fleet_notification
short_description: Tell one target what changed since it was told last about a fleet
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Compares the JSON file of the role P(hosting.websec.fleet_report#role) with what a target was told before, and sends
    one message about what differs, grouped as the report groups it. Without a difference nothing is sent.
  - A target is a webhook that takes JSON, an incoming webhook of Slack, a webhook of a Teams workflow, or a mail
    address.
  - What needs action is new if its reason, its code or its site is. Texts and times are not compared.
  - Without a state file, what needs action is sent, and nothing else.
  - The state file is written before and after a message, atomically. If the target refuses the message or cannot be
    reached, the next run sends it. If nobody knows whether the target took it, as after a status of 500 and more, the
    next run sends it again with the same RV(message_id), unless something changed, and the message says so. What ended
    meanwhile is told too, because the target may know of its beginning.
  - A site that the target was told about from a newer report is left out, and a report of which nothing else is left
    fails the task.
  - If another run notifies the same target, it is waited for, at most 60 seconds.
extends_documentation_fragment:
  - hosting.websec.attributes
  - hosting.websec.smtp
attributes:
  check_mode:
    support: full
    details:
      - Nothing is sent and written in check mode. RV(text) has what would be sent.
  diff_mode:
    support: none
    details:
      - RV(text) has what is sent.
  idempotent:
    support: full
options:
  name:
    description: Name of the target. It is in messages and in the state file.
    type: str
    required: true
  type:
    description:
      - What the target takes. V(webhook) takes JSON of its own form, see the README of the role
        P(hosting.websec.fleet_notify#role).
    type: str
    choices: [webhook, slack, teams, mail]
    required: true
  report:
    description:
      - The JSON file of the role P(hosting.websec.fleet_report#role). One of a run in check mode sends nothing.
    type: path
    required: true
  state:
    description:
      - The file with what the target was told, on a disk that outlives the run. It and its folder are created if they
        are missing. It may be a link.
    type: path
    required: true
  url:
    description:
      - The address of a webhook. Required unless O(type=mail). It is a secret, and in no output. It must start with
        C(https://), unless it is on this machine.
    type: str
  headers:
    description:
      - More headers for a webhook, such as C(Authorization). Their values are secrets, so ansible-core hides them
        wherever they are in the output of the task, also short ones.
    type: dict
  to:
    description:
      - The recipient, one address. Required with O(type=mail). For more people, use the address of a list, or more
        targets.
    type: str
  sender:
    description: The sender. Required with O(type=mail).
    type: str
  sender_name:
    description: The name of the sender.
    type: str
  title:
    description: The beginning of the subject.
    type: str
    default: SiteLock Firewall & CDN
  report_url:
    description: The address of the page of the report, for a link.
    type: str
  urgency:
    description:
      - Problems with a greater number in the report are not told. V(6) includes what the next pass may resolve by
        itself.
    type: int
    default: 5
  states:
    description: Whether to tell each change of the state of a site, too.
    type: bool
    default: false
  timeout:
    description: Seconds after which a webhook that has not answered is given up; at most 3,600.
    type: int
    default: 30
  validate_certs:
    description: Whether to verify the certificate of a webhook.
    type: bool
    default: true
  ca_path:
    description: File with the certificates of the authorities to trust for a webhook. By default those of the system.
    type: path
seealso:
  - module: hosting.websec.sitelock_mail
"""

EXAMPLES = r"""
- name: Tell the channel of the team what changed
  hosting.websec.fleet_notification:
    name: team
    type: slack
    report: /var/lib/websec/fleet-report.json
    state: /var/lib/websec/notify/team.json
    url: "{{ vault_slack_webhook }}"

- name: Tell the people on call by mail
  hosting.websec.fleet_notification:
    name: oncall
    type: mail
    report: /var/lib/websec/fleet-report.json
    state: /var/lib/websec/notify/oncall.json
    to: oncall@hoster.example
    sender: websec@hoster.example
    urgency: 4
"""

RETURN = r"""
message_id:
  description: Id of the message. V(null) if there is nothing to tell.
  returned: success
  type: str
  sample: 8d1f0f4de65a4f3c9d6a2f6c0a7b1c2d
subject:
  description: The subject of the message. V(null) if there is nothing to tell.
  returned: success
  type: str
  sample: "SiteLock Firewall & CDN: 2 need action, 1 solved"
text:
  description: The lines of the message, as mail has them, of at most 100,000 characters.
  returned: success
  type: list
  elements: str
  sample: ["Credentials refused: shop.example", "SiteLock refused the password."]
note:
  description: Why nothing is told about the report or about a part of it; empty if there is no such reason.
  returned: success
  type: str
  sample: ""
counts:
  description: Number of new problems, of solved ones, and of states that changed.
  returned: success
  type: dict
  sample: {new: 2, solved: 1, states: 0}
error:
  description: The error of the target, in fields that a playbook can test.
  returned: failure
  type: dict
  sample:
    kind: unavailable
    message: "The webhook of the target team refused the message: HTTP status 503."
    hint: The next run tries again.
"""

import datetime

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._module import run_module
from ansible_collections.hosting.websec.plugins.module_utils._notify.task import TYPES, notify
from ansible_collections.hosting.websec.plugins.module_utils._parsing import utc_text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.smtp_settings import smtp_options


def _now() -> str:
    return utc_text(datetime.datetime.now(datetime.timezone.utc))


def main() -> None:
    own = ArgumentSpec(
        options={
            "name": {"type": "str", "required": True},
            "type": {"type": "str", "choices": list(TYPES), "required": True},
            "report": {"type": "path", "required": True},
            "state": {"type": "path", "required": True},
            "url": {"type": "str", "no_log": True},
            "headers": {"type": "dict", "no_log": True},
            "to": {"type": "str"},
            "sender": {"type": "str"},
            "sender_name": {"type": "str"},
            "title": {"type": "str", "default": "SiteLock Firewall & CDN"},
            "report_url": {"type": "str"},
            "urgency": {"type": "int", "default": 5},
            "states": {"type": "bool", "default": False},
            "timeout": {"type": "int", "default": 30},
            "validate_certs": {"type": "bool", "default": True},
            "ca_path": {"type": "path"},
        },
    )
    module = AnsibleModule(**own.merge(smtp_options()).to_kwargs(), supports_check_mode=True)
    run_module(module, lambda: notify(module.params, check_mode=module.check_mode, now=_now))


if __name__ == "__main__":
    main()
