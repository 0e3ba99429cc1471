# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A preflight over a model of the server, and over a public DNS that is a mapping."""

from __future__ import annotations

import typing as t

import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype

from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key
from ansible_collections.hosting.websec.plugins.module_utils._errors import UnavailableError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._preflight.policy import Policy
from ansible_collections.hosting.websec.plugins.module_utils._preflight.resolver import Reply
from ansible_collections.hosting.websec.plugins.module_utils._preflight.run import preflight
from ansible_collections.hosting.websec.plugins.module_utils._preflight.sites import parse_sites
from ansible_collections.hosting.websec.tests.unit.dns.model import Model, ModelClient

Result = dict[str, t.Any]

UNREACHABLE = UnavailableError("The resolver is away.", hint="Bring it back.")


def name(text: str) -> dns.name.Name:
    return dns.name.from_text(text)


def record(rdtype: str, text: str) -> dns.rdata.Rdata:
    return dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(rdtype), text, dns.name.root, False)


def policy(**more: t.Any) -> Policy:
    """The policy of the module's defaults."""
    suffixes = (name("sitelockcdn.net"), name("sitelockdns.com"))
    return Policy(**{"cdn_suffixes": suffixes, **more})


class Public:
    """Replaces a PublicResolver.

    :param sets: the values of C("customer.example NS"), also behind C("name CNAME"); or an error.
    :param missing: the error for everything that is not in ``sets``; by default such names do not exist.
    """

    def __init__(
        self, sets: t.Mapping[str, t.Sequence[str] | WebsecError] | None = None, missing: WebsecError | None = None
    ) -> None:
        self._sets = sets or {}
        self._missing = missing
        self.asked: set[str] = set()

    def begin(self, keys: t.Iterable[Key]) -> None:
        self.look_up(list(keys))

    def look_up(self, keys: t.Sequence[Key]) -> dict[Key, Reply | WebsecError]:
        return {at: self._reply(*at) for at in keys}

    def _reply(self, owner: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> Reply | WebsecError:
        kind = dns.rdatatype.to_text(rdtype)
        self.asked.add(f"{owner.to_text(True)} {kind}")
        chain = [owner]
        while f"{chain[-1].to_text(True)} CNAME" in self._sets:
            chain.append(name(t.cast("t.Sequence[str]", self._sets[f"{chain[-1].to_text(True)} CNAME"])[0]))
        found = self._sets.get(f"{chain[-1].to_text(True)} {kind}", self._missing)
        if isinstance(found, WebsecError):
            return found
        return Reply(found is not None, tuple(chain), tuple(record(kind, text) for text in found or ()))


DELEGATED = {"customer.example NS": ["ns1.customer.example."]}


def look(
    model: Model,
    *sites: Result,
    public: Public | None = None,
    check_mode: bool = False,
    probe_updates: bool = True,
    client: ModelClient | None = None,
    **rules: t.Any,
) -> list[Result]:
    """The results of the module for these sites."""
    return preflight(
        parse_sites(sites),
        t.cast("t.Any", client or ModelClient(model, read_only=check_mode)),
        t.cast("t.Any", public or Public(DELEGATED)),
        policy(**rules),
        probe_updates=probe_updates,
        concurrency=1,
    )


def codes(entry: Result) -> dict[str, str]:
    """The findings of an entry: code and name."""
    return {finding["code"]: finding["name"] for finding in entry["findings"]}


def finding(entry: Result, code: str) -> dict[str, str]:
    (found,) = [each for each in entry["findings"] if each["code"] == code]
    return t.cast("dict[str, str]", found)
