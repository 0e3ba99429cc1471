#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_mail
short_description: Send the messages that SiteLock leaves to a white-label partner
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Reads the pending messages (C(getPendingEmails)), renders each with your template, hands it to your SMTP server, and
    marks it as sent (C(markEmailsSent)).
  - A message is never sent twice by this module. It is in the journal before its content goes out. What the SMTP server
    has accepted and SiteLock does not know yet is marked by the next run, without being sent again.
  - A message is never marked without the code 250 of the SMTP server.
  - If the connection ends, or the run is killed, after the content of a message went out and before the answer, its
    outcome is unknown. It has an error of the kind C(outcome_unknown) in every run and is not sent again, until you
    name it in O(resend) or mark it with M(hosting.websec.sitelock_emails_sent).
  - One message that cannot be sent does not stop the others. A server that refuses the sender or the sign-in, three
    connections in a row that fail, and a journal that cannot be written stop all others; they stay pending.
  - A message without a template stays pending, see RV(missing_templates). A template with a syntax error stops the run
    before anything is sent.
  - It makes one call to read, and one call for each 100 messages to mark them.
  - In check mode nothing is sent, marked or written to the journal. RV(emails) says what would be sent.
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.run_context
  - hosting.websec.attributes
  - hosting.websec.smtp
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details:
      - Set O(show_content) in check mode to see the messages.
  idempotent:
    support: full
    details:
      - Nothing is sent twice. New messages may be pending meanwhile.
