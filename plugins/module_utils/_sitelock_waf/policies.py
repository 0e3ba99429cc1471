# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of M(hosting.websec.sitelock_waf_policies) to its result."""

from __future__ import annotations

import contextlib
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import open_providers
from ansible_collections.hosting.websec.plugins.module_utils._dns.tasks import dns_option
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.sections import SECTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.task import (
    policy_options,
    read_policy_entries,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import KEYS, SiteEntry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.sites import (
    find_site_ids,
    given_site_ids,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.task import run_sections
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.certificate_records import (
    KEYS as KEYS_OF_DNS,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.certificate_records import (
    CertificateRecords,
    needs_record,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.dns import SiteDns, with_environment

SECONDS_FOR_RECORDS = 10.0
"""After the deadline or a signal, for the state records of what was sent: the next run would send it again."""


def policies_options() -> ArgumentSpec:
    """The options of the module, without those that it shares with others."""
    return policy_options().merge(dns_option(required=False))


def run_policies(
    params: t.Mapping[str, t.Any],
    *,
    check_mode: bool,
    warn: t.Callable[[str], None],
    context: RunContext,
    now: datetime.datetime,
) -> dict[str, t.Any]:
    """Bring the firewall of all sites to their policies.

    :param params: the options of the module.
    :param now: the time of the run.
    :returns: the result of the task, see ``run_sections``.
    :raises WebsecError: nothing was sent.
    """
    entries = read_policy_entries(params["sites"], params["policies"])
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(SiteLockClient.from_options(params, read_only=check_mode, context=context))
        records = _records(params, entries, stack, check_mode=check_mode, warn=warn, context=context)
        if records is not None:
            # With their numbers: a record of another site with this domain, such as one that was ended, does not count.
            site_ids = given_site_ids(params["site_ids"])
            find_site_ids(client, entries, site_ids, concurrency=params["concurrency"], context=context)
            records.recall(entries)
        result = run_sections(
            client,
            SECTIONS,
            entries,
            params,
            check_mode=check_mode,
            context=context,
            now=now,
            keys=(*KEYS, *KEYS_OF_DNS),
        )
        if records is not None and not check_mode:
            context.grace(SECONDS_FOR_RECORDS)
            records.note(result["sites"])
    return result


def _records(
    params: t.Mapping[str, t.Any],
    entries: t.Iterable[SiteEntry],
    stack: contextlib.ExitStack,
    *,
    check_mode: bool,
    warn: t.Callable[[str], None],
    context: RunContext,
) -> CertificateRecords | None:
    """C(None): no site has a certificate, or there is no name server."""
    dns = with_environment(params["dns"]) if any(map(needs_record, entries)) else None
    if not dns:
        return None
    providers = stack.enter_context(
        open_providers(dns, read_only=check_mode, concurrency=params["concurrency"], context=context)
    )
    return CertificateRecords(SiteDns(providers, warn=warn), warn=warn)
