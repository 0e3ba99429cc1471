# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cache of the CDN, and the bypass that takes firewall and cache out of the way of traffic."""

from __future__ import annotations

from lxml import etree

from ..model import Plan
from ..policy import CACHE_MODES, DOCUMENTED_FLAGS, INFERRED_FLAGS, new_cdn
from . import answer
from .answer import Answer, node, texts
from .context import Context
from .grammar import FLAG, Field, Refused, Values
from .methods import invalid, method
from .protected import changing, reading

# By the setting: what the element C(bypass) may be, and what that means.
_BYPASS = {"on_off": {"on": "on", "off": "off"}, "one_zero": {"1": "on", "0": "off"}}


@method("getWafCDNSettings", Field("site_id"))
def get_waf_cdn_settings(context: Context, values: Values) -> Answer:
    """getWafCDNSettings: another front end of the vendor has them in an element of their own, with the choices."""
    settings = context.settings
    with reading(context, values["site_id"]) as protected:
        cdn, modes = protected.policy.cdn, _modes(protected.plan)
    hidden = INFERRED_FLAGS if settings.cdn_elements == "documented" else {}
    mode = cdn["cache_mode"] if cdn["cache_mode"] in modes else modes[0]
    shown = texts(**{name: mode if name == "cache_mode" else cdn[name] for name in new_cdn() if name not in hidden})
    if settings.cdn_form == "wrapped":
        choices = node("options", node("cache_modes", *[node("cache_mode", text=one) for one in modes]))
        shown = [node("cdnSettings", *shown, choices)]
    return answer.ok(node("getWafCDNSettings", *shown, *texts(status="ok")))


def check_cdn(context: Context, values: Values) -> None:
    """At least one value; those that are not documented may be unknown."""
    if len(values) == 1:
        raise Refused("setWafCDNSettings has no setting")
    for name in INFERRED_FLAGS:
        if name in values and context.settings.cdn_elements == "documented":
            raise Refused(f"unknown element {name} in setWafCDNSettings")


@method(
    "setWafCDNSettings",
    Field("site_id"),
    Field("cache_mode", optional=True),
    *(Field(name, optional=True, pattern=FLAG) for name in (*DOCUMENTED_FLAGS, *INFERRED_FLAGS)),
    write=True,
    check=check_cdn,
)
def set_waf_cdn_settings(context: Context, values: Values) -> Answer:
    """setWafCDNSettings: what it leaves out is kept, or is set to its default."""
    with changing(context, values["site_id"]) as protected:
        policy = protected.policy
        mode = values.get("cache_mode")
        if mode is not None and mode not in _modes(protected.plan):
            raise invalid(f"cache_mode: {mode} is none of {', '.join(_modes(protected.plan))}")
        kept = new_cdn() if context.settings.omitted_elements == "default" else policy.cdn
        policy.cdn = {name: values.get(name, kept[name]) for name in new_cdn()}
    return answer.ok(node("setWafCDNSettings", *texts(status="ok")))


@method("purgeWafCache", Field("site_id"), Field("purge_pattern", optional=True), write=True)
def purge_waf_cache(context: Context, values: Values) -> Answer:
    """purgeWafCache: remembered, without a pattern as an empty one."""
    with changing(context, values["site_id"]) as protected:
        protected.policy.purges.append(values.get("purge_pattern", ""))
    return answer.ok(node("purgeWafCache", *texts(status="ok")))


@method("getWafBypass", Field("site_id"))
def get_waf_bypass(context: Context, values: Values) -> Answer:
    """getWafBypass: this form is documented."""
    with reading(context, values["site_id"]) as protected:
        shown: list[etree._Element] = texts(**protected.policy.bypass)
    return answer.ok(node("getWafBypass", *shown, *texts(status="ok")))


@method(
    "setWafBypass",
    Field("site_id"),
    Field("bypass", pattern="on|off|0|1"),
    Field("use_true_shield", optional=True, pattern=FLAG),
    Field("use_true_speed", optional=True, pattern=FLAG),
    write=True,
)
def set_waf_bypass(context: Context, values: Values) -> Answer:
    """setWafBypass: how the bypass is switched is not documented, and not what another value does."""
    settings = context.settings
    with changing(context, values["site_id"]) as protected:
        status = _BYPASS[settings.bypass_value].get(values["bypass"])
        if status is None and settings.bypass_other_value == "refuse":
            raise invalid(f"bypass: {values['bypass']}")
        if status is not None:
            flags = {"use_true_shield": "1", "use_true_speed": "1"}
            kept = flags if settings.omitted_elements == "default" else protected.policy.bypass
            new = {name: values.get(name, kept[name]) for name in flags}
            protected.policy.bypass = {"bypass_status": status, **new}
    return answer.ok(node("setWafBypass", *texts(status="ok")))


def _modes(plan: Plan) -> list[str]:
    return [mode for mode in CACHE_MODES if mode in plan.cache_modes] or list(CACHE_MODES)
