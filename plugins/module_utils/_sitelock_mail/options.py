# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the module that sends mail, beside those of the API."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.pending_emails import filter_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.smtp_settings import smtp_options


def mail_options() -> ArgumentSpec:
    """Templates, journal, sender, SMTP server, and which messages."""
    return ArgumentSpec(
        options={
            "templates": {"type": "path", "required": True},
            "code_field": {"type": "str", "default": "email_id"},
            "journal": {"type": "path", "required": True},
            "sender": {"type": "str", "required": True},
            "sender_name": {"type": "str"},
            "reply_to": {"type": "str"},
            "envelope_sender": {"type": "str"},
            "resend": {"type": "list", "elements": "raw", "default": []},
            "max_messages": {"type": "int"},
            "journal_keep_days": {"type": "int"},
            "show_content": {"type": "bool", "default": False},
            "on_error": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
            **filter_options(),
        },
    ).merge(smtp_options())
