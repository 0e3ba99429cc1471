# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A name server: queries and updates, over a few reused TCP connections."""

from __future__ import annotations

import threading
import types
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._circuit_breaker import CircuitBreaker
from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import (
    Answer,
    Connection,
    Endpoint,
    MessageTooBigError,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import ServerSettings
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect, guard
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    TimedOutError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.message
    import dns.name
    import dns.rdatatype
    import dns.update
except ImportError:
    note_missing("dnspython")


class DnsClient:
    """Thread-safe: each message uses its own connection, and connections are opened as needed.

    :param read_only: refuse to send updates (check mode).
    """

    def __init__(self, settings: ServerSettings, *, read_only: bool = True) -> None:
        self.settings = settings
        self.read_only = read_only
        self._idle: list[Connection] = []
        self._lock = threading.Lock()
        self._unreachable: TimedOutError | None = None
        self._breaker = CircuitBreaker(self._probe)
        self._key_taken = settings.key is None
        self._unsigned_probes = 0

    def __enter__(self) -> DnsClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        while self._idle:
            self._idle.pop().close()

    def _probe(self) -> None:
        """Check that the server is reachable and accepts the key, with a query about no zone of the task.

        For a zone that it does not serve, Knot DNS responds without checking the key. So only a second such response,
        after many more zones, counts as a refusal of the key.
        """
        answer = _believed(self._ask([(dns.name.root, dns.rdatatype.SOA)])[0])
        if not (answer.had_tsig or self._key_taken):
            self._unsigned_probes += 1
            if self._unsigned_probes > 1:
                raise AuthError("The name server accepted the key for none of the zones.")

    @property
    def server(self) -> Endpoint:
        return self.settings.endpoint

    def ask(self, keys: t.Sequence[Key]) -> list[dns.message.Message]:
        """The responses of the server to one query for each name and type, in their order (no recursion).

        :raises WebsecError: the server is unreachable, or does not accept our signature.
        """
        with self._breaker.call(_item(keys)):
            answers = [_believed(answer) for answer in self._ask(keys)]
            self._key_taken = self._key_taken or any(answer.had_tsig for answer in answers)
            return answers

    def ask_each(self, keys: t.Sequence[Key]) -> list[Answer]:
        """Like ``ask``, with an error in the place of each invalid response.

        A connection that breaks between two responses is replaced: reading again is harmless.

        :raises WebsecError: the server is unreachable.
        """
        with self._breaker.call(_item(keys)):
            answers = self._ask(keys)
            refused = [answer for answer in answers if isinstance(answer, AuthError)]
            if keys and len(refused) == len(keys):
                raise refused[0]
            return answers

    def _ask(self, keys: t.Sequence[Key]) -> list[Answer]:
        # The connection numbers them. A random number costs a system call, and is useful only with UDP.
        queries = [dns.message.make_query(name, rdtype, id=0, flags=0) for name, rdtype in keys]
        answers: list[Answer | None] = [None] * len(queries)
        while None in answers:
            connection, fresh = self._connection()
            missing = answers.count(None)
            try:
                connection.ask(queries, answers)
            except UnavailableError:
                connection.close()
                if fresh and answers.count(None) == missing:
                    raise
            except WebsecError:
                connection.close()
                raise
            else:
                self._give_back(connection)
        return t.cast("list[Answer]", answers)

    def update(self, message: dns.update.UpdateMessage) -> dns.message.Message:
        """The response of the server to an update.

        :raises WebsecError: its ``may_have_happened`` says whether the server may have applied it.
        """
        guard(Effect.CHANGE, "UPDATE", read_only=self.read_only)
        with self._breaker.call(str(message.zone[0].name)):
            return self._update(message)

    def _update(self, message: dns.update.UpdateMessage) -> dns.message.Message:
        answers: list[Answer | None] = [None]
        connection, _fresh = self._connection()
        try:
            connection.ask([message], answers)
        except MessageTooBigError:
            self._give_back(connection)
            raise
        except WebsecError:
            connection.close()
            raise
        self._give_back(connection)
        return _believed(t.cast("Answer", answers[0]))

    def _connection(self) -> tuple[Connection, bool]:
        """A connection for the calling thread, and whether it is a new one."""
        while True:
            with self._lock:
                if not self._idle:
                    break
                connection = self._idle.pop()
            if connection.usable():
                return connection, False
            connection.close()
        if self._unreachable is not None:
            raise self._unreachable
        try:
            return Connection(self.settings.endpoint, self.settings.key, self.settings.timeout), True
        except TimedOutError as error:
            # Hundreds of zones must not wait one after the other for an unreachable server.
            self._unreachable = error
            raise

    def _give_back(self, connection: Connection) -> None:
        with self._lock:
            self._idle.append(connection)


def _item(keys: t.Sequence[Key]) -> str:
    """The subject of queries, for the circuit breaker."""
    return str(keys[0][0]) if keys else ""


def _believed(answer: Answer) -> dns.message.Message:
    if isinstance(answer, WebsecError):
        raise answer
    return answer
