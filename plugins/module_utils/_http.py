# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP for the partner APIs: pooled sessions, TLS, time limits, retries by effect, politeness, a size limit.

Vendor-neutral: it moves bytes and knows no XML or JSON. Every failure is raised as a ``WebsecError`` whose
``may_have_happened`` tells whether the request can have reached the server.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import os
import threading
import time
import typing as t
from urllib.parse import urlencode, urlsplit

from ansible_collections.hosting.websec.plugins.module_utils._addresses import find_address, unmapped
from ansible_collections.hosting.websec.plugins.module_utils._course import Course
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect, guard
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    BadInputError,
    BadResponseError,
    NotAllowedError,
    TimedOutError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._pace import Pace

try:
    import requests
    import requests.adapters
    import requests.utils
    import urllib3
    import urllib3.exceptions
    from urllib3.util.retry import Retry
except ImportError:
    note_missing("requests")

MAX_ANSWER_BYTES = 8 * 1024 * 1024
"""Answers larger than this are refused. A page of getAccounts with thousands of sites is well below."""

_CHUNK = 64 * 1024
_BEGINNING = 16 * 1024
_SMALL_CHUNK = 256
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclasses.dataclass(frozen=True)
class HttpSettings:
    """Connection options, as in the options of the modules. ``timeout`` is in seconds.

    :param requests_per_second: of all workers together; ``None``: no limit.
    """

    validate_certs: bool = True
    ca_path: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    timeout: float = 30.0
    retries: int = 3
    requests_per_second: float | None = None

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any]) -> HttpSettings:
        """Take what belongs here from the options of a module (see ``_argspec.http_options``)."""
        settings = cls(
            **{field.name: options[field.name] for field in dataclasses.fields(cls) if field.name in options}
        )
        if settings.timeout <= 0:
            raise BadInputError(f"timeout is {settings.timeout}; it must be greater than 0 seconds.")
        if settings.retries < 0:
            raise BadInputError(f"retries is {settings.retries}; it must be 0 or greater.")
        if settings.requests_per_second is not None and not settings.requests_per_second > 0:
            raise BadInputError(
                f"requests_per_second is {settings.requests_per_second:g}; it must be greater than 0.",
                hint="Leave it out for no limit.",
            )
        if settings.client_key and not settings.client_cert:
            raise BadInputError("client_key is given without client_cert.")
        for name in ("ca_path", "client_cert", "client_key"):
            path = getattr(settings, name)
            if path and not os.path.exists(path):
                raise BadInputError(f"{name}: there is no file {path}.")
        return settings


@dataclasses.dataclass(frozen=True)
class HttpAnswer:
    """One complete HTTP answer, whatever its status."""

    status: int
    content_type: str
    body: bytes

    def redacted(self, redact: t.Callable[[str], str]) -> HttpAnswer:
        """The same with ``redact`` applied to all text of it, for messages; of a long body the beginning only."""
        return dataclasses.replace(
            self, content_type=redact(self.content_type), body=redact(_beginning(self.body)).encode("utf-8", "replace")
        )


def _beginning(body: bytes) -> str:
    """The text from which an excerpt is cut. A secret that begins in the excerpt is whole in it."""
    return " ".join(body.decode("utf-8", "replace").split())[:_BEGINNING]


