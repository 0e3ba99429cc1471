# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMART: its settings on a site. SMART Patch and SMART Database need them."""

from __future__ import annotations

from lxml import etree

from ..site_products import Record, SiteProducts
from . import answer, ftp_settings
from .answer import Answer, node, texts
from .context import Context
from .grammar import Field, Refused, Values
from .methods import ProductError, method
from .product_sites import changing, check_empty, done, moment, reading, refuse_pending

FREQUENCIES = "daily|weekly|monthly|quarterly|continuous|never"
# What SMART does that was never told so is not documented: these are ours.
_NEW = {
    "docroot": "/",
    "exclude_exts": "",
    "exclude_files": "",
    "frequency": "daily",
    "auto_fix": "warn",
    "parallel": "1",
}
# Known from another front end of the vendor, or inferred.
_INFERRED = ("methods", "auto_fix", "port", "protocol", "ftp_type", "parallel")
_NEEDED = ("docroot", "frequency", "ftp_timeout")


@method("getSMART", Field("site_id"))
def get_smart(context: Context, values: Values) -> Answer:
    """getSMART: no password is in it. What C(error_str) is while the sign-in works is not documented."""
    with reading(context, values["site_id"], "smart") as (_site, products):
        if products.smart is None:
            return unconfigured(context, "getSMART", "id", "auto_fix", "docroot", "frequency", "ftp_host", "ftp_user")
        return answer.ok(node("getSMART", *_shown(context, products, products.smart)))


def _error(context: Context, error: str) -> etree._Element | None:
    return node("error_str", text=error) if error or context.settings.smart_error == "empty" else None


def _shown(context: Context, products: SiteProducts, smart: Record) -> list[etree._Element | None]:
    inferred = context.settings.smart_elements == "all"
    return [
        *texts(id=smart["id"], auto_fix=smart["auto_fix"], created_at=smart["created_at"], docroot=smart["docroot"]),
        _error(context, products.sign_in_error(smart)),
        *[node("exclude_dirs", text=one) for one in smart["exclude_dirs"]],
        *texts(exclude_exts=smart["exclude_exts"] or None, exclude_files=smart["exclude_files"] or None),
        *texts(frequency=smart["frequency"]),
        *ftp_settings.elements(smart, products, "ftp_host", "ftp_timeout", "ftp_user"),
        *(ftp_settings.elements(smart, products, "parallel", "port", "protocol", "ssh_pub_key") if inferred else []),
    ]


def unconfigured(context: Context, name: str, *elements: str) -> Answer:
    """What a getter says when nothing was set; not documented."""
    form = context.settings.unconfigured
    if form == "error":
        raise ProductError(f"{name.removeprefix('get')} is not configured")
    return answer.ok(node(name, *([node(one) for one in elements] if form == "blank" else [])))


def check(context: Context, values: Values) -> None:
    """At least one setting; those that are not documented may be unknown."""
    settings = context.settings
    if len(values) == 1:
        raise Refused("modifySMART has no setting")
    check_empty(context, values)
    for name in _INFERRED if settings.smart_elements == "documented" else ():
        if name in values:
            raise Refused(f"unknown element {name} in modifySMART")
    for name in ("protocol", "ftp_type"):
        if name in values and settings.smart_protocol not in ("any", name):
            raise Refused(f"unknown element {name} in modifySMART")


@method(
    "modifySMART",
    Field("site_id"),
    Field("docroot", optional=True),
    Field("exclude_dirs", optional=True, repeat=True, empty=True),
    Field("exclude_exts", optional=True, empty=True),
    Field("exclude_files", optional=True, empty=True),
    Field("frequency", optional=True, pattern=FREQUENCIES),
    *ftp_settings.FIELDS,
    Field("ftp_type", optional=True, pattern=ftp_settings.PROTOCOLS),
    Field("methods", optional=True),
    Field("auto_fix", optional=True, pattern="fix|warn"),
    Field("parallel", optional=True, pattern="[123]"),
    write=True,
    check=check,
)
def modify_smart(context: Context, values: Values) -> Answer:
    """modifySMART: C(protocol) is also known as C(ftp_type)."""
    wanted = {**values, **({"protocol": values["ftp_type"]} if "ftp_type" in values else {})}
    with changing(context, values["site_id"], "smart") as products:
        refuse_pending(context, products)
        if context.settings.product_required == "always" and any(name not in wanted for name in _NEEDED):
            raise ProductError("SMART settings are incomplete", f"one of {', '.join(_NEEDED)} is missing")
        products.smart = _merged(context, products.smart, wanted)
    return done(context, "modifySMART")


def _merged(context: Context, known: Record | None, wanted: Values) -> Record:
    ftp = ftp_settings.merged(context, known, wanted)
    new = {"id": context.world.number("smart"), "created_at": moment(context.world.clock.now())}
    fixed = {name: (known or new)[name] for name in ("id", "created_at")}
    kept: Record = known if known and context.settings.product_omitted == "keep" else {}
    settings = {name: wanted.get(name, kept.get(name, default)) for name, default in _NEW.items()}
    given = wanted["exclude_dirs"] if "exclude_dirs" in wanted else kept.get("exclude_dirs", [])
    folders = [one for one in given if one]
    if any(".." in one.split("/") for one in folders):
        raise ProductError("Invalid exclude_dirs")
    return {**ftp, **fixed, **settings, "exclude_dirs": folders}
