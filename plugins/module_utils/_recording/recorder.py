# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeps the answers of an API as files without anybody's data, if a task is asked to: C(record_answers).

An answer is two files of one name: its body in the form in which the unit tests have theirs (XML or JSON), and
C(*.about.json) with what a test needs to know besides. Values of the request are in neither.
"""

from __future__ import annotations

import collections
import json
import re
import secrets
import threading
import typing as t

from ansible.module_utils.common.warnings import warn as warn_in_result

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._recording.files import write_new
from ansible_collections.hosting.websec.plugins.module_utils._recording.placeholders import Placeholders
from ansible_collections.hosting.websec.plugins.module_utils._recording.redaction import Kept, redacted_body
from ansible_collections.hosting.websec.plugins.module_utils._recording.texts import redacted_name

MOST_OF_A_CALL = 100
"""Answers to the same call that a task keeps: a fleet has thousands, and they are alike."""

_MEDIA_TYPES = frozenset({
    *("text/xml", "text/html", "text/plain", "text/csv"),
    *("application/xml", "application/json", "application/octet-stream"),
})  # fmt: skip
_CHARSETS = frozenset({"utf-8", "us-ascii", "iso-8859-1", "windows-1252"})
_LONGEST_CALL = 60
_CHARSET = re.compile(r'charset="?([\w.-]+)"?', re.IGNORECASE)


class Recorder:
    """The answers of one task. Safe to use from many threads."""

    def __init__(
        self,
        directory: str,
        *,
        api: str,
        name_of: t.Callable[[str], str] = str,
        warn: t.Callable[[str], None] = warn_in_result,
    ) -> None:
        """
        :param directory: is made if it is not there.
        :param api: the name of the API.
        :param name_of: the name of a call in the method table, without what it is about.
        :param warn: receives a warning if answers are not kept.
        """
        self._directory = directory
        self._api = api
        self._name_of = name_of
        self._warn = warn
        self._placeholders = Placeholders()
        # What is kept of several tasks is told apart by it.
        self._task = secrets.token_hex(8)
        self._kept: collections.Counter[str] = collections.Counter()
        self._lock = threading.Lock()
        self._stopped = False

    def keep(self, effect: Effect, call: str, *, status: int, content_type: str, body: bytes | None) -> None:
        """Keep one answer. It never fails: what is recorded is worth less than any result.

        :param body: C(None): it went to a file, and is not kept.
        """
        try:
            self._keep(effect, call, status, content_type, body)
        except Exception as problem:  # the result of the task must not depend on this
            with self._lock:
                first, self._stopped = not self._stopped, True
            if first:
                # Without the text of the error, which can hold a part of the answer.
                cause = problem.strerror if isinstance(problem, OSError) else type(problem).__name__
                self._warn(
                    f"record_answers: an answer of the {self._api} cannot be kept in {self._directory} ({cause}). "
                    "No more answers of this task are recorded. The task itself is not affected."
                )

    def _keep(self, effect: Effect, call: str, status: int, content_type: str, body: bytes | None) -> None:
        name = self._shown(call)
        with self._lock:
            if self._stopped or self._kept[name] >= MOST_OF_A_CALL:
                return
            self._kept[name] += 1
            number = self._kept[name]
        kept = Kept("file") if body is None else redacted_body(body, self._placeholders)
        base = f"{re.sub(r'[^a-z0-9]+', '_', name.lower()).strip('_') or 'call'}_{self._task}_{number:03}"
        about = {
            "api": self._api,
            "call": name,
            "effect": effect.value,
            "http_status": status,
            "content_type": _shown_type(content_type),
            "kind": kept.kind,
            "task": self._task,
        }
        if kept.text is not None:
            about["file"] = f"{base}.{kept.kind}"
            write_new(self._directory, f"{base}.{kept.kind}", kept.text)
        write_new(self._directory, f"{base}.about.json", json.dumps(about, indent=2) + "\n")

    def _shown(self, call: str) -> str:
        shown = "".join(
            part if re.fullmatch(r"[ /{}]*", part) else redacted_name(part, self._placeholders)
            for part in re.split(r"([ /{}]+)", self._name_of(call))
        )
        return shown[:_LONGEST_CALL]


def recorder_of(directory: str | None, *, api: str, name_of: t.Callable[[str], str] = str) -> Recorder | None:
    """The recorder of a client. C(None): no answer is recorded.

    :param directory: the option C(record_answers).
    """
    return Recorder(directory, api=api, name_of=name_of) if directory else None


def _shown_type(content_type: str) -> str:
    """The known parts of the header: any other can hold anything."""
    media = content_type.split(";", 1)[0].strip().lower()
    charset = _CHARSET.search(content_type)
    shown = media if media in _MEDIA_TYPES else "other" if media else ""
    return f"{shown}; charset={charset[1].lower()}" if charset and charset[1].lower() in _CHARSETS else shown
