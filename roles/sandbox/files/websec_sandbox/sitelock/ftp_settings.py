# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to the files of a site, which SMART, SMART Database and backups each have for themselves."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import struct

from lxml import etree

from ..site_products import Record, SiteProducts
from . import answer
from .context import Context
from .grammar import Field, Values
from .methods import ProductError

PROTOCOLS = "ftp|sftp|ftps"
FIELDS = (
    Field("protocol", optional=True, pattern=PROTOCOLS),
    Field("ftp_host", optional=True),
    Field("ftp_user", optional=True),
    Field("ftp_pw", optional=True),
    Field("port", optional=True, pattern=r"\d{1,5}"),
    Field("ftp_timeout", optional=True, pattern=r"\d{1,6}"),
    Field("gen_ssh_key", optional=True, pattern="yes|no"),
)
# The ports are documented, the rest is ours.
_NEW = {"protocol": "ftp", "ftp_host": "", "ftp_user": "", "ftp_timeout": "1800"}
_PORTS = {"ftp": "21", "ftps": "21", "sftp": "22"}
_HOST = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9-]{1,63})*|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*"
)


def merged(context: Context, known: Record | None, wanted: Values) -> Record:
    """The settings after a call. Raises ProductError."""
    settings = context.settings
    if not known and settings.product_required == "first":
        _need(wanted, "ftp_host", "ftp_user")
        if "ftp_pw" not in wanted and wanted.get("gen_ssh_key") != "yes":
            raise ProductError("FTP settings are incomplete", "neither ftp_pw nor gen_ssh_key")
    if settings.product_required == "always":
        _need(wanted, "ftp_host", "ftp_user")
    kept = dict(known or {})
    if settings.product_omitted == "default":
        kept = {name: kept[name] for name in ("ftp_pw_sha256", "ssh_pub_key") if name in kept}
    new = {**_NEW, **kept, **{name: wanted[name] for name in (*_NEW, "port") if name in wanted}}
    new.setdefault("port", _PORTS[new["protocol"]])
    if "ftp_host" in wanted and not _HOST.fullmatch(new["ftp_host"]):
        raise ProductError("Invalid ftp_host")
    if not 1 <= int(new["port"]) <= 65535:
        raise ProductError("Invalid port")
    if "ftp_pw" in wanted:
        new["ftp_pw_sha256"] = digest(wanted["ftp_pw"])
    if wanted.get("gen_ssh_key") == "yes":
        new["ssh_pub_key"] = _new_key()
    return new


def _need(wanted: Values, *names: str) -> None:
    for name in names:
        if name not in wanted:
            raise ProductError("FTP settings are incomplete", f"{name} is missing")


def elements(ftp: Record, products: SiteProducts, *names: str) -> list[etree._Element]:
    """C(names) of the settings as elements; a failing sign-in and a public key only where there is one."""
    shown = {**ftp, "connection_err_msg": products.sign_in_error(ftp) or None}
    return answer.texts(**{name: shown.get(name) for name in names})


def digest(password: str) -> str:
    """What is kept of a password."""
    return hashlib.sha256(password.encode()).hexdigest()


def _new_key() -> str:
    """A public key that looks like one; nobody has its other half."""
    kind = b"ssh-ed25519"
    body = b"".join(struct.pack(">I", len(part)) + part for part in (kind, secrets.token_bytes(32)))
    return f"ssh-ed25519 {base64.b64encode(body).decode()} sitelock"
