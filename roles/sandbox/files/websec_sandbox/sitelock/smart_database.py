# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMART Database: what becomes of malware and spam in the database of a site."""

from __future__ import annotations

from . import answer, ftp_settings, smart
from .answer import Answer, node, texts
from .context import Context
from .grammar import Field, Group, Refused, Values
from .methods import method
from .product_sites import changing, done, reading, refuse_pending
from .smart_patch import need_smart

# With their documented default.
_REACTIONS = dict.fromkeys(("malware", "spam_code", "spam_link"), "warn")


@method("getSMARTDatabase", Field("site_id"))
def get_smart_database(context: Context, values: Values) -> Answer:
    """getSMARTDatabase: without the password."""
    with reading(context, values["site_id"], "smart") as (_site, products):
        database = products.smart_database
        if database is None:
            return smart.unconfigured(context, "getSMARTDatabase", "ftp_settings", *_REACTIONS)
        ftp = ftp_settings.elements(
            database["ftp_settings"] or {}, products, "ftp_host", "ftp_user", "port", "protocol", "ssh_pub_key"
        )
        way = node("ftp_settings", *ftp, *texts(status="active" if ftp else "inactive"))
        return answer.ok(node("getSMARTDatabase", way, *texts(**{name: database[name] for name in _REACTIONS})))


def check(_context: Context, values: Values) -> None:
    """At least one setting."""
    if len(values) == 1:
        raise Refused("modifySMARTDatabase has no setting")


@method(
    "modifySMARTDatabase",
    Field("site_id"),
    Group("ftp_settings", optional=True, children=ftp_settings.FIELDS),
    *(Field(name, optional=True, pattern="fix|warn") for name in _REACTIONS),
    write=True,
    check=check,
)
def modify_smart_database(context: Context, values: Values) -> Answer:
    """modifySMARTDatabase: needs SMART."""
    with changing(context, values["site_id"], "smart") as products:
        need_smart(products)
        refuse_pending(context, products)
        known = products.smart_database or {}
        kept = known if context.settings.product_omitted == "keep" else {}
        ftp = known.get("ftp_settings")
        if "ftp_settings" in values:
            ftp = ftp_settings.merged(context, ftp, values["ftp_settings"])
        reactions = {name: values.get(name, kept.get(name, default)) for name, default in _REACTIONS.items()}
        products.smart_database = {"ftp_settings": ftp, **reactions}
    return done(context, "modifySMARTDatabase")
