# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options and results that the modules for record sets share."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import parse_desired
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import (
    at_least,
    parse_endpoint,
    server_settings,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.hiding import DNS_TYPE
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.option_names import BEST_EFFORT
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import (
    ProviderSet,
    one_provider,
    open_providers,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.rfc2136 import Rfc2136Provider
from ansible_collections.hosting.websec.plugins.module_utils._dns.reading import parse_questions
from ansible_collections.hosting.websec.plugins.module_utils._dns.record_sets import failure_text
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._results import bulk_result, deferral, deferred_count
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext

_RECORD_SET = {
    "zone": {"type": "str"},
    "name": {"type": "str", "required": True},
    "type": {"type": "str", "required": True},
    "values": {"type": "list", "elements": "str", "required": True},
    "ttl": {"type": "int"},
    "mode": {"type": "str", "choices": ["exact", "present", "absent"], "default": "exact"},
    "replace_prefix": {"type": "str"},
    "expected": {"type": "dict"},
    "group": {"type": "str"},
    "fallback": {"type": "list", "elements": "str"},
}
_OF_PROVIDER = {"dns": {"type": "str"}, "dns_accept": {"type": "str", "choices": [BEST_EFFORT]}}


def dns_option(*, required: bool = True) -> ArgumentSpec:
    """O(dns), as in the documentation fragment P(hosting.websec.dns)."""
    # A type that removes the secrets, so that they are neither logged nor returned.
    return ArgumentSpec(options={"dns": {"type": DNS_TYPE, **({"required": True} if required else {})}})


def providers_to_read(params: t.Mapping[str, t.Any], context: RunContext) -> ProviderSet:
    """The providers of a module that only reads: those in O(dns), or the one name server in its options.

    :raises BadInputError: neither is set, or the options are invalid.
    """
    concurrency = at_least(params, "concurrency", 1)
    if params["dns"] is not None:
        return open_providers(params["dns"], read_only=True, concurrency=concurrency, context=context)
    if not params["server"]:
        raise BadInputError("Neither server nor dns is set.", hint="Set one of them: it says where the zones are.")
    provider = Rfc2136Provider(DnsClient(server_settings(params)), concurrency=concurrency, context=context)
    return one_provider(provider, read_only=True, concurrency=concurrency, context=context)


def change_options(*, of_provider: bool = False) -> ArgumentSpec:
    """The option for changes, as in the documentation fragment P(hosting.websec.dns_changes).

    :param of_provider: entries may set their provider.
    """
    record_set = {**_RECORD_SET, **(_OF_PROVIDER if of_provider else {})}
    return ArgumentSpec(
        options={
            "record_sets": {"type": "list", "elements": "dict", "required": True, "options": record_set},
            "wait_propagation": {"type": "int", "default": 60},
            "propagation_servers": {"type": "list", "elements": "str"},
        }
    )


def change_task(
    providers: ProviderSet, params: t.Mapping[str, t.Any], warn: t.Callable[[str], None]
) -> dict[str, t.Any]:
    """Change record sets according to the options; return the result of the task."""
    result = providers.change(
        parse_desired(params["record_sets"]),
        wait_propagation=at_least(params, "wait_propagation", 0),
        propagation_servers=[
            parse_endpoint(text, "propagation_servers") for text in params["propagation_servers"] or ()
        ],
        warn=warn,
    )
    result["deferred"] = deferred_count(result["record_sets"])
    problems = failure_text(result["record_sets"])
    if problems and params["on_error"] == "fail":
        result.update(failed=True, msg=f"{problems} {deferral(result['record_sets'], 'name', 'record set')}".strip())
    return result


def read_task(providers: ProviderSet, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Read record sets according to the options; return the result of the task."""
    results = providers.read(
        parse_questions(params["record_sets"]),
        propagation_servers=[
            parse_endpoint(text, "propagation_servers") for text in params["propagation_servers"] or ()
        ],
    )
    return bulk_result(
        "record_sets", results, key="name", on_error=params["on_error"], deferred=deferred_count(results)
    )
