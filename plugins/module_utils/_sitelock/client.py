# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client of the SiteLock partner API: one call, with parameters in, and plain data or an error out."""

from __future__ import annotations

import functools
import threading
import types
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._circuit_breaker import CircuitBreaker
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    BadInputError,
    BadResponseError,
    NotFoundError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
from ansible_collections.hosting.websec.plugins.module_utils._http.errors import status_error
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse, excerpt
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings, check_url
from ansible_collections.hosting.websec.plugins.module_utils._http.streams import Receiver
from ansible_collections.hosting.websec.plugins.module_utils._parsing import parse_json
from ansible_collections.hosting.websec.plugins.module_utils._recording.recorder import recorder_of
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._secrets import (
    HIDDEN,
    Path,
    Redactor,
    redact_data,
    redacted_errors,
    with_pieces,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.credentials import (
    TOKEN_SERVER,
    ClientCredentials,
    Credentials,
    credentials_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_SITELOCK_IPS, Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import (
    ENDPOINT,
    Parameters,
    texts_under,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.scans import SCAN_DOMAIN
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.relay import (
    REFUSED,
    is_refusal_of_relay,
    not_allowed,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import method_data, refusal
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.subjects import refuse_foreign, refuse_nameless
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.xml import decode, encode

_SERVER = "SiteLock API"


class SiteLockClient:
    """Calls the methods of the table in ``methods``. Thread-safe."""

    def __init__(
        self,
        url: str,
        credentials: Credentials | ClientCredentials,
        settings: HttpSettings,
        *,
        read_only: bool,
        context: RunContext | None = None,
        endpoints: t.Mapping[str, str] | None = None,
    ) -> None:
        """
        :param endpoints: addresses of methods that have one of their own, by the name of the method. By default it is
            the vendor's if ``url`` is the vendor's, else ``url``.
        :param read_only: refuse every method whose effect is not ``READ`` (check mode).
        :param context: of the task that the calls are for.
        """
        self._url = check_url(url, "api_url")
        recorder = recorder_of(settings.record_answers, api=_SERVER)
        self._connect = functools.partial(
            HttpClient, settings, server=_SERVER, read_only=read_only, context=context, recorder=recorder
        )
        self._http = self._connect(url=self._url)
        self._endpoints = dict(endpoints or {})
        self._others: dict[str, HttpClient] = {}
        self._connecting = threading.Lock()
        self._authentication = credentials.element()
        self._secrets = [credentials.secret()]
        self._redact = Redactor(self._secrets)
        self._tokens = None
        if isinstance(credentials, ClientCredentials):
            http = HttpClient(
                settings,
                url=check_url(credentials.token_url, "api_token_url"),
                server=TOKEN_SERVER,
                # It changes nothing that is billed or served.
                read_only=True,
                context=context,
                recorder=recorder,
            )
            self._tokens = credentials.tokens(http)
        self._breaker = CircuitBreaker(probe=lambda: self._call(GET_SITELOCK_IPS, {}))

    @classmethod
    def from_options(
        cls, options: t.Mapping[str, t.Any], *, read_only: bool, context: RunContext | None = None
    ) -> SiteLockClient:
        """A client from the options of a module, see ``options.sitelock_options``."""
        settings = HttpSettings.from_options(options)
        scan_url = options.get("scan_url")
        return cls(
            options["api_url"],
            credentials_of(options),
            settings,
            read_only=read_only,
            context=context,
            endpoints={SCAN_DOMAIN.name: check_url(scan_url, "scan_url")} if scan_url else None,
        )

    def __enter__(self) -> SiteLockClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        for http in (self._http, *self._others.values()):
            http.close()
        if self._tokens is not None:
            self._tokens.close()

    def call(self, method: Method, parameters: Parameters) -> dict[str, t.Any]:
        """Call ``method`` and return its response as plain data (see ``xml``).

        :raises WebsecError: there is no response, it is not from the API or about another subject (see ``subjects``),
            or it is an error for the whole call. C(DeferredError): nothing was sent, because calls for other items
            failed for a reason that applies to all.
        """
        with self._breaker.call(f"{method.name} {parameters}"):
            return self._call(method, parameters)

    def exchange_file(
        self,
        method: Method,
        parameters: Parameters,
        receiver: Receiver,
        *,
        body: bytes | None = None,
        headers: t.Mapping[str, str] | None = None,
        url: str | None = None,
    ) -> HttpResponse:
        """Call a ``method`` that returns a file, and hand the file to ``receiver``. The response has its headers; with
        another status than 200 also its body, see ``refusal_in``.

        :param body: the request, if it has no envelope; then ``headers`` has the credentials.
        :param url: its address, if it is not that of all other methods.
        :raises WebsecError: there is no complete response. What came until then must be discarded.
        """
        http = self._http if url is None else self._http_at(url)
        with redacted_errors(_Redaction(self._redact, method, parameters)):
            content = encode(method, parameters, self._authentication) if body is None else body

        def refuses_credentials(answer: HttpResponse) -> bool:
            return answer.status == 500 and isinstance(self.refusal_in(answer, method, parameters), AuthError)

        def send(token: str | None) -> HttpResponse:
            own = {**self._headers(token), **(headers or {})}
            with redacted_errors(_Redaction(self._redact, method, parameters)):
                answer = http.send(
                    method.effect,
                    "POST",
                    call=method.name,
                    data=content,
                    headers=own,
                    is_final=refuses_credentials,
                    receiver=receiver,
                )
            self._discard_refused(answer, token)
            return answer

        return self._with_token(send, is_read=method.effect is Effect.READ) if body is None else send(None)

    def redact(self, text: str) -> str:
        """``text`` of a file or of its headers, which ``exchange_file`` gives as they came, without the credentials."""
        return self._redact(text)

    def refusal_in(self, answer: HttpResponse, method: Method, parameters: Parameters) -> WebsecError:
        """The error in a response that should be a file and is none."""
        redact = _Redaction(self._redact, method, parameters)
        by_relay = _refusal_of_relay(answer, method, redact)
        if by_relay is not None:
            return by_relay
        try:
            if answer.status in (200, 500):
                with redacted_errors(redact):
                    method_data(_decode(answer, method, redact)[0], method)
        except BadResponseError:
            pass
        except WebsecError as error:
            error.http_status = answer.status
            return error
        told = _json_error(answer) if answer.status not in _ABOUT_ACCESS else None
        if told is not None:
            refused = refusal(f"{method.name}: ", redact(told), None)
            refused.http_status = answer.status
            return refused
        return status_error(redact.unread(answer), call=method.name, server=_SERVER)

    def exchange(self, method: Method, parameters: Parameters) -> HttpResponse:
        """The response to one call as it came, whatever its status: it may repeat secrets, so show nothing of it.

        :raises WebsecError: there is no complete response.
        """
        if method.answers_file:
            raise BadInputError(
                f"{method.name}: the API returns a file, which a response of a task cannot hold.",
                hint="Use the module sitelock_bulk_report.",
            )
        with redacted_errors(_Redaction(self._redact, method, parameters)):
            body = encode(method, parameters, self._authentication)
        send = functools.partial(self._send, method, parameters, body)
        return self._with_token(send, is_read=method.effect is Effect.READ)

    def read(self, answer: HttpResponse, method: Method, parameters: Parameters) -> dict[str, t.Any]:
        """The plain data in a response of ``exchange``.

        :raises WebsecError: see ``call``.
        """
        redact = _Redaction(self._redact, method, parameters)
        with redacted_errors(redact):
            return _read(answer, method, parameters, redact)

    def _call(self, method: Method, parameters: Parameters) -> dict[str, t.Any]:
        return self.read(self.exchange(method, parameters), method, parameters)

    def _send(self, method: Method, parameters: Parameters, body: bytes, token: str | None) -> HttpResponse:
        with redacted_errors(_Redaction(self._redact, method, parameters)):
            answer = self._http_of(method).send(
                method.effect,
                "POST",
                call=method.name,
                data=body,
                headers=self._headers(token),
                is_final=functools.partial(_is_final, method=method),
            )
        self._discard_refused(answer, token)
        return answer

    @staticmethod
    def _headers(token: str | None) -> dict[str, str]:
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        return headers if token is None else {**headers, "Authorization": f"Bearer {token}"}

    def _discard_refused(self, answer: HttpResponse, token: str | None) -> None:
        if answer.status == 401 and self._tokens is not None and token is not None:
            self._tokens.discard(token)

    def _with_token(self, send: t.Callable[[str | None], HttpResponse], *, is_read: bool) -> HttpResponse:
        """What ``send`` returns with a token.

        One that is refused may have been revoked before it expired, so a read gets a new one. The same one again would
        be refused again.
        """
        token = self._token()
        answer = send(token)
        if answer.status != 401 or token is None or not is_read:
            return answer
        renewed = self._token()
        return answer if renewed == token else send(renewed)

    def _token(self) -> str | None:
        """The token for a call. C(None): the credentials are in the request itself."""
        if self._tokens is None:
            return None
        token = self._tokens.get()
        with self._connecting:
            if token not in self._secrets:
                # Earlier tokens as well: a response to an earlier request may repeat one.
                self._secrets = [*self._secrets, token]
                self._redact = Redactor(self._secrets)
        return token

    def _http_of(self, method: Method) -> HttpClient:
        """If another api_url is set (a relay, the sandbox), no call goes to the vendor."""
        if method.name in self._endpoints:
            return self._http_at(self._endpoints[method.name])
        return self._http if method.endpoint is None or self._url != ENDPOINT else self._http_at(method.endpoint)

    def _http_at(self, url: str) -> HttpClient:
        with self._connecting:
            if url not in self._others:
                self._others[url] = self._connect(url=url)
            return self._others[url]


_ABOUT_ACCESS = (401, 403)


def _json_error(answer: HttpResponse) -> str | None:
    """The text of an error in JSON. C(None): the body is none."""
    try:
        data = parse_json(answer.body)
    except ValueError:
        return None
    return _text_of(data, "error") or _text_of(data, "message")


def _text_of(data: t.Any, name: str) -> str | None:
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, str) and value else None


class _Redaction:
    """Hides the password of the API and the secrets that one call sends."""

    def __init__(self, password: Redactor, method: Method, parameters: Parameters) -> None:
        self._hide_all = bool(method.answer_secrets) or method.private
        self._redactors = [password]
        self._for_data = [password]
        if method.secrets:
            self._redactors.append(Redactor(with_pieces(texts_under(method.secrets, parameters))))
            # The requested secret may be the one that was sent.
            sent = texts_under(method.secrets - method.answer_secrets, parameters)
            self._for_data.append(Redactor(with_pieces(sent)))

    def __call__(self, text: str) -> str:
        return functools.reduce(lambda shown, redact: redact(shown), self._redactors, text)

    def data(self, document: dict[str, t.Any]) -> tuple[dict[str, t.Any], list[Path]]:
        """A document without the secrets, and the places where they were."""
        hidden: list[Path] = []
        for redactor in self._for_data:
            document, found = redact_data(document, redactor)
            hidden += found
        return document, hidden

    def unread(self, answer: HttpResponse) -> HttpResponse:
        """The part of an unreadable response that may be shown."""
        return answer.redacted((lambda _text: HIDDEN) if self._hide_all else self)


def _is_final(answer: HttpResponse, method: Method) -> bool:
    """Whether the API says that there is no such site or add-on, or refuses the credentials (it may do so with the
    status 500), or the relay says that it does not allow this."""
    try:
        if answer.status == 500 or answer.status in REFUSED:
            method_data(decode(answer.body, method), method)
    except (NotFoundError, AuthError) as error:
        # Refused credentials that are sent again may lock the account.
        return answer.status == 500 or is_refusal_of_relay(error)
    except WebsecError as error:
        return answer.status in REFUSED and is_refusal_of_relay(error)
    return False


def _refusal_of_relay(answer: HttpResponse, method: Method, redact: _Redaction) -> WebsecError | None:
    """The refusal in a response of the relay. C(None): it is none, and its status has its general meaning."""
    if answer.status not in REFUSED:
        return None
    try:
        with redacted_errors(redact):
            method_data(_decode(answer, method, redact)[0], method)
    except WebsecError as error:
        if is_refusal_of_relay(error):
            refused = not_allowed(error)
            refused.http_status = answer.status
            return refused
    return None


def _read(answer: HttpResponse, method: Method, parameters: Parameters, redact: _Redaction) -> dict[str, t.Any]:
    # 200 and 500 are documented, both with XML. Any other status has its own meaning, whatever the body is.
    if answer.status in (200, 500):
        try:
            document, hidden = _decode(answer, method, redact)
            refuse_foreign(document, method, parameters)
            data = method_data(document, method)
            _refuse_hidden(hidden, method)
            refuse_nameless(data, method, parameters)
        except WebsecError as error:
            if answer.status == 200 or not isinstance(error, BadResponseError):
                error.http_status = answer.status
                raise
        else:
            if answer.status == 200:
                return data
    refused = _refusal_of_relay(answer, method, redact)
    raise refused or status_error(redact.unread(answer), call=method.name, server=_SERVER)


def _decode(answer: HttpResponse, method: Method, redact: _Redaction) -> tuple[dict[str, t.Any], list[Path]]:
    """The document, without secrets that were sent. Later code never sees the original."""
    try:
        document = decode(answer.body, method)
    except BadResponseError as error:
        error.message += f" It starts with: {excerpt(redact.unread(answer).body)}"
        raise
    return redact.data(document)


_TEXTS = frozenset({"authentication", "dns_info", "error", "@error", "error_message", "message"})
"""Elements and attributes with texts for people, or with such elements only."""


def _refuse_hidden(hidden: t.Iterable[Path], method: Method) -> None:
    """:raises BadResponseError: a secret was hidden in something other than a text for people.

    Without the hidden value the response means something else: the collection would change a plan that is right, or
    order an add-on that exists.
    """
    for path in hidden:
        *_above, name = path
        if HIDDEN in name or not _TEXTS.intersection(path):
            raise BadResponseError(
                f"{method.name}: the response of the SiteLock API contains the password at {name}, so it was "
                "discarded.",
                hint="If your api_password, or a password in the request, is a common word or a number, choose another "
                "one. If it is not, a device between this machine and the API alters the responses.",
                may_have_happened=True,
            )
