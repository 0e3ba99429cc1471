# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""getPendingEmails: the messages that the vendor leaves to the partner to send.

Source: C(getpendingemails-...). The content of C(replacements) is only partly public: elements of two kinds, one for
each placeholder. So it is returned as it is, and as flat texts by their names.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._argspec import Spec
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._ids import ID, number_id
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.mail import GET_PENDING_EMAILS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child

OLDEST = "2000-01-01 00:00:00"
"""Before every message. Without a date the API lists the last 30 days only."""

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


@dataclasses.dataclass(frozen=True)
class PendingEmail:
    """One message. What the response does not say is empty, or C(None).

    :param fields: all texts of the message by the names of their elements, C(email_id) among them.
    :param replacements: the values for its placeholders, as plain data (see ``xml``).
    """

    queue_id: str
    email_address: str
    domain: str
    account_id: int | None
    queue_time: str
    fields: t.Mapping[str, str]
    replacements: t.Any

    def as_dict(self) -> dict[str, t.Any]:
        """The message as an entry of a result."""
        return {
            "queue_id": self.queue_id or None,
            "email_address": self.email_address or None,
            "domain": self.domain or None,
            "account_id": self.account_id,
            "email_id": self.fields.get("email_id") or None,
            "queue_time": self.queue_time or None,
            "replacements": self.replacements,
        }


def filter_options() -> Spec:
    """The options that ``check_filters`` reads."""
    return {"after": {"type": "str"}, "before": {"type": "str"}, "account_id": ID}


def check_filters(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(before), C(after) and C(account_id) of ``options`` as parameters of the method.

    :raises BadInputError: one is wrong. The API may ignore a wrong date without a word, and list all messages.
    """
    account = options["account_id"]
    return {
        **{name: _time(name, options[name]) for name in ("before", "after")},
        "account": None if account is None else number_id(account, "account_id"),
    }


def _time(name: str, value: str | None) -> str | None:
    if value is None:
        return None
    text = value.strip()
    try:
        if not _TIME.fullmatch(text):
            raise ValueError
        datetime.datetime.fromisoformat(text)
    except ValueError:
        raise BadInputError(
            f"{name} is {value[:60]!r}; it must be a time such as 2026-11-29 08:00:00.",
            hint="Write it as YYYY-MM-DD HH:MM:SS.",
        ) from None
    return text


def read_pending(client: SiteLockClient, parameters: t.Mapping[str, t.Any]) -> list[PendingEmail]:
    """The pending messages, in the order of the API.

    :param parameters: see ``check_filters``.
    """
    return parse_pending(client.call(GET_PENDING_EMAILS, parameters))


def parse_pending(data: t.Mapping[str, t.Any]) -> list[PendingEmail]:
    """The messages in the plain data of a response."""
    return [_message(each) for each in child(data, "emails").get("email", []) if isinstance(each, dict)]


def _message(data: t.Mapping[str, t.Any]) -> PendingEmail:
    fields = {name.lstrip("@"): value for name, value in data.items() if isinstance(value, str)}
    return PendingEmail(
        queue_id=fields.get("queue_id", ""),
        email_address=fields.get("email_address", ""),
        domain=fields.get("domain", ""),
        account_id=whole_number(fields.get("account_id")),
        queue_time=fields.get("queue_time", ""),
        fields={name: value for name, value in fields.items() if name != "replacements"},
        replacements=_single(data.get("replacements", "")) or {},
    )


def _single(data: t.Any) -> t.Any:
    """``data`` without lists of one. The table of methods says that C(email) repeats, which is also the name of a
    placeholder."""
    if isinstance(data, list):
        return _single(data[0]) if len(data) == 1 else [_single(each) for each in data]
    if isinstance(data, dict):
        return {name: _single(value) for name, value in data.items()}
    return data


def flat_texts(data: t.Any) -> dict[str, str]:
    """The texts in C(replacements) by their names, at any depth. Of two with the same name the outer one counts, then
    the first.

    The name is that of the element, or what stands beside the value in an element or attribute C(name).
    """
    found: dict[str, str] = {}
    level = _dictionaries(data)
    while level:
        for each in level:
            pair = _pair(each)
            for name, value in [pair] if pair else each.items():
                if isinstance(value, str) and name != "#text":
                    found.setdefault(name.lstrip("@"), value)
        level = [inner for each in level for value in each.values() for inner in _dictionaries(value)]
    return found


def _pair(data: t.Mapping[str, t.Any]) -> tuple[str, str] | None:
    """Name and value, if that is what an element is."""
    for name in ("name", "@name"):
        for value in ("value", "@value", "#text"):
            if set(data) == {name, value} and isinstance(data[name], str) and isinstance(data[value], str):
                return data[name], data[value]
    return None


def _dictionaries(value: t.Any) -> list[dict[str, t.Any]]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]