def check_url(url: str, option: str) -> str:
    """Refuse an address that would show secrets on the wire or in logs.

    :param option: name of the option, for the message.
    :returns: ``url`` without a slash at its end.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise BadInputError(f"{option} must be an address that starts with https://.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise BadInputError(f"{option} must not hold a user name, a password, a query or a fragment.")
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise BadInputError(
            f"{option} is plain http:// to {parts.hostname}, and the password would go over the wire in clear text.",
            hint="Use https://. Plain http:// is accepted for loopback addresses only.",
        )
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    address = find_address(host)
    return address is not None and unmapped(address).is_loopback


class HttpClient:
    """Sends requests; safe to use from many threads, each of which keeps its own connections."""

    def __init__(
        self, settings: HttpSettings, *, url: str, server: str, read_only: bool, course: Course | None = None
    ) -> None:
        """
        :param url: the address below which all requests go, as checked by ``check_url``.
        :param server: what the answers come from, for messages, for example C(SiteLock API).
        :param read_only: refuse every effect but ``READ`` (check mode).
        :param course: of the task that the requests are for.
        """
        self._settings = settings
        self._url = url
        self._server = server
        self._read_only = read_only
        self._course = course or Course()
        self._pace = Pace(self._course, settings.requests_per_second)
        self._local = threading.local()
        self._adapters: list[requests.adapters.HTTPAdapter] = []

    def close(self) -> None:
        """Close the connections of all threads."""
        for adapter in self._adapters:
            adapter.close()

    def send(
        self,
        effect: Effect,
        method: str,
        path: str = "",
        *,
        call: str,
        data: bytes | t.Mapping[str, str] | None = None,
        params: t.Mapping[str, str] | None = None,
        headers: t.Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """Send one request and return the answer, of whatever status.

        A pause that the server asks for (429, or 503 with Retry-After) is made by all workers. After a 429 a
        C(CHANGE) or C(DESTROY) is sent again, because nothing happened. A C(BUY) is not: nowhere does a vendor promise
        that this is so.

        :param path: what follows the address of the client; empty or with a slash at its start.
        :param call: name of the call, for messages.
        :raises WebsecError: no complete answer came, see ``may_have_happened``; C(LeftError): the request was not sent.
        """
        guard(effect, call, read_only=self._read_only)
        body, form = (data, {}) if data is None or isinstance(data, bytes) else (urlencode(data).encode(), _FORM)
        target, common = self._target(path, params or {})
        send = functools.partial(self._send, effect, call, method, target, body, {**common, **form, **(headers or {})})
        for retries_left in range(self._settings.retries, 0, -1):
            answer = send()
            if answer.status != 429 or effect not in (Effect.CHANGE, Effect.DESTROY):
                return answer
            self._pace.pause(_BACKOFF * 2 ** (self._settings.retries - retries_left))
        return send()

    def _send(
        self, effect: Effect, call: str, method: str, target: str, body: bytes | None, headers: dict[str, str]
    ) -> HttpAnswer:
        self._pace.turn()
        try:
            pool = self._pool()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            # By the kind of the error only: its text can hold the address of the proxy, with a password.
            raise UnavailableError(
                f"{call}: the proxy or the certificates for the {self._server} cannot be used: {type(error).__name__}.",
                hint="Nothing was sent. Check HTTPS_PROXY and NO_PROXY in the environment, and ca_path.",
            ) from error
        try:
            # Without a session of requests: that looks for cookies and redirects, which are not wanted here, and costs
            # more CPU than all the rest of a call.
            response = pool.request(
                method,
                target,
                body=body,
                headers=headers,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
                retries=self._for_reads if effect is Effect.READ else self._for_writes,
                timeout=self._timeout,
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._failure(error, call) from error
        try:
            pause = _pause_asked_for(response)
            if pause is not None:
                self._pace.pause(pause)
            return HttpAnswer(
                status=response.status,
                content_type=response.headers.get("Content-Type", ""),
                body=self._read(response, call),
            )
        except urllib3.exceptions.HTTPError as error:
            raise self._failure(error, call, while_reading=True) from error
        finally:
            # What was not read to its end must not be taken for the next answer.
            response.close()
            response.release_conn()

    def _target(self, path: str, params: t.Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """The target of a request, and the headers that all requests have; kept for the next request to the same."""
        asked = (path, tuple(params.items()))
        known, target = getattr(self._local, "target", (None, ("", {})))
        if known != asked:
            request = requests.Request("GET", self._url + path, params=dict(params)).prepare()
            target = request.path_url, dict(requests.utils.default_headers())
            self._local.target = asked, target
        found: tuple[str, dict[str, str]] = target
        return found

    def _pool(self) -> urllib3.HTTPConnectionPool:
        """The connection of this thread. requests knows how to make it, with certificates and proxies."""
        if not hasattr(self._local, "pool"):
            verify, cert, proxies = self._connection
            # Typed for the newest requests, which differs from the ones before.
            adapter: t.Any = requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=1)
            if hasattr(adapter, "get_connection_with_tls_context"):
                request = requests.Request("GET", self._url).prepare()
                pool = adapter.get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)
            else:  # before requests 2.32
                pool = adapter.get_connection(self._url, proxies)
            adapter.cert_verify(pool, self._url, verify, cert)
            self._local.pool = pool
            self._adapters.append(adapter)
        found: urllib3.HTTPConnectionPool = self._local.pool
        return found

    @functools.cached_property
    def _for_reads(self) -> Retry:
        return _retry_policy(self._settings.retries, self._course, self._pace)

    @functools.cached_property
    def _for_writes(self) -> Retry:
        return _retry_policy(0, self._course, self._pace)

    @functools.cached_property
    def _timeout(self) -> urllib3.Timeout:
        return urllib3.Timeout(connect=self._settings.timeout, read=self._settings.timeout)

    @functools.cached_property
    def _connection(self) -> tuple[bool | str, t.Any, dict[str, str]]:
        """How to connect: C(verify), C(cert) and C(proxies) of requests. Read from the environment once."""
        settings = self._settings
        bundle = settings.ca_path or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
        if bundle and not os.path.exists(bundle):
            raise BadInputError(f"There is no file {bundle}, which should hold the certificates to trust.")
        if not settings.validate_certs:
            # The user asked for it; a warning at every request would hide the others.
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        both = (settings.client_cert, settings.client_key)
        # What is meant for this machine never goes to another one, which would read plain http.
        local = _is_loopback(urlsplit(self._url).hostname or "")
        return (
            (bundle or True) if settings.validate_certs else False,
            both if settings.client_key else settings.client_cert,
            {} if local else requests.utils.get_environ_proxies(self._url),
        )

    def _read(self, response: urllib3.BaseHTTPResponse, call: str) -> bytes:
        body = bytearray()
        # The time limit of urllib3 is for each read from the socket: a server that sends a byte now and then
        # would hold the pass for ever.
        deadline = time.monotonic() + self._settings.timeout
        for piece in _pieces(response):
            body += piece
            if len(body) > MAX_ANSWER_BYTES:
                raise BadResponseError(
                    f"{call}: the answer of the {self._server} is larger than {MAX_ANSWER_BYTES} bytes; not read.",
                    http_status=response.status,
                    may_have_happened=True,
                )
            if time.monotonic() > deadline:
                raise TimedOutError(
                    f"{call}: the {self._server} did not finish its answer within {self._settings.timeout:g} seconds.",
                    http_status=response.status,
                    may_have_happened=True,
                )
        return bytes(body)

    def _failure(self, error: Exception, call: str, *, while_reading: bool = False) -> WebsecError:
        """
        :param while_reading: the answer had begun.
        """
        server = self._server
        if _has_cause(error, "SSLError"):
            return UnavailableError(
                f"{call}: no secure connection to the {server}: {_reason(error)}.",
                hint="Check validate_certs, ca_path, client_cert and client_key, and the clock of this machine.",
                # TLS can break after the request was sent, too.
                may_have_happened=not _has_cause(error, "SSLCertVerificationError"),
            )
        if _has_cause(error, "ProxyError"):
            return UnavailableError(
                f"{call}: the proxy for the {server} could not be used: {_reason(error)}.",
                hint="Check HTTPS_PROXY and NO_PROXY in the environment.",
                # urllib3 1.26 also calls it so when a connection through a proxy breaks later.
                may_have_happened=not _has_cause(error, "NewConnectionError", "NameResolutionError"),
            )
        if _has_cause(error, "ConnectTimeoutError"):
            return TimedOutError(
                f"{call}: no connection to the {server} within {self._settings.timeout:g} seconds.",
                hint=_NOT_REACHED,
            )
        if _has_cause(error, "ReadTimeoutError"):
            return TimedOutError(
                f"{call}: no answer from the {server} within {self._settings.timeout:g} seconds.",
                hint="Run the pass again: it looks at the present state first. Raise timeout if this happens often.",
                may_have_happened=True,
            )
        if _has_cause(error, "NewConnectionError", "NameResolutionError"):
            return UnavailableError(f"{call}: no connection to the {server}: {_reason(error)}.", hint=_NOT_REACHED)
        if while_reading:
            return BadResponseError(
                f"{call}: the answer of the {server} was cut off: {_reason(error)}.",
                hint="Run the pass again: it looks at the present state first.",
                may_have_happened=True,
            )
        return UnavailableError(
            f"{call}: the connection to the {server} broke before the answer came: {_reason(error)}.",
            hint="Run the pass again: it looks at the present state first.",
            may_have_happened=True,
        )


def _pieces(response: urllib3.BaseHTTPResponse) -> t.Iterator[bytes]:
    """The body in pieces, each as soon as something of it has arrived."""
    read = getattr(response, "read1", None)
    if read is None:
        # urllib3 1.26 waits for whole pieces: small ones, so that a slow server is noticed there, too.
        yield from response.stream(_SMALL_CHUNK, decode_content=True)
        return
    while piece := read(_CHUNK, decode_content=True):
        yield piece


_NOT_REACHED = (
    "The request was not sent. Check api_url, DNS and the firewall. The vendor answers approved source addresses only: "
    "check that the address of this machine is on its list."
)


def status_error(answer: HttpAnswer, *, call: str, server: str) -> WebsecError:
    """The error for an answer that is not in the language of the API, from its HTTP status alone.

    :param answer: redacted: its beginning is shown.
    """
    status = answer.status
    if status == 401:
        return AuthError(
            f"{call}: the {server} refused the credentials (HTTP 401).",
            hint="Check the user name and the password or key, and where they come from (option or environment).",
            http_status=status,
        )
    if status == 403:
        return NotAllowedError(
            f"{call}: the {server} does not allow this machine to call it (HTTP 403).",
            hint="Ask the vendor to approve the source address from which this machine (or its proxy) calls.",
            http_status=status,
        )
    if 300 <= status < 400:
        return BadResponseError(
            f"{call}: the {server} answered with a redirect (HTTP {status}), which is never followed.",
            hint="Check api_url: a password must go to the address that you gave, and nowhere else.",
            http_status=status,
        )
    if status == 429:
        return UnavailableError(
            f"{call}: the {server} asks for fewer requests (HTTP 429).",
            hint="Lower concurrency, or run the pass later.",
            http_status=status,
        )
    if status >= 500:
        return UnavailableError(
            f"{call}: the {server} failed (HTTP {status}).",
            hint="Run the pass again later: it looks at the present state first.",
            http_status=status,
            may_have_happened=True,
        )
    return BadResponseError(
        f"{call}: the answer of the {server} (HTTP {status}, {answer.content_type or 'no content type'}) is not in the "
        f"language of the API. It begins: {excerpt(answer.body)}",
        hint="A proxy or a maintenance page may stand between this machine and the API. Check api_url.",
        http_status=status,
        may_have_happened=True,
    )


def excerpt(body: bytes, length: int = 120) -> str:
    """The beginning of a redacted body as one line of printable text, for a message."""
    if b"\0" in body:
        return "(not text)"
    text = " ".join(body.decode("utf-8", "replace").split())
    shown = "".join(character if character.isprintable() else "?" for character in text[:length])
    return repr(shown + ("..." if len(text) > length else "")) if text else "(empty)"


def _has_cause(error: BaseException, *names: str) -> bool:
    return any(type(cause).__name__ in names for cause in _causes(error))


def _causes(error: BaseException) -> t.Iterator[BaseException]:
    """``error`` and what it wraps, the innermost last: requests and urllib3 nest in ``args`` and ``reason``, too."""
    seen: list[BaseException] = []
    todo: list[t.Any] = [error]
    while todo:
        cause = todo.pop(0)
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            todo += [*cause.args, getattr(cause, "reason", None), cause.__cause__]
            if isinstance(cause, urllib3.exceptions.NewConnectionError):
                # Raised by urllib3 1.26 without naming its cause.
                todo.append(cause.__context__)
            yield cause


def _reason(error: BaseException) -> str:
    """The innermost cause, without addresses of objects."""
    causes = [cause for cause in _causes(error) if not isinstance(cause, urllib3.exceptions.MaxRetryError)]
    for cause in reversed(causes):
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    return type(causes[-1]).__name__ if len(causes) > 1 else type(error).__name__


def _pause_asked_for(response: urllib3.BaseHTTPResponse) -> float | None:
    """Seconds for which the server asks everybody not to send anything; C(None): it does not ask."""
    if response.status == 429:
        return _seconds_in(response.headers.get("Retry-After")) or 2 * _BACKOFF
    return _seconds_in(response.headers.get("Retry-After")) if response.status == 503 else None


def _seconds_in(retry_after: str | None) -> float | None:
    """What a header C(Retry-After) says; C(None) if there is none, or nobody can read it."""
    if retry_after is None:
        return None
    try:
        return max(0.0, Retry().parse_retry_after(retry_after))
    except urllib3.exceptions.InvalidHeader:
        return None


_BACKOFF = 0.5
"""Seconds: the first pause between two tries; it doubles."""


def _retry_policy(retries: int, course: Course, pace: Pace) -> Retry:
    """Retries for reads: connection, answer and 5xx, with back-off and jitter. With 0: none at all."""

    class PoliteRetry(Retry):
        def sleep(self, response: t.Any = None) -> None:
            """Between two tries. What the server asks for is a pause of all workers."""
            asked = _seconds_in(response.headers.get("Retry-After")) if response is not None else None
            if asked is not None:
                pace.pause(asked)
            elif response is not None and response.status == 429:
                pace.pause(max(_BACKOFF, self.get_backoff_time()))
            else:
                course.sleep(self.get_backoff_time())
            pace.turn()

    # urllib3 1.26, which Debian 11 and 12 ship, has no jitter.
    jitter: t.Any = {"backoff_jitter": 0.5} if "backoff_jitter" in inspect.signature(Retry).parameters else {}
    return PoliteRetry(
        total=retries,
        redirect=0,
        allowed_methods=None,
        status_forcelist=(429, 500, 502, 503, 504) if retries else (),
        backoff_factor=_BACKOFF,
        raise_on_status=False,
        raise_on_redirect=False,
        **jitter,
    )
