# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of a site: making, restoring and deleting them, and what is in them."""

from __future__ import annotations

import typing

from lxml import etree

from ..site_products import Record, SiteProducts
from . import answer
from .answer import Answer, node, texts
from .context import Context
from .grammar import DATE, Field, Refused, Tree, Values
from .methods import ProductError, method
from .product_sites import changing, done, moment, reading, refuse_pending

# What is in a backup whose content nobody gave.
_FILES: tuple[Record, ...] = (
    {"name": "index.php", "size_kb": 4},
    {"name": "wp-config.php", "size_kb": 3},
    {"name": "wp-content/uploads/logo.png", "size_kb": 120},
)
_PARTS = ("backup_files", "backup_db")
# What stands for no error, by the setting.
_NO_ERROR = {"zero": "0", "empty": "", "absent": None}


def check_manage(context: Context, values: Values) -> None:
    """A backup has no number yet; C(backup_files) and C(backup_db) are empty flags."""
    making = values["action"] == "backup"
    if ("backup_id" in values) == making:
        raise Refused(f"backup_id is {'unknown' if making else 'missing'} in {values['action']}")
    for name in _PARTS:
        part = values.get(name)
        if part is None or (values["action"] == "restore" and context.settings.restore_files == "any"):
            continue
        if len(part) or part.text or part.attrib:
            raise Refused(f"{name} must be empty")


@method(
    "manageBackup",
    Field("site_id"),
    Field("action", pattern="backup|delete|restore"),
    Field("backup_id", optional=True),
    *(Tree(name) for name in _PARTS),
    write=True,
    check=check_manage,
)
def manage_backup(context: Context, values: Values) -> Answer:
    """manageBackup: without a flag, files and database. Its answer is not documented, nor the word C(restore)."""
    action = values["action"]
    parts = [name for name in _PARTS if name in values] or list(_PARTS)
    with changing(context, values["site_id"], "backup") as products:
        refuse_pending(context, products)
        if action == "backup":
            _make(context, products, parts)
        else:
            known = _find(context, products, values["backup_id"])
            {"delete": _delete, "restore": _restore}[action](context, products, known, parts)
    return done(context, "manageBackup")


def _make(context: Context, products: SiteProducts, parts: list[str]) -> None:
    if not any(getattr(products, name) for name in parts):
        raise ProductError("Backup is not configured")
    parts = [name for name in parts if getattr(products, name)]
    error = next(filter(None, (products.sign_in_error(getattr(products, name)["ftp_settings"]) for name in parts)), "")
    _start(context, products, "backup", parts, error)


def _restore(context: Context, products: SiteProducts, known: Record, parts: list[str]) -> None:
    parts = [name for name in parts if name in known["parts"]]
    if not parts:
        raise ProductError("Backup not found", f"{known['id']} has not this part")
    _start(context, products, "restore", parts, "", known["id"])


def _start(
    context: Context, products: SiteProducts, action: str, parts: list[str], error: str, source: str = ""
) -> None:
    now = context.world.clock.now()
    products.backups.append(
        {
            "id": context.world.number("backup"),
            "action": action,
            "parts": parts,
            "started_at": now,
            "done_at": now + context.settings.backup_duration,
            "error": error,
            "source": source,
        }
    )


def _delete(_context: Context, products: SiteProducts, known: Record, parts: list[str]) -> None:
    known["parts"] = [name for name in known["parts"] if name not in parts]
    if not known["parts"]:
        products.backups.remove(known)


def _find(context: Context, products: SiteProducts, number: str | None) -> Record:
    """The backup of this number, or the newest one. Raises ProductError."""
    now = context.world.clock.now()
    made = [one for one in products.backups if one["action"] == "backup" and one["done_at"] <= now]
    found = next((one for one in reversed(made) if number in (None, one["id"])), None)
    if not found:
        raise ProductError("Backup not found")
    return found


@method(
    "getBackupSummary",
    Field("site_id"),
    Field("start_date", optional=True, pattern=DATE),
    Field("end_date", optional=True, pattern=DATE),
)
def get_backup_summary(context: Context, values: Values) -> Answer:
    """getBackupSummary: the newest first. Only the begin of this form is documented."""
    first, last = values.get("start_date", ""), values.get("end_date", "9999")
    with reading(context, values["site_id"], "backup") as (_site, products):
        wanted = [one for one in products.backups if first <= moment(one["started_at"])[:10] <= last]
        shown = [_summary(context, products, one) for one in reversed(wanted)]
    return answer.ok(node("getBackupSummary", *shown))


