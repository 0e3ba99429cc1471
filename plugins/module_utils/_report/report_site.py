# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A site as reports see it, and why a person has to look at it."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._parsing import MAX_DIGITS, clean_text
from ansible_collections.hosting.websec.plugins.module_utils._report.report_times import iso, moment
from ansible_collections.hosting.websec.plugins.module_utils._texts import Told

Row = t.Mapping[str, t.Any]

ERROR_FIELDS = ("kind", "code", "extended_code", "message", "hint", "http_status")
UNKNOWN_STATE = "unknown"


@dataclasses.dataclass(frozen=True)
class Reason:
    """Why a person has to look at a site.

    :param key: for machines: the kind of the error, C(vendor_error), or C(note).
    :param urgency: 1 is what to look at first.
    :param title: for people.
    :param hint: what to do, where no error says it.
    """

    key: str
    urgency: int
    title: str
    hint: str = ""


_KINDS = {
    reason.key: reason
    for reason in (
        # A purchase or a deletion may have happened: money, and every further step builds on it.
        Reason("outcome_unknown", 1, "Not known whether an order or a change happened"),
        # These rarely hit one site alone.
        Reason("auth", 2, "A login or a key was refused"),
        Reason("not_allowed", 2, "Access is not allowed from here"),
        Reason("missing_library", 2, "A Python library is missing"),
        Reason("rejected", 4, "Refused"),
        Reason("not_found", 4, "Not found"),
        Reason("bad_input", 4, "Wrong in the site file"),
        # The next pass may do it without anybody's help.
        Reason("unavailable", 6, "Not reachable; the next pass tries again"),
        Reason("timeout", 6, "No answer in time; the next pass tries again"),
        Reason("bad_response", 6, "An answer that cannot be read; the next pass tries again"),
    )
}
_VENDOR_ERROR = Reason(
    "vendor_error",
    3,
    "SiteLock cannot go on by itself",
    "Ask SiteLock's support to look at the site, and name its site id.",
)
_NOTE = Reason("note", 5, "Worth a look")
_WAITS, _CHANGED, _QUIET = 7, 8, 9
"""Where sites without a reason stand behind those with one."""


@dataclasses.dataclass(frozen=True)
class Site:
    """One row of C(sitelock_waf_report), with all fields, and nothing else of the row.

    ``error`` has the keys C(ERROR_FIELDS). ``reason`` is C(None) if nobody has to look at the site.
    """

    domain: str
    site_id: t.Any
    state_before: str | None
    state: str | None
    since: datetime.datetime | None
    steps: tuple[str, ...]
    waiting_for: str | None
    changed: bool
    notes: tuple[str, ...]
    error: dict[str, t.Any] | None
    reason: Reason | None

    @property
    def shown_state(self) -> str:
        return self.state or UNKNOWN_STATE

    @property
    def waits(self) -> bool:
        """Whether it waits for something that comes without a person."""
        return self.waiting_for is not None and self.error is None and self.state != "error"

    @property
    def codes(self) -> str:
        """The vendor's codes, such as C(AEX/3003); empty without an error."""
        error = self.error or {}
        return "/".join(str(error[key]) for key in ("code", "extended_code") if error.get(key))

    @property
    def error_is_reason(self) -> bool:
        """Whether it is because of its error that a person has to look at the site."""
        return self.reason is not None and self.error is not None and self.error["kind"] == self.reason.key

    @property
    def told(self) -> tuple[str, ...]:
        """The texts that say why a person has to look at it, without the site that they are about."""
        if self.error is not None and self.error_is_reason:
            texts: tuple[str, ...] = (self.error["message"],)
        elif self.reason is not None and self.reason.key == _NOTE.key:
            texts = self.notes
        else:
            texts = ()
        return tuple(Told(self.domain, text, (f"Site {self.site_id}",)).cause for text in texts if text)

    @property
    def hint(self) -> str:
        """What to do; may be empty."""
        if self.error is not None and self.error_is_reason:
            return str(self.error["hint"])
        return self.reason.hint if self.reason else ""

    @property
    def order(self) -> tuple[t.Any, ...]:
        """Sorts what a person should read first to the front, and in it what lasts longest."""
        rank = self.reason.urgency if self.reason else _WAITS if self.waits else _CHANGED if self.changed else _QUIET
        return (rank, self.since is None, self.since or 0, self.domain, str(self.site_id))

    @property
    def is_open(self) -> bool:
        """Whether there is anything to say about it in this pass."""
        return self.reason is not None or self.waits or self.changed

    def as_dict(self) -> dict[str, t.Any]:
        """Plain data, the keys in a fixed order."""
        return {
            "domain": self.domain,
            "site_id": self.site_id,
            "state_before": self.state_before,
            "state": self.state,
            "since": iso(self.since) if self.since else None,
            "steps": list(self.steps),
            "waiting_for": self.waiting_for,
            "changed": self.changed,
            "attention": self.reason.key if self.reason else None,
            "notes": list(self.notes),
            "error": dict(self.error) if self.error else None,
        }


def site(row: Row) -> Site:
    """From a row; fields that are not there are taken as empty, and other fields are left out."""
    error, state, notes = _error(row.get("error")), _text(row.get("state")), _texts(row.get("notes"))
    return Site(
        domain=_text(row.get("domain")) or "(no domain)",
        site_id=_plain(row.get("site_id")),
        state_before=_text(row.get("state_before")),
        state=state,
        since=moment(row.get("since")),
        steps=_texts(row.get("steps")),
        waiting_for=_text(row.get("waiting_for")),
        changed=bool(row.get("changed")),
        notes=notes,
        error=error,
        reason=_reason(error, state, notes),
    )


def _reason(error: t.Mapping[str, t.Any] | None, state: str | None, notes: tuple[str, ...]) -> Reason | None:
    reasons = []
    if error is not None:
        kind = str(error["kind"])
        reasons.append(_KINDS.get(kind, Reason(kind, 4, "Failed")))
    if state == "error":
        reasons.append(_VENDOR_ERROR)
    if notes:
        reasons.append(_NOTE)
    return min(reasons, key=lambda reason: reason.urgency, default=None)


def _error(value: t.Any) -> dict[str, t.Any] | None:
    if value is None:
        return None
    given = value if isinstance(value, t.Mapping) else {"message": value}
    error = {key: _plain(given.get(key)) for key in ERROR_FIELDS}
    return {
        **error,
        "kind": error["kind"] or "error",
        "message": _said(error["message"] or ""),
        "hint": _said(error["hint"] or ""),
    }


def _text(value: t.Any) -> str | None:
    return None if value is None or value == "" else _said(value)


def _texts(value: t.Any) -> tuple[str, ...]:
    return tuple(_said(each) for each in (value if isinstance(value, (list, tuple)) else [value] if value else []))


def _plain(value: t.Any) -> t.Any:
    """A number as it is, C(None) as it is, anything else as text."""
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**MAX_DIGITS
    return value if value is None or whole else _said(value)


def _said(value: t.Any) -> str:
    """``value`` as text that can be written, whatever somebody put into the row."""
    if isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
        return f"(a number of more than {MAX_DIGITS} digits)"
    return clean_text(str(value))
