# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors in the responses of the partner API. HTTP 200 alone never means success.

The vendor's pages show five forms: a text below the method, a text with a code attribute, a batch item with
C(status=error), a state object with C(state=error) and a code, and C(status=error) at the method with a message.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    BadResponseError,
    NotFoundError,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

SITE_NOT_FOUND = "SNF"
ADDON_NOT_FOUND = "ANF"

_WAF_ADDON_NOT_FOUND = "-98"
_NOT_FOUND_CODES = frozenset({SITE_NOT_FOUND, ADDON_NOT_FOUND, _WAF_ADDON_NOT_FOUND})
_NO_SITE = "Site Not Found"
_NOT_FOUND_TEXTS = frozenset({"account_id not found", "Invalid/Unknown Account ID", _NO_SITE})
# The vendor does not document the response to wrong credentials; texts without a code are searched for these words.
_ABOUT_CREDENTIALS = re.compile(r"authenticat|credential|password|unauthori[sz]ed|not authori[sz]ed", re.IGNORECASE)

_CHECK_SITE = "Check site_id: the vendor has no such site in your account."
_NO_FIREWALL = "The site has no active Firewall & CDN."
_HINTS = {
    SITE_NOT_FOUND: _CHECK_SITE,
    _NO_SITE: _CHECK_SITE,
    ADDON_NOT_FOUND: _NO_FIREWALL,
    _WAF_ADDON_NOT_FOUND: _NO_FIREWALL,
    "AEX": "See extended_code, and the plan of the site: extended code 3003 means that the site uses SSL and the plan "
    "(level Basic) does not include it. Choose a higher plan.",
    # Of the relay, for a password that was right.
    "relay_address": "Ask who runs the relay to add the address of this machine to the networks of this client.",
    "relay_certificate": "Check client_cert and client_key. Ask who runs the relay which certificate it wants.",
}


def method_data(document: t.Mapping[str, t.Any], method: Method) -> dict[str, t.Any]:
    """The response of ``method`` in a decoded document.

    :raises WebsecError: the response is an error of form 1, 2 or 5, or an error directly below the root.
    :raises BadResponseError: the document has no response of this method.
    """
    below = next((value for name, value in document.items() if method.is_answered_by(name)), None)
    each = below if isinstance(below, list) and method.may_answer_each else [below]
    for answer in each:
        if isinstance(answer, dict):
            _raise_error(answer, method)
    for element in ("error", "authentication"):
        if element in document:
            raise _top_level_error(document[element], method, about_credentials=element == "authentication")
    if method.answers_at_root:
        return dict(document)
    if below == "" and method.may_be_empty:
        return {}
    if isinstance(below, list) and method.may_answer_each:
        return {method.name: below}
    if not isinstance(below, dict):
        others = sorted(name for name in document if not method.is_answered_by(name))
        raise BadResponseError(
            f"{method.name}: the response of the SiteLock API has no element {method.name}; it contains "
            f"{shortened(', '.join(others)) or 'no other element'}.",
            may_have_happened=True,
        )
    return below


def _raise_error(data: dict[str, t.Any], method: Method) -> None:
    error = data.get("error", data.get("@error"))
    if error is not None:
        raise refusal(f"{method.name}: ", *_text_and_code(error))
    if text(data, "status") in ("error", "failed") and not _is_a_no(data, method):
        raise refusal(f"{method.name}: ", text(data, "message"), text(data, "code"))


def _is_a_no(data: dict[str, t.Any], method: Method) -> bool:
    """Whether C(status=error) is a "no" and not a failure, see ``Method.negatives``."""
    named = {name for name in method.negatives & data.keys() if text(data, name) or child(data, name)}
    told = {text(data, "message"), *named}
    return not method.negatives.isdisjoint(told)


def _top_level_error(error: t.Any, method: Method, *, about_credentials: bool) -> WebsecError:
    if isinstance(error, dict) and "error" in error:
        error = error["error"]
    message, code = _text_and_code(error)
    if about_credentials:
        hint = _HINTS.get(code or "", _AUTH_HINT)
        return AuthError(f"{method.name}: {shortened(message or _NO_MESSAGE)}.", code=code, hint=hint)
    return refusal(f"{method.name}: ", message, code)