def _summary(context: Context, products: SiteProducts, backup: Record) -> etree._Element:
    form, number = context.settings.backup_id_form, backup["id"]
    running = backup["done_at"] > context.world.clock.now()
    state = {
        "completed_at": None if running else moment(backup["done_at"]),
        "err_code": backup["error"] or (None if running else _NO_ERROR[context.settings.backup_err_code]),
    }
    in_part = form == "parts"
    parts: list[etree._Element] = []
    if "backup_db" in backup["parts"]:
        schemas = (products.backup_db or {}).get("selected_schemas", [])
        listed = node("schemas", *[node("schema", text=one) for one in schemas])
        parts.append(node("backup_db", *texts(backup_db_id=number if in_part else None, **state), listed))
    if "backup_files" in backup["parts"]:
        files = _content(backup)
        sizes = texts(num_files=len(files), size_kb=sum(int(one["size_kb"]) for one in files))
        parts.append(node("backup_files", *texts(backup_files_id=number if in_part else None, **state), *sizes))
    attributes = {"id": number} if form == "attribute" else {}
    by_element = number if form == "element" else None
    return node("backup", *texts(action=backup["action"]), *parts, *texts(backup_id=by_element), **attributes)


def _content(backup: Record) -> list[Record]:
    given = backup.get("files")
    return typing.cast("list[Record]", given) if given else list(_FILES)


@method("getBackupDetails", Field("site_id"), Field("backup_id"))
def get_backup_details(context: Context, values: Values) -> Answer:
    """getBackupDetails: this form is documented."""
    with reading(context, values["site_id"], "backup") as (site, products):
        backup = _find(context, products, values["backup_id"])
        files = _content(backup) if "backup_files" in backup["parts"] else []
        root = (products.backup_files or {}).get("backup_root", "/")
    folders = sorted({str(one["name"]).rpartition("/")[0] for one in files} - {""})
    listed = [node("file", *texts(id=number, name=one["name"])) for number, one in enumerate(files, 1)]
    content = node(
        "backup_files",
        *texts(backup_root=root),
        node("dirs", *[node("dir", text=one) for one in folders]),
        node("files", *listed),
        *texts(num_files=len(files), size_kb=sum(int(one["size_kb"]) for one in files)),
    )
    ids = texts(backup_id=backup["id"], created_at=moment(backup["started_at"]), site_id=site.site_id, status="ok")
    return answer.ok(node("getBackupDetails", content, *ids))


@method("getBackupFilesChanged", Field("site_id"), Field("backup_id", optional=True))
def get_backup_files_changed(context: Context, values: Values) -> Answer:
    """getBackupFilesChanged: this form is documented. Against the backup before, all files are new in the first one."""
    with reading(context, values["site_id"], "backup") as (site, products):
        backup = _find(context, products, values.get("backup_id"))
        before = [one for one in products.backups if one["action"] == "backup" and one["done_at"] < backup["done_at"]]
        root = (products.backup_files or {}).get("backup_root", "/")
    old = {str(one["name"]): one for one in (_content(before[-1]) if before else [])}
    new = {str(one["name"]): one for one in _content(backup)}
    changes = {
        "added": [new[name] for name in new if name not in old],
        "modified": [new[name] for name in new if name in old and new[name] != old[name]],
        "deleted": [old[name] for name in old if name not in new],
    }
    numbers = {name: number for number, name in enumerate({**new, **old}, 1)}
    shown = [
        node(
            "action",
            node(
                "files",
                *[
                    node("file", *texts(file_id=numbers[one["name"]], filesize=one["size_kb"], path=one["name"]))
                    for one in files
                ],
            ),
            *texts(type=kind),
        )
        for kind, files in changes.items()
        if files
    ]
    ids = texts(backup_id=backup["id"], backup_root=root, site_id=site.site_id, status="ok")
    return answer.ok(node("getBackupFilesChanged", *shown, *ids))
