# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of the sign-in to a web server by FTP, FTPS or SFTP, which several sections have."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.fields import (
    Field,
    given_host,
    given_password,
    given_text,
    no_value,
    number,
    one_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.forms import GEN_KEY

PROTOCOLS = ("ftp", "sftp", "ftps")
PORT = number(1, 65535)
TIMEOUT = number(1, 86_400)
"""Seconds. No limit is documented; a day is more than any scan has."""


def host(path: str = "") -> Field:
    """The host of the web server."""
    return Field("ftp_host", given_host, path, compared=str.lower, free=True)


def user(path: str = "") -> Field:
    """The user there."""
    return Field("ftp_user", given_text, path, free=True)


def password(path: str = "") -> Field:
    """The password of the user."""
    return Field("ftp_pw", given_password, path, secret=True)


def key(path: str = "") -> Field:
    """A key pair in place of the password. Each call with C(yes) makes a new one; C(no) does nothing."""
    return Field(GEN_KEY, no_value, path, secret=True)


def settings(*, timeout: bool) -> tuple[Field, ...]:
    """All of them, in the element C(ftp_settings).

    :param timeout: it has a time limit.
    """
    inside = "ftp_settings/{}".format
    fields = [
        Field("protocol", one_of(*PROTOCOLS), inside("protocol")),
        host(inside("ftp_host")),
        user(inside("ftp_user")),
        password(inside("ftp_pw")),
        Field("port", PORT, inside("port"), number=True),
    ]
    if timeout:
        fields.append(Field("ftp_timeout", TIMEOUT, inside("ftp_timeout"), number=True))
    return (*fields, key(inside(GEN_KEY)))
