# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of files and of databases: their settings on a site."""

from __future__ import annotations

from lxml import etree

from ..site_products import Record, SiteProducts
from . import answer, ftp_settings
from .answer import Answer, node, texts
from .context import Context
from .ftp_settings import digest
from .grammar import Field, Group, Refused, Values
from .methods import ProductError, method
from .product_sites import changing, check_empty, done, reading, refuse_pending

_STATUS = Field("status", optional=True, pattern="active|inactive")
_FTP = Group("ftp_settings", optional=True, children=ftp_settings.FIELDS)
_FTP_SHOWN = ("connection_err_msg", "ftp_host", "ftp_timeout", "ftp_user", "port", "protocol", "ssh_pub_key")
# What a backup does that was never told so is not documented: these are ours.
_FILES = {
    "backup_root": "/",
    "excluded_dirs": "",
    "excluded_exts": "",
    "excluded_files": "",
    "exclude_size_kb": "",
    "status": "active",
}
_DATABASE = {"db_host": "localhost", "db_type": "mysql", "db_user": "", "root_dir": "/", "status": "active"}
_PASSWORDS = ("db_pw", "db_password")


@method("getBackupSettings", Field("site_id"))
def get_backup_settings(context: Context, values: Values) -> Answer:
    """getBackupSettings: without passwords. What stands for a part that was never set is not documented."""
    with reading(context, values["site_id"], "backup") as (_site, products):
        if not products.backup_files and not products.backup_db and context.settings.unconfigured == "error":
            raise ProductError("Backup is not configured")
        shown = [_database(context, products), _files(context, products)]
    return answer.ok(node("getBackupSettings", *shown))


def _files(context: Context, products: SiteProducts) -> etree._Element | None:
    files = products.backup_files
    if files is None:
        return _absent(context, "backup_files")
    return node(
        "backup_files",
        *texts(**{name: files[name] or None for name in list(_FILES)[:-1]}),
        _ftp(products, files),
        *_tail(context, products, files),
    )


def _database(context: Context, products: SiteProducts) -> etree._Element | None:
    database = products.backup_db
    if database is None:
        return _absent(context, "backup_db")
    return node(
        "backup_db",
        *texts(**{name: database[name] for name in ("db_host", "db_type", "db_user")}),
        _ftp(products, database),
        *texts(root_dir=database["root_dir"]),
        node("selected_schemas", *[node("schema", text=one) for one in database["selected_schemas"]]),
        *_tail(context, products, database),
    )


def _absent(context: Context, name: str) -> etree._Element | None:
    return node(name, *texts(status="inactive")) if context.settings.unconfigured == "blank" else None


def _ftp(products: SiteProducts, part: Record) -> etree._Element:
    return node("ftp_settings", *ftp_settings.elements(part["ftp_settings"] or {}, products, *_FTP_SHOWN))


def _tail(context: Context, products: SiteProducts, part: Record) -> list[etree._Element]:
    pending = products.pending_backup(context.world.clock.now())
    return texts(pending_backup="1" if pending else None, status=part["status"])


def check(context: Context, values: Values) -> None:
    """At least one part; how the database is written is inferred."""
    settings = context.settings
    if len(values) == 1:
        raise Refused("modifyBackupSettings has no part")
    check_empty(context, values)
    database = values.get("backup_db", {})
    if "backup_db" in values and settings.backup_db_request == "refuse":
        raise Refused("unknown element backup_db in modifyBackupSettings")
    for name in _PASSWORDS:
        if name in database and name != settings.database_password:
            raise Refused(f"unknown element {name} in backup_db")


@method(
    "modifyBackupSettings",
    Field("site_id"),
    Group(
        "backup_files",
        optional=True,
        children=(
            Field("backup_root", optional=True),
            *(Field(name, optional=True, empty=True) for name in ("excluded_dirs", "excluded_exts", "excluded_files")),
            Field("exclude_size_kb", optional=True, empty=True, pattern=r"\d{1,9}"),
            _FTP,
            _STATUS,
        ),
    ),
    Group(
        "backup_db",
        optional=True,
        children=(
            *(Field(name, optional=True) for name in ("db_host", "db_type", "db_user", *_PASSWORDS, "root_dir")),
            Group("selected_schemas", optional=True, children=(Field("schema", optional=True, repeat=True),)),
            _FTP,
            _STATUS,
        ),
    ),
    write=True,
    check=check,
)
def modify_backup_settings(context: Context, values: Values) -> Answer:
    """modifyBackupSettings: refused while a backup is pending."""
    with changing(context, values["site_id"], "backup") as products:
        refuse_pending(context, products)
        files, database = products.backup_files, products.backup_db
        if "backup_files" in values:
            files = _merged(context, files, values["backup_files"], _FILES)
            if ".." in files["excluded_dirs"].replace(",", "/").split("/"):
                raise ProductError("Invalid excluded_dirs")
        if "backup_db" in values:
            database = _merged_database(context, database, values["backup_db"])
        products.backup_files, products.backup_db = files, database
    return done(context, "modifyBackupSettings")


def _merged(context: Context, known: Record | None, wanted: Values, new: dict[str, str]) -> Record:
    settings = context.settings
    if not known and settings.product_required == "first" and "ftp_settings" not in wanted:
        raise ProductError("FTP settings are incomplete", "ftp_settings is missing")
    kept = known if known and settings.product_omitted == "keep" else {}
    ftp = known["ftp_settings"] if known else None
    if "ftp_settings" in wanted:
        ftp = ftp_settings.merged(context, ftp, wanted["ftp_settings"])
    return {"ftp_settings": ftp, **{name: wanted.get(name, kept.get(name, value)) for name, value in new.items()}}


def _merged_database(context: Context, known: Record | None, wanted: Values) -> Record:
    kept = known if known and context.settings.product_omitted == "keep" else {}
    schemas = kept.get("selected_schemas", [])
    if "selected_schemas" in wanted:
        schemas = wanted["selected_schemas"].get("schema", [])
    secret = {"db_pw_sha256": known["db_pw_sha256"]} if known and "db_pw_sha256" in known else {}
    password = next((wanted[name] for name in _PASSWORDS if name in wanted), None)
    if password is not None:
        secret = {"db_pw_sha256": digest(password)}
    return {**_merged(context, known, wanted, _DATABASE), "selected_schemas": schemas, **secret}
