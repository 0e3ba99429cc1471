# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DNS for a pass: the providers of its sites, with record sets as plain data."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import parse_groups
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import rfc2136_options
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import Change
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.hiding import DnsParameter
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.option_names import FLAT
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import ProviderSet, Subject
from ansible_collections.hosting.websec.plugins.module_utils._dns.reading import parse_questions
from ansible_collections.hosting.websec.plugins.module_utils._dns.zone_resource import Approve
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import Record

Result = dict[str, t.Any]

_ENVIRONMENT = {
    name: option["fallback"][1][0] for name, option in rfc2136_options().options.items() if "fallback" in option
}
"""Options of one name server, and the environment variables that they default to."""

_ONE_LOOK = 1.0
"""Seconds to wait for name servers that the pass has already waited for."""


def with_environment(dns: t.Any) -> t.Mapping[str, t.Any] | None:
    """O(dns). A single name server is completed from the environment, as in the modules for RFC 2136. C(None): neither
    contains a name server."""
    given = dns.given if isinstance(dns, DnsParameter) else dns or {}
    if not isinstance(given, dict) or given.keys() - set(FLAT):
        return t.cast("t.Mapping[str, t.Any]", given)
    server: dict[str, t.Any] = {
        option: f"env/{variable}" for option, variable in _ENVIRONMENT.items() if os.environ.get(variable)
    }
    server.update({option: value for option, value in given.items() if value is not None})
    return server if server.get("server") else None


def told_servers(given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What ``with_environment`` returns, without secrets: two name servers are told apart."""
    told = dict(DnsParameter(given))
    for name in ("server", "port"):
        reference = str(told.get(name, ""))
        if reference.startswith("env/"):
            told[name] = os.environ.get(reference[len("env/") :])
    return told


class SiteDns:
    """Zones, record sets and changes of the sites of a pass.

    :param providers: stay open for the whole pass.
    :param wait_propagation: seconds to wait until all servers of a changed zone serve the change; 0 turns the check
        off.
    :param propagation_servers: queried instead of the servers in the NS records.
    :param warn: receives the text of each warning.
    """

    def __init__(
        self,
        providers: ProviderSet,
        *,
        wait_propagation: float = 0,
        propagation_servers: t.Sequence[Endpoint] = (),
        warn: t.Callable[[str], None] = lambda _text: None,
    ) -> None:
        self._providers = providers
        self._wait_propagation = wait_propagation
        self._propagation_servers = propagation_servers
        self._warn = warn

    def zones(self, entries: t.Sequence[Entry]) -> list[Result]:
        """The zones of the domains of ``entries``, as M(hosting.websec.dns_zones_info) returns them."""
        return self._providers.zones(
            [Subject(parse_name(entry["domain"], "domain name"), entry["dns"]) for entry in entries]
        )

    def refusal(self, entry: Entry) -> WebsecError | None:
        """Why a site is refused: its provider is unusable, or guarantees too little. Makes no call."""
        return self._providers.refusal(
            parse_name(entry["domain"], "domain name"),
            zone=parse_name(entry["zone"], "zone"),
            provider=entry["dns"],
            accept=entry["dns_accept"],
        )

    def read(self, record_sets: t.Sequence[Record]) -> list[Result]:
        """The current record sets, as M(hosting.websec.dns_record_sets_info) returns them."""
        if not record_sets:
            return []
        return self._providers.read(parse_questions(record_sets), propagation_servers=self._propagation_servers)

    def change(
        self,
        record_sets: t.Sequence[Record],
        *,
        approve: Approve | None = None,
        note: t.Callable[[t.Iterable[Change]], None] = lambda _changes: None,
    ) -> Result:
        """C(record_sets) and C(diff), as M(hosting.websec.dns_record_sets) returns them; in check mode what would
        be done.

        Orders may already have been sent, so a site whose records are invalid, or contradict those of another site,
        fails alone (or together with the other one).

        :param approve: and ``note`` as in ``change_record_sets``.
        """
        if not record_sets:
            return {"record_sets": [], "diff": {"before": "", "after": ""}}
        desired, refused = parse_groups(record_sets)
        done = self._providers.change(
            desired,
            wait_propagation=self._wait_propagation,
            propagation_servers=self._propagation_servers,
            warn=self._warn,
            approve=approve,
            note=note,
        )
        if any(zone["lagging"] for zone in done["zones"]):
            # A pass waits only once for servers that lag or are down.
            self._wait_propagation = min(self._wait_propagation, _ONE_LOOK)
        done["record_sets"] += [
            {
                "name": record["name"],
                "type": record["type"],
                "changed": False,
                "failed": True,
                "error": refused[record["group"]].as_dict(),
            }
            for record in record_sets
            if record["group"] in refused
        ]
        return done
