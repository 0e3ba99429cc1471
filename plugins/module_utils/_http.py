# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP for the partner APIs: pooled sessions, TLS, time limits, retries by effect, politeness, a size limit.

Vendor-neutral: it moves bytes and knows no XML or JSON. Every failure is raised as a ``WebsecError`` whose
``may_have_happened`` tells whether the request can have reached the server.
"""

from __future__ import annotations

import dataclasses
import datetime
import email.utils
import functools
import http.client
import os
import random
import re
import threading
import time
import typing as t
from urllib.parse import urlencode, urlsplit

from ansible_collections.hosting.websec.plugins.module_utils._addresses import find_address, unmapped
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
from ansible_collections.hosting.websec.plugins.module_utils._http_coding import ACCEPTED
from ansible_collections.hosting.websec.plugins.module_utils._http_connection import (
    ExchangeError,
    Line,
    RawResponse,
    Stage,
)
from ansible_collections.hosting.websec.plugins.module_utils._http_time import TimeKeeper
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._rate_limit import LONGEST_PAUSE, RateLimiter
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted

try:
    import requests
    import requests.adapters
    import requests.utils
    import urllib3
    import urllib3.exceptions
except ImportError:
    note_missing("requests")

MAX_ANSWER_BYTES = 8 * 1024 * 1024
"""Answers larger than this are refused. A page of getAccounts with thousands of sites is well below."""

_BEGINNING = 16 * 1024

LAST_ANSWER = 5.0
"""Seconds that a write may have for its answer when the time of the pass is over. An answer that is lost costs more:
nobody knows then what happened."""

_SHORTEST = 0.001
_BACKOFF = 0.5
"""Seconds: the second pause between two tries is twice this; the next ones double."""
_LONGEST_DATE = 64
_SENT_AGAIN: dict[Effect, frozenset[int]] = {
    Effect.READ: frozenset({429, 500, 502, 503, 504}),
    Effect.CHANGE: frozenset({429}),
    Effect.DESTROY: frozenset({429}),
    Effect.BUY: frozenset(),
}
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
class HttpResponse:
    """One complete HTTP answer, whatever its status."""

    status: int
    content_type: str
    body: bytes

    def redacted(self, redact: t.Callable[[str], str]) -> HttpResponse:
        """The same with ``redact`` applied to all text of it, for messages; of a long body the beginning only."""
        return dataclasses.replace(
            self,
            content_type=redact(self.content_type[:_BEGINNING]),
            body=redact(_beginning(self.body)).encode("utf-8", "replace"),
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
    # In a path, too: a password with a slash in it makes the rest of it look like one.
    if "@" in url or parts.query or parts.fragment:
        raise BadInputError(f"{option} must not hold a user name, a password, a query or a fragment.")
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise BadInputError(
            f"{option} is plain http:// to {parts.hostname}, and the password would go over the wire in clear text.",
            hint="Use https://. Plain http:// is accepted for loopback addresses only.",
        )
    return url.rstrip("/")


def shown_url(url: str) -> str:
    """An address as it may be shown. What ``check_url`` takes stays as it is, and what it refuses is refused still."""
    try:
        check_url(url, "")
    except BadInputError:
        return _without_secrets(url)
    return url


def _without_secrets(url: str) -> str:
    # Not by the parts of an address: a character of the password may be what makes it none.
    found = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", url)
    start = found.group() if found else ""
    _user, at, rest = url[len(start) :].rpartition("@")
    rest = re.sub(r"([?#]).+", rf"\1{HIDDEN}", rest, count=1, flags=re.DOTALL)
    return start + (HIDDEN + at if at else "") + rest


def screen_connection(options: t.MutableMapping[str, t.Any], warn: t.Callable[[str], None]) -> None:
    """First of all with the options of a module or plugin, which a task may show as they are.

    :param options: C(api_url) is then as it may be shown.
    :param warn: is told when nobody checks who the server is.
    """
    url = options["api_url"] = shown_url(str(options["api_url"]))
    if not options["validate_certs"] and not url.lower().startswith("http:"):
        warn(
            "validate_certs is false: the certificate of the API is not checked. Whoever stands between this machine "
            "and the API can read the password or key, and change all answers."
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    address = find_address(host)
    return address is not None and unmapped(address).is_loopback


class HttpClient:
    """Sends requests; safe to use from many threads, each of which keeps its own connections."""

    def __init__(
        self, settings: HttpSettings, *, url: str, server: str, read_only: bool, context: RunContext | None = None
    ) -> None:
        """
        :param url: the address below which all requests go, as checked by ``check_url``.
        :param server: what the answers come from, for messages, for example C(SiteLock API).
        :param read_only: refuse every effect but ``READ`` (check mode).
        :param context: of the task that the requests are for.
        """
        self._settings = settings
        self._url = url
        self._server = server
        self._read_only = read_only
        self._context = context or RunContext()
        self._rate_limiter = RateLimiter(self._context, settings.requests_per_second)
        self._local = threading.local()
        self._time = TimeKeeper()
        self._open: list[tuple[requests.adapters.HTTPAdapter, Line]] = []

    def close(self) -> None:
        """Close the connections of all threads."""
        for adapter, line in self._open:
            adapter.close()
            line.close()
        self._time.close()

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
    ) -> HttpResponse:
        """Send one request and return the answer, of whatever status.

        A C(READ) is sent again after a broken connection, a missing answer, and an error that can pass. A pause that
        the server asks for (429, or 503 with Retry-After) is made by all workers. After a 429 a C(CHANGE) or
        C(DESTROY) is sent again, because nothing happened. A C(BUY) is not: nowhere does a vendor promise that this is
        so.

        :param path: what follows the address of the client; empty or with a slash at its start.
        :param call: name of the call, for messages.
        :raises WebsecError: no complete answer came, see ``may_have_happened``; C(DeferredError): the request was not
            sent, or it was a read and the time of the pass is over.
        """
        guard(effect, call, read_only=self._read_only)
        body, form = (data, {}) if data is None or isinstance(data, bytes) else (urlencode(data).encode(), _FORM)
        target, common = self._target(path, params or {})
        all_headers = {**common, **form, **(headers or {})}
        retries_left = self._settings.retries
        while True:
            pause = _backoff(self._settings.retries - retries_left)
            try:
                answer = self._try(effect, call, method, target, body, all_headers)
            except ExchangeError as error:
                if effect is not Effect.READ or error.lasting or not retries_left:
                    raise self._failure(error, call) from None
                self._context.sleep(pause)
            else:
                asked = _pause_asked_for(answer, pause)
                if asked is not None:
                    self._rate_limiter.pause(asked)
                if answer.status not in _SENT_AGAIN[effect] or not retries_left:
                    return HttpResponse(answer.status, answer.headers.get("Content-Type", ""), answer.body)
                if asked is None:
                    self._context.sleep(pause)
            retries_left -= 1

    def _try(
        self, effect: Effect, call: str, method: str, target: str, body: bytes | None, headers: dict[str, str]
    ) -> RawResponse:
        self._rate_limiter.acquire()
        try:
            line = self._line()
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            # Nothing of the error: its text can hold the address of the proxy, with a password.
            raise UnavailableError(
                f"{call}: the proxy or the certificates for the {self._server} cannot be used.",
                hint="Nothing was sent. Check HTTPS_PROXY and NO_PROXY in the environment, and ca_path.",
            ) from None
        left = self._context.seconds_left()
        if effect is not Effect.READ:
            left = max(left, LAST_ANSWER)
        try:
            return line.exchange(
                method,
                target,
                body=body,
                headers=headers,
                seconds=max(min(self._settings.timeout, left), _SHORTEST),
                max_bytes=MAX_ANSWER_BYTES,
            )
        except ExchangeError as error:
            if effect is Effect.READ and error.timed_out and left < self._settings.timeout:
                raise DeferredError(
                    f"{call}: not finished: the time of this pass was over.", hint="The next pass goes on."
                ) from None
            raise

    def _target(self, path: str, params: t.Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """The target of a request, and the headers that all requests have; kept for the next request to the same."""
        asked = (path, tuple(params.items()))
        known, target = getattr(self._local, "target", (None, ("", {})))
        if known != asked:
            try:
                request = requests.Request("GET", self._url + path, params=dict(params)).prepare()
            except (requests.exceptions.RequestException, ValueError):
                raise BadInputError(f"The address of the {self._server} is not one that can be asked.") from None
            target = request.path_url, {**requests.utils.default_headers(), "Accept-Encoding": ACCEPTED}
            self._local.target = asked, target
        found: tuple[str, dict[str, str]] = target
        return found

    def _line(self) -> Line:
        """The connection of this thread. requests knows how to make it, with certificates and proxies."""
        if not hasattr(self._local, "line"):
            verify, cert, proxies = self._connection
            # Typed for the newest requests, which differs from the ones before.
            adapter: t.Any = requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=1)
            if hasattr(adapter, "get_connection_with_tls_context"):
                request = requests.Request("GET", self._url).prepare()
                pool = adapter.get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)
            else:  # before requests 2.32
                pool = adapter.get_connection(self._url, proxies)
            adapter.cert_verify(pool, self._url, verify, cert)
            self._local.line = Line(pool, self._time)
            self._open.append((adapter, self._local.line))
        found: Line = self._local.line
        return found

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
        # What is meant for this machine never goes to another one, which would read plain http.
        local = _is_loopback(urlsplit(self._url).hostname or "")
        return (
            (bundle or True) if settings.validate_certs else False,
            # With the key named, one that is encrypted is an error, and not a question on the terminal.
            settings.client_cert and (settings.client_cert, settings.client_key or settings.client_cert),
            {} if local else requests.utils.get_environ_proxies(self._url),
        )

    def _failure(self, error: ExchangeError, call: str) -> WebsecError:
        """What is told of a request without a complete answer."""
        server, reason, seconds = self._server, error.reason, f"within {counted(round(error.seconds, 2), 'second')}"
        if error.too_large and error.stage is Stage.ANSWER:
            return BadResponseError(
                f"{call}: the answer of the {server} is larger than {MAX_ANSWER_BYTES} bytes; not read.",
                http_status=error.http_status,
                may_have_happened=True,
            )
        if error.stage is Stage.PROXY:
            told = proxy_refusal(error.http_status)
            advice = _CHECK_DNS if error.unresolved else _CHECK_PROXY
            if error.timed_out:
                reason = f"{'a name was not resolved' if error.unresolved else 'it did not answer'} {seconds}"
            return (TimedOutError if error.timed_out else UnavailableError)(
                f"{call}: the proxy refused a connection to the {server}: {told[0]}."
                if told
                else f"{call}: the proxy for the {server} could not be used: {reason}.",
                hint=f"The request was not sent. {told[1] if told else advice}",
            )
        if error.stage is Stage.CONNECT or (error.stage is Stage.TLS and error.timed_out):
            if error.unresolved:
                return TimedOutError(
                    f"{call}: the name of the {server} was not resolved {seconds}.",
                    hint=f"The request was not sent. {_CHECK_DNS}",
                )
            if error.timed_out:
                return TimedOutError(f"{call}: no connection to the {server} {seconds}.", hint=_NOT_REACHED)
            return UnavailableError(f"{call}: no connection to the {server}: {reason}.", hint=_NOT_REACHED)
        if error.stage is Stage.TLS:
            return UnavailableError(
                f"{call}: no secure connection to the {server}: {reason}.",
                hint="The request was not sent. Check validate_certs, ca_path, client_cert and client_key, and the "
                "clock of this machine.",
            )
        if error.timed_out:
            began = error.stage is Stage.ANSWER
            return TimedOutError(
                f"{call}: the {server} did not finish its answer {seconds}."
                if began
                else f"{call}: no answer from the {server} {seconds}.",
                hint="Run the pass again: it looks at the present state first. Raise timeout if this happens often.",
                http_status=error.http_status,
                may_have_happened=True,
            )
        if error.stage is Stage.ANSWER:
            problem = "cannot be read" if error.lasting else "was cut off"
            return BadResponseError(
                f"{call}: the answer of the {server} {problem}: {reason}.",
                hint="Run the pass again: it looks at the present state first.",
                http_status=error.http_status,
                may_have_happened=True,
            )
        return UnavailableError(
            f"{call}: the connection to the {server} broke before the answer came: {reason}.",
            hint="Run the pass again: it looks at the present state first.",
            may_have_happened=True,
        )


def proxy_refusal(status: int | None) -> tuple[str, str] | None:
    """What a proxy says that makes no connection, and what to do. None of its own words: nobody knows what they hold.

    :param status: of its answer. :returns: C(None) if it is none.
    """
    if status is None or 200 <= status < 300:
        return None
    said = f"{status} {http.client.responses.get(status, '')}".strip()
    if status == 407:
        return said, "Give the proxy's user name and password in HTTPS_PROXY, or correct them."
    if status >= 500:
        return said, "The proxy does not reach the server. Run the pass again later, or ask who runs the proxy."
    return said, "Ask who runs the proxy to allow this connection, or name the server in NO_PROXY."


_CHECK_DNS = "The resolver of this machine does not answer. Check /etc/resolv.conf and the name servers in it."
_CHECK_PROXY = "Check HTTPS_PROXY and NO_PROXY in the environment."
_NOT_REACHED = (
    "The request was not sent. Check api_url, DNS and the firewall. The vendor answers approved source addresses only: "
    "check that the address of this machine is on its list."
)


def status_error(answer: HttpResponse, *, call: str, server: str) -> WebsecError:
    """The error for an answer that is not a valid API response, from its HTTP status alone.

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
    kind = excerpt(answer.content_type.encode("utf-8", "replace"), 60) if answer.content_type else "no content type"
    return BadResponseError(
        f"{call}: the answer of the {server} (HTTP {status}, {kind}) is not a valid API response. "
        f"It begins: {excerpt(answer.body)}",
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


def _pause_asked_for(answer: RawResponse, least: float) -> float | None:
    """Seconds for which the server asks everybody not to send anything; C(None): it does not ask.

    :param least: the pause that is due now, for a 429 that names none.
    """
    asked = retry_after(answer.headers.get("Retry-After"))
    if answer.status == 429:
        return asked or max(2 * _BACKOFF, least)
    return asked if answer.status == 503 else None


def retry_after(value: str | None) -> float | None:
    """Seconds that a header C(Retry-After) names, or that are left until its date; C(None) if nobody can read it."""
    text = (value or "").strip()
    seconds = whole_number(text)
    if seconds is not None:
        return float(seconds)
    if not text or len(text) > _LONGEST_DATE:
        return None
    try:
        date = email.utils.parsedate_to_datetime(text)
        if date.tzinfo is None:
            date = date.replace(tzinfo=datetime.timezone.utc)
        return max(0.0, date.timestamp() - time.time())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _backoff(retry: int) -> float:
    """Seconds before a try. The first one comes at once: most often it was an old connection that broke."""
    return 0.0 if retry == 0 else min(_BACKOFF * 2**retry + random.uniform(0, _BACKOFF), LONGEST_PAUSE)
