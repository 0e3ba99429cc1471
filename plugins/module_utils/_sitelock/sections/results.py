# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of the sections of sites, as tasks return it: one row a site, and the diff."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._converge import results_of
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    deferred_fields,
    deferred_fields_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.engine import SectionOutcome
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import SiteEntry

Row = dict[str, t.Any]


@dataclasses.dataclass(frozen=True)
class SectionResult:
    """What is told of one section of one site.

    :param before: of a section that changes, as its C(dump), else C(None); C(after): as well.
    """

    outcome: SectionOutcome
    details: dict[str, t.Any]
    needs_person: list[str]
    before: t.Any
    after: t.Any

    @property
    def name(self) -> str:
        return self.outcome.desired.section.name


def section_results(outcomes: t.Iterable[SectionOutcome], *, check_mode: bool) -> list[SectionResult]:
    """The result of each outcome. Where a section cannot describe itself, the others have their results."""
    return results_of(outcomes, lambda outcome: _result(outcome, check_mode=check_mode))


def _result(outcome: SectionOutcome, *, check_mode: bool) -> SectionResult:
    before = after = None
    then = _state_after(outcome)
    if outcome.changed and outcome.before is not None:
        shown = _expected(outcome, outcome.before) if check_mode else then
        before, after = _differing(_dumped(outcome, outcome.before), _dumped(outcome, shown))
        if not before and not after:
            # What cannot be set differs, as after detectWafSSL.
            before, after = _differing(_details(outcome, outcome.before), _details(outcome, shown))
    return SectionResult(outcome, _details(outcome, then), _needs_person(outcome), before, after)


def _state_after(outcome: SectionOutcome) -> t.Any:
    """What is known of the section after the run. If it could not be read again, its calls count, which were accepted:
    what is not told of them is not remembered."""
    accepted = {action.key for action in outcome.accepted} >= {action.key for action in outcome.planned}
    if outcome.unread and outcome.before is not None and accepted:
        return _expected(outcome, outcome.before)
    return outcome.after


def _expected(outcome: SectionOutcome, before: t.Any) -> t.Any:
    return outcome.desired.section.expected(before, outcome.desired.desired)


def site_rows(entries: t.Sequence[SiteEntry], results: t.Iterable[SectionResult]) -> list[Row]:
    """One row an entry, in their order."""
    by_site: dict[int, list[SectionResult]] = {}
    for result in results:
        by_site.setdefault(result.outcome.desired.site_id, []).append(result)
    # Two entries for one site are both refused, and have no outcome.
    return [_row(entry, by_site.get(entry.site_id or 0, []) if entry.is_open else []) for entry in entries]


def _row(entry: SiteEntry, results: t.Sequence[SectionResult]) -> Row:
    outcomes = [each.outcome for each in results]
    not_reached = entry.error if isinstance(entry.error, DeferredError) else None
    errors = [section_error(entry.error, entry, None)] if entry.error and not not_reached else []
    errors += [
        section_error(each.error, entry, each.desired.section.name) for each in outcomes if each.error is not None
    ]
    # What is wrong in the file is why the other sections were not processed.
    errors.sort(key=lambda error: error["kind"] != BadInputError.kind)
    deferred = next((each for each in outcomes if each.deferred), None)
    return {
        "site_id": entry.site_id,
        "domain": entry.domain,
        "sections": [each.desired.section.name for each in outcomes],
        "changed_sections": [each.desired.section.name for each in outcomes if each.changed],
        "actions": [method for each in outcomes for method in each.sent],
        "details": {each.name: each.details for each in results if each.details},
        "needs_person": [sentence for each in results for sentence in each.needs_person],
        "changed": any(each.changed for each in outcomes),
        "failed": bool(errors),
        "error": errors[0] if errors else None,
        "errors": errors,
        "waiting_for": entry.waiting_for,
        **(
            deferred_fields(deferred is not None, deferred.deferred_cause if deferred else None)
            if not_reached is None
            else deferred_fields_of(not_reached)
        ),
    }


def section_error(error: WebsecError, entry: SiteEntry, section: str | None) -> Row:
    """The error of a section of a site, or of its whole entry, as rows have it."""
    details = error.as_dict(site_id=entry.site_id, section=section)
    site = f"Site {entry.site_id}"
    message = details["message"]
    if section is not None and not message.startswith(f"{site}: "):
        told = f"the site {message[len(site) + 1 :]}" if message.startswith(f"{site} ") else message
        details["message"] = f"{site}: section {section}: {told}"
    return details


def _needs_person(outcome: SectionOutcome) -> list[str]:
    if outcome.after is None or outcome.deferred or outcome.error is not None:
        return []
    return outcome.desired.section.needs_person(outcome.after, outcome.desired.desired)


def sections_diff(entries: t.Sequence[SiteEntry], results: t.Iterable[SectionResult]) -> dict[str, t.Any]:
    """Before and after of what changes in the sections that change, by site. Holds no secret."""
    names = {entry.site_id: entry.domain or f"site {entry.site_id}" for entry in entries}
    before: dict[str, Row] = {}
    after: dict[str, Row] = {}
    for result in results:
        if result.outcome.changed:
            site = names[result.outcome.desired.site_id]
            before.setdefault(site, {})[result.name] = result.before
            after.setdefault(site, {})[result.name] = result.after
    return {"before": before, "after": after}


def _dumped(outcome: SectionOutcome, state: t.Any) -> t.Any:
    dumped = None if state is None else outcome.desired.section.dump(state)
    return dumped if dumped is not None else _details(outcome, state) or None


def _details(outcome: SectionOutcome, state: t.Any) -> dict[str, t.Any]:
    return {} if state is None else outcome.desired.section.details(state, outcome.desired.desired)


def _differing(old: t.Any, new: t.Any) -> tuple[t.Any, t.Any]:
    """Both without the keys that have the same value in both."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return old, new
    pairs = {key: _differing(old.get(key), new.get(key)) for key in {**old, **new} if old.get(key) != new.get(key)}
    return (
        {key: pair[0] for key, pair in pairs.items() if key in old},
        {key: pair[1] for key, pair in pairs.items() if key in new},
    )
