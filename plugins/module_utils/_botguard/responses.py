# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses of the BotGuard API. Pure: bytes go in, JSON or an error comes out.

A response is evaluated by its HTTP status and by its body: ``{"status": "error", "message": ...}`` is an error with any
HTTP status, and in every other response ``status`` is the state of a website.
"""

from __future__ import annotations

import json
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._botguard.details import (
    without_secrets,
    without_secrets_in_json,
)
from ansible_collections.hosting.websec.plugins.module_utils._botguard.subjects import Subject, refuse_foreign
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    BadResponseError,
    NotAllowedError,
    NotFoundError,
    RejectedError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._http.errors import status_error
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse, excerpt
from ansible_collections.hosting.websec.plugins.module_utils._parsing import parse_json
from ansible_collections.hosting.websec.plugins.module_utils._secrets import Redactor
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

SERVER = "BotGuard API"

_HINTS: dict[type[WebsecError], str] = {
    AuthError: "Check api_key and its source (option or BOTGUARD_API_KEY). The API also refuses expired keys.",
    NotAllowedError: "Check that api_key belongs to the account of this website, and ask the vendor whether this "
    "machine's address needs approval.",
    NotFoundError: "Check the domain and api_url.",
    RejectedError: "The API refused the request. Check domain, user and api_key.",
    UnavailableError: "Run the pass again later: it reads the current state first.",
}


_MEANING = frozenset({"domain", "email", "id", "status"})
"""Values that decide about calls. Redaction must not change them."""


def read_answer(
    answer: HttpResponse, *, call: str, redact: Redactor, about: Subject | None = None, keep: str | None = None
) -> t.Any:
    """The JSON of a response that is not an error, without secrets; C(None) if the body is empty.

    :param call: name of the call, for messages.
    :param redact: hides the key of the account. Later code never sees the unredacted data.
    :param about: the subject of the call, if it has a single one.
    :param keep: see ``details.without_secrets``.
    :raises NotFoundError: HTTP 404 with the API's error object, a clear "there is none".
    :raises RejectedError: the API refused in another way; for one website this may mean that there is none.
    :raises BadResponseError: not the JSON of the API, or a response about another subject.
    :raises WebsecError: C(auth), C(not_allowed) or C(unavailable).
    """
    try:
        value, hidden = without_secrets(parse_json(answer.body), redact, keep=keep)
    except ValueError as problem:
        raise _error_by_status(answer, call, redact, str(problem)) from None
    try:
        refuse_foreign(value, about, http_status=answer.status, call=call)
    except BadResponseError as foreign:
        foreign.http_status = answer.status
        raise
    if is_object(value) and str(value.get("status")).lower() == "error":
        raise _refusal(_kind(answer.status), value, answer.status, call)
    if 200 <= answer.status < 300:
        for path in hidden:
            if _MEANING.intersection(path[-1:]):
                raise unexpected(call, f"a secret in place of {path[-1]}")
        return value
    if answer.status == 404 and answer.body.strip():
        # JSON, but not the error object of this API: a gateway without this path may respond like this too.
        raise _refusal(RejectedError, value, answer.status, call)
    if is_object(value) and isinstance(value.get("message"), str) and answer.status >= 400:
        raise _refusal(_kind(answer.status), value, answer.status, call)
    raise _error_by_status(answer, call, redact)


def is_object(value: t.Any) -> bool:
    """Whether ``value`` is a JSON object."""
    return isinstance(value, dict)


def unexpected(call: str, what: str, *, hint: str = "") -> BadResponseError:
    """The error for a response that is JSON, but not valid for ``call``."""
    return BadResponseError(
        f"{call}: the {SERVER} answered with {what}.",
        hint=hint or "Check api_url. If it is right, the API may have changed: please report it.",
    )


def _kind(http_status: int) -> type[WebsecError]:
    if http_status >= 500 or http_status == 429:
        return UnavailableError
    kinds: dict[int, type[WebsecError]] = {401: AuthError, 403: NotAllowedError, 404: NotFoundError}
    return kinds.get(http_status, RejectedError)


def _refusal(kind: type[WebsecError], value: t.Any, http_status: int, call: str) -> WebsecError:
    """The error that the API itself describes, with its own text."""
    said = value.get("message") if is_object(value) else None
    words = (said if isinstance(said, str) else json.dumps(said)) if said else "an error without a message"
    words = shortened(" ".join(words.split()))
    code = value.get("code") if is_object(value) else None
    return kind(
        f"{call}: the {SERVER} answered: {words} (HTTP {http_status}).",
        hint=_HINTS[kind],
        code=str(code) if isinstance(code, (str, int)) and not isinstance(code, bool) else None,
        http_status=http_status,
        may_have_happened=http_status >= 500,
    )


def _error_by_status(answer: HttpResponse, call: str, redact: Redactor, problem: str = "") -> WebsecError:
    """:param problem: why the body is not JSON."""
    shown = answer.redacted(lambda text: without_secrets_in_json(redact(text)))
    if problem and 200 <= answer.status < 300:
        return BadResponseError(
            f"{call}: the response of the {SERVER} (HTTP {answer.status}, {shown.content_type or 'no content type'}) "
            f"is not valid JSON: {problem}. It starts with: {excerpt(shown.body)}",
            hint="A proxy or a maintenance page may have answered instead of the API. Check api_url.",
            http_status=answer.status,
            may_have_happened=True,
        )
    return status_error(shown, call=call, server=SERVER)
