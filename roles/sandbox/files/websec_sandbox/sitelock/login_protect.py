# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Login Protect: who may pass the second factor of which pages of a site."""

from __future__ import annotations

import re

from ..clock import iso
from ..policy import LOGIN_PROTECT
from . import answer
from .answer import Answer, node, texts
from .context import Context
from .grammar import EMAIL, Field, Group, Refused, Values
from .methods import WafError, invalid, method
from .protected import Protected, changing, listed, reading

_PHONE = r"\d{1,3}-\d{4,14}"
_METHODS = ("sms", "email", "ga")
_PATTERNS = ("prefix", "suffix", "contains", "not_contains", "equals")
_YES_NO = "yes|no"
# The numbers are those of another product of the same origin.
_REFUSALS = {
    "1001": "Invalid email address",
    "18003": "Invalid phone number",
    "18005": "User already exists",
    "18010": "Invalid user",
}
_URL = Group("url", repeat=True, optional=True, children=(Field("value"), Field("pattern")))
_USER_FIELDS = ("name", "creation_date", "email", "phone", "status")


@method("loginProtectListUser", Field("site_id"))
def list_user(context: Context, values: Values) -> Answer:
    """loginProtectListUser: the users in no element of their own."""
    with reading(context, values["site_id"]) as protected:
        users = [user for one in _holders(context, protected) for user in one.policy.login_users]
    shown = [node("user", *texts(**{name: user[name] for name in _USER_FIELDS})) for user in users]
    return answer.ok(node("loginProtectListUser", *texts(status="ok"), *shown))


@method("loginProtectAddUser", Field("site_id"), Field("email"), Field("name"), Field("phone"), write=True)
def add_user(context: Context, values: Values) -> Answer:
    """loginProtectAddUser: a user is invited; only a click makes C(ACTIVATED) of it."""
    _check_user(values)
    with changing(context, values["site_id"]) as protected:
        if _find(context, protected, values["email"]):
            raise _refused("18005")
        user = {name: values[name] for name in ("name", "email", "phone")}
        user |= {"creation_date": iso(context.world.clock.now()), "status": "INVITATION_SENT"}
        protected.policy.login_users.append(user)
    return _done("loginProtectAddUser")


@method(
    "loginProtectModifyUser",
    Field("site_id"),
    Field("email"),
    Field("username", optional=True),
    Field("phone", optional=True),
    Field("two_factor_auth", optional=True, pattern="enabled"),
    write=True,
)
def modify_user(context: Context, values: Values) -> Answer:
    """loginProtectModifyUser: the name is C(username) here; C(two_factor_auth) cannot be read back."""
    _check_user(values)
    with changing(context, values["site_id"]) as protected:
        holder, user = _known(context, protected, values["email"])
        names = {"username": "name", "phone": "phone", "two_factor_auth": "two_factor_auth"}
        user.update({to: values[given] for given, to in names.items() if given in values})
        context.world.save(holder.site)
    return _done("loginProtectModifyUser")


@method("loginProtectDeleteUser", Field("site_id"), Field("email"), write=True)
def delete_user(context: Context, values: Values) -> Answer:
    """loginProtectDeleteUser: one that is not there is refused."""
    with changing(context, values["site_id"]) as protected:
        holder, user = _known(context, protected, values["email"])
        holder.policy.login_users.remove(user)
        context.world.save(holder.site)
    return _done("loginProtectDeleteUser")


@method("loginProtectRetrieveConfig", Field("site_id"))
def retrieve_config(context: Context, values: Values) -> Answer:
    """loginProtectRetrieveConfig: C(specific_users_list) is not returned, nor is the application."""
    settings = context.settings
    with reading(context, values["site_id"]) as protected:
        config, urls = protected.policy.login_protect, protected.policy.login_urls
        methods = [config["authentication_methods"]]
        if settings.authentication_methods_form == "repeat":
            methods = methods[0].split(",")
        shown = node(
            "config",
            *texts(allow_all_users=config["allow_all_users"]),
            *[node("authentication_methods", text=one) for one in methods],
            *texts(enabled=config["enabled"], send_lp_notifications=config["send_lp_notifications"]),
            listed(settings, "urls", [node("url", *texts(pattern=how, value=value)) for value, how in urls.items()]),
        )
    return answer.ok(node("loginProtectRetrieveConfig", shown, *texts(status="ok")))


def check_config(_context: Context, values: Values) -> None:
    """At least one value."""
    if len(values) == 1:
        raise Refused("loginProtectModifyConfig has no setting")


