# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every boolean, number, list and mapping of a role can be given as text, as from C(-e name=value) and surveys.

The cases are made from the argument specs. The role works with every value that Ansible's own validation accepts
(``converted``), and no expression of a role or a playbook uses such a variable without converting it to its type.
"""

from __future__ import annotations

import datetime
import functools
import importlib
import json
import os
import pathlib
import re
import subprocess
import sys
import typing as t

import jinja2
import jinja2.nodes as nodes
import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

import ansible_collections.hosting.websec
from ansible_collections.hosting.websec.plugins.filter.role_variable import role_variable
from ansible_collections.hosting.websec.plugins.plugin_utils._role_variables import named_in_role
from ansible_collections.hosting.websec.tests.unit.documented import COLLECTION, module_options, role_variables

FILTER = "hosting.websec.role_variable"
TYPED = ("bool", "int", "float", "list", "dict")
EXPRESSIONS = ("when", "that", "changed_when", "failed_when", "until")
"""Keywords whose text is an expression without braces."""

BOOLEANS = {"true": True, "Yes": True, "on": True, "1": True, "y": True, "t": True}
BOOLEANS.update({"false": False, "No": False, "off": False, "0": False, "n": False, "f": False})
TEXTS: dict[str, dict[str, t.Any]] = {
    "bool": BOOLEANS,
    "int": {"12": 12, " 12 ": 12, "0": 0},
    "float": {"1.5": 1.5, "12": 12.0, "0": 0.0},
    "dict": {'{"a": [1, true]}': {"a": [1, True]}, "a=1 b=x": {"a": "1", "b": "x"}, "{}": {}},
}
"""By type, texts and what they mean."""

INVALID = {"bool": "maybe", "int": "ten", "float": "ten", "dict": "ten", "list": "ten"}
"""By type, a text that Ansible's validation refuses."""

NOT_FINITE = ("nan", "inf", "-inf", "1e999")


VARIABLES = {name: option for name, option in role_variables().items() if option["type"] in TYPED}
Wrap = t.Callable[[t.Any], t.Any]


class Typed(t.NamedTuple):
    """A variable, or an option in it, and how its value is placed in the variable."""

    variable: str
    address: str
    option: dict[str, t.Any]
    wrap: Wrap


def typed() -> t.Iterator[Typed]:
    for name, option in VARIABLES.items():
        yield from walk(Typed(name, name, option, lambda value: value))


def walk(at: Typed) -> t.Iterator[Typed]:
    """This one, if it has a type, and the options in it."""
    if at.option["type"] in TYPED:
        yield at
    options = at.option.get("options", {})
    required = {key: smallest(option) for key, option in options.items() if option.get("required")}
    for key, option in options.items():

        def wrap(value: t.Any, key: str = key) -> t.Any:
            inner = {**required, key: value}
            return at.wrap([inner] if at.option["type"] == "list" else inner)

        yield from walk(Typed(at.variable, f"{at.address}.{key}", option, wrap))


def smallest(option: t.Mapping[str, t.Any]) -> t.Any:
    """A value for a required option."""
    return [] if option["type"] == "list" else option.get("choices", ["x"])[0]


ALL = list(typed())


