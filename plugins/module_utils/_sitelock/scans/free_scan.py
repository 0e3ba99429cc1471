# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scanDomain: the free scan of a domain, which needs no account.

Source: C(scandomain-...). It is answered by another host, after up to 45 seconds. Inferred: that C(malware_data)
is in the page or link that it is about.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.answers import elements_in, values_in
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.each import error_fields, read_each
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.scans import SCAN_DOMAIN
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import text

Row = dict[str, t.Any]

_UNSCANNED: Row = {
    "scanned": False,
    "malware": None,
    "malware_names": [],
    "malware_urls": [],
    "pages": [],
    "answer": None,
}


def scan_domains(params: t.Mapping[str, t.Any], *, check_mode: bool, context: RunContext) -> list[Row]:
    """One row for each of C(domains), in their order. A domain that is listed twice is scanned once.

    :param params: the options of the module. C(scan_timeout) takes the place of C(timeout).
    :param check_mode: scan nothing.
    :raises BadInputError: C(scan_timeout) is not a time.
    """
    if params["scan_timeout"] <= 0:
        raise BadInputError(f"scan_timeout is {params['scan_timeout']}; it must be greater than 0 seconds.")
    names = [_normalised(domain) for domain in params["domains"]]
    valid = list(dict.fromkeys(name for name in names if isinstance(name, str)))
    options = {**params, "timeout": params["scan_timeout"]}
    with SiteLockClient.from_options(options, read_only=check_mode, context=context) as client:
        found: dict[str, Row | WebsecError] = {domain: {} for domain in valid}
        if not check_mode:
            scan = read_each(
                lambda domain: _scan(client, domain),
                valid,
                unit="domain",
                concurrency=params["concurrency"],
                context=context,
            )
            found.update(zip(valid, scan))
    return [
        _row(name, found[name]) if isinstance(name, str) else _row(str(given).strip(), name)
        for given, name in zip(params["domains"], names)
    ]


def _normalised(domain: str) -> str | WebsecError:
    try:
        return normalise_domain(domain)
    except WebsecError as error:
        return error


def _scan(client: SiteLockClient, domain: str) -> Row:
    try:
        return parse_scan(client.call(SCAN_DOMAIN, {"domain": domain}))
    except WebsecError as error:
        if error.may_have_happened:
            error.hint = "Run again to scan it once more. If this happens often, raise scan_timeout."
        raise


def parse_scan(data: t.Mapping[str, t.Any]) -> Row:
    """The fields of a row from a response. C(malware) is C(None) unless each page says whether it has any."""
    pages = [_page(each) for each in elements_in(data.get("pages", {}), "page") if isinstance(each, dict)]
    flags = {page["malware"] for page in pages}
    return {
        "scanned": True,
        "malware": True if True in flags else (False if flags == {False} else None),
        "malware_names": _malware_names(data),
        "malware_urls": [page["url"] for page in pages if page["malware"]],
        "pages": pages,
        "answer": dict(data),
    }


def _page(page: Row) -> Row:
    return {
        "url": text(page, "url"),
        "malware": _FLAGS.get((page.get("@malware") or "").lower()),
        "malware_names": _malware_names(page),
    }


def _malware_names(data: t.Mapping[str, t.Any]) -> list[str]:
    return sorted({value for name, value in values_in(data) if name == "malware_info"})


_FLAGS = {"yes": True, "no": False}


def _row(domain: str, found: Row | WebsecError) -> Row:
    error = found if isinstance(found, WebsecError) else None
    return {
        "domain": domain,
        **_UNSCANNED,
        **({} if isinstance(found, WebsecError) else found),
        **error_fields(error, domain=domain),
    }
