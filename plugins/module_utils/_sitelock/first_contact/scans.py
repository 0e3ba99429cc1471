# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the methods about scans and pending messages do."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import (
    YES_OR_NO,
    NotSeenError,
    Observation,
    one_word,
)
from ansible_collections.hosting.websec.plugins.module_utils._parsing import calendar_date
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.answers import elements_in, values_in
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact import calls
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reader import Responses
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.scans import SCAN_INFO
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.scans.records import ScanRecord, parse_records

_FREQUENCY = ("frequency", "scan_frequency")
_NOT_SET_UP = "white-label"
_MONTH = datetime.timedelta(days=31)
"""Surely more than 30 days, in any time zone."""

Data = t.Mapping[str, t.Any]


def _scan_info_form(seen: Responses) -> str:
    [(_none, data)] = seen.data(calls.SCANS_OF_ACCOUNT)
    if "site" in data:
        return "nested"
    return one_word(["repeat" if SCAN_INFO.name in data or text(data, "site_id") else None])


def _scan_info_scans(seen: Responses) -> str:
    return one_word(
        _shown_of(products)
        for _site, data in seen.data(calls.SCANS)
        if (products := list(elements_in(data, "product")))
    )


def _shown_of(products: t.Any) -> str:
    if any(name in _FREQUENCY for name, _value in values_in(products)):
        return "full"
    return "without_frequency" if list(elements_in(products, "scan")) else "none"


def _scan_done(seen: Responses) -> str:
    return one_word(_sign_of_end(record) for _site, data in seen.data(calls.SCANS) for record in parse_records(data))


def _sign_of_end(record: ScanRecord) -> str | None:
    """As C(wait) of scans reads it. Without a time, the site may just not have been scanned."""
    if record.last_scan_at is None:
        return "state" if record.running else None
    return "time" if record.running is None else "time_and_state"


def _scan_answers(seen: Responses) -> str:
    return one_word(
        "attributes" if any(name.startswith("@") for name in scan) else "elements"
        for _site, data in seen.data(calls.SCAN_RESULTS)
        for each in child(data, "scans").values()
        for scan in (each if isinstance(each, list) else [each])
        if isinstance(scan, dict)
    )


def _scan_details(seen: Responses) -> str:
    """The names of the elements that are findings."""
    return one_word(
        "info" if name.endswith("_info") else "other"
        for _site, data in seen.data(calls.SCAN_DETAILS)
        for each in child(data, "scans").values()
        for scan in (each if isinstance(each, list) else [each])
        if isinstance(scan, dict)
        for name, value in scan.items()
        if isinstance(value, (dict, list))
    )


def _email_id(seen: Responses) -> str:
    [(_none, data)] = seen.data(calls.ALL_MAILS)
    numbers = {text(mail, "email_id") for mail in _mails(data)} - {None}
    return one_word([("always_20" if numbers == {"20"} else "other") if numbers else None])


def _white_label(seen: Responses) -> str:
    [response] = seen.of(calls.MAILS)
    if response.data is not None:
        return "yes"
    if isinstance(response.error, RejectedError) and _NOT_SET_UP in response.error.message:
        return "no"
    raise NotSeenError(response.reason)


def _mails(response_data: Data) -> list[Data]:
    return [each for each in elements_in(response_data, "email") if isinstance(each, dict)]


def _old_mails(seen: Responses) -> str:
    [(_none, listed)] = seen.data(calls.MAILS)
    [(_none, every)] = seen.data(calls.ALL_MAILS)
    numbers = [{text(mail, "queue_id") for mail in _mails(data)} for data in (listed, every)]
    if numbers[1] - numbers[0]:
        return "last_30_days"
    days = [calendar_date((text(mail, "queue_time") or "")[:10]) for mail in _mails(listed)]
    old = any(day is not None and seen.today - day > _MONTH for day in days)
    return one_word(["all" if old else None])


def _wrong_date(seen: Responses) -> str:
    [response] = seen.of(calls.MAILS_OF_WRONG_DATE)
    if response.data is not None:
        return "ignore"
    [(_none, _allowed)] = seen.data(calls.MAILS)
    if isinstance(response.error, RejectedError):
        return "refuse"
    raise NotSeenError(response.reason)


def _replacements(seen: Responses) -> str:
    [(_none, data)] = seen.data(calls.ALL_MAILS)
    return one_word(_form_of_replacements(mail.get("replacements")) for mail in _mails(data))


def _form_of_replacements(value: t.Any) -> str | None:
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("fixed"), dict) or isinstance(value.get("specific"), dict):
        return "groups"
    named = next(iter(elements_in(value, "replacement")), None)
    if named is None:
        return "elements"
    return "attributes" if isinstance(named, dict) and "@name" in named else "pairs"


def _simple(seen: Responses) -> str:
    [(_none, data)] = seen.data(calls.COUNTED_MAILS)
    if text(data, "count") in (None, "0"):
        raise NotSeenError
    mails = list(elements_in(data, "email"))
    if not mails:
        return "count"
    return "full" if isinstance(mails[0], dict) else "queue_ids"


OBSERVATIONS: tuple[Observation[Responses], ...] = (
    Observation("scan_info_form", "several sites in scanInfo", ("repeat", "nested"), _scan_info_form),
    Observation(
        "scan_info_scans", "what scanInfo says of scans", ("full", "without_frequency", "none"), _scan_info_scans
    ),
    Observation("scan_done", "how scanInfo shows that a scan is done", ("time", "state", "time_and_state"), _scan_done),
    Observation("scan_answers", "form of the answer of scanSummary", ("attributes", "elements"), _scan_answers),
    Observation("scan_details", "whether a finding of scanDetail ends with _info", ("info", "other"), _scan_details),
    Observation("email_id", "email_id of messages", ("always_20", "other"), _email_id),
    Observation("white_label_mail", "whether pending messages can be read", YES_OR_NO, _white_label),
    Observation(
        "pending_emails",
        "which messages getPendingEmails lists without a date",
        ("all", "last_30_days"),
        _old_mails,
    ),
    Observation("invalid_dates", "a wrong date in getPendingEmails", ("ignore", "refuse"), _wrong_date),
    Observation(
        "replacements_form",
        "form of replacements",
        ("elements", "pairs", "attributes", "groups"),
        _replacements,
    ),
    Observation("simple_emails", "what getPendingEmailsSimple lists", ("queue_ids", "count", "full"), _simple),
)
