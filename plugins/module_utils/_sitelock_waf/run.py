# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One pass over Firewall & CDN sites, from the entries of a file to one row per site.

This is the whole job of M(hosting.websec.sitelock_waf_sites), and what the property tests run. The order of the steps
is part of the promises in C(docs/safety.md): nothing is written before all orders are planned and within the limits,
DNS is read before it is changed, a service is ended only if an earlier pass restored the original records, and the wait
for a TTL starts right before DNS is changed.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._converge import Action, Convergence, results_of
from ansible_collections.hosting.websec.plugins.module_utils._limits import Limits
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import DesiredAddon, order_summary
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addons import addon_convergence
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.lookups import look_up_domains
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.results import (
    addon_diff,
    addon_result,
    addon_warnings,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.site import CurrentAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.statuses import statuses_of
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.approval import PassApproval
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.dns import SiteDns
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import (
    Defaults,
    Entry,
    prepare,
    refuse,
    without_zone,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import Record
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.rows import Row, rows_of
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.sites import Sites

Result = dict[str, t.Any]

ZONES_AT_A_TIME = 1000
"""Zones that are changed together. One time is recorded for the change of all of them, and the data for the changes is
kept until all of them are done."""

Preflight = t.Callable[[t.Sequence[Entry]], list[Result]]
"""Checks sites without a state record, see ``preflight.SitePreflight``."""


@dataclasses.dataclass(frozen=True)
class PassOptions:
    """The settings of a pass.

    :param check_mode: nothing is sent; the clients of the pass must be read-only too.
    :param defaults: for keys that an entry omits.
    :param limits: the limits on orders and removals, for a number of sites. (``Limits.ending`` is the pass's own.)
    :param concurrency: parallel calls to the API.
    :param batch_size: maximum number of orders per call.
    :param site_ids: numbers of sites by domain, for entries without one.
    :param approval: receives what is planned, and may refuse it.
    """

    check_mode: bool = False
    defaults: Defaults = dataclasses.field(default_factory=Defaults)
    limits: Limits = dataclasses.field(default_factory=Limits)
    concurrency: int = 1
    batch_size: int = 1
    site_ids: t.Mapping[str, int] = dataclasses.field(default_factory=dict)
    approval: PassApproval | None = None


class Pass:
    """A pass over ``sites``.

    ``run`` makes it, or ``steps`` one step at a time; after that ``rows``, ``summary``, ``diff`` and ``warnings`` have
    the result. The object keeps everything that it has read, and reads it again only if something was written in
    between.
    """

    def __init__(
        self,
        sites: t.Sequence[t.Any],
        options: PassOptions,
        *,
        api: SiteLockClient,
        dns: SiteDns,
        preflight: Preflight | None = None,
        context: RunContext | None = None,
        clock: t.Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.timezone.utc),
    ) -> None:
        """
        :param sites: the user's entries.
        :param preflight: ``None``: sites without a state record are not checked.
        :param clock: the time, UTC.
        """
        self._given = sites
        self._options = options
        self._api = api
        self._dns = dns
        self._preflight = preflight
        self._context = context or RunContext()
        self._clock = clock
        self._sites = Sites((), now=clock())
        self._orders: Convergence[DesiredAddon, CurrentAddon] | None = None
        self._sent: list[Action] = []
        self._origins: list[Result] = []
        self._changed: list[Result] = []
        self._asked_again: list[Result] = []
        self.rows: list[Row] = []
        self.warnings: list[str] = []
        self.diff: list[dict[str, t.Any]] = []

    @property
    def summary(self) -> str:
        """What was sent to the API, or in check mode would be sent, in one line."""
        return order_summary(self._sent)

    def run(self) -> None:
        """All steps.

        :raises LimitError: the plan of all sites is above a limit. Nothing was sent.
        """
        for _step in self.steps():
            pass

    def steps(self) -> t.Iterator[str]:
        """The pass, step by step: the name of each step is yielded before the step is done."""
        for name, step in self.STEPS:
            yield name
            self._context.enter(name)
            step(self)

    # The steps

    def _find_zones(self) -> None:
        entries = prepare(self._given, [], self._options.defaults, need_site_id=False)
        unknown = without_zone(entries)
        if unknown:
            entries = prepare(self._given, self._dns.zones(unknown), self._options.defaults, need_site_id=False)
        for entry in entries:
            if entry["error"] is None:
                refuse(entry, self._dns.refusal(entry))
        self._sites = Sites(entries, now=self._clock())
        self._given = ()

    def _read_state_records(self) -> None:
        self._sites.add_read(self._dns.read(self._sites.state_records_to_read()))

    def _find_site_ids(self) -> None:
        self._sites.add_site_ids(self._options.site_ids)
        unknown = self._sites.to_look_up()
        if unknown:
            owners = look_up_domains(self._api, unknown, concurrency=self._options.concurrency, context=self._context)
            self._sites.add_owners(owners)

    def _look_at_new_sites(self) -> None:
        new = self._sites.to_preflight() if self._preflight is not None else []
        if self._preflight is not None and new:
            self._sites.add_preflight(self._preflight(new))

    def _ask_for_ending_sites(self) -> None:
        # Before the first write: only an existing service counts as an end.
        self._sites.add_statuses(self._ask(self._sites.to_ask()))

    def _plan_orders(self) -> None:
        options = self._options
        self._orders = orders = addon_convergence(
            self._api,
            self._sites.to_order(),
            check_mode=options.check_mode,
            concurrency=options.concurrency,
            batch_size=options.batch_size,
            context=self._context,
            limits=dataclasses.replace(options.limits, ending=tuple(self._sites.to_release())),
            approve=options.approval.refuses if options.approval else None,
        )
        orders.plan()

    def _set_origins(self) -> None:
        # The vendor follows the name, so the name gets its address before it is sent to SiteLock.
        self._origins = self._change(self._sites.origin_records())
        self._sites.add_origins(self._origins)

    def _write_orders(self) -> None:
        orders, self._orders = t.cast("Convergence[DesiredAddon, CurrentAddon]", self._orders), None
        orders.withdraw(self._sites.refused_by_origin)
        outcomes = orders.write()
        self._sites.add_statuses(results_of(outcomes, addon_result))
        self._sent = [action for outcome in outcomes for action in outcome.actions]
        if self._options.approval is not None:
            for outcome in outcomes:
                self._options.approval.note_site(outcome.desired, outcome.before, outcome.actions)
        self.warnings += addon_warnings(outcomes)
        self._add_diff("SiteLock", addon_diff(outcomes, check_mode=self._options.check_mode))

    def _read_present_records(self) -> None:
        self._sites.add_read(self._dns.read(self._sites.present_to_read()))

    def _change_records(self) -> None:
        for entries in self._sites.portions(ZONES_AT_A_TIME):
            # The wait for the TTL of the replaced records starts here: the pass may have begun long before.
            self._sites.set_now(self._clock())
            self._changed += self._change(self._sites.records(entries))

    def _trigger_validation(self) -> None:
        self._asked_again = self._ask(self._sites.to_ask_again(self._changed))

    def _report(self) -> None:
        self.rows = rows_of(self._sites, self._changed, self._asked_again, self._origins)

    STEPS: t.ClassVar[tuple[tuple[str, t.Callable[[Pass], None]], ...]] = (
        ("zones", _find_zones),
        ("state records", _read_state_records),
        ("site numbers", _find_site_ids),
        ("preflight", _look_at_new_sites),
        ("states of ending sites", _ask_for_ending_sites),
        ("states", _plan_orders),
        ("origins", _set_origins),
        ("orders", _write_orders),
        ("present records", _read_present_records),
        ("DNS changes", _change_records),
        ("validation", _trigger_validation),
        ("report", _report),
    )

    # Reading and writing

    def _ask(self, site_ids: t.Sequence[int]) -> list[Result]:
        if not site_ids:
            return []
        return statuses_of(self._api, site_ids, concurrency=self._options.concurrency, context=self._context)

    def _change(self, record_sets: t.Sequence[Record]) -> list[Result]:
        approval = self._options.approval
        done = (
            self._dns.change(record_sets)
            if approval is None
            else self._dns.change(record_sets, approve=approval.refuses_change, note=approval.note_changes)
        )
        self._add_diff("DNS", done["diff"])
        return t.cast("list[Result]", done["record_sets"])

    def _add_diff(self, of: str, diff: t.Mapping[str, t.Any]) -> None:
        if diff["before"] or diff["after"]:
            self.diff.append({**diff, "before_header": of, "after_header": of})
