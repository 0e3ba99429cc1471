# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors of this collection: one small tree, each with the fields that a playbook can test.

``kind`` is one of C(auth), C(not_allowed), C(not_found), C(rejected), C(unavailable), C(timeout), C(bad_response),
C(outcome_unknown), C(bad_input), C(limit), C(bug) and C(missing_library). The vendor's own code and text are
kept unchanged.
"""

from __future__ import annotations

import sys
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._parsing import clean_text

CHANGED_MEANWHILE = "changed_meanwhile"
"""Code of a record set that was not changed, because another writer changed it since the read. The next run reads
it."""


class WebsecError(Exception):
    """An error for the user; becomes ``fail_json`` or a site's ``error`` once, at the top.

    :param message: one sentence: what was tried and what came back. Never contains a secret.
    :param hint: what to do next.
    :param code: the vendor's code, unchanged.
    :param extended_code: the vendor's second code (SiteLock's ``extended_error_code``), unchanged.
    :param http_status: status of the HTTP response, if there was one.
    :param may_have_happened: the request may have had its effect although there is no clear response.
    """

    kind: t.ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        code: str | None = None,
        extended_code: str | None = None,
        http_status: int | None = None,
        may_have_happened: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code
        self.extended_code = extended_code
        self.http_status = http_status
        self.may_have_happened = may_have_happened

    def redacted(self, redact: t.Callable[[str], str]) -> WebsecError:
        """The same error with ``redact`` applied to every text in it."""
        self.message = redact(self.message)
        self.hint = redact(self.hint)
        self.code = self.code and redact(self.code)
        self.extended_code = self.extended_code and redact(self.extended_code)
        self.args = (self.message,)
        return self

    def as_dict(self, **subject: t.Any) -> dict[str, t.Any]:
        """The form in task results; ``subject`` names the site (``site_id=...`` or ``domain=...``)."""
        return {
            "kind": self.kind,
            "code": self.code and clean_text(self.code),
            "extended_code": self.extended_code and clean_text(self.extended_code),
            # They may contain user input, or a file name of a host, in any bytes.
            "message": clean_text(self.message),
            "hint": clean_text(self.hint),
            "http_status": self.http_status,
            **subject,
        }


class AuthError(WebsecError):
    kind = "auth"


class NotAllowedError(WebsecError):
    kind = "not_allowed"


class RequestNotAllowedError(NotAllowedError):
    """The caller is accepted, but not with this request: it says nothing about other requests."""


class NotFoundError(WebsecError):
    kind = "not_found"


class RejectedError(WebsecError):
    kind = "rejected"


class UnavailableError(WebsecError):
    kind = "unavailable"


class TimedOutError(WebsecError):
    kind = "timeout"


class BadResponseError(WebsecError):
    kind = "bad_response"


class OutcomeUnknownError(WebsecError):
    kind = "outcome_unknown"


class BadInputError(WebsecError):
    """The user gave something that is not valid.

    ``key`` is the key of the entry that it is about, such as C(ttl) or C(rules.ddos); empty: the whole entry.
    ``is_unknown``: there is no such key, whatever its value is.
    """

    kind = "bad_input"
    key: str = ""
    is_unknown: bool = False


class LimitError(WebsecError):
    """The run would order or end more than its owner allows; nothing was sent.

    :param planned: everything that it would have sent, one text per item.
    """

    kind = "limit"

    def __init__(self, message: str, *, hint: str, planned: t.Sequence[str]) -> None:
        super().__init__(message, hint=hint)
        self.planned = list(planned)

    def as_dict(self, **subject: t.Any) -> dict[str, t.Any]:
        return {**super().as_dict(**subject), "planned": self.planned}


class BugError(WebsecError):
    """A bug in this collection, reported as the error of the item that met it."""

    kind = "bug"


class MissingLibraryError(WebsecError):
    kind = "missing_library"

    @classmethod
    def of(cls, packages: t.Sequence[str]) -> MissingLibraryError:
        """:param packages: names on PyPI."""
        return cls(
            f"The Python libraries {', '.join(packages)} are not installed for {sys.executable}.",
            hint=f"Install them there: {sys.executable} -m pip install {' '.join(packages)}",
        )


class ReportedError(WebsecError):
    """An error from a result, to be reported again unchanged.

    :param details: from ``as_dict``.
    """

    kind = "reported"
    """Never shown: each error keeps its original kind."""

    def __init__(self, details: t.Mapping[str, t.Any]) -> None:
        super().__init__(str(details["message"]), hint=str(details["hint"] or ""))
        self._details = dict(details)

    def as_dict(self, **subject: t.Any) -> dict[str, t.Any]:
        return {**self._details, **subject}


def of_kind(kind: str) -> type[WebsecError]:
    """The class of the errors of a ``kind``, to report again an error of an earlier task."""
    return next((known for known in WebsecError.__subclasses__() if known.kind == kind), WebsecError)
