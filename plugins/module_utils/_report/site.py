# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A site in reports: a row of a pass, parsed whatever it contains."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._parsing import MAX_DIGITS, clean_text, utc_text
from ansible_collections.hosting.websec.plugins.module_utils._report.finding import Finding
from ansible_collections.hosting.websec.plugins.module_utils._report.reasons import NOTE, Reason, most_urgent
from ansible_collections.hosting.websec.plugins.module_utils._report.times import moment
from ansible_collections.hosting.websec.plugins.module_utils._texts import Told, vendor_codes

Row = t.Mapping[str, t.Any]

ERROR_FIELDS = ("kind", "code", "extended_code", "message", "hint", "http_status")
UNKNOWN_STATE = "unknown"
ACCOUNT = "account"
"""What stands for an account in place of a state."""

_WAITING, _CHANGED, _QUIET = 7, 8, 9
"""The sort position of sites without a reason, after those with one."""


@dataclasses.dataclass(frozen=True)
class Site:
    """One row of C(sitelock_waf_report), with all fields, and no others.

    An account (``is_account``) has its name as ``domain``, and its number as ``site_id``. ``error`` has the keys
    C(ERROR_FIELDS). ``findings`` are what scans, backups and products say, and ``read`` those of these sources that
    could be read. ``reason`` is C(None) if the site needs no manual action.
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
    findings: tuple[Finding, ...] = ()
    read: tuple[str, ...] = ()
    is_account: bool = False

    @property
    def noun(self) -> str:
        return ACCOUNT if self.is_account else "site"

    @property
    def shown_state(self) -> str:
        return ACCOUNT if self.is_account else self.state or UNKNOWN_STATE

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for something that needs no manual action."""
        return self.waiting_for is not None and self.error is None and self.state != "error"

    @property
    def is_open(self) -> bool:
        """Whether this pass has anything to report about it."""
        return self.reason is not None or self.is_waiting or self.changed

    @property
    def codes(self) -> str:
        """The vendor's codes, such as C(AEX/3003); empty without an error."""
        return vendor_codes(self.error or {})

    @property
    def error_as_reason(self) -> dict[str, t.Any] | None:
        """The error, if it is the reason for manual action."""
        return self.error if self.error and self.reason and self.error["kind"] == self.reason.key else None

    @property
    def messages(self) -> tuple[str, ...]:
        """The texts about the reason for manual action, without the site."""
        texts = self.notes if self.reason == NOTE else self.texts_of(self.reason)
        if self.error_as_reason:
            texts = (self.error_as_reason["message"],)
        return tuple(
            Told(self.domain, text, (f"{self.noun.title()} {self.site_id}", f"{self.noun.title()} {self.domain}")).cause
            for text in texts
            if text
        )

    def texts_of(self, reason: Reason | None) -> tuple[str, ...]:
        """The texts of the findings with this reason."""
        return tuple(dict.fromkeys(each.text for each in self.findings if each.reason == reason))

    @property
    def own_findings(self) -> tuple[Finding, ...]:
        """The findings that are the reason."""
        return tuple(each for each in self.findings if each.reason == self.reason)

    @property
    def other_findings(self) -> tuple[str, ...]:
        """The findings that are not the reason, as texts."""
        return tuple(f"{each.reason.title}: {each.told}" for each in self.findings if each.reason != self.reason)

    @property
    def attention_since(self) -> datetime.datetime | None:
        """Since when it has the finding that is the reason, or else its state."""
        return min((each.since for each in self.own_findings if each.since), default=self.since)

    @property
    def hint(self) -> str:
        """What to do; may be empty."""
        if self.error_as_reason:
            return str(self.error_as_reason["hint"])
        return self.reason.hint if self.reason else ""

    @property
    def order(self) -> tuple[t.Any, ...]:
        """Sort key: the most urgent first, then the longest in their state."""
        rank = _WAITING if self.is_waiting else _CHANGED if self.changed else _QUIET
        urgency = self.reason.urgency if self.reason else rank
        since = self.attention_since
        return (urgency, since is None, since or 0, self.domain, str(self.site_id))

    def as_dict(self) -> dict[str, t.Any]:
        """Plain data, the keys in a fixed order."""
        return {
            "domain": self.domain,
            "site_id": self.site_id,
            "state_before": self.state_before,
            "state": ACCOUNT if self.is_account else self.state,
            "since": utc_text(self.since) if self.since else None,
            "steps": list(self.steps),
            "waiting_for": self.waiting_for,
            "changed": self.changed,
            "attention": self.reason.key if self.reason else None,
            "notes": list(self.notes),
            "findings": [each.as_dict() for each in self.findings],
            "error": dict(self.error) if self.error else None,
        }


def site(row: Row) -> Site:
    """From a row; missing fields are empty, and unknown fields are omitted."""
    error, state, notes = _error(row.get("error")), _text(row.get("state")), plain_texts(row.get("notes"))
    # Only ``health`` makes them; in a row from elsewhere they would be anything.
    findings = tuple(dict.fromkeys(each for each in row.get("findings") or () if isinstance(each, Finding)))
    return Site(
        domain=_text(row.get("domain")) or "(no domain)",
        site_id=plain(row.get("site_id")),
        state_before=_text(row.get("state_before")),
        state=state,
        since=moment(row.get("since")),
        steps=plain_texts(row.get("steps")),
        waiting_for=_text(row.get("waiting_for")),
        changed=bool(row.get("changed")),
        notes=notes,
        error=error,
        reason=most_urgent(str(error["kind"]) if error else None, state, notes, (each.reason for each in findings)),
        findings=findings,
        read=tuple(row.get("read") or ()),
    )


def _error(value: t.Any) -> dict[str, t.Any] | None:
    if value is None:
        return None
    given = value if isinstance(value, t.Mapping) else {"message": value}
    error = {key: plain(given.get(key)) for key in ERROR_FIELDS}
    texts = {key: _written(error[key] or "") for key in ("message", "hint")}
    return {**error, "kind": error["kind"] or "error", **texts}


def _text(value: t.Any) -> str | None:
    return None if value is None or value == "" else _written(value)


def plain_texts(value: t.Any) -> tuple[str, ...]:
    return tuple(_written(each) for each in (value if isinstance(value, (list, tuple)) else [value] if value else []))


def plain(value: t.Any) -> t.Any:
    """A number or C(None) unchanged, anything else as text."""
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**MAX_DIGITS
    return value if value is None or whole else _written(value)


def _written(value: t.Any) -> str:
    """``value`` as text that can be written, whatever the row contains."""
    if isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
        return f"(a number of more than {MAX_DIGITS} digits)"
    return clean_text(str(value))
