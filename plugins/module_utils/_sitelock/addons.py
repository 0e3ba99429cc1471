# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of a task to its result, for one site or a fleet."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._converge import Approve, Convergence
from ansible_collections.hosting.websec.plugins.module_utils._ids import ID
from ansible_collections.hosting.websec.plugins.module_utils._limits import Limits
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import (
    AddonResource,
    DesiredAddon,
    order_summary,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon_checks import addon_ids, check_addon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.origin import normalise_origin
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.results import AddonOutcome
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.site import CurrentAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.site_ids import refuse_twice
from ansible_collections.hosting.websec.plugins.module_utils._texts import named_site


def addon_options() -> ArgumentSpec:
    """Options of one site."""
    return ArgumentSpec(
        options={
            "site_id": {**ID, "required": True},
            "account_id": ID,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "subscription": ID,
            "renewal_date": {"type": "str"},
            "waf_origin": {"type": "str"},
            "waf_force_ssl": {"type": "bool", "default": False},
            "waf_dns_manager": {"type": "str", "choices": ["customer", "partner"]},
            "waf_skip_network_certificate": {"type": "bool", "default": False},
            "force": {"type": "bool", "default": False},
        },
    )


def listed_addon_options() -> ArgumentSpec:
    """Options of one site among others."""
    return addon_options().merge(ArgumentSpec(options={"domain": {"type": "str"}}))


def desired_addon(options: t.Mapping[str, t.Any]) -> DesiredAddon:
    """The desired state in the options of one site.

    :raises BadInputError: an option is invalid.
    """
    names = [field.name for field in dataclasses.fields(DesiredAddon)]
    given: dict[str, t.Any] = {name: options[name] for name in names if name in options}
    given.update({name: value.strip() for name, value in given.items() if isinstance(value, str)})
    site = f"Site {given['site_id']}"
    given.update(addon_ids(site, given))
    check_addon(site, given)
    origin = given["waf_origin"]
    return DesiredAddon(**{**given, "waf_origin": None if origin is None else normalise_origin(origin)})


def converge_addons(
    options: t.Mapping[str, t.Any],
    sites: t.Sequence[t.Mapping[str, t.Any]],
    *,
    check_mode: bool,
    concurrency: int = 1,
    batch_size: int = 1,
    context: RunContext | None = None,
    limits: Limits | None = None,
) -> list[AddonOutcome]:
    """Bring all sites to their desired state.

    :param options: connection options of the task.
    :param sites: options of each site.
    :param context: of the task.
    :param limits: for orders and deletions.
    :returns: the outcomes in the order of ``sites``.
    :raises LimitError: before the first write.
    """
    wanted = [desired_addon(site) for site in sites]
    context = context or RunContext()
    with SiteLockClient.from_options(options, read_only=check_mode, context=context) as client:
        convergence = addon_convergence(
            client,
            wanted,
            check_mode=check_mode,
            concurrency=concurrency,
            batch_size=batch_size,
            context=context,
            limits=limits,
        )
        convergence.plan()
        return convergence.write()


def addon_convergence(
    client: SiteLockClient,
    wanted: t.Sequence[DesiredAddon],
    *,
    check_mode: bool,
    concurrency: int,
    batch_size: int,
    context: RunContext,
    limits: Limits | None,
    approve: Approve[DesiredAddon, CurrentAddon] | None = None,
) -> Convergence[DesiredAddon, CurrentAddon]:
    """The add-ons of many sites, ready to be planned and written.

    :param approve: may refuse what is planned for a site.
    :raises BadInputError: a site is listed twice.
    """
    refuse_twice(desired.site_id for desired in wanted)
    context.begin(len(wanted), "site")
    return Convergence(
        AddonResource(client),
        wanted,
        check_mode=check_mode,
        concurrency=concurrency,
        batch_size=batch_size,
        context=context,
        waits=lambda observed: observed.status.on_its_way,
        limits=limits,
        name=lambda site: named_site(site.site_id, site.domain),
        summary=order_summary,
        approve=approve,
    )
