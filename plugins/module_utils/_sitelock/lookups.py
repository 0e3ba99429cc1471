# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""checkDomain and checkLogin: whether a domain or a login is free, and who has a domain.

Both return C(status=ok) for "free", and C(status=error) for "exists" and for failures. So "exists" is recognised by the
ids (checkDomain) and by the documented text (checkLogin).

Sources: C(checkdomain-checking-if-a-domain-already-exists), C(checklogin-checking-if-a-login-already-exists).
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadResponseError,
    NotFoundError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.each import read_each
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.accounts import (
    CHECK_DOMAIN,
    CHECK_LOGIN,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import refusal, text

if t.TYPE_CHECKING:
    from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient

_DOMAIN_IS_THERE = "domain already exists"
_LOGIN_IS_THERE = "login is in use"


@dataclasses.dataclass(frozen=True)
class DomainOwner:
    """The owner of a domain. The numbers are C(None) if the API does not return them (another partner's customer)."""

    account_id: int | None
    site_id: int | None


def look_up_domain(client: SiteLockClient, domain: str) -> DomainOwner | None:
    """The owner of ``domain`` at SiteLock; C(None) if there is none.

    :raises WebsecError: the response is inconclusive, or contradicts itself.
    """
    data = client.call(CHECK_DOMAIN, {"domain": domain})
    owner = DomainOwner(whole_number(text(data, "account_id")), whole_number(text(data, "site_id")))
    if text(data, "status") == "ok":
        if owner != DomainOwner(None, None):
            raise _contradiction(CHECK_DOMAIN, f"{domain} is free and has an owner")
        return None
    if (owner.account_id and owner.site_id) or _says(data, _DOMAIN_IS_THERE):
        return owner
    raise _failure(CHECK_DOMAIN, data)


def look_up_domains(
    client: SiteLockClient, domains: t.Sequence[str], *, concurrency: int, context: RunContext
) -> dict[str, DomainOwner | WebsecError | None]:
    """The owner of each of ``domains``, or the error: one call each, ``concurrency`` at a time."""
    found = read_each(
        lambda domain: look_up_domain(client, domain), domains, unit="domain", concurrency=concurrency, context=context
    )
    return dict(zip(domains, found))


def no_site_id(domain: str, owner: DomainOwner | WebsecError | None, *, hint: str) -> WebsecError:
    """Why the number of a site is not known.

    :param owner: what ``look_up_domains`` found.
    :param hint: what to do if nobody has the domain.
    """
    if isinstance(owner, WebsecError):
        return owner
    if owner is None:
        return NotFoundError(
            f"{domain}: SiteLock has no site with this domain, and the entry has no site_id.", hint=hint
        )
    return NotFoundError(
        f"{domain} exists at SiteLock, but the SiteLock API does not say its number.",
        hint="Set site_id. If the site is not yours, it belongs to another partner of SiteLock.",
    )


def login_is_free(client: SiteLockClient, login: str) -> bool:
    """Whether ``login`` is free at SiteLock.

    :raises WebsecError: the response is inconclusive.
    """
    data = client.call(CHECK_LOGIN, {"login": login})
    if text(data, "status") == "ok":
        if _says(data, _LOGIN_IS_THERE):
            raise _contradiction(CHECK_LOGIN, f"{login} is free and in use")
        return True
    if _says(data, _LOGIN_IS_THERE):
        return False
    raise _failure(CHECK_LOGIN, data)


def _says(data: t.Mapping[str, t.Any], words: str) -> bool:
    return (text(data, "message") or "").lower().startswith(words)


def _failure(method: Method, data: t.Mapping[str, t.Any]) -> Exception:
    if text(data, "status") not in ("error", "failed"):
        return BadResponseError(f"{method.name}: the response of the SiteLock API reports neither ok nor error.")
    return refusal(f"{method.name}: ", text(data, "message"), text(data, "code"))


def _contradiction(method: Method, what: str) -> BadResponseError:
    return BadResponseError(
        f"{method.name}: the response of the SiteLock API contradicts itself: {what}.",
        hint="This response was discarded. Run again. If the error persists, ask the vendor.",
    )
