# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One message as it goes to the SMTP server."""

from __future__ import annotations

import dataclasses
import datetime
import email.errors
import email.headerregistry
import email.message
import email.policy
import email.utils
import hashlib
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.addresses import check_address
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.templates import Content

# Every server takes seven bits.
_POLICY = email.policy.SMTP.clone(cte_type="7bit")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclasses.dataclass(frozen=True)
class Sender:
    """:param envelope: where errors of delivery go."""

    address: str
    name: str
    reply_to: str | None
    envelope: str

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any]) -> Sender:
        """:raises BadInputError: an address is wrong."""
        address = check_address(options["sender"], "sender")
        reply_to, envelope = options["reply_to"], options["envelope_sender"]
        return cls(
            address=address,
            name=in_one_line(options["sender_name"] or ""),
            reply_to=None if reply_to is None else check_address(reply_to, "reply_to"),
            envelope=address if envelope is None else check_address(envelope, "envelope_sender"),
        )


def in_one_line(text: str) -> str:
    """``text`` without line breaks and control characters, which would begin another header."""
    return " ".join(_CONTROL.sub(" ", text).split())


def message_id(queue_id: str, sender: Sender) -> str:
    """C(Message-ID) of a message: the same whenever it is made, so that a mail service can see a second copy."""
    local = queue_id if _PLAIN_ID.fullmatch(queue_id) else hashlib.sha256(queue_id.encode()).hexdigest()[:32]
    return f"<sitelock-{local}@{sender.address.rpartition('@')[2]}>"


def build(content: Content, sender: Sender, recipient: str, queue_id: str, now: datetime.datetime) -> bytes:
    """The message with its headers, in ASCII, with the line ends of SMTP.

    :param recipient: from ``check_address``.
    :raises BadInputError: it cannot be encoded.
    """
    message = email.message.EmailMessage(policy=_POLICY)
    try:
        message["From"] = email.headerregistry.Address(sender.name, addr_spec=sender.address)
        message["To"] = email.headerregistry.Address(addr_spec=recipient)
        if sender.reply_to is not None:
            message["Reply-To"] = email.headerregistry.Address(addr_spec=sender.reply_to)
        message["Subject"] = in_one_line(content.subject)
        message["Date"] = email.utils.format_datetime(now)
        message["Message-ID"] = message_id(queue_id, sender)
        # RFC 3834: programs that answer mail do not answer this.
        message["Auto-Submitted"] = "auto-generated"
        if content.text:
            message.set_content(f"{content.text}\n")
            if content.html:
                message.add_alternative(f"{content.html}\n", subtype="html")
        else:
            message.set_content(f"{content.html}\n", subtype="html")
        return message.as_bytes()
    except (ValueError, LookupError, email.errors.MessageError) as error:
        raise BadInputError(f"The message cannot be encoded as mail: {type(error).__name__}.") from None
