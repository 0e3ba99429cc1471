# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors for a request without a response, or with one that is not a valid API response."""

from __future__ import annotations

import http.client

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    BadResponseError,
    NotAllowedError,
    TimedOutError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._http.connection import ExchangeError, Stage
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse, excerpt
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted

_RUN_AGAIN = "Run the pass again: it reads the current state first."
_RAISE_TIMEOUT = "If this happens often, raise timeout."
_CHECK_DNS = "This machine's resolver does not respond. Check /etc/resolv.conf and the name servers in it."
_CHECK_PROXY = "Check HTTPS_PROXY and NO_PROXY in the environment."
APPROVED_ADDRESSES = (
    "The vendor accepts approved source addresses only: check that this machine's address is on its list."
)
"""The part of a hint that is about the vendors; a client of something else replaces it."""
_NOT_REACHED = f"The request was not sent. Check api_url, DNS and the firewall. {APPROVED_ADDRESSES}"


def exchange_error(error: ExchangeError, *, call: str, server: str, max_bytes: int) -> WebsecError:
    """The error for a request without a complete response.

    :param call: name of the call. :param server: name of the server.
    :param max_bytes: size limit of the response.
    """
    within = f"within {counted(round(error.seconds, 2), 'second')}"
    if error.stage is Stage.PROXY:
        return _proxy_error(error, call, server, within)
    if error.stage in (Stage.CONNECT, Stage.TLS):
        return _connect_error(error, call, server, within)
    if error.stage is Stage.ANSWER:
        return _answer_error(error, call, server, within, max_bytes)
    if error.timed_out:
        return TimedOutError(
            f"{call}: no response from the {server} {within}.",
            hint=f"{_RUN_AGAIN} {_RAISE_TIMEOUT}",
            http_status=error.http_status,
            may_have_happened=True,
        )
    return UnavailableError(
        f"{call}: the connection to the {server} broke before the response arrived: {error.reason}.",
        hint=_RUN_AGAIN,
        may_have_happened=True,
    )


def _proxy_error(error: ExchangeError, call: str, server: str, within: str) -> WebsecError:
    told = proxy_refusal(error.http_status)
    advice = _CHECK_DNS if error.unresolved else _CHECK_PROXY
    reason = error.reason
    if error.timed_out:
        reason = f"{'a name could not be resolved' if error.unresolved else 'it did not answer'} {within}"
    return (TimedOutError if error.timed_out else UnavailableError)(
        f"{call}: the proxy refused a connection to the {server}: {told[0]}."
        if told
        else f"{call}: the proxy for the {server} could not be used: {reason}.",
        hint=f"The request was not sent. {told[1] if told else advice}",
    )


def _connect_error(error: ExchangeError, call: str, server: str, within: str) -> WebsecError:
    if error.unresolved and (error.stage is Stage.CONNECT or error.timed_out):
        return TimedOutError(
            f"{call}: the name of the {server} could not be resolved {within}.",
            hint=f"The request was not sent. {_CHECK_DNS}",
        )
    if error.timed_out:
        return TimedOutError(f"{call}: no connection to the {server} {within}.", hint=_NOT_REACHED)
    if error.stage is Stage.CONNECT:
        return UnavailableError(f"{call}: no connection to the {server}: {error.reason}.", hint=_NOT_REACHED)
    return UnavailableError(
        f"{call}: no secure connection to the {server}: {error.reason}.",
        hint="The request was not sent. Check validate_certs, ca_path, client_cert and client_key, and the "
        "clock of this machine.",
    )


def _answer_error(error: ExchangeError, call: str, server: str, within: str, max_bytes: int) -> WebsecError:
    kind: type[WebsecError] = BadResponseError
    hint = _RUN_AGAIN
    if error.too_large:
        message = f"the response of the {server} is larger than {counted(max_bytes, 'byte')}, so it was not read."
        hint = ""
    elif error.timed_out:
        kind, message = TimedOutError, f"the {server} did not finish its response {within}."
        hint = f"{_RUN_AGAIN} {_RAISE_TIMEOUT}"
    else:
        problem = "cannot be read" if error.lasting else "was cut off"
        message = f"the response of the {server} {problem}: {error.reason}."
    return kind(f"{call}: {message}", hint=hint, http_status=error.http_status, may_have_happened=True)


def proxy_refusal(status: int | None) -> tuple[str, str] | None:
    """Text and hint for the refusal of a proxy, without the proxy's own text, which may contain anything.

    :param status: of its response. :returns: C(None) if this is no refusal.
    """
    if status is None or 200 <= status < 300:
        return None
    said = f"{status} {http.client.responses.get(status, '')}".strip()
    if status == 407:
        return said, "Give the proxy's user name and password in HTTPS_PROXY, or correct them."
    if status >= 500:
        return said, "The proxy cannot reach the server. Run the pass again later, or ask the proxy's operator."
    return said, "Ask the proxy's operator to allow this connection, or add the server to NO_PROXY."


def status_error(answer: HttpResponse, *, call: str, server: str) -> WebsecError:
    """The error for a response that is not a valid API response, from its HTTP status alone.

    :param answer: redacted, because its beginning is shown.
    """
    status = answer.status
    if status == 401:
        return AuthError(
            f"{call}: the {server} refused the credentials (HTTP 401).",
            hint="Check the user name and the password or key, and their source (option or environment).",
            http_status=status,
        )
    if status == 403:
        return NotAllowedError(
            f"{call}: the {server} refused access from this machine (HTTP 403).",
            hint="Ask the vendor (if api_url is a relay: who runs it) to approve the source address of this machine "
            "(or its proxy).",
            http_status=status,
        )
    if 300 <= status < 400:
        return BadResponseError(
            f"{call}: the {server} answered with a redirect (HTTP {status}), which is never followed.",
            hint="Check api_url: credentials are only ever sent to the configured address.",
            http_status=status,
        )
    if status == 429:
        return UnavailableError(
            f"{call}: the {server} limits the rate of requests (HTTP 429).",
            hint="Lower concurrency, or run the pass later.",
            http_status=status,
        )
    if status >= 500:
        return UnavailableError(
            f"{call}: the {server} failed (HTTP {status}).",
            hint="Run the pass again later: it reads the current state first.",
            http_status=status,
            may_have_happened=True,
        )
    kind = excerpt(answer.content_type.encode("utf-8", "replace"), 60) if answer.content_type else "no content type"
    return BadResponseError(
        f"{call}: the response of the {server} (HTTP {status}, {kind}) is not a valid API response. It starts with: "
        f"{excerpt(answer.body)}",
        hint="A proxy or a maintenance page may have answered instead of the API. Check api_url.",
        http_status=status,
        may_have_happened=True,
    )
