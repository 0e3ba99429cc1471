# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call of the SiteLock API: who asks, which method, what to answer."""

from __future__ import annotations

import dataclasses
import secrets

from . import (
    accounts,
    addons,
    answer,
    backup_settings,
    backups,
    bulk_reports,
    countries,
    emails,
    endings,
    firewall,
    free_scan,
    lists,
    login_protect,
    logins,
    modify_account,
    plans,
    references,
    request,
    scan_frequency,
    scan_info,
    scan_now,
    scan_results,
    shield,
    smart,
    smart_database,
    smart_patch,
    ssl_hosts,
    status,
    vendor_addresses,
    waf_addresses,
    waf_cdn,
    waf_certificates,
    waf_exceptions,
    waf_geo,
    waf_rules,
    waf_statistics,
    waf_urls,
)
from .answer import Answer, node
from .context import Context
from .grammar import Refused
from .methods import CHECKS, HANDLERS, ProductError, Rejected, WafError
from .request import Request

# The methods register themselves.
_METHODS = (
    (accounts, addons, countries, endings, firewall, lists, logins, modify_account, plans, status),
    (waf_addresses, waf_cdn, waf_certificates, waf_exceptions, waf_geo, waf_rules, waf_statistics, waf_urls),
    (login_protect, references, vendor_addresses),
    (backup_settings, backups, shield, smart, smart_database, smart_patch, ssl_hosts),
    (bulk_reports, emails, free_scan, scan_frequency, scan_info, scan_now, scan_results),
)
_WRONG_LOGIN = "Invalid username or password"
# Codes of these errors are not documented.
_ANY_CODE = "-1"


@dataclasses.dataclass(frozen=True)
class Call:
    """A call that was read: either a request, or why it is none."""

    request: Request | None
    refused: Refused | None

    @property
    def method(self) -> str:
        """The name of the method, empty when it is not known."""
        return self.request.method if self.request else self.refused.method if self.refused else ""


def read(context: Context, body: bytes, *, with_token: bool = False, for_free_scan: bool = False) -> Call:
    """
    Read the body of a call.

    C(with_token): it came with a header C(Authorization). C(for_free_scan): it came to the host of the free scan.
    """
    try:
        asked = request.read(
            body,
            context.settings.accept_username,
            with_token=with_token,
            brand_with_token=context.settings.brand_with_token,
        )
        if (asked.method == free_scan.METHOD) != for_free_scan:
            raise Refused("this method is at another host", asked.method)
    except Refused as refused:
        return Call(None, refused)
    try:
        if asked.method in CHECKS:
            CHECKS[asked.method](context, asked.values)
    except Refused as refused:
        return Call(None, Refused(refused.reason, asked.method))
    return Call(asked, None)


def perform(context: Context, call: Call, user: str, password: str, *, authorized: bool | None = None) -> Answer:
    """Do what the call asks for, when it comes with C(user) and C(password), or is C(authorized) by a token."""
    if authorized is False:
        return _wrong_login(context, call.method)
    asked = call.request
    if not asked:
        return answer.parse_error(call.method, call.refused.reason if call.refused else "")
    given = f"{asked.user}\n{asked.password}".encode()
    if not authorized and not secrets.compare_digest(given, f"{user}\n{password}".encode()):
        return _wrong_login(context, asked.method)
    try:
        return HANDLERS[asked.method](context, asked.values)
    except Rejected as rejected:
        return _rejected(context, asked.method, str(rejected))
    except ProductError as problem:
        return _refused_product(context, asked.method, problem)
    except WafError as problem:
        status = context.settings.error_http_status
        return answer.error(status, asked.method, problem.message, problem.code, problem.reason)


def _wrong_login(context: Context, method: str) -> Answer:
    form = context.settings.auth_failure
    if form in ("http_401", "http_403"):
        status = int(form[-3:])
        page = f"<html><body><h1>{status}</h1></body></html>".encode()
        return Answer(status, page, f"error: {_WRONG_LOGIN}", "text/html; charset=utf-8")
    problem = node("error", text=_WRONG_LOGIN)
    parents = {"error_below_authentication": "authentication", "error_below_method": method}
    below = node(parents[form], problem) if form in parents else problem
    return Answer(context.settings.error_http_status, answer.document(below), f"error: {_WRONG_LOGIN}")


def _rejected(context: Context, method: str, message: str) -> Answer:
    form = context.settings.account_errors
    if form == "status":
        failed = node(method, *answer.texts(message=message, status="error"))
        return answer.ok(failed, outcome=f"error: {message}")
    code = _ANY_CODE if form == "code" else None
    return answer.error(context.settings.error_http_status, method, message, code)


def _refused_product(context: Context, method: str, problem: ProductError) -> Answer:
    form = context.settings.product_errors
    if form == "status":
        failed = node(method, *answer.texts(error=problem.message, status="error"))
        outcome = f"error: {problem.message}" + (f": {problem.reason}" if problem.reason else "")
        return answer.ok(failed, outcome=outcome)
    code = _ANY_CODE if form == "code" else None
    return answer.error(context.settings.error_http_status, method, problem.message, code, problem.reason)
