# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors of third-party libraries as errors of this collection.

Each library has its own exceptions, and their texts contain URLs, headers and bodies: so the kind is derived from what
they have in common (the HTTP status, the names of their classes), and the text goes through a ``Redactor``.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.foreign import EndedError
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    BadResponseError,
    NotAllowedError,
    NotFoundError,
    RejectedError,
    TimedOutError,
    UnavailableError,
    WebsecError,
    of_kind,
)
from ansible_collections.hosting.websec.plugins.module_utils._parsing import clean_text

_LONGEST_TEXT = 200
_DATABASE_LOCKED = "database is locked"
_TIMEOUT = re.compile(r"timeout|timedout|deadlineexceeded", re.IGNORECASE)
# In urllib3, a failed connection can be a ConnectTimeoutError too.
_NEVER_CONNECTED = re.compile(r"ConnectionRefusedError|NameResolutionError|gaierror")
_NO_CONNECTION = re.compile(r"connection|connecterror|endpoint|unreachable|serviceunavailable", re.IGNORECASE)
_CERTIFICATE = re.compile(r"ssl|certificate", re.IGNORECASE)
_THROTTLED = re.compile(r"throttl|ratelimit|toomanyrequests|priorrequestnotcomplete", re.IGNORECASE)
_CREDENTIALS = re.compile(
    r"unauthori[sz]ed|credential|authentication|invalidclienttoken|signaturedoesnotmatch|unrecognizedclient|"
    r"expiredtoken|invalid.?(?:api.?)?(?:key|token)",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(r"forbidden|accessdenied|permission", re.IGNORECASE)
_NOT_FOUND = re.compile(r"notfound|nosuchhostedzone", re.IGNORECASE)
_MISREAD = (ValueError, KeyError, IndexError, AttributeError, TypeError)
"""If a library raises one of these while reading a response, the response was invalid for it."""


def library_error(
    error: BaseException, *, label: str, doing: str, redact: t.Callable[[str], str], write: bool = False
) -> tuple[WebsecError, bool]:
    """The error for an exception of a library, and whether the same call may succeed a little later.

    :param label: the provider, for messages. :param doing: for example C(reading the zone customer.example).
    :param write: the call was a change.
    """
    ended = isinstance(error, EndedError)
    chain = list(_chain(error))[1 if ended else 0 :]
    status = next((found for each in chain if (found := _status(each)) is not None), None)
    names = " ".join(name for each in chain for name in _names(each))
    text = (_system_reason(chain) if status is None else "") or _text(chain[0])
    body = " ".join(filter(None, map(_body, chain)))
    kind, hint, again = _ENDED if ended else _classify(status, names, f"{text} {body}", chain[0])
    told = clean_text(redact(" ".join(f"{type(chain[0]).__name__}: {text or body}".split())))
    if len(told) > _LONGEST_TEXT:
        told = f"{told[:_LONGEST_TEXT]}..."
    return (
        kind(
            f"{label} failed when {doing}: {told}",
            hint=hint,
            http_status=status,
            code=str(status) if status is not None else None,
            may_have_happened=write and kind in (UnavailableError, TimedOutError, BadResponseError),
        ),
        again,
    )


def _classify(status: int | None, names: str, text: str, error: BaseException) -> Class:
    kind = getattr(error, "kind", None)
    if isinstance(kind, str) and of_kind(kind) is not WebsecError:
        return of_kind(kind), "Check the provider's message.", kind in ("unavailable", "timeout")
    return _by_text(status, names, text) or _by_status(status) or _by_names(names, error)


Class = tuple[type[WebsecError], str, bool]
"""A kind of error, a hint, and whether the same call may succeed later."""


def _by_text(status: int | None, names: str, text: str) -> Class | None:
    if _DATABASE_LOCKED in text.lower():
        return UnavailableError, "Its database accepts one writer at a time (SQLite): lower concurrency.", True
    if status in (None, 400, 403) and _CREDENTIALS.search(f"{names} {text}"):
        return _NO_CREDENTIALS
    if _THROTTLED.search(names):
        return _TOO_MANY
    if status in (None, 400) and _NOT_FOUND.search(names):
        return _NOT_THERE
    return None


def _by_status(status: int | None) -> Class | None:
    if status is None or status < 400:
        return None
    by_status = {401: _NO_CREDENTIALS, 403: _FORBIDDEN_HERE, 404: _NOT_THERE, 408: _IN_TROUBLE, 429: _TOO_MANY}
    if status in by_status:
        return by_status[status]
    return _IN_TROUBLE if status >= 500 else _REFUSED


def _by_names(names: str, error: BaseException) -> Class:
    if isinstance(error, _MISREAD):
        return BadResponseError, "The library could not process it. Check the versions of both.", False
    if _FORBIDDEN.search(names):
        return _FORBIDDEN_HERE
    if _CERTIFICATE.search(names):
        return UnavailableError, "Check its certificate, and the CA certificates of this machine.", False
    if _TIMEOUT.search(names) and not _NEVER_CONNECTED.search(names):
        return TimedOutError, "Check the provider's status, and run again.", True
    if _NO_CONNECTION.search(names) or isinstance(error, OSError):
        return UnavailableError, "Check its address, and this machine's network.", True
    return _REFUSED


_NO_CREDENTIALS: Class = (AuthError, "Check the credentials in the options of this provider.", False)
_FORBIDDEN_HERE: Class = (NotAllowedError, "Check the permissions of these credentials at the provider.", False)
_NOT_THERE: Class = (NotFoundError, "Check the zone and the account of these credentials.", False)
_TOO_MANY: Class = (UnavailableError, "It limits the rate of requests: run again later, or lower concurrency.", True)
_IN_TROUBLE: Class = (UnavailableError, "Check the provider's status, and run again.", True)
_ENDED: Class = (BadResponseError, "The class must raise exceptions; it must not end the process.", False)
_REFUSED: Class = (RejectedError, "Check the provider's message about these records.", False)


def _chain(error: BaseException) -> t.Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def _system_reason(chain: list[BaseException]) -> str:
    """The reason of the system for a failed connection; requests wraps it in a long text, with the reason at its end.
    Empty for other errors."""
    reason = getattr(chain[-1], "strerror", None)
    return reason if isinstance(chain[0], OSError) and isinstance(reason, str) else ""


def _names(error: BaseException) -> t.Iterator[str]:
    """Names of the classes of an exception, and its code if that is a word."""
    yield from (
        kind.__name__ for kind in type(error).__mro__ if kind not in (object, BaseException, Exception, OSError)
    )
    response = getattr(error, "response", None)
    if isinstance(response, dict):  # botocore
        details = response.get("Error")
        yield str(details.get("Code", "")) if isinstance(details, dict) else ""


def _status(error: BaseException) -> int | None:
    """The HTTP status in an exception. Each library stores it elsewhere."""
    response = getattr(error, "response", None)
    metadata = response.get("ResponseMetadata") if isinstance(response, dict) else None
    candidates = [
        metadata.get("HTTPStatusCode") if isinstance(metadata, dict) else None,
        getattr(response, "status_code", None),
        *(getattr(error, name, None) for name in ("status_code", "http_status", "status", "code")),
    ]
    return next((each for each in candidates if isinstance(each, int) and 100 <= each < 600), None)


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # a user's class can do anything in its __str__
        return ""


def _body(error: BaseException) -> str:
    text = getattr(getattr(error, "response", None), "text", None)
    return text if isinstance(text, str) else ""
