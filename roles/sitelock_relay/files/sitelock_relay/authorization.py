# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client may do: pure decisions about what was understood of its request."""

from __future__ import annotations

from .clients import Client
from .document import Request
from .refusals import RefusedError


def check_method(client: Client, request: Request) -> None:
    """Refuse a method that the client may not call.

    A method whose answer has a secret (a sign-on link, a password) must be named: an effect is not enough.
    """
    method = request.method
    by_effect = method.effect in client.effects and not method.answer_secrets
    if method.name not in client.methods and not by_effect:
        raise _refused(request, "method", f"{method.name} is not allowed for client {client.name}.")


def sites_to_look_up(client: Client, request: Request) -> list[str]:
    """Return the sites that are allowed only if their account is, which C(check_owner) checks."""
    if client.account_ids is None:
        return []
    return [site for site in request.ids("site") if site not in (client.site_ids or ())]


def check_subjects(client: Client, request: Request) -> None:
    """Refuse a request that is about the data of others, as far as that can be seen without asking the vendor."""
    if (client.account_ids is None and client.site_ids is None) or request.method.common:
        return
    accounts, sites = client.account_ids or frozenset(), client.site_ids or frozenset()
    for item in request.items:
        kinds = {subject.kind for subject in item}
        if not kinds & {"site", "account"}:
            raise _refused(request, "no_subject", "This client must name a site or an account in every call and item.")
        if "other" in kinds:
            # It could be of another account, and the vendor may prefer it to the named one.
            raise _refused(request, "untraceable", "This client may name only sites and accounts, nothing else by id.")
    for account in request.ids("account"):
        if account not in accounts:
            raise _refused(request, "account", f"Account {account} is not allowed for client {client.name}.")
    for site in request.ids("site"):
        # An account may own it.
        if site not in sites and not accounts:
            raise _refused_site(client, request, site)


def check_owner(client: Client, request: Request, site: str, owner: str | None) -> None:
    """Refuse a site that is only allowed if its account is.

    :param owner: its account; None: unknown.
    """
    if owner not in (client.account_ids or ()):
        raise _refused_site(client, request, site)


def _refused_site(client: Client, request: Request, site: str) -> RefusedError:
    return _refused(request, "site", f"Site {site} is not allowed for client {client.name}.")


def orders(request: Request) -> int:
    """Return how many things the request may buy."""
    return len(request.items) if request.method.effect == "BUY" else 0


def _refused(request: Request, reason: str, message: str) -> RefusedError:
    return RefusedError(reason, message, 403, request.method.name)
