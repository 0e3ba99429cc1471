# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages that the partner sends instead of the vendor."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import (
    Method,
    Subject,
    names,
)

# Without an account, the response has the messages of all accounts.
_ACCOUNT = Subject("account", ("account",), names("account_id account/id"), one=False)

GET_MESSAGE_TYPES = Method("getMessageTypes", Effect.READ, repeats=names("message"))
GET_PENDING_EMAILS = Method("getPendingEmails", Effect.READ, repeats=names("email"), subjects=(_ACCOUNT,))
# Inferred: emails/email. Unknown: its content.
GET_PENDING_EMAILS_SIMPLE = Method("getPendingEmailsSimple", Effect.READ, repeats=names("email"), subjects=(_ACCOUNT,))
# Unknown: the content of a language.
GET_TEXT_REPORT = Method("getTextReport", Effect.READ, nested=names("languages/lang"), repeats=names("language"))
MARK_EMAILS_SENT = Method(
    "markEmailsSent",
    Effect.CHANGE,
    repeats=names("error"),
    subjects=(Subject("message", ("queue_id",), names("queue_id"), number=False, one=False),),
    # C(status=failed) with the reason of each message.
    negatives=names("errors"),
)
