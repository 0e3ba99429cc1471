# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts, sites, plans and single sign-on."""

from __future__ import annotations

import dataclasses

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import (
    ACCOUNT,
    SITE,
    Method,
    Subject,
    any_case,
    bare_domain,
    names,
)

_LOGIN = Subject("login", ("login",), names("login"), number=False, fold=any_case)
_DOMAIN = Subject("domain", ("domain",), names("domain"), number=False, fold=bare_domain)

_SITE_IN_SITE_INFORMATION = Subject(
    "site", ("siteInformation", "id"), names("site_id site/id siteInformation/id"), one=False
)
_ACCOUNT_IN_ACCOUNT_INFORMATION = Subject(
    "account", ("accountInformation", "id"), names("account_id account/id accountInformation/id")
)

CHECK_DOMAIN = Method(
    "checkDomain",
    Effect.READ,
    subjects=(_DOMAIN,),
    # status=ok: the domain is free. status=error with the ids, or with this text (the ids of another partner's customer
    # may be missing): it exists. Anything else is a failure.
    negatives=frozenset({*names("account_id site_id"), "domain already exists"}),
)
CHECK_LOGIN = Method(
    "checkLogin",
    Effect.READ,
    subjects=(_LOGIN,),
    # No ids here: "exists" is recognised by its text.
    negatives=frozenset({"Login is in use by another account."}),
)
CREATE_TOKEN = Method(
    # It creates a link, and changes nothing that is billed or served: a lost one may be requested again.
    "createToken",
    Effect.READ,
    answers_at_root=True,
    # Documented until January 2026. Unknown: the element of the redirect address since then.
    answer_secrets=names("loginURL"),
    subjects=(ACCOUNT,),
)
DELETE_ACCOUNT = Method(
    # Either one: accountInformation ends the whole account.
    "deleteAccount",
    Effect.DESTROY,
    nested=names("accountInformation/id siteInformation/id"),
    subjects=(_ACCOUNT_IN_ACCOUNT_INFORMATION, _SITE_IN_SITE_INFORMATION),
)
DELETE_BUNDLE = Method(
    "deleteBundle",
    Effect.DESTROY,
    nested=names("bundleInfo/site_id"),
    repeats=names("bundleStatus"),
    subjects=(SITE,),
    batch=("bundleInfo", "bundleStatus"),
)
DELETE_PLAN = Method(
    "deletePlan",
    Effect.DESTROY,
    nested=names("planInfo/site_id"),
    repeats=names("planStatus"),
    subjects=(SITE,),
    batch=("planInfo", "planStatus"),
)
GET_ACCOUNTS = Method("getAccounts", Effect.READ, repeats=names("account site"))
GET_LAST_ACCEPTED_TOS = Method(
    "getLastAcceptedTOS",
    Effect.READ,
    subjects=(ACCOUNT,),
    negatives=frozenset({"User has not accepted TOS."}),
)
GET_STATUS = Method(
    # Unknown: the end of the answer. Inferred: it lists the sites, users and merchant ids (MIDs) of the account.
    "getStatus",
    Effect.READ,
    nested=names(
        "accountInformation/id accountInformation/login accountInformation/domain accountInformation/site_id "
        "accountInformation/reseller_account_id"
    ),
    repeats=names("addon site"),
    # The response contains other sites too: those of its add-ons and of the account.
    subjects=(
        Subject(
            "account",
            ("accountInformation", "id"),
            names("account_id account/id accountInformation/id getStatus/id"),
        ),
        Subject(
            "site",
            ("accountInformation", "site_id"),
            names("accountInformation/site_id getStatus/site_id"),
            one=False,
        ),
    ),
)
MODIFY_ACCOUNT = Method(
    # siteInformation: a change of the plan. Unknown: the answer.
    "modifyAccount",
    Effect.BUY,
    nested=names(
        "siteInformation/id siteInformation/subscription siteInformation/bundle siteInformation/amount "
        "siteInformation/renewal_date accountInformation/id accountInformation/email"
    ),
    subjects=(_ACCOUNT_IN_ACCOUNT_INFORMATION, _SITE_IN_SITE_INFORMATION),
)
MODIFY_ACCOUNT_EMAIL = dataclasses.replace(
    MODIFY_ACCOUNT,
    effect=Effect.CHANGE,
    applies=lambda parameters: "accountInformation" in parameters and "siteInformation" not in parameters,
)
PASSWORD_RESET = Method(
    "passwordReset",
    Effect.CHANGE,
    secrets=names("pass"),
    answer_secrets=names("pass"),
    subjects=(ACCOUNT, Subject("user", ("user",), names("user"), number=False, fold=any_case)),
)
PROVISION_ACCOUNT = Method(
    # Every call creates an account, or with account_id a site. Unknown: the answer. Inferred: the place of
    # reseller_account_id, language, isTest, bundle and renewal_date; account_id and site_id in the answer.
    "provisionAccount",
    Effect.BUY,
    nested=names(
        "accountInformation/account_id accountInformation/name accountInformation/address1 "
        "accountInformation/address2 accountInformation/city accountInformation/state accountInformation/zip "
        "accountInformation/country accountInformation/email accountInformation/login accountInformation/phone "
        "accountInformation/password accountInformation/reseller_account_id accountInformation/language "
        "accountInformation/isTest siteInformation/subscription siteInformation/bundle siteInformation/domain "
        "siteInformation/domainEmail siteInformation/trustedDomain siteInformation/amount siteInformation/renewal_date"
    ),
    secrets=names("password"),
    subjects=(
        Subject(
            "account",
            ("accountInformation", "account_id"),
            names("account_id account/id accountInformation/id"),
        ),
        Subject("login", ("accountInformation", "login"), names("login"), number=False, fold=any_case),
        Subject("domain", ("siteInformation", "domain"), names("domain"), number=False, fold=bare_domain),
    ),
)
