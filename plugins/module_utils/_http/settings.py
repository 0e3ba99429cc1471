# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options of an HTTP API, and the checks of its address."""

from __future__ import annotations

import dataclasses
import os
import re
import typing as t
from urllib.parse import urlsplit

from ansible_collections.hosting.websec.plugins.module_utils._addresses import find_address, unmapped
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN


@dataclasses.dataclass(frozen=True)
class HttpSettings:
    """The connection options of the modules. ``timeout`` is in seconds.

    :param requests_per_second: of all workers together; ``None``: no limit.
    :param record_answers: a directory; the client of an API hands it to a ``Recorder``.
    """

    validate_certs: bool = True
    ca_path: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    timeout: float = 30.0
    retries: int = 3
    requests_per_second: float | None = None
    record_answers: str | None = None

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any]) -> HttpSettings:
        """From the options of a module (see ``_argspec.http_options``)."""
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
                hint="Omit it for no limit.",
            )
        if settings.record_answers and not os.path.isabs(settings.record_answers):
            # The folder that a module runs in is nobody's choice: that of a playbook in a collection, for example.
            raise BadInputError(
                f"record_answers is {settings.record_answers}, which is not an absolute path.",
                hint="Give the whole path, with a / at its start.",
            )
        if settings.client_key and not settings.client_cert:
            raise BadInputError("client_key is given without client_cert.")
        for name in ("ca_path", "client_cert", "client_key"):
            path = getattr(settings, name)
            if path and not os.path.exists(path):
                raise BadInputError(f"{name}: the file {path} does not exist.")
        return settings


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
    # Also in a path: after a slash in a password, the rest looks like a path.
    if "@" in url or parts.query or parts.fragment:
        raise BadInputError(f"{option} must not contain a user name, a password, a query or a fragment.")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise BadInputError(
            f"{option} is plain http:// to {parts.hostname}, which would send the password in clear text.",
            hint="Use https://. Plain http:// is accepted for loopback addresses only.",
        )
    return url.rstrip("/")


def shown_url(url: str) -> str:
    """An address in a form that may be shown. What ``check_url`` accepts is unchanged, and what it refuses stays
    refused."""
    try:
        check_url(url, "")
    except BadInputError:
        return _without_secrets(url)
    return url


def _without_secrets(url: str) -> str:
    # Without parsing the address: a character of the password may make it invalid.
    found = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", url)
    start = found.group() if found else ""
    _user, at, rest = url[len(start) :].rpartition("@")
    rest = re.sub(r"([?#]).+", rf"\1{HIDDEN}", rest, count=1, flags=re.DOTALL)
    return start + (HIDDEN + at if at else "") + rest


def screen_connection(options: t.MutableMapping[str, t.Any], warn: t.Callable[[str], None]) -> None:
    """To be called first with the options of a module or plugin, which a task may show.

    :param options: C(api_url), C(api_token_url) and C(scan_url) are replaced by forms that may be shown.
    :param warn: receives a warning if certificates are not validated.
    """
    url = options["api_url"] = shown_url(str(options["api_url"]))
    for name in ("api_token_url", "scan_url"):
        if options.get(name):
            options[name] = shown_url(str(options[name]))
    if not options["validate_certs"] and not url.lower().startswith("http:"):
        warn(
            "validate_certs is false: the API's certificate is not verified. Anyone between this machine and the API "
            "can read the password or key, and alter all responses."
        )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its address or as C(localhost)."""
    if host == "localhost":
        return True
    address = find_address(host)
    return address is not None and unmapped(address).is_loopback