options:
  templates:
    description:
      - Folder with the templates, on the host of the module, as an absolute path. The template of the code C(20)
        is the file C(20.j2).
      - A template is a Jinja template with the blocks C(subject), and C(text) or C(html) or both. Values are escaped in
        C(html). It can include other C(.j2) files of this folder, and has no filters, tests or lookups of Ansible.
      - Its variables are the texts in RV(hosting.websec.sitelock_pending_emails_info#module:emails[].replacements) by
        their names, at any depth; C(replacements), all of them as they are; and C(message), with
        C(email_address), C(domain), C(account_id), C(queue_id), C(email_id), C(queue_time) and C(fields).
      - An undefined variable is an error of the message, which stays pending.
    type: path
    required: true
  code_field:
    description:
      - The code of a message, which selects its template, is the value of this field of the message, or of the
        replacement with this name. The vendor's pages do not agree where it is, so look at
        M(hosting.websec.sitelock_pending_emails_info) first.
    type: str
    default: email_id
  journal:
    description:
      - SQLite file with what was handed to the SMTP server, on the host of the module, as an absolute path. It is
        created if it does not exist, its folder is not. It contains addresses of customers, and only its owner can
        read it.
      - Keep it, on a disk that outlives the run (not in a container), and give each API its own. Without it, a message
        whose mark or outcome is open would be sent again. It grows by some 200 bytes with each message, see
        O(journal_keep_days).
      - Beside it is its lock, with C(.lock) at the end of its name. If the journal was made, and is gone or empty now,
        nothing is sent. To begin a new one, remove both files.
    type: path
    required: true
  sender:
    description: Address of the sender (C(From)).
    type: str
    required: true
  sender_name:
    description: Name of the sender.
    type: str
  reply_to:
    description: Address for replies (C(Reply-To)). By default that of O(sender).
    type: str
  envelope_sender:
    description: Address to which mail servers return what they cannot deliver. By default that of O(sender).
    type: str
  resend:
    description:
      - Messages with an unknown outcome that are sent again, by their queue id. Look into the log of the SMTP server
        first. A message that was accepted is not sent again, also if it is listed here. An id that neither SiteLock nor
        the journal knows is an error of its own.
    type: list
    elements: raw
    default: []
  max_messages:
    description:
      - If more messages would be sent in one run, nothing is sent, and the task fails with their list. By default there
        is no limit.
    type: int
  journal_keep_days:
    description:
      - For how many days the journal keeps messages that were sent and marked, at least 31. Others are never removed,
        nor are those that SiteLock lists as pending in this run. The file does not shrink, but its space is used again.
      - By default they are kept for good, which is the safest.
    type: int
  show_content:
    description:
      - Whether RV(emails[].text) and RV(emails[].html) contain the rendered messages. They may contain links that log a
        customer in.
    type: bool
    default: false
  after:
    description:
      - Only messages after this time, as C(YYYY-MM-DD HH:MM:SS). The vendor does not state the time zone.
      - Without O(after) and O(before) the API lists the last 30 days.
    type: str
  before:
    description: Only messages before this time, like O(after).
    type: str
  account_id:
    description: Only messages to this account.
    type: raw
  on_error:
    description:
      - With V(fail) the task fails after all messages are processed, if any of them failed or has an unknown outcome.
      - V(report) does not fail the task; check RV(emails[].failed).
    type: str
    choices: [fail, report]
    default: fail
notes:
  - Two runs with the same journal do not run at the same time. The second one fails, and sends nothing.
seealso:
  - module: hosting.websec.sitelock_pending_emails_info
  - module: hosting.websec.sitelock_emails_sent
"""

EXAMPLES = r"""
- name: Send the pending messages under our own brand
  hosting.websec.sitelock_mail:
    api_username: "{{ sitelock_username }}"
    api_password: "{{ sitelock_password }}"
    templates: /etc/websec/mail
    journal: /var/lib/websec/mail.sqlite
    sender: security@hoster.example
    sender_name: Hoster Security
    smtp_host: mail.hoster.example
    smtp_username: websec
    smtp_password: "{{ vault_smtp_password }}"
    max_messages: 500

- name: Send one message again that is not in the log of the mail server
  hosting.websec.sitelock_mail:
    templates: /etc/websec/mail
    journal: /var/lib/websec/mail.sqlite
    sender: security@hoster.example
    smtp_host: mail.hoster.example
    resend: ["123"]
"""

RETURN = r"""
summary:
  description: How many messages are in which state, as a text.
  returned: always, unless the run stopped before it sent anything
  type: str
  sample: 3 sent, 1 without a template (codes 21)
missing_templates:
  description: The codes without a template. Their messages stay pending.
  returned: always, unless the run stopped before it sent anything
  type: list
  elements: str
  sample: ["21"]
deferred:
  description: Number of messages that were not reached, see RV(emails[].deferred).
  returned: always, unless the run stopped before it sent anything
  type: int
  sample: 0
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(emails). It is removed when
      C(ansible-playbook) ends.
  returned: with O(results=notable)
  type: str
emails:
  description: One entry per message, in the order of the API; then those that only the journal knows.
  returned: always, unless the run stopped before it sent anything
  type: list
  elements: dict
  contains:
    queue_id:
      description: The message.
      type: str
      sample: "123"
    account_id:
      description: The account of its user.
      type: int
      sample: 570
    domain:
      description: The site that it is about.
      type: str
      sample: shop.example
    email_address:
      description: Its recipient.
      type: str
      sample: owner@shop.example
    code:
      description: Its code. V(null) if it was not needed, or if there is none.
      type: str
      sample: "20"
    template:
      description: The file of its template.
      type: str
      sample: 20.j2
    subject:
      description: Its subject, if it was rendered.
      type: str
      sample: Malware was found on shop.example
    text:
      description: Its text, with O(show_content=true).
      type: str
      sample: null
    html:
      description: Its HTML, with O(show_content=true).
      type: str
      sample: null
    state:
      description:
        - V(sent), it was sent and marked now; V(marked), it was sent by an earlier run and marked now.
        - V(accepted), the SMTP server has it, and it could not be marked yet.
        - V(outcome_unknown), it may have been sent or not; V(no_template), its code has no template.
        - V(failed), it was not sent, see RV(emails[].error); V(deferred), it was not reached.
        - In check mode V(would_send) and V(would_mark).
      type: str
      sample: sent
    needs_person:
      description: What somebody has to do although nothing failed, such as a template to add.
      type: list
      elements: str
      sample: []
    changed:
      description: Whether it was sent or marked, or in check mode would be.
      type: bool
      sample: true
    deferred:
      description:
        - Whether it was not reached, because the time was over (O(deadline)) or the task was stopped. It has not
          failed.
      type: bool
      sample: false
    deferred_reason:
      description:
        - Why nothing was sent for it although there was time. The calls for other items failed for a reason that holds
          for all of them, such as a wrong password. RV(emails[].deferred) is true then.
        - V(null) if nothing stopped it.
      type: str
      sample: null
    failed:
      description: Whether this message failed.
      type: bool
      sample: false
    error:
      description:
        - The error of this message, in fields that a playbook can test. V(null) if there is none.
        - C(kind) is V(rejected), V(unavailable), V(timeout), V(auth), V(outcome_unknown), V(bad_response), V(bug) or
          V(bad_input).
      type: dict
      sample: null
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import run_context_options
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.options import mail_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.results import mail_result
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.run import send_pending


def run(options: dict[str, t.Any], context: RunContext, *, check_mode: bool) -> dict[str, t.Any]:
    items = send_pending(options, context, check_mode=check_mode)
    return mail_result(items, show_content=options["show_content"], on_error=options["on_error"])


def main() -> None:
    spec = sitelock_options().merge(run_context_options()).merge(mail_options())
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    options = module.params
    if options["smtp_security"] != "none" and not options["smtp_validate_certs"]:
        module.warn(
            "smtp_validate_certs is false: the certificate of the SMTP server is not verified. Anyone between this "
            "machine and the server can read the messages and the password."
        )
    run_bulk_module(module, lambda context: run(options, context, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
