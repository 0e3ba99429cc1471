# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of M(hosting.websec.sitelock_waf_sites) to its result: opens the clients and runs the pass."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._approval.task import PlanTask, plan_options
from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import at_least
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import (
    ProviderSet,
    open_providers,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.tasks import dns_option
from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._entries_file import read_entries_file
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id
from ansible_collections.hosting.websec.plugins.module_utils._limits import Limits
from ansible_collections.hosting.websec.plugins.module_utils._preflight.policy import policy, policy_options
from ansible_collections.hosting.websec.plugins.module_utils._preflight.resolver import PublicResolver
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.catalogue import read_products
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.approval import PassApproval
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.dns import (
    SiteDns,
    told_servers,
    with_environment,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Defaults
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.preflight import SitePreflight
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.rows import counts_of, failure_text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.run import Pass, PassOptions

_RESOLVER_TIMEOUT = 10
"""Seconds."""


def pass_options() -> ArgumentSpec:
    """The options of the module, without those that it shares with others."""
    look = {"probe_updates": {"type": "bool", "default": True}, "resolver": {"type": "str"}}
    return (
        ArgumentSpec(
            options={
                "sites": {"type": "list", "elements": "raw"},
                "sites_file": {"type": "path"},
                "site_ids": {"type": "dict", "default": {}},
                "wait_propagation": {"type": "int", "default": 60},
                "waf_dns_manager": {"type": "str", "choices": ["customer", "partner"], "default": "partner"},
                "ttl": {"type": "int", "default": 300},
                "lower_ttl": {"type": "int", "default": 0},
                "cleanup_verification": {"type": "bool", "default": False},
                "preflight": {"type": "bool", "default": True},
                "preflight_options": {
                    "type": "dict",
                    "options": {
                        **policy_options().options,
                        **look,
                        "resolver_port": {"type": "int", "default": 53},
                    },
                    "apply_defaults": True,
                },
                "batch_size": {"type": "int", "default": 1},
                # Not a secret, despite its name.
                "pass_timeout": {"type": "float", "default": 0, "no_log": False},
            },
        )
        .merge(dns_option())
        .merge(plan_options())
    )


def _sites_of_file(path: str) -> list[t.Any]:
    return read_entries_file(path, "sites_file (in the role: sitelock_waf_sites_file)", "sitelock_waf_sites")


def run_pass(
    params: t.Mapping[str, t.Any], *, check_mode: bool, warn: t.Callable[[str], None], context: RunContext
) -> dict[str, t.Any]:
    """Run the pass.

    :param params: the options of the module.
    :param context: of the task; its end is set here.
    :returns: the result of the task, failed if a site failed and O(on_error=fail).
    :raises WebsecError: nothing was done, because the options are invalid, or the plan is above a limit.
    """
    plan = PlanTask(params, "sitelock_waf_sites", check_mode=check_mode)
    context.end_after(_pass_timeout(params))
    if params["sites"] is None and params["sites_file"] is None:
        raise BadInputError(
            "No sites were given, so nothing was sent.",
            hint="Set sites or sites_file (in the role sitelock_waf: sitelock_waf_sites or sitelock_waf_sites_file). "
            "If they are in a file, check the name of the variable in it, and that the file is there: ansible-core "
            "skips a missing file of vars_files without a message.",
        )
    if params["sites"] is not None and params["sites_file"] is not None:
        raise BadInputError(
            "Both sites and sites_file were given (in the role sitelock_waf: sitelock_waf_sites and "
            "sitelock_waf_sites_file).",
            hint="Set only one of them. Nothing was sent.",
        )
    sites = _sites_of_file(params["sites_file"]) if params["sites"] is None else params["sites"]
    concurrency = at_least(params, "concurrency", 1)
    plan.begin({"sites": sites, "dns": told_servers(_name_servers(params["dns"]))} if plan.is_used else None)
    options = PassOptions(
        check_mode=check_mode,
        defaults=Defaults(
            waf_dns_manager=params["waf_dns_manager"],
            ttl=at_least(params, "ttl", 1),
            lower_ttl=at_least(params, "lower_ttl", 0) or None,
            cleanup_verification=params["cleanup_verification"],
        ),
        limits=Limits.from_options(params, len(sites)),
        concurrency=concurrency,
        batch_size=params["batch_size"],
        site_ids={
            normalise_domain(domain): number_id(site_id, f"site_ids: {domain}")
            for domain, site_id in params["site_ids"].items()
        },
    )
    with contextlib.ExitStack() as stack:
        api = stack.enter_context(SiteLockClient.from_options(params, read_only=check_mode, context=context))
        providers = stack.enter_context(
            open_providers(_name_servers(params["dns"]), read_only=check_mode, concurrency=concurrency, context=context)
        )
        if plan.is_used:
            approval = PassApproval(read_products(api, warn, "prices are not in the plan"), plan.approved)
            options = dataclasses.replace(options, approval=approval)
        one = Pass(
            sites,
            options,
            api=api,
            dns=SiteDns(providers, wait_propagation=at_least(params, "wait_propagation", 0), warn=warn),
            preflight=_preflight(params, providers, stack, context) if params["preflight"] else None,
            context=context,
        )
        one.run()
    for warning in one.warnings:
        warn(warning)
    counts = counts_of(one.rows)
    result = {
        "sites": one.rows,
        "changed": any(row["changed"] for row in one.rows),
        "counts": counts,
        "deferred": counts["deferred"],
        "summary": one.summary,
        "diff": one.diff,
        **plan.write(options.approval.planned if options.approval else ()),
    }
    if counts["failed"] and params["on_error"] == "fail":
        result.update(failed=True, msg=failure_text(one.rows))
    return result


def _pass_timeout(params: t.Mapping[str, t.Any]) -> float:
    seconds = float(params["pass_timeout"])
    if not 0 <= seconds < math.inf:
        raise BadInputError(f"pass_timeout is {seconds}; it must be a number of seconds, or 0 for no limit.")
    return seconds


def _name_servers(dns: t.Any) -> t.Mapping[str, t.Any]:
    """
    :raises BadInputError: neither O(dns) nor the environment contains a name server.
    """
    given = with_environment(dns)
    if given is None:
        raise BadInputError(
            "dns names no DNS provider, so nothing was sent.",
            hint="Set dns (for the role, sitelock_waf_dns or dns_records_rfc2136), or RFC2136_SERVER and the rest in "
            "the environment. module_defaults for the group rfc2136 do not apply here.",
        )
    return given


def _preflight(
    params: t.Mapping[str, t.Any], providers: ProviderSet, stack: contextlib.ExitStack, context: RunContext
) -> SitePreflight:
    given, concurrency = params["preflight_options"], params["concurrency"]
    public = PublicResolver(given["resolver"], given["resolver_port"], _RESOLVER_TIMEOUT, concurrency)
    return SitePreflight(
        providers,
        stack.enter_context(public),
        policy(given),
        probe_updates=given["probe_updates"],
        concurrency=concurrency,
        context=context,
    )