def texts_of(option: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Texts for an option, and what they mean."""
    if option["type"] != "list":
        if option.get("options") and option["type"] == "dict":
            # Its options have their own cases; required ones would be missing here.
            return {"{}": {}} if not any(each.get("required") for each in option["options"].values()) else {}
        return TEXTS[option["type"]]
    if option.get("elements") == "dict":
        required = [key for key, each in option.get("options", {}).items() if each.get("required")]
        if any(option["options"][key]["type"] != "str" for key in required):
            return {}
        first, second = ({key: f"{key}{number}" for key in required or ["a"]} for number in (1, 2))
        return {",".join(" ".join(f"{k}={v}" for k, v in each.items()) for each in (first, second)): [first, second]}
    if "choices" in option:
        # Ansible keeps the blank in "a, b", and then it is no choice.
        first, second = option["choices"][:2]
        return {first: [first], f"{first},{second}": [first, second]}
    return {"a": ["a"], "a,b": ["a", "b"], "a, b": ["a", "b"]}


def validate(variable: str, value: t.Any) -> list[str]:
    """The result of Ansible's validation of role arguments."""
    validator = ArgumentSpecValidator({variable: VARIABLES[variable]})
    return list(validator.validate({variable: value}, validate_role_argument_spec=True).error_messages)


def test_there_are_variables_of_every_type() -> None:
    assert {each.option["type"] for each in ALL} == set(TYPED)
    assert len(VARIABLES) > 40
    # Only lists with other entries than texts have no text form.
    assert [each.address for each in ALL if not texts_of(each.option)] == [
        "botguard_apache_source",
        "botguard_nginx_source",
        "dns_records",
    ]


@pytest.mark.parametrize("each", ALL, ids=[each.address for each in ALL])
def test_text_is_converted_as_the_validation_reads_it(each: Typed) -> None:
    for text, meant in texts_of(each.option).items():
        given, wanted = each.wrap(text), each.wrap(meant)
        assert validate(each.variable, given) == []
        assert role_variable(given, each.variable) == wanted
        assert role_variable(wanted, each.variable) == wanted
        assert str(role_variable(given, each.variable)) == str(wanted), "the types, too"


@pytest.mark.parametrize("each", ALL, ids=[each.address for each in ALL])
def test_text_that_cannot_be_meant_is_refused_with_the_name(each: Typed) -> None:
    wanted = each.option["type"]
    if wanted == "list" and each.option.get("elements") != "dict":
        # Any text is a list of texts.
        return
    given = each.wrap(INVALID[wanted])
    name = each.address.split(".")[-1]
    messages = validate(each.variable, given)
    assert any(f"'{name}'" in message for message in messages), messages
    # The role reports the same without a preceding validation.
    address = each.address.replace(".", r"(\[0\])?\.")
    if wanted != "list":
        with pytest.raises(AnsibleFilterError, match=f"^{address}( is 'ten'; it| is 'maybe'; it)? must be of the type"):
            role_variable(given, each.variable)
    if wanted in ("int", "float"):
        with pytest.raises(AnsibleFilterError, match=f"^{address} is True; it must be of the type {wanted}"):
            role_variable(each.wrap(True), each.variable)
    if wanted == "float":
        for text in NOT_FINITE:
            with pytest.raises(AnsibleFilterError, match=f"^{address} is .* a number must be finite"):
                role_variable(each.wrap(text), each.variable)


def test_a_value_that_may_hold_a_password_is_not_shown() -> None:
    with pytest.raises(AnsibleFilterError) as refused:
        role_variable("s3cret", "sitelock_waf_api")
    assert "s3cret" not in str(refused.value)


def test_a_name_that_no_role_has_is_refused() -> None:
    with pytest.raises(AnsibleFilterError, match="has a variable sitelock_waf_sites_"):
        role_variable("x", "sitelock_waf_sites_")


def test_a_play_gets_every_variable_in_its_type(tmp_path: pathlib.Path) -> None:
    """With the real ansible-playbook: text as input, and real booleans in conditionals."""
    cases = {name: texts_of(option).popitem() for name, option in VARIABLES.items() if texts_of(option)}
    conditions = [f"({name} | {FILTER}('{name}')) == wanted.{name}" for name in cases]
    booleans = [
        f"{'' if meant else 'not '}({name} | {FILTER}('{name}'))" for name, (_text, meant) in cases.items()
        if VARIABLES[name]["type"] == "bool"
    ]  # fmt: skip
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "vars": {"wanted": {name: meant for name, (_text, meant) in cases.items()}},
        "tasks": [
            {"ansible.builtin.assert": {"that": conditions}},
            {"ansible.builtin.fail": {"msg": "All of them are as they should be."}, "when": booleans},
        ],
    }
    (tmp_path / "play.json").write_text(json.dumps([play]))
    (tmp_path / "given.json").write_text(json.dumps({name: text for name, (text, _meant) in cases.items()}))
    collections = pathlib.Path(ansible_collections.hosting.websec.__path__[0]).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", "play.json", "-e", "@given.json"],
        cwd=tmp_path,
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(collections),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "All of them are as they should be." in done.stdout
    assert "WARNING" not in done.stdout + done.stderr


