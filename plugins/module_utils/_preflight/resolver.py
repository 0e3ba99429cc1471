# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The public DNS: queries to a resolver, each of them only once."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import threading
import types
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._addresses import parse_address
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key, type_text
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    TimedOutError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.exception
    import dns.flags
    import dns.message
    import dns.name
    import dns.rdata
    import dns.rdatatype
    import dns.resolver
    from dns.rdatatype import CNAME
except ImportError:
    note_missing("dnspython")

HINT = "Check the resolver (options resolver and resolver_port), and the name servers of the domain."


@dataclasses.dataclass(frozen=True)
class Reply:
    """The records of a name and type, at the end of all CNAMEs.

    :param exists: whether the name exists.
    :param chain: the names from the queried one to the one with the records.
    """

    exists: bool
    chain: tuple[dns.name.Name, ...]
    records: tuple[dns.rdata.Rdata, ...]


def follow(answer: dns.message.Message, at: Key) -> Reply:
    """The reply in a response to the query for ``at``."""
    name, rdtype = at
    found = {(rrset.name, rrset.rdtype): rrset for rrset in answer.answer}
    chain = [name]
    while (chain[-1], rdtype) not in found and (chain[-1], CNAME) in found:
        target = found[chain[-1], CNAME][0].target
        if target in chain:
            break
        chain.append(target)
    records = found.get((chain[-1], rdtype))
    return Reply(answer.rcode() != dns.rcode.NXDOMAIN, tuple(chain), tuple(records or ()))


class PublicResolver:
    """The resolver at ``address``, or the system's. Thread-safe; use it as a context.

    :param timeout: seconds, for one query.
    :param concurrency: parallel queries.
    """

    def __init__(self, address: str | None, port: int, timeout: float, concurrency: int) -> None:
        self._timeout = timeout
        self._enough = concurrency
        self._lock = threading.Lock()
        self._replies: dict[Key, concurrent.futures.Future[Reply | WebsecError]] = {}
        self._answered = False
        self._silent = 0
        self._resolver = _resolver(address, port)
        self._pool = concurrent.futures.ThreadPoolExecutor(max_workers=concurrency)

    def __enter__(self) -> PublicResolver:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self._pool.shutdown()

    def begin(self, keys: t.Iterable[Key]) -> None:
        """Send queries whose replies are needed later."""
        with self._lock:
            for at in keys:
                if at not in self._replies:
                    self._replies[at] = self._pool.submit(self._ask, at)

    def look_up(self, keys: t.Sequence[Key]) -> dict[Key, Reply | WebsecError]:
        """The public records for each name and type, or why they are unknown."""
        self.begin(keys)
        return {at: self._replies[at].result() for at in keys}

    def _ask(self, at: Key) -> Reply | WebsecError:
        name, rdtype = at
        subject = f"{shown(name)} {type_text(rdtype)}"
        if isinstance(self._resolver, WebsecError):
            return self._resolver
        if not self._answered and self._silent >= self._enough:
            # Hundreds of sites must not wait one after the other for an unreachable resolver.
            return _late(subject, self._timeout)
        try:
            answer = self._resolver.resolve(
                name, rdtype, raise_on_no_answer=False, search=False, lifetime=self._timeout
            ).response
        except dns.resolver.NXDOMAIN as nothing:
            answer = t.cast("t.Any", nothing).response(name)
        except dns.exception.Timeout:
            self._silent += 1
            return _late(subject, self._timeout)
        except dns.exception.DNSException as error:
            self._answered = True
            return UnavailableError(f"The resolver could not answer the query for {subject}: {error}", hint=HINT)
        self._answered = True
        if answer.flags & dns.flags.TC:
            return UnavailableError(f"The resolver sent a truncated response for {subject}.", hint=HINT)
        return follow(answer, at)


def _late(subject: str, timeout: float) -> TimedOutError:
    return TimedOutError(f"The resolver did not respond to the query for {subject} within {timeout:g} s.", hint=HINT)


def _resolver(address: str | None, port: int) -> dns.resolver.Resolver | WebsecError:
    """
    :raises BadInputError: the options are invalid. A missing system resolver is returned as a result instead.
    """
    if not 0 < port < 65536:
        raise BadInputError(f"resolver_port: {port} is not between 1 and 65535.")
    try:
        resolver = dns.resolver.Resolver(configure=address is None)
    except dns.resolver.NoResolverConfiguration:
        return UnavailableError("This system has no DNS resolver.", hint="Look at /etc/resolv.conf, or set resolver.")
    if address is not None:
        try:
            resolver.nameservers = [str(parse_address(address.strip()))]
        except ValueError as error:
            raise BadInputError(f"resolver: {address!r} is not an IP address: {error}.") from None
        resolver.port = port
    return resolver
