# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP for the partner APIs: pooled connections, TLS, time limits, retries by effect, rate limits, a size limit.

Vendor-independent: it transports bytes and knows no XML or JSON. Every failure is raised as a ``WebsecError`` whose
``may_have_happened`` says whether the request may have reached the server.
"""

from __future__ import annotations

import functools
import os
import threading
import types
import typing as t
from urllib.parse import urlencode, urlsplit

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect, guard
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, UnavailableError
from ansible_collections.hosting.websec.plugins.module_utils._http.coding import ACCEPTED
from ansible_collections.hosting.websec.plugins.module_utils._http.connection import ExchangeError, Line, RawResponse
from ansible_collections.hosting.websec.plugins.module_utils._http.errors import exchange_error
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._http.retries import (
    backoff,
    is_sent_again,
    pause_asked_for,
)
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings, is_loopback
from ansible_collections.hosting.websec.plugins.module_utils._http.streams import Receiver
from ansible_collections.hosting.websec.plugins.module_utils._http.time import TimeKeeper
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._rate_limit import RateLimiter
from ansible_collections.hosting.websec.plugins.module_utils._recording.recorder import Recorder
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext

try:
    import requests
    import requests.adapters
    import requests.utils
    import urllib3
    import urllib3.exceptions
except ImportError:
    note_missing("requests")

MAX_ANSWER_BYTES = 8 * 1024 * 1024
"""Larger responses are refused. A page of getAccounts with thousands of sites is well below this."""

LAST_ANSWER = 5.0
"""Seconds that a write has for its response after the deadline of the pass. A lost response costs more, because the
outcome is then unknown."""

_SHORTEST = 0.001
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class HttpClient:
    """Sends requests. Thread-safe; each thread has its own connections."""

    def __init__(
        self,
        settings: HttpSettings,
        *,
        url: str,
        server: str,
        read_only: bool,
        context: RunContext | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        """
        :param url: the address below which all requests go, as checked by ``check_url``.
        :param server: name of the server in messages, for example C(SiteLock API).
        :param read_only: refuse every effect but ``READ`` (check mode).
        :param context: of the task.
        :param recorder: gets each complete response.
        """
        self._settings = settings
        self._url = url
        self._server = server
        self._read_only = read_only
        self._context = context or RunContext()
        self._recorder = recorder
        self._rate_limiter = RateLimiter(self._context, settings.requests_per_second)
        self._local = threading.local()
        self._time = TimeKeeper()
        self._open: list[tuple[requests.adapters.HTTPAdapter, Line]] = []

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self.close()

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
        is_final: t.Callable[[HttpResponse], bool] = lambda _answer: False,
        receiver: Receiver | None = None,
    ) -> HttpResponse:
        """Send one request and return the response, whatever its status.

        A C(READ) is retried after a broken connection, a missing response, and a transient error. All workers make a
        pause that the server requests (429, or 503 with Retry-After). After a 429 a C(CHANGE) or C(DESTROY) is sent
        again, because nothing happened. A C(BUY) or C(ACTION) is not, because no vendor guarantees this.

        :param path: what follows the address of the client; empty or with a slash at its start.
        :param call: name of the call, for messages.
        :param is_final: whether a response with the status of a transient error would be the same again, also after
            a pause.
        :param receiver: gets the body of a response with the status 200.
        :raises WebsecError: there is no complete response, see ``may_have_happened``; C(DeferredError): the request was
            not sent, or it was a read and the deadline has passed.
        """
        guard(effect, call, read_only=self._read_only)
        body, form = (data, {}) if data is None or isinstance(data, bytes) else (urlencode(data).encode(), _FORM)
        target, common = self._target(path, params or {})
        all_headers = {**common, **form, **(headers or {})}
        retries_left = self._settings.retries
        while True:
            pause = backoff(self._settings.retries - retries_left)
            try:
                answer = self._try(effect, call, method, target, body, all_headers, receiver)
            except ExchangeError as error:
                if effect is not Effect.READ or error.lasting or not retries_left:
                    max_bytes = receiver.max_bytes if receiver else MAX_ANSWER_BYTES
                    raise exchange_error(error, call=call, server=self._server, max_bytes=max_bytes) from None
                self._context.sleep(pause)
            else:
                content_type = answer.headers.get("Content-Type", "")
                response = HttpResponse(
                    answer.status, content_type, answer.body, answer.headers if receiver else {}, answer.packed
                )
                if self._recorder is not None:
                    self._recorder.keep(
                        effect,
                        call,
                        status=answer.status,
                        content_type=content_type,
                        body=None if receiver and answer.status == 200 else answer.body,
                    )
                if is_final(response):
                    return response
                asked = pause_asked_for(answer.status, answer.headers.get("Retry-After"), pause)
                if asked is not None:
                    self._rate_limiter.pause(asked)
                if not is_sent_again(effect, answer.status) or not retries_left:
                    return response
                if asked is None:
                    self._context.sleep(pause)
            retries_left -= 1

    def _try(
        self,
        effect: Effect,
        call: str,
        method: str,
        target: str,
        body: bytes | None,
        headers: dict[str, str],
        receiver: Receiver | None,
    ) -> RawResponse:
        self._rate_limiter.acquire()
        if receiver is not None:
            receiver.begin()
        try:
            line = self._line()
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            # Without the text of the error, which can contain the address of the proxy with a password.
            raise UnavailableError(
                f"{call}: the proxy or the certificates for the {self._server} cannot be used.",
                hint="Nothing was sent. Check HTTPS_PROXY and NO_PROXY in the environment, and ca_path.",
            ) from None
        left = self._context.seconds_left()
        if effect is not Effect.READ:
            left = max(left, LAST_ANSWER)
        most = receiver.seconds if receiver else self._settings.timeout
        try:
            return line.exchange(
                method,
                target,
                body=body,
                headers=headers,
                seconds=max(min(most, left), _SHORTEST),
                max_bytes=MAX_ANSWER_BYTES,
                receiver=receiver,
                silence=self._settings.timeout,
            )
        except ExchangeError as error:
            if effect is Effect.READ and error.timed_out and left < most:
                raise DeferredError(
                    f"{call}: not finished: this pass reached its time limit.", hint="The next pass continues."
                ) from None
            raise

    def _target(self, path: str, params: t.Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """The target of a request, and the headers of all requests; cached for the next request to the same target."""
        asked = (path, tuple(params.items()))
        known, target = getattr(self._local, "target", (None, ("", {})))
        if known != asked:
            try:
                request = requests.Request("GET", self._url + path, params=dict(params)).prepare()
            except (requests.exceptions.RequestException, ValueError):
                raise BadInputError(f"The address of the {self._server} is not a usable URL.") from None
            target = request.path_url, {**requests.utils.default_headers(), "Accept-Encoding": ACCEPTED}
            self._local.target = asked, target
        found: tuple[str, dict[str, str]] = target
        return found

    def _line(self) -> Line:
        """The connection of this thread. requests configures it, with certificates and proxies."""
        if not hasattr(self._local, "line"):
            verify, cert, proxies = self._connection
            # Typed for the newest requests, which differs from earlier versions.
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
            raise BadInputError(f"The file {bundle} with the trusted CA certificates does not exist.")
        if not settings.validate_certs:
            # The user set it; a warning for every request would hide the others.
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        # Requests to this machine never go through a proxy, which would read plain http.
        local = is_loopback(urlsplit(self._url).hostname or "")
        return (
            (bundle or True) if settings.validate_certs else False,
            # With an explicit key, an encrypted one is an error, and not a prompt on the terminal.
            settings.client_cert and (settings.client_cert, settings.client_key or settings.client_cert),
            {} if local else requests.utils.get_environ_proxies(self._url),
        )