# Their use in the roles and the playbooks.

ENVIRONMENT = jinja2.Environment(extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do"])


class Use(t.NamedTuple):
    """A text with Jinja in a role or a playbook, and the type of its module option."""

    where: str
    template: str
    handed_on: str | None


def sources() -> list[pathlib.Path]:
    """Every file of a role or a playbook that can contain Jinja, except specs and defaults."""
    folders = ("tasks", "vars", "handlers", "templates")
    found = [path for folder in folders for path in COLLECTION.glob(f"roles/*/{folder}/**/*") if path.is_file()]
    return sorted([*found, *COLLECTION.glob("playbooks/*.yml")])


def uses(path: pathlib.Path) -> t.Iterator[Use]:
    where = str(path.relative_to(COLLECTION))
    text = path.read_text(encoding="utf-8")
    if path.suffix not in (".yml", ".yaml"):
        yield Use(where, text, None)
        return
    yield from uses_in(where, yaml.safe_load(text), None)


def uses_in(where: str, node: t.Any, handed_on: str | None, *, expression: bool = False) -> t.Iterator[Use]:
    if isinstance(node, str):
        yield Use(where, f"{{{{ {node} }}}}" if expression else node, handed_on)
    elif isinstance(node, list):
        for each in node:
            yield from uses_in(where, each, None, expression=expression)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "module_defaults":
                for module, arguments in value.items():
                    yield from uses_in(f"{where}: {module}", arguments, None)
            elif module_options(key) and isinstance(value, dict):
                for name, argument in value.items():
                    yield from uses_in(where, argument, module_options(key)[name].get("type", "str"))
            else:
                yield from uses_in(where, value, None, expression=key in EXPRESSIONS)


def untyped(use: Use) -> list[str]:
    """The variables that an expression uses without converting them."""
    tree = parse(use.template)
    right = set()
    for call in tree.find_all(nodes.Filter):
        if call.name == FILTER:
            variable = bare(call.node)
            assert variable is not None, f"{use.where}: {use.template}"
            assert call.args[0].as_const() == variable.name, f"{use.where}: {use.template}"
            right.add(id(variable))
        elif call.name == "int" and isinstance(call.node, nodes.Name):
            right.add(id(call.node) if VARIABLES.get(call.node.name, {}).get("type") == "int" else 0)
    for test in tree.find_all(nodes.Test):
        if test.name in ("defined", "undefined"):
            right.add(id(test.node))
    for output in tree.find_all(nodes.Output):
        for node in output.nodes:
            if not isinstance(node, nodes.Name) or node.name not in VARIABLES:
                continue
            wanted = VARIABLES[node.name]["type"]
            # The module converts it to its type. In a longer text, a number is text anyway.
            if (len(output.nodes) == 1 and wanted == use.handed_on) or (len(output.nodes) > 1 and wanted == "int"):
                right.add(id(node))
    names = [node for node in tree.find_all(nodes.Name) if node.ctx == "load" and node.name in VARIABLES]
    return [node.name for node in names if id(node) not in right]


def parse(template: str) -> nodes.Template:
    """As in Ansible: a backslash is literal."""
    return ENVIRONMENT.parse(template.replace("\\", "\\\\"))


def bare(node: nodes.Node) -> nodes.Name | None:
    """The variable in front of the filter, possibly with a default."""
    if isinstance(node, nodes.Filter) and node.name == "default":
        return bare(node.node)
    return node if isinstance(node, nodes.Name) else None


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(COLLECTION)))
def test_no_expression_uses_a_variable_without_its_type(path: pathlib.Path) -> None:
    assert [f"{name} in: {use.template}" for use in uses(path) for name in untyped(use)] == []


def test_every_variable_is_used() -> None:
    """The test above covers all of them."""
    assert set(VARIABLES) - set(templates()) == set()


