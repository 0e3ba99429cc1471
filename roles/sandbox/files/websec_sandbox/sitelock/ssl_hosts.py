# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SSL monitor: the host names of a site whose certificates it looks at."""

from __future__ import annotations

import re

from ..model import Site
from ..site_products import SiteProducts
from . import answer
from .answer import Answer, node
from .context import Context
from .grammar import Field, Values
from .methods import ProductError, method
from .product_sites import changing, check_one_subject, reading, sites

_HOST = re.compile(r"(?=.{1,253}$)(?!-)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")


@method(
    "getSSLHost",
    Field("site_id", optional=True, repeat=True),
    Field("account_id", optional=True),
    check=check_one_subject,
)
def get_ssl_host(context: Context, values: Values) -> Answer:
    """getSSLHost: values are attributes. What it says of a site without a host is not documented."""
    with context.world.change():
        wanted = sites(context, values)
        hosts = [
            node("sslhost", site_id=site.site_id, id=host["id"], domain=host["domain"])
            for site in wanted
            for host in (site.products or SiteProducts()).ssl_hosts
        ]
    if not hosts and wanted and context.settings.ssl_host_absent == "error":
        return _not_set("getSSLHost", wanted[0].site_id)
    return answer.ok(node("getSSLHost", *hosts))


def _not_set(name: str, site_id: str, **more: str) -> Answer:
    problem = f"sslhost not set for {site_id}"
    return answer.ok(node(name, **more, error=problem), outcome=f"error: {problem}")


@method("addSSLHost", Field("site_id"), Field("domain"), write=True)
def add_ssl_host(context: Context, values: Values) -> Answer:
    """addSSLHost: also edits. Whether a site may have several hosts is not documented."""
    domain = _checked(values["domain"])
    settings = context.settings
    with changing(context, values["site_id"]) as products:
        known = products.ssl_hosts
        if settings.ssl_hosts_per_site == "several":
            known = [host for host in known if host["domain"] == domain]
        action = settings.ssl_host_known if known else "created"
        if not known:
            products.ssl_hosts.append({"id": context.world.number("ssl_host")})
        host = known[-1] if known else products.ssl_hosts[-1]
        host["domain"] = domain
        return answer.ok(node("addSSLHost", node("sslhost", id=host["id"], domain=domain, action=action)))


@method("editSSLHost", Field("site_id"), Field("domain"), write=True)
def edit_ssl_host(context: Context, values: Values) -> Answer:
    """editSSLHost: its error is in attributes. Of several hosts it changes the newest one."""
    domain, site_id = _checked(values["domain"]), values["site_id"]
    with reading(context, site_id) as (site, products):
        if not products.ssl_hosts:
            return _not_set("editSSLHost", site_id, domain=domain)
        host = products.ssl_hosts[-1]
        host["domain"] = domain
        context.world.save(site)
        return answer.ok(node("editSSLHost", node("sslhost", id=host["id"], domain=domain, action="edited")))


@method(
    "deleteSSLHost",
    Field("site_id", optional=True, repeat=True),
    Field("account_id", optional=True),
    write=True,
    check=check_one_subject,
)
def delete_ssl_host(context: Context, values: Values) -> Answer:
    """deleteSSLHost: all hosts of a site, or of all sites of an account. Twice is no error."""
    with context.world.change():
        wanted = sites(context, values)
        actions = [(site.site_id, _delete(context, site)) for site in wanted]
    return answer.ok(node("deleteSSLHost", *[node("sslhost", site_id=one, action=action) for one, action in actions]))


def _delete(context: Context, site: Site) -> str:
    if not site.products or not site.products.ssl_hosts:
        return "notdeleted"
    site.products.ssl_hosts = []
    context.world.save(site)
    return "deleted"


def _checked(domain: str) -> str:
    if not _HOST.fullmatch(domain):
        raise ProductError("Invalid domain", "a host name without a scheme")
    return domain.lower()
