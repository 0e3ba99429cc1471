# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""getWafSettings and setWafSettings: the rules of the firewall."""

from __future__ import annotations

from lxml import etree

from ..model import Plan
from ..policy import RULES, Policy
from ..settings import Settings
from . import answer, waf_exceptions
from .answer import Answer, node, texts
from .context import Context
from .grammar import Field, Refused, Values
from .methods import WafError, invalid, method
from .protected import changing, reading

# Whether these write "disable" or "disabled" is not documented.
_OFF_WORD_OPEN = ("remote_file_inclusion", "sql_injection", "cross_site_scripting")


@method("getWafSettings", Field("site_id"))
def get_waf_settings(context: Context, values: Values) -> Answer:
    """getWafSettings: each rule with its choices and its setting."""
    with reading(context, values["site_id"]) as protected:
        rules = [_rule(context.settings, protected.plan, protected.policy, rule) for rule in RULES]
    return answer.ok(node("getWafSettings", *rules))


def check(_context: Context, values: Values) -> None:
    """At least one rule."""
    if len(values) == 1:
        raise Refused("setWafSettings has no rule")


@method(
    "setWafSettings",
    Field("site_id"),
    *(Field(rule, optional=True) for rule in RULES),
    write=True,
    check=check,
)
def set_waf_settings(context: Context, values: Values) -> Answer:
    """setWafSettings: a rule or a choice that the plan does not offer is refused."""
    settings = context.settings
    wanted = {rule: values[rule] for rule in RULES if rule in values}
    problems: list[WafError] = []
    with changing(context, values["site_id"]) as protected:
        new = Policy().rules if settings.omitted_elements == "default" else dict(protected.policy.rules)
        for rule, value in wanted.items():
            offered = _offered(settings, protected.plan, rule)
            if not offered:
                problems.append(WafError("Feature not permitted", "9414", f"the plan does not offer {rule}"))
            elif value not in offered:
                problems.append(invalid(f"{rule}: {value} is none of {', '.join(offered)}"))
            else:
                new[rule] = "disable" if _off_word_open(rule, value) else value
        if problems and settings.refused_rules == "nothing":
            raise problems[0]
        protected.policy.rules = new
    if problems:
        raise problems[0]
    return answer.ok(node("setWafSettings", *texts(status="ok")))


def _rule(settings: Settings, plan: Plan, policy: Policy, rule: str) -> etree._Element | None:
    offered = _offered(settings, plan, rule)
    if not offered and settings.unoffered_rules == "absent":
        return None
    current = _word(settings, rule, policy.rules[rule])
    if offered and current not in offered:
        current = offered[0]
    return node(
        rule,
        waf_exceptions.shown(settings, policy, rule) if settings.rule_exceptions == "listed" else None,
        node("options", *[node("option", text=option) for option in offered]),
        *texts(setting=current if offered else None, status="ok"),
    )


def _offered(settings: Settings, plan: Plan, rule: str) -> list[str]:
    """The choices of the plan; a fleet may say C(disable) or C(disabled)."""
    return [_word(settings, rule, value) for value in plan.waf_rules.get(rule, RULES[rule])]


def _word(settings: Settings, rule: str, value: str) -> str:
    return settings.rule_off_word if _off_word_open(rule, value) else value


def _off_word_open(rule: str, value: str) -> bool:
    return rule in _OFF_WORD_OPEN and value in ("disable", "disabled")
