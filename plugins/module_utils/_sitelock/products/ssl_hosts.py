# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(ssl_hosts): the host whose certificate SiteLock monitors.

Sources: C(getSSLHost), C(addSSLHost), C(editSSLHost), C(deleteSSLHost). A site has one: adding one edits the one that
is there, and deleting names the site only. C(deleteSSLHost) for an account, which deletes those of all its sites, is
never sent.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._schemas import NAME, Schema, array, lists
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.shield import (
    ADD_SSL_HOST,
    DELETE_SSL_HOST,
    EDIT_SSL_HOST,
    GET_SSL_HOST,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.lists import (
    DesiredList,
    additions,
    parse_list,
    removals,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data, SectionReader
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import Plain, Write
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined

Hosts = tuple[str, ...]

_NONE = "sslhost not set"
"""The API says so of a site without one (page of C(editSSLHost))."""


@dataclasses.dataclass(frozen=True)
class SslHostsSection(Plain[DesiredList[str], Hosts]):
    """See ``sections.section.Section``."""

    name: t.ClassVar[str] = "ssl_hosts"
    schema: t.ClassVar[Schema] = lists(array(NAME))

    def parse(self, given: Given) -> DesiredList[str]:
        desired = parse_list(given, _given_hosts)
        if len(desired.wanted) > 1:
            raise BadInputError(
                f"{given.where}: it has {joined(desired.wanted)}, but a site has one SSL host.",
                hint="Keep one of them.",
            )
        return desired

    def read(self, reader: SectionReader, site_id: int, _desired: DesiredList[str] | None) -> Hosts:
        try:
            return hosts_of(reader.of_site(GET_SSL_HOST, site_id), site_id)
        except RejectedError as error:
            if _NONE not in error.message:
                raise
            return ()

    def plan(self, current: Hosts, desired: DesiredList[str]) -> list[Write]:
        """One call at most.

        :raises RejectedError: a host that must stay would be lost.
        """
        missing, surplus = additions(current, desired), removals(current, desired)
        kept = [host for host in current if host not in surplus]
        if kept and (missing or surplus):
            raise RejectedError(
                f"{desired.where}: the site has the SSL host {joined(kept)}, which would be lost, because a site has "
                "one. Nothing was sent for this section.",
                hint="To replace it, give the new one at exact, or the old one at absent.",
            )
        if missing:
            method = EDIT_SSL_HOST if current else ADD_SSL_HOST
            return [Write(method, {"domain": missing[0]}, fresh=True)]
        return [Write(DELETE_SSL_HOST, {}, fresh=True)] if surplus else []

    def expected(self, current: Hosts, desired: DesiredList[str]) -> Hosts:
        surplus = removals(current, desired)
        return (*(host for host in current if host not in surplus), *additions(current, desired))

    def dump(self, current: Hosts) -> dict[str, t.Any]:
        return {"exact": [*current]}


def _given_hosts(given: Given, name: str) -> list[str]:
    def read(value: t.Any, place: str) -> str:
        try:
            return normalise_domain(value if isinstance(value, str) else "")
        except BadInputError:
            raise given.refusal(place, value, "a host name, such as www.example.com") from None

    return given.each(name, read)


def hosts_of(data: Data, site_id: int) -> Hosts:
    """The hosts of one site in an answer of C(getSSLHost), in lower case."""
    hosts = [each for each in data.get("sslhost", []) if isinstance(each, dict)]
    ours = [each for each in hosts if whole_number(text(each, "site_id")) in (None, site_id)]
    return tuple(dict.fromkeys(host.lower() for each in ours if (host := text(each, "domain")) is not None))


SSL_HOSTS = SslHostsSection()