@method(
    "loginProtectModifyConfig",
    Field("site_id"),
    Field("enabled", optional=True, pattern=_YES_NO),
    Field("allow_all_users", optional=True, pattern=_YES_NO),
    Field("specific_users_list", optional=True),
    Field("send_lp_notifications", optional=True, pattern=_YES_NO),
    Field("authentication_methods", optional=True),
    Group("urls", optional=True, children=(_URL,)),
    write=True,
    check=check_config,
)
def modify_config(context: Context, values: Values) -> Answer:
    """loginProtectModifyConfig: its example has values that cannot be meant; an empty list removes all URLs."""
    settings = context.settings
    if settings.login_protect_values == "strict":
        _check_lists(values)
    urls = _checked_urls(context, values.get("urls", {}))
    with changing(context, values["site_id"]) as protected:
        policy, omitted = protected.policy, settings.login_protect_omitted
        kept = dict(LOGIN_PROTECT) if omitted == "default" else policy.login_protect
        policy.login_protect = {name: values.get(name, kept[name]) for name in LOGIN_PROTECT}
        if "urls" in values or omitted == "default":
            policy.login_urls = urls
    return _done("loginProtectModifyConfig")


@method("loginProtectConfigAddUrl", Field("site_id"), Group("urls", children=(_URL,)), write=True)
def config_add_url(context: Context, values: Values) -> Answer:
    """loginProtectConfigAddUrl: the same value again gets the new pattern."""
    urls = _checked_urls(context, values["urls"])
    if not urls:
        raise invalid("there is no url")
    with changing(context, values["site_id"]) as protected:
        protected.policy.login_urls = {**protected.policy.login_urls, **urls}
    return _done("loginProtectConfigAddUrl")


@method(
    "loginProtectConfigDeleteUrl", Field("site_id"), Group("urls", children=(Field("url", repeat=True),)), write=True
)
def config_delete_url(context: Context, values: Values) -> Answer:
    """loginProtectConfigDeleteUrl: one that is not there is no error."""
    gone = values["urls"]["url"]
    with changing(context, values["site_id"]) as protected:
        before = protected.policy.login_urls
        protected.policy.login_urls = {value: how for value, how in before.items() if value not in gone}
    return _done("loginProtectConfigDeleteUrl")


@method("loginProtectConfigApp", Field("site_id"), Field("app", pattern="wordpress|joomla"), write=True)
def config_app(context: Context, values: Values) -> Answer:
    """loginProtectConfigApp: cannot be read back, nor switched off."""
    with changing(context, values["site_id"]) as protected:
        protected.policy.login_app = values["app"]
    return _done("loginProtectConfigApp")


def _done(name: str) -> Answer:
    return answer.ok(node(name, *texts(message="OK", status="ok")))


def _holders(context: Context, protected: Protected) -> list[Protected]:
    """The site, and when users belong to the account all of its sites."""
    if context.settings.login_protect_users == "site":
        return [protected]
    others = [
        Protected(site, site.firewall, site.firewall.policy, protected.plan)
        for site in context.world.sites_of(protected.site.account_id)
        if site.firewall and site.firewall.policy and site is not protected.site
    ]
    return [protected, *others]


def _find(context: Context, protected: Protected, email: str) -> list[tuple[Protected, dict[str, str]]]:
    """The user of this address, of whom there is at most one, with the site that it was added to."""
    found = [
        (one, user)
        for one in _holders(context, protected)
        for user in one.policy.login_users
        if user["email"].lower() == email.lower()
    ]
    return found[:1]


def _known(context: Context, protected: Protected, email: str) -> tuple[Protected, dict[str, str]]:
    """The same; raises WafError when there is none."""
    found = _find(context, protected, email)
    if not found:
        raise _refused("18010")
    return found[0]


def _refused(code: str) -> WafError:
    return WafError(_REFUSALS[code], code)


def _check_user(values: Values) -> None:
    if not re.fullmatch(EMAIL, values["email"]):
        raise _refused("1001")
    if "phone" in values and not re.fullmatch(_PHONE, values["phone"]):
        raise _refused("18003")


def _check_lists(values: Values) -> None:
    for one in values.get("authentication_methods", "email").split(","):
        if one not in _METHODS:
            raise invalid(f"authentication_methods: {one} is none of {', '.join(_METHODS)}")
    for one in values.get("specific_users_list", "a@b").split(","):
        if not re.fullmatch(EMAIL, one):
            raise invalid("specific_users_list: something is no e-mail address")


def _checked_urls(context: Context, group: Values) -> dict[str, str]:
    """Patterns by value."""
    urls = {url["value"]: url["pattern"] for url in group.get("url", [])}
    for pattern in urls.values():
        if context.settings.login_protect_values == "strict" and pattern not in _PATTERNS:
            raise invalid(f"pattern: {pattern} is none of {', '.join(_PATTERNS)}")
    return urls
