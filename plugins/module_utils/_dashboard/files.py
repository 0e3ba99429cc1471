# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of customers in one folder, one JSON document each, named by the number of the account.

A file is replaced only if it differs, atomically, and only if it has the mark of the format: a file of somebody else
with such a name stays. What happens to one file does not stop the others.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import fcntl
import os
import re
import stat
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import bug
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    RejectedError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id
from ansible_collections.hosting.websec.plugins.module_utils._parsing import parse_json
from ansible_collections.hosting.websec.plugins.module_utils._report.customer_documents import FORMAT
from ansible_collections.hosting.websec.plugins.module_utils._web.files import (
    ABSENT,
    Change,
    DesiredFile,
    State,
    found_at,
)
from ansible_collections.hosting.websec.plugins.module_utils._web.host import Host

MAX_SIZE = 16 * 1024 * 1024
"""Greatest size of a file in bytes. A customer with 5,000 sites has about 5 MB."""

_NAME = re.compile(r"([1-9][0-9]{0,17})\.json", re.ASCII)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What happened to the file of one customer. Without a change and an error it is as it should be.

    :param account_id: and ``path`` are C(None) if the document is not valid.
    """

    account_id: int | None
    path: str | None
    change: Change | None = None
    error: WebsecError | None = None

    @property
    def step(self) -> str | None:
        if self.change is None:
            return None
        if self.change.after == ABSENT:
            return "removed"
        if self.change.before == ABSENT:
            return "created"
        return "permissions" if self.change.before.holds_the_same(self.change.after) else "replaced"


def account_of(text: str, what: str) -> int:
    """The number of the account of a document.

    :param text: JSON. :param what: the document, the beginning of a message.
    :raises BadInputError: it is not a document of this format.
    """
    document = _parsed(text.encode("utf-8", "replace"))
    account_id = document["account"].get("account_id") if document else None
    if not isinstance(account_id, int):
        raise BadInputError(
            f"{what} is not a document of a customer.",
            hint="Make it with the filter sitelock_customer_documents.",
        )
    return number_id(account_id, f"{what}: account_id")


def _parsed(content: bytes) -> dict[str, t.Any] | None:
    """A document with the mark of the format; C(None) for anything else."""
    with contextlib.suppress(ValueError):
        found = parse_json(content)
        if isinstance(found, dict) and found.get("format") == FORMAT and isinstance(found.get("account"), dict):
            return found
    return None


class Folder:
    """The folder with the files.

    :param path: of the folder. :param host: writes.
    """

    def __init__(self, path: str, host: Host) -> None:
        self._path = path
        self._host = host

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        """Keep other runs out.

        :raises UnavailableError: there is one.
        :raises BadInputError: the folder cannot be opened.
        """
        try:
            handle = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise BadInputError(
                f"{self._path} cannot be opened: {error.strerror}.", hint="Create the directory, or correct the path."
            ) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno == errno.EWOULDBLOCK:
                os.close(handle)
                raise UnavailableError(
                    f"Another run writes to {self._path}. Nothing was written.", hint="Run again when it has ended."
                ) from None
            # A file system without locks.
        try:
            yield
        finally:
            os.close(handle)

    def write(self, account_id: int, text: str, like: DesiredFile, *, check_mode: bool) -> Outcome:
        """Bring one file to its desired state; in check mode only compare.

        :param like: has the mode and the owner of the file.
        """
        path = self.path_of(account_id)
        desired = dataclasses.replace(like, path=path, content=text.encode("utf-8"))

        def change() -> Change | None:
            now = self._found(path)
            wanted = desired.wanted(now)
            if now == wanted:
                return None
            if now != ABSENT and _parsed(now.content) is None:
                raise _foreign(path)
            if not check_mode:
                self._host.prepare(path, wanted)
                self._host.put(path, wanted)
            return Change(path, now, wanted)

        return self._outcome(account_id, path, change)

    def path_of(self, account_id: int) -> str:
        return os.path.join(self._path, f"{account_id}.json")

    def sync(self) -> None:
        """Wait until the names of the files are on the disk."""
        with contextlib.suppress(OSError):
            self._host.sync(self.path_of(0))

    def others(self, numbers: t.Collection[int]) -> list[tuple[int, str]]:
        """Number and path of the files of other customers.

        :raises BadInputError: the folder cannot be read.
        """
        try:
            names = sorted(os.listdir(self._path))
        except FileNotFoundError:  # Only in check mode.
            return []
        except OSError as error:
            raise BadInputError(
                f"{self._path} cannot be read: {error.strerror}.", hint="No file was removed."
            ) from None
        found = [(int(match[1]), os.path.join(self._path, name)) for name in names if (match := _NAME.fullmatch(name))]
        return [(number, path) for number, path in found if number not in numbers]

    def remove(self, account_id: int, path: str, *, check_mode: bool) -> Outcome:
        """Remove the file of a customer who is gone. A file of somebody else stays, without an error."""

        def change() -> Change | None:
            try:
                now = self._found(path)
            except RejectedError:
                return None
            document = None if now == ABSENT else _parsed(now.content)
            if document is None or document["account"].get("account_id") != account_id:
                return None
            if not check_mode:
                self._host.put(path, ABSENT)
            return Change(path, now, ABSENT)

        return self._outcome(account_id, path, change)

    def _found(self, path: str) -> State:
        """The current file.

        :raises RejectedError: there is something else.
        """
        try:
            status = os.lstat(path)
        except FileNotFoundError:
            return ABSENT
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_SIZE:
            raise _foreign(path)
        return found_at(path)

    def _outcome(self, account_id: int, path: str, change: t.Callable[[], Change | None]) -> Outcome:
        try:
            return Outcome(account_id, path, change())
        except WebsecError as error:
            return Outcome(account_id, path, error=error)
        except OSError as error:
            with contextlib.suppress(OSError):
                self._host.tidy(path)
            reason = error.strerror or type(error).__name__
            return Outcome(
                account_id,
                path,
                error=RejectedError(
                    f"Its file cannot be written to {self._path}: {reason}.",
                    hint="The former file, if any, is unchanged. Check the directory and its disk, then run again.",
                ),
            )
        except Exception as mistake:
            return Outcome(account_id, path, error=bug(mistake))


def _foreign(path: str) -> RejectedError:
    return RejectedError(
        f"{path} is not a file of this module, and was not replaced.",
        hint="Move it away, or choose another directory.",
    )