_NO_MESSAGE = "refused without a message"
_AUTH_HINT = (
    "Check api_username and api_password, or api_client_id and api_client_secret, and their source (option or "
    "environment)."
)


def _text_and_code(error: t.Any) -> tuple[str, str | None]:
    if isinstance(error, list):
        messages, codes = zip(*map(_text_and_code, error))
        return "; ".join(messages), next(filter(None, codes), None)
    if isinstance(error, dict):
        return text(error, "#text") or text(error, "message") or "", text(error, "@code") or text(error, "code")
    return str(error), None


def refusal(start: str, message: str | None, code: str | None, extended_code: str | None = None) -> WebsecError:
    """The error for a refusal, with the vendor's text and codes unchanged.

    :param start: what was tried, the beginning of the message.
    """
    shown = f"{start}{shortened(message or _NO_MESSAGE)}"
    if code:
        extended = f", extended code {shortened(extended_code)}" if extended_code else ""
        shown += f" (code {shortened(code)}{extended})"
    kind: type[WebsecError] = RejectedError
    hint = _HINTS.get(code or message or "", "")
    if code in _NOT_FOUND_CODES or message in _NOT_FOUND_TEXTS:
        kind = NotFoundError
    elif not code and _ABOUT_CREDENTIALS.search(message or ""):
        kind, hint = AuthError, _AUTH_HINT
    return kind(f"{shown}.", code=code, extended_code=extended_code, hint=hint)


def text(data: t.Mapping[str, t.Any], name: str) -> str | None:
    """The text of a child element, or of an attribute; ``None`` when it is missing or empty."""
    value = _single(data, name)
    if isinstance(value, dict):
        value = value.get("#text")
    return value or None


def flag(data: t.Mapping[str, t.Any], name: str) -> bool | None:
    """A C(0)/C(1) element; ``None`` if it is missing or has another value."""
    return {"0": False, "1": True}.get(text(data, name) or "")


def texts(value: t.Any) -> tuple[str, ...]:
    """All texts of an element that is documented as repeatable and shown as a comma-separated list: both forms."""
    if isinstance(value, list):
        return tuple(part for each in value for part in texts(each))
    if isinstance(value, dict):
        return tuple(part for name, each in value.items() if not name.startswith("@") for part in texts(each))
    return tuple(part.strip() for part in str(value or "").split(",") if part.strip())


def child(data: t.Mapping[str, t.Any], name: str) -> dict[str, t.Any]:
    """A child element that has children itself; empty when it is missing or empty."""
    value = _single(data, name)
    return value if isinstance(value, dict) else {}


def _single(data: t.Mapping[str, t.Any], name: str) -> t.Any:
    """:raises BadResponseError: there are several, and it is unknown which one counts."""
    value = data.get(name, data.get(f"@{name}"))
    if isinstance(value, list):
        raise BadResponseError(
            f"The response of the SiteLock API has the element {name} more than once, but it is expected once.",
            hint="Report this with the name of the method: the API has changed.",
            may_have_happened=True,
        )
    return value


def refuse_unread(where: str, holder: t.Any, elements: t.Collection[t.Any]) -> None:
    """What cannot be read is not empty: to write what was read would remove it.

    :param where: begins the message.
    :param holder: what a response has in the element of a list. :param elements: what was read of it.
    :raises BadResponseError: there is something, and nothing was read.
    """
    if not elements and _is_something(holder):
        raise BadResponseError(
            f"{where}: the response of the SiteLock API contains a list in an unknown form.",
            hint="Report this with the name of the method: the API has changed.",
        )


def _is_something(value: t.Any) -> bool:
    """Whether there is a text or an attribute in it."""
    if isinstance(value, dict):
        return any(map(_is_something, value.values()))
    return any(map(_is_something, value)) if isinstance(value, list) else bool(value)