@pytest.mark.parametrize("variable", [name for name, option in VARIABLES.items() if option["type"] in ("dict", "list")])
def test_a_date_without_quotes_is_text(variable: str) -> None:
    """In an expression, ansible-core 2.18 turns a value with a date in it into text."""
    moment = datetime.datetime(2026, 12, 24, 18, tzinfo=datetime.timezone.utc)
    inner = {"until": moment, "dates": [moment.date(), "text"], "same": {"a": [1]}}
    is_list = VARIABLES[variable]["type"] == "list"
    wanted = {"until": "2026-12-24T18:00:00+00:00", "dates": ["2026-12-24", "text"], "same": {"a": [1]}}
    if VARIABLES[variable].get("options"):
        # Its keys have types of their own, and none of them is a date.
        return
    value = [{"a": inner}] if is_list else {"a": inner}
    assert role_variable(value, variable) == ([{"a": wanted}] if is_list else {"a": wanted})


def test_a_date_in_what_contains_itself_or_another_value_very_often() -> None:
    knot: list[t.Any] = [datetime.date(2026, 12, 24)]
    knot.append(knot)
    many: t.Any = datetime.date(2026, 12, 24)
    for _level in range(40):
        many = [many, many]
    found: t.Any = role_variable({"knot": knot, "many": many}, "sitelock_waf_policies")
    assert found["knot"][0] == "2026-12-24"
    found = found["many"]
    while isinstance(found, list):
        found = found[1]
    assert found == "2026-12-24"


LIMITS = sorted(name for name in role_variables() if "_max_" in name)


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_of_zero_is_a_limit(limit: str) -> None:
    """In YAML it is a number, which is false. Nothing else would stop the run."""
    assert templates()[limit]
    for template in templates()[limit]:
        for zero in (0, "0"):
            shown = jinja2.Environment(autoescape=True).from_string(template).render({limit: zero, "omit": "no limit"})
            assert shown.strip() == "0"


@functools.cache
def templates() -> dict[str, set[str]]:
    """The expressions of all roles and playbooks, by the names in them."""
    found: dict[str, set[str]] = {}
    for path in sources():
        for use in uses(path):
            for name in names_in(use.template):
                found.setdefault(name, set()).add(use.template)
    return found


def names_in(template: str) -> set[str]:
    return {node.name for node in parse(template).find_all(nodes.Name)}


def options_in_roles() -> t.Iterator[tuple[str, str, str, str]]:
    """Role, module, option, value: each option that a task of a role takes from a variable of this role."""
    for path in sorted(COLLECTION.glob("roles/*/tasks/*.yml")):
        role = path.parts[-3]
        for task in yaml.safe_load(path.read_text(encoding="utf-8")):
            for key, given in task.items():
                if key.startswith("hosting.websec.") and (COLLECTION / f"plugins/action/{key[15:]}.py").exists():
                    for option, value in given.items():
                        if re.search(rf"(?<!\w){role}", str(value)):
                            yield role, key[15:], option, str(value)


@pytest.mark.parametrize(("role", "module", "option", "value"), list(options_in_roles()))
def test_the_message_about_an_option_names_the_variable_of_the_role(
    role: str, module: str, option: str, value: str
) -> None:
    action = importlib.import_module(f"ansible_collections.hosting.websec.plugins.action.{module}").ActionModule
    named = named_in_role(f"{option} is wrong.", role, [option], action.input_name)
    found = re.fullmatch(rf"In the role {role}, {option} is (\w+)\.", named)
    assert found is not None, named
    assert re.search(rf"(?<!\w){found[1]}(?!\w)", value)


def test_many_options_are_in_roles() -> None:
    assert len(list(options_in_roles())) > 20


@pytest.mark.parametrize(
    ("message", "named"),
    [
        (
            "Nothing was sent: max_orders allows 1. Check the sites, or raise max_orders.",
            "In the role sitelock_waf, max_orders is sitelock_waf_max_orders.",
        ),
        ("api_password is empty.", "In the role sitelock_waf, api_password is a key of sitelock_waf_api."),
        ("Two sites have the same ttl.", ""),
        ("max_orders (in the role: sitelock_waf_max_orders) is x.", ""),
        ("wait_propagation is -1.", ""),
    ],
)
def test_only_options_are_named_and_only_once(message: str, named: str) -> None:
    options = ("sites", "ttl", "max_orders", "exceed_limits", "api_password", "wait_propagation")
    assert named_in_role(message, "sitelock_waf", options) == named
