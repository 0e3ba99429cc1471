# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""BotGuard websites as modules take and return them: flat, JSON-like, without secrets."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import BotGuardClient, botguard_options
from ansible_collections.hosting.websec.plugins.module_utils._botguard.details import servers_of
from ansible_collections.hosting.websec.plugins.module_utils._botguard.pages import LANGUAGES, page_url
from ansible_collections.hosting.websec.plugins.module_utils._botguard.websites import (
    Outcome,
    converge,
    desired_websites,
    summary,
)
from ansible_collections.hosting.websec.plugins.module_utils._converge import results_of
from ansible_collections.hosting.websec.plugins.module_utils._ids import ID
from ansible_collections.hosting.websec.plugins.module_utils._limits import Limits
from ansible_collections.hosting.websec.plugins.module_utils._results import deferred_fields
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext

Result = dict[str, t.Any]


def page_options() -> ArgumentSpec:
    """Options of all modules that return websites, with those of the client."""
    return botguard_options().merge(
        ArgumentSpec(options={"lang": {"type": "str", "choices": list(LANGUAGES), "default": "en"}}),
    )


def website_options() -> ArgumentSpec:
    """Options that describe one website."""
    return ArgumentSpec(
        options={
            "domain": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["online", "paused", "absent"], "default": "online"},
            "user": ID,
            "user_email": {"type": "str"},
        },
    )


def converge_websites(
    options: t.Mapping[str, t.Any],
    websites: t.Sequence[t.Mapping[str, t.Any]],
    *,
    check_mode: bool,
    concurrency: int = 1,
    context: RunContext | None = None,
    limits: Limits | None = None,
) -> tuple[list[Result], str]:
    """Bring ``websites`` (see ``website_options``) to their state: one entry each, in their order, and what was sent in
    one line.

    :param options: of the module, see ``page_options``.
    :param context: of the task.
    :raises BadInputError: before the first call.
    :raises LimitError: before the first write.
    """
    desired = desired_websites(websites)
    with BotGuardClient.from_options(options, read_only=check_mode, context=context) as client:
        outcomes = converge(
            client, desired, check_mode=check_mode, concurrency=concurrency, context=context, limits=limits
        )
        results = results_of(
            outcomes,
            lambda outcome: website_result(
                outcome, api_url=options["api_url"], lang=options["lang"], check_mode=check_mode
            ),
        )
        return results, summary(action for outcome in outcomes for action in outcome.actions)


def website_result(outcome: Outcome, *, api_url: str, lang: str, check_mode: bool) -> Result:
    """What is returned about one website, and its own result."""
    domain = outcome.desired.domain
    # Of a website that was deferred, what was seen is from before the writes that may have been sent.
    after = None if outcome.deferred else outcome.after
    data = after.data if after else None
    website = None if data is None else dict(data)
    return {
        "domain": domain,
        "status_before": outcome.before.status if outcome.before else None,
        "status": _status(outcome, check_mode=check_mode),
        "website": website,
        "servers": servers_of(website),
        "events_url": page_url(api_url, domain, "events", lang=lang),
        "settings_url": page_url(api_url, domain, "settings", lang=lang),
        "actions": list(outcome.sent),
        "changed": outcome.changed,
        "failed": outcome.error is not None,
        "error": outcome.error.as_dict(domain=domain) if outcome.error else None,
        **deferred_fields(outcome.deferred, outcome.deferred_cause),
    }


def _status(outcome: Outcome, *, check_mode: bool) -> str | None:
    if check_mode and outcome.changed:
        return outcome.desired.state
    return outcome.after.status if outcome.after and not outcome.deferred else None


def status_diff(results: t.Sequence[Result]) -> dict[str, dict[str, t.Any]]:
    """Status before and after of the websites that change, by domain."""
    changed = [result for result in results if result["changed"]]
    return {
        "before": {result["domain"]: result["status_before"] for result in changed},
        "after": {result["domain"]: result["status"] for result in changed},
    }
