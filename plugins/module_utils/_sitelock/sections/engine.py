# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sections of the settings of many sites, brought to their desired state: read, compare, write what differs, read back.

Each section of each site is an item of its own for ``_converge``, so one that is refused does not stop the others. What
is wrong in an entry stops its whole site before the first write. The sections of a site are written one after another,
in the order of the list of sections.
"""

from __future__ import annotations

import collections
import functools
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._converge import Action, Convergence, Outcome
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, RejectedError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._limits import Limits
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import SectionItem, SiteEntry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import SectionReader
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import AnySection, Write
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, joined, named_site, number

SectionOutcome = Outcome[SectionItem, t.Any]


class SectionResource:
    """Sections for ``_converge``."""

    def __init__(self, client: SiteLockClient, context: RunContext) -> None:
        self._client = client
        self._reader = SectionReader(client, context)
        self._begun: set[tuple[int, str]] = set()

    def observe(self, desired: SectionItem) -> t.Any:
        current = desired.section.read(self._reader, desired.site_id, desired.desired)
        if desired.key not in self._begun:
            self._begun.add(desired.key)
            desired.section.refuse(current, desired.desired)
        return current

    def plan(self, current: t.Any, desired: SectionItem) -> list[Action]:
        return [_action(write, desired) for write in desired.section.plan(current, desired.desired)]

    def apply(self, actions: t.Sequence[Action]) -> t.Sequence[WebsecError | None]:
        for action in actions:
            site_id, write = action.item
            parameters = {"site_id": site_id, **write.parameters}
            self._client.call(write.method, {write.within: parameters} if write.within else parameters)
            self._reader.note_accepted(write.method, site_id, write.subject)
        return [None] * len(actions)


def _action(write: Write, item: SectionItem) -> Action:
    return Action(
        write.method.name,
        Effect.ACTION if write.once else write.method.effect,
        (item.site_id, write),
        subject=write.subject,
        fresh=write.fresh,
        shown_by=write.shown_by,
    )


def converge_sections(
    client: SiteLockClient,
    sections: t.Sequence[AnySection],
    entries: t.Sequence[SiteEntry],
    *,
    check_mode: bool,
    concurrency: int,
    context: RunContext,
    limits: Limits,
) -> list[SectionOutcome]:
    """Bring the sections of all sites to their desired state.

    :param sections: in the order in which those of one site are written.
    :raises LimitError: more sites would change than allowed; nothing was sent.
    """
    resource = SectionResource(client, context)
    items = [item for entry in entries if entry.is_open for item in entry.items]
    context.begin(len(items), "section")
    rounds = [
        Convergence(
            resource,
            [item for item in items if item.section is section],
            check_mode=check_mode,
            concurrency=concurrency,
            context=context,
            waits=functools.partial(_waits, section),
        )
        for section in sections
        if any(item.section is section for item in items)
    ]
    for convergence in rounds:
        convergence.plan()
    refused = _refused_sites(outcome for each in rounds for outcome in each.outcomes)
    for convergence in rounds:
        convergence.withdraw(refused)
    _announce([outcome for each in rounds for outcome in each.outcomes], limits, context, check_mode=check_mode)
    done: list[SectionOutcome] = []
    for convergence in rounds:
        convergence.withdraw(_unmet_needs(convergence.outcomes, done))
        written = convergence.write()
        for outcome in written:
            _wait_if_locked(outcome, resource)
        done += written
    return done


def _waits(section: AnySection, current: t.Any) -> bool:
    return bool(section.waits(current))


def _unmet_needs(
    planned: t.Iterable[SectionOutcome], done: t.Iterable[SectionOutcome]
) -> t.Callable[[SectionItem], WebsecError | None]:
    """Why nothing is sent for a section: another one of its site has to be there first, and could not be written.

    :param planned: those of the section. :param done: those of the sections before it.
    """
    states = {outcome.desired.key: outcome.before for outcome in planned}
    failed = {outcome.desired.key for outcome in done if outcome.error is not None or outcome.deferred}

    def why(item: SectionItem) -> WebsecError | None:
        needed = item.section.needs(states[item.key])
        if (item.site_id, needed) not in failed:
            return None
        return RejectedError(
            f"{item.where}: nothing was sent, because it needs {needed}, which could not be written.",
            hint=f"Correct {needed} first.",
        )

    return why


def _wait_if_locked(outcome: SectionOutcome, resource: SectionResource) -> None:
    """A site can be locked between the read and the write. Then the section waits, and has not failed."""
    if not isinstance(outcome.error, RejectedError) or not outcome.actions:
        return
    try:
        current = resource.observe(outcome.desired)
    except WebsecError:
        return
    if outcome.desired.section.waits(current):
        outcome.error, outcome.after = None, current


def waits_for(outcomes: t.Iterable[SectionOutcome]) -> dict[int, str]:
    """What the sites wait for of which a section waits."""
    return {
        outcome.desired.site_id: what
        for outcome in outcomes
        if outcome.after is not None
        and outcome.error is None
        and (what := outcome.desired.section.waits(outcome.after))
    }


def _refused_sites(outcomes: t.Iterable[SectionOutcome]) -> t.Callable[[SectionItem], WebsecError | None]:
    """Why nothing is sent for a section: another one of its site is wrong in the file."""
    wrong: dict[int, list[str]] = {}
    for outcome in outcomes:
        if isinstance(outcome.error, BadInputError):
            wrong.setdefault(outcome.desired.site_id, []).append(outcome.desired.section.name)

    def why(item: SectionItem) -> WebsecError | None:
        names = wrong.get(item.site_id)
        if names is None:
            return None
        return RejectedError(
            f"{item.where}: nothing was sent, because {joined(names)} of the same site is not valid.",
            hint="Correct it first.",
        )

    return why


def _announce(outcomes: t.Sequence[SectionOutcome], limits: Limits, context: RunContext, *, check_mode: bool) -> None:
    """
    :raises LimitError: more sites would change than allowed.
    """
    planned: dict[str, list[Action]] = {}
    sections: collections.Counter[str] = collections.Counter()
    for outcome in outcomes:
        if outcome.planned and outcome.error is None:
            planned.setdefault(named_site(outcome.desired.site_id, outcome.desired.domain), []).extend(outcome.planned)
            sections[outcome.desired.section.name] += 1
    told = f"changes of {counted(len(planned), 'site')}: {_by_section(sections)}" if planned else ""
    limits.refuse_more(planned, told)
    if told:
        context.announce(f"{'Would send' if check_mode else 'Sending'}: {told}.")


def _by_section(sections: t.Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number(count)}" for name, count in sections.items())


def summary(outcomes: t.Iterable[SectionOutcome]) -> str:
    """What was sent, or in check mode would be, in one line."""
    changed = [outcome for outcome in outcomes if outcome.changed]
    if not changed:
        return "nothing"
    sites = {outcome.desired.site_id for outcome in changed}
    sections = collections.Counter(outcome.desired.section.name for outcome in changed)
    return f"changes of {counted(len(sites), 'site')}: {_by_section(sections)}"
