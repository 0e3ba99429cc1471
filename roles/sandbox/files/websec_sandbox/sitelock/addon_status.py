# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The element addonStatus, which answers for each item of a batch, and the answer that holds them."""

from __future__ import annotations

import typing

from lxml import etree

from ..model import WAF, Site, Subscription
from . import answer
from .answer import Answer, node, texts
from .context import Context
from .grammar import Values

UNKNOWN_PLAN = "Subscription doesn't exist"
UNKNOWN_ACCOUNT = "Invalid/Unknown Account ID"
BILLED_BY_VENDOR = "Billing Authority is SiteLock"
# The words for a product in the messages; all but WAF, Backup and DNS are guessed.
_WORDS = {"BACKUP": "Backup", "TRAINING": "Training"}


def word(category: str) -> str:
    """How messages name a product of this category."""
    return _WORDS.get(category, category)


def done(
    context: Context,
    item: Values,
    subscription: Subscription,
    message: str,
    records: typing.Sequence[etree._Element] = (),
) -> etree._Element:
    """C(status) C(ok), for what was bought or changed."""
    short = subscription.category != WAF and context.settings.addon_answer == "without_ids"
    subject = texts(
        account_id=subscription.account_id,
        site_id=subscription.site_id or None,
        subscription=item["subscription"],
        subscription_id=subscription.subscription_id,
    )
    return node("addonStatus", *([] if short else subject), *texts(status="ok", message=message), *records)


def failed(item: Values, site: Site | None, code: str | None, message: str) -> etree._Element:
    """C(status) C(error)."""
    return node(
        "addonStatus",
        *texts(
            account_id=site.account_id if site else item.get("account_id"),
            site_id=item.get("site_id"),
            subscription=item.get("subscription"),
            subscription_id=item.get("subscription_id"),
            status="error",
            code=code,
            message=message,
        ),
    )


def statuses(context: Context, method: str, elements: list[etree._Element]) -> Answer:
    """The answer of C(method) to a batch."""
    good = sum(element.findtext("status") == "ok" for element in elements)
    bad = len(elements) - good
    outcome = ", ".join(part for part in (f"{good} ok" if good else "", f"{bad} error" if bad else "") if part)
    if context.settings.item_order == "reversed":
        elements = elements[::-1]
    return answer.ok(node(method, node("addonStatuses", *elements)), outcome=outcome)
