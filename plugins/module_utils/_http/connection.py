# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One connection of one worker: sends a request and reads the response, limited in time and bytes.

Uses the connections of urllib3, which implements TLS and proxies; works with all its versions from 1.26 on.
"""

from __future__ import annotations

import contextlib
import dataclasses
import email.errors
import enum
import functools
import http
import http.client
import io
import re
import socket
import ssl
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._http.coding import CodingError, TooLargeError, decode
from ansible_collections.hosting.websec.plugins.module_utils._http.socks import connect_through
from ansible_collections.hosting.websec.plugins.module_utils._http.streams import Receiver, receive
from ansible_collections.hosting.websec.plugins.module_utils._http.time import TimeKeeper, Try
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._tcp import UnresolvedError, connect

try:
    import urllib3
    import urllib3.exceptions
except ImportError:
    note_missing("requests")

MAX_HEAD_BYTES = 256 * 1024
"""Bytes of the status line and headers of a response, including its interim responses (100 Continue)."""

_MAX_LINE = 64 * 1024

_FRAMING = 2
"""Factor for the size limit of a body on the wire: chunks have framing, and trailers follow."""

_CHUNK = 64 * 1024


class Stage(enum.Enum):
    """The progress of a request without a complete response."""

    CONNECT = "connect"
    """No connection."""
    PROXY = "proxy"
    """No connection beyond the proxy."""
    TLS = "tls"
    """No secure connection. The request was not sent, or the server refused every request."""
    SENT = "sent"
    """The request, or part of it, may have reached the server."""
    ANSWER = "answer"
    """The response has begun."""


class ExchangeError(Exception):
    """There is no complete response.

    :param reason: the cause in a few words, never text of a server.
    :param seconds: the time limit.
    :param http_status: of the incomplete response, or of the proxy.
    :param unresolved: it timed out because the resolver did not respond.
    :param too_large: the response exceeds the size limit.
    :param lasting: a retry would fail in the same way.
    """

    def __init__(
        self,
        stage: Stage,
        reason: str,
        *,
        seconds: float = 0.0,
        http_status: int | None = None,
        timed_out: bool = False,
        unresolved: bool = False,
        too_large: bool = False,
        lasting: bool = False,
    ) -> None:
        super().__init__(reason)
        self.stage = stage
        self.reason = reason
        self.seconds = seconds
        self.http_status = http_status
        self.timed_out = timed_out
        self.unresolved = unresolved
        self.too_large = too_large
        self.lasting = lasting


@dataclasses.dataclass(frozen=True)
class RawResponse:
    """A complete response, decompressed. :param packed: see ``HttpResponse``."""

    status: int
    headers: t.Mapping[str, str]
    body: bytes
    packed: bool = False


class Line:
    """The connection of one worker to one server; opened on demand, and kept."""

    def __init__(self, pool: urllib3.HTTPConnectionPool, keeper: TimeKeeper) -> None:
        """:param pool: for one connection; used only here."""
        self._pool: t.Any = pool
        self._keeper = keeper
        self.attempt = Try(0)
        self._pause = 0.0
        self.connecting = False
        self.more_came = False
        """Whether there is data after the end of a response, which the next request would read as its own response."""
        self.incoming: io.BufferedReader | None = None
        self._connection: http.client.HTTPConnection | None = None
        # Another descriptor of the same connection. TLS takes over the first one, in ways that differ between versions;
        # a shutdown through this one works for all.
        self._handle: socket.socket | None = None
        self._opened: socket.socket | None = None
        self.socks_proxy: t.Mapping[str, t.Any] | None = self._pool.conn_kw.get("_socks_options")
        self._pool.ConnectionCls = type(
            "LimitedConnection",
            # The first one precedes the class of urllib3.
            (_LimitedConnection, self._pool.ConnectionCls),
            # From Python 3.14 on, a partial that is no staticmethod is a method, and gets the connection as well.
            {"line": self, "response_class": staticmethod(functools.partial(_LimitedResponse, self))},
        )

    def exchange(
        self,
        method: str,
        target: str,
        *,
        body: bytes | None,
        headers: t.Mapping[str, str],
        seconds: float,
        max_bytes: int,
        receiver: Receiver | None = None,
        silence: float = float("inf"),
    ) -> RawResponse:
        """Send one request, once, and return the response.

        :param seconds: time limit from the name lookup to the last byte.
        :param max_bytes: size limit of the body, also when it is decompressed.
        :param receiver: gets the body if the status is 200; it is then empty in the response.
        :param silence: time limit between two pieces of it.
        :raises ExchangeError: there is no response, or it is unusable.
        """
        attempt = self.attempt = Try(seconds)
        self.more_came = False
        self.max_wire_bytes = MAX_HEAD_BYTES + _FRAMING * max(max_bytes, receiver.max_bytes if receiver else 0)
        pause = self._pause = min(seconds, silence)
        response: t.Any = None
        try:
            with self._keeper.keep(attempt):
                if self._handle is not None:
                    attempt.use(self._handle)
                response = self._pool.request(
                    method,
                    target,
                    body=body,
                    headers=headers,
                    # One try, without retries.
                    retries=False,
                    redirect=False,
                    assert_same_host=False,
                    preload_content=False,
                    decode_content=False,
                    enforce_content_length=True,
                    timeout=urllib3.Timeout(connect=pause, read=pause),
                )
                if receiver is not None and response.status == http.HTTPStatus.OK:
                    packed = receive(response, receiver)
                    attempt.seconds_left()
                    return RawResponse(response.status, response.headers, b"", packed)
                raw = _read(response, max_bytes)
            # The end of a connection after a shutdown looks like the end of a response without a length.
            attempt.seconds_left()
            coding = response.headers.get("Content-Encoding", "")
            return RawResponse(response.status, response.headers, decode(raw, coding, max_bytes))
        except TooLargeError:
            raise ExchangeError(
                Stage.ANSWER, "too large", http_status=response and response.status, too_large=True, lasting=True
            ) from None
        except CodingError as error:
            raise ExchangeError(Stage.ANSWER, str(error), http_status=response.status, lasting=True) from None
        # Server data can raise any of these in the libraries below.
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            # Without the cause, whose texts can contain the address of the proxy with a password.
            raise self._explained(error, response) from None
        finally:
            if response is not None:
                # Unread data must not be read as the next response.
                response.close()
                response.release_conn()
            self._tidy()

    def opened(self, connection: http.client.HTTPConnection, opened: socket.socket) -> None:
        self._drop()
        self._connection, self._opened = connection, opened
        self._handle = socket.fromfd(opened.fileno(), opened.family, opened.type)
        self.attempt.opened = True
        self.attempt.use(self._handle)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._drop()

    def _tidy(self) -> None:
        """Close the connection through all objects that hold it."""
        if self.incoming is not None:
            self.incoming.close()
            self.incoming = None
        pending = getattr(self._connection and self._connection.sock, "pending", None)
        if self.attempt.over or self.more_came or (pending is not None and pending()):
            self.close()
        elif self._connection is None or self._connection.sock is None:
            self._drop()

    def _drop(self) -> None:
        for each in (self._handle, self._opened):
            if each is not None:
                # The first descriptor too: urllib3 1.26 leaves it open after some errors.
                each.close()
        self._handle = self._opened = None

    def _explained(self, error: Exception, response: t.Any) -> ExchangeError:
        attempt, causes = self.attempt, list(_causes(error))
        refused = any(_is_refusal_of_tls(cause) for cause in causes)
        tunnelled = attempt.opened if self.socks_proxy else self._pool.proxy is None or attempt.proxy_status == 200
        status: int | None = None
        if response is not None:
            stage, status = Stage.ANSWER, response.status
        elif attempt.sent and not (attempt.opened and refused):
            stage = Stage.SENT
        elif not tunnelled:
            stage, status = Stage.PROXY, attempt.proxy_status
        elif attempt.opened or any(isinstance(cause, ssl.SSLError) for cause in causes):
            stage = Stage.TLS
        else:
            stage = Stage.CONNECT
        return ExchangeError(
            stage,
            _reason(causes),
            seconds=attempt.seconds if attempt.over else self._pause,
            http_status=status,
            timed_out=attempt.over or any(isinstance(cause, _TIMED_OUT) for cause in causes),
            unresolved=attempt.unresolved,
            too_large=any(isinstance(cause, _TooManyBytesError) for cause in causes),
            lasting=(stage is Stage.TLS and (refused or any(_is_about_certificates(cause) for cause in causes)))
            or (stage is Stage.PROXY and status is not None and status < 500),
        )


def _read(response: t.Any, max_bytes: int) -> bytes:
    body = bytearray()
    for piece in response.stream(_CHUNK, decode_content=False):
        body += piece
        if len(body) > max_bytes:
            raise TooLargeError
    return bytes(body)


class _LimitedConnection(http.client.HTTPConnection):
    """Additions to the class of urllib3."""

    line: Line
    _dns_host: str

    def connect(self) -> None:
        self.line.connecting = True
        try:
            super().connect()
            # TLS accepts a connection that was shut down before it began, without an error.
            self.line.attempt.seconds_left()
        finally:
            self.line.connecting = False
            if self.line.incoming is not None:
                # The response of the proxy: Python 3.9 leaves it open, and with it the connection.
                self.line.incoming.close()

    def _new_conn(self) -> socket.socket:
        proxy, host, seconds = self.line.socks_proxy, self._dns_host.strip("[]"), self.line.attempt.seconds_left()
        try:
            opened = connect_through(proxy, host, self.port, seconds) if proxy else connect(host, self.port, seconds)
        except UnresolvedError:
            # Recorded here, because urllib3 1.26 replaces this error by its own.
            self.line.attempt.unresolved = True
            raise
        self.line.opened(self, opened)
        return opened

    def send(self, data: t.Any) -> None:
        if self.sock is None and self.auto_open:
            self.connect()
        # While it connects, data goes to the proxy.
        self.line.attempt.sent = self.line.attempt.sent or not self.line.connecting
        super().send(data)


class _TooManyBytesError(OSError):
    """The server sends more than a response may have."""


class _Wire(io.RawIOBase):
    """Counts the bytes from a socket."""

    def __init__(self, raw: t.Any) -> None:
        self._raw = raw
        self.limit = MAX_HEAD_BYTES
        self.in_head = True
        self.ended = False
        """No more data is needed."""
        self._received = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> int | None:
        if self.ended:
            return 0
        count: int | None = self._raw.readinto(buffer)
        self._received += count or 0
        if self._received > self.limit:
            raise _TooManyBytesError(0, "more bytes than a response can have")
        if count == 0 and self.in_head and self._received:
            # http.client treats it as the end of the headers.
            raise ConnectionResetError(0, "The response ended within its headers")
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _Incoming(io.BufferedReader):
    """The file from which a response is read."""

    def __init__(self, line: Line, wire: _Wire) -> None:
        super().__init__(wire)
        self._line = line
        self._wire = wire

    def close(self) -> None:
        if not self.closed:
            self._wire.ended = True
            self._line.more_came = self._line.more_came or bool(self.peek(1))
        super().close()


class _Source:
    """A socket for ``http.client.HTTPResponse``, which uses only its file."""

    def __init__(self, file: t.BinaryIO) -> None:
        self._file = file

    def makefile(self, _mode: str) -> t.BinaryIO:
        return self._file


_DEFECTS = (email.errors.MissingHeaderBodySeparatorDefect, email.errors.FirstHeaderLineIsContinuationDefect)


class _LimitedResponse(http.client.HTTPResponse):
    """The response of a server, or of a proxy to CONNECT."""

    def __init__(self, line: Line, connection: t.Any, *positional: t.Any, **named: t.Any) -> None:
        self._line = line
        self._wire = _Wire(connection.makefile("rb", buffering=0))
        line.incoming = _Incoming(line, self._wire)
        super().__init__(t.cast(socket.socket, _Source(line.incoming)), *positional, **named)

    def begin(self) -> None:
        super().begin()
        # After a line that is no header the following ones are lost, including the length; urllib3 logs them.
        if any(isinstance(defect, _DEFECTS) for defect in self.msg.defects):
            raise http.client.HTTPException
        self._wire.in_head = False
        self._wire.limit = self._line.max_wire_bytes

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = super()._read_status()  # type: ignore[misc]  # not in the stubs
        # http.client knows only 100 (Continue), and treats 103 (Early Hints) as the response.
        while 100 <= status < 200 and status != http.HTTPStatus.SWITCHING_PROTOCOLS:
            while self.fp.readline(_MAX_LINE).strip():
                pass
            version, status, reason = super()._read_status()  # type: ignore[misc]  # not in the stubs
        if self._line.connecting:
            self._line.attempt.proxy_status = status
        return version, status, reason


_TIMED_OUT: tuple[type[BaseException], ...] = (socket.timeout, TimeoutError)
with contextlib.suppress(NameError):
    _TIMED_OUT += (urllib3.exceptions.TimeoutError,)

_REFUSALS = re.compile("ALERT.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE|PROTOCOL_VERSION)")


def _is_refusal_of_tls(error: BaseException) -> bool:
    """Whether the server reports that it accepts no request over this connection.

    With TLS 1.3 this can arrive after the request was sent; the server has not processed it.
    """
    return isinstance(error, ssl.SSLError) and bool(_REFUSALS.search(getattr(error, "reason", None) or ""))


def _is_about_certificates(error: BaseException) -> bool:
    # An OSError without errno: unusable certificate or key files.
    return isinstance(error, (ssl.SSLCertVerificationError, FileNotFoundError, PermissionError))


def _causes(error: BaseException) -> t.Iterator[BaseException]:
    """``error`` and its causes, the innermost last: urllib3 also nests in ``args`` and ``reason``."""
    seen: list[BaseException] = []
    todo: list[t.Any] = [error]
    while todo:
        cause = todo.pop(0)
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            todo += [*cause.args, getattr(cause, "reason", None), cause.__cause__]
            yield cause


def _reason(causes: t.Sequence[BaseException]) -> str:
    """The innermost cause from the system or TLS, without object addresses and source lines."""
    for cause in reversed(causes):
        if isinstance(cause, OSError) and cause.strerror:
            return re.sub(r" \(_ssl\.c:[0-9]+\)$", "", cause.strerror)
    return type(causes[-1]).__name__
