# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example in the README files and in docs is correct, as far as can be checked without running it.

The integration tests run what can run against the sandbox.
"""

from __future__ import annotations

import collections
import importlib
import json
import os
import pathlib
import re
import subprocess
import sys
import typing as t

import pytest
import yaml
from ansible.cli.doc import DocCLI
from ansible.cli.galaxy import GalaxyCLI
from ansible.cli.inventory import InventoryCLI
from ansible.cli.playbook import PlaybookCLI
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.doc_fragments import constructed, inventory_cache
from jinja2 import Environment

import ansible_collections.hosting.websec
from ansible_collections.hosting.websec.plugins.doc_fragments import panels
from ansible_collections.hosting.websec.plugins.filter.botguard_api_users import botguard_api_users
from ansible_collections.hosting.websec.plugins.filter.botguard_api_websites import botguard_api_websites
from ansible_collections.hosting.websec.plugins.filter.waf_sites import waf_sites
from ansible_collections.hosting.websec.plugins.module_utils._botguard import first_contact as botguard_contact
from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import parse_desired
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import open_providers
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.contract import OPTIONS
from ansible_collections.hosting.websec.tests.unit.documented import (
    COLLECTION,
    Block,
    blocks,
    commands,
    fences,
    inline,
    module_options,
    pages,
    role_specs,
    role_variables,
    roles,
    words,
)

BLOCKS = blocks()
VARIABLES = role_variables()
Variables = t.Mapping[str, t.Any]

SHOWN = {"text", "diff"}
"""Languages of output and drawings: nobody types them."""


def of_kind(*kinds: str) -> list[Block]:
    return [block for block in BLOCKS if block.kind in kinds]


def each(found: t.Sequence[Block]) -> pytest.MarkDecorator:
    """A case for each block, at least one."""
    assert found
    return pytest.mark.parametrize("block", found, ids=[block.where for block in found])


def files() -> dict[str, Block]:
    """The files that a reader makes of blocks, by their names."""
    return {block.file: block for block in BLOCKS if block.file}


# Nothing is left out


def test_every_block_is_found() -> None:
    assert len(BLOCKS) == fences()
    assert len(pages()) == 2 + len(list(COLLECTION.glob("docs/*.md"))) + len(roles())


CHECKED = {
    "yaml": {
        "playbook", "play keywords", "tasks", "variables", "variables of hosts", "variables of a first contact",
        "site entries", "keys of a site entry", "inventory", "inventory source",
        "credential input", "credential injectors",
        "requirements", "execution environment", "changelog fragment",
    },
    "shell": {"commands", "commands that run"},
    "console": {"commands"},
    "json": {""},
    "python": {"DNS provider"},
    "nginx": {""},
    "apache": {""},
    **{language: {""} for language in SHOWN},
}  # fmt: skip
"""By language, the kinds of blocks that have a test below."""


def test_a_file_of_an_example_has_a_name_of_its_own() -> None:
    """The tests that follow a page write the files of all pages into one folder."""
    written = collections.Counter(block.file for block in BLOCKS if block.file)
    assert [name for name, times in written.items() if times > 1] == []


@each(BLOCKS)
def test_every_block_is_of_a_kind_that_is_checked(block: Block) -> None:
    assert block.kind in CHECKED[block.language], f"{block.where}: say what it is in a comment before it"
    if block.language in SHOWN:
        assert [line for line in block.text.splitlines() if is_command(line)] == [], "commands are shell"


# Playbooks, with plays around partial ones


def plays_of(block: Block) -> list[dict[str, t.Any]]:
    """The plays of a block. A part of a play is put into one with its role."""
    if block.kind == "play keywords":
        return [{"hosts": "localhost", "roles": ["hosting.websec.sitelock_waf"], **block.data}]
    if block.kind == "tasks":
        return [{"hosts": "localhost", "tasks": block.data}]
    return t.cast("list[dict[str, t.Any]]", block.data)


PLAYBOOKS = of_kind("playbook", "play keywords", "tasks")


def test_ansible_accepts_the_syntax_of_every_playbook(tmp_path: pathlib.Path) -> None:
    for name, block in files().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(block.text)
    names = []
    for number, block in enumerate(PLAYBOOKS):
        names.append(f"playbook{number}.yml")
        # Unchanged, if it is a whole playbook.
        whole = block.kind == "playbook"
        (tmp_path / names[-1]).write_text(block.text if whole else yaml.safe_dump(plays_of(block)))
    collections = pathlib.Path(ansible_collections.hosting.websec.__path__[0]).parents[2]
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    }
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", "--syntax-check", "-i", "web,sitelock_sites,", *names],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [name for name in names if f"playbook: {name}" not in done.stdout] == []


@each(PLAYBOOKS)
def test_a_play_gives_roles_and_modules_what_they_take(block: Block) -> None:
    for play in plays_of(block):
        given = {**play.get("vars", {})}
        for name in play.get("vars_files", []):
            given.update(files()[name].data)
        check_variables(block, given)
        for role in play.get("roles", []):
            check_role(block, role, given)
        for key in ("pre_tasks", "tasks", "post_tasks"):
            check_tasks(block, play.get(key, []), given)
        check_defaults(block, play.get("module_defaults", {}))
        imported = play.get("ansible.builtin.import_playbook")
        if imported:
            assert (COLLECTION / "playbooks" / f"{imported.removeprefix('hosting.websec.')}.yml").is_file()


def check_tasks(block: Block, tasks: list[dict[str, t.Any]], given: Variables) -> None:
    for task in tasks:
        assert task.get("name"), f"{block.where}: a task without a name"
        for key, arguments in task.items():
            if key in ("ansible.builtin.include_role", "ansible.builtin.import_role"):
                check_role(block, arguments["name"], {**given, **task.get("vars", {})})
            elif key.startswith("hosting.websec."):
                check_module(block, key, arguments)


def check_role(block: Block, name: str, given: Variables) -> None:
    """Ansible's own validation of role variables."""
    role = name.removeprefix("hosting.websec.")
    spec = role_specs(role)["main"]["options"]
    check_variables(block, given)
    # A required variable of the example can come from a file that the text names.
    from_files = {key: value for other in of_kind("variables") for key, value in other.data.items()}
    arguments = {
        key: value
        for key, value in {**from_files, **given}.items()
        # A template is not yet the rows that it returns.
        if key in spec and not (isinstance(value, str) and "{{" in value and spec[key].get("elements") == "dict")
    }
    validated = ArgumentSpecValidator(spec).validate(plain(arguments), validate_role_argument_spec=True)
    assert validated.error_messages == [], block.where


def check_module(block: Block, name: str, arguments: Variables) -> None:
    options = module_options(name)
    assert options, f"{block.where}: there is no module {name}"
    assert set(arguments) - set(options) == set(), block.where
    assert {key for key, option in options.items() if option.get("required")} - set(arguments) == set(), block.where


def check_defaults(block: Block, defaults: t.Mapping[str, Variables]) -> None:
    groups = yaml.safe_load((COLLECTION / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    for name, arguments in defaults.items():
        for module in groups[name.removeprefix("group/hosting.websec.")]:
            assert set(arguments) - set(module_options(f"hosting.websec.{module}")) == set(), block.where


def plain(value: t.Any) -> t.Any:
    """Without values that exist only at run time."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return "/known/later" if isinstance(value, str) and "{{" in value else value


def check_variables(block: Block, given: Variables) -> None:
    """The names are variables of roles, and the entries of site files are valid."""
    for name in given:
        assert name in VARIABLES or not name.startswith(tuple(f"{role}_" for role in roles())), f"{block.where}: {name}"
    if "sitelock_waf_sites" in given:
        check_sites(block, given["sitelock_waf_sites"])
    if "botguard_websites" in given:
        botguard_api_websites(given["botguard_websites"])
        botguard_api_users(given["botguard_websites"], given.get("botguard_websites_users", []))


def check_sites(block: Block, sites: list[dict[str, t.Any]]) -> None:
    entries = t.cast("list[dict[str, t.Any]]", waf_sites(t.cast("list[object]", sites)))
    assert [entry["error"] for entry in entries] == [None] * len(sites), block.where


# Parts of files


@each(of_kind("variables"))
def test_a_file_with_variables_is_accepted(block: Block) -> None:
    assert set(block.data) <= set(VARIABLES)
    check_variables(block, block.data)
    for name, value in block.data.items():
        validator = ArgumentSpecValidator({name: VARIABLES[name]})
        assert validator.validate({name: value}, validate_role_argument_spec=True).error_messages == []


@each(of_kind("variables of a first contact"))
def test_variables_of_a_first_contact_are_options_of_its_modules(block: Block) -> None:
    read = (COLLECTION / "playbooks" / "first_contact.yml").read_text(encoding="utf-8")
    options = {**botguard_contact.OPTIONS, **OPTIONS}
    given = {name.removeprefix("first_contact_"): value for name, value in block.data.items()}
    assert all(f"{{{{ first_contact_{name}" in read for name in given)
    validator = ArgumentSpecValidator({name: options[name] for name in given})
    assert validator.validate(given).error_messages == []


@each(of_kind("variables of hosts"))
def test_variables_of_hosts_are_read_by_a_filter_or_a_role(block: Block) -> None:
    """Their values are templates, which ``tests/integration/test_panels.py`` runs."""
    filters = "".join((COLLECTION / "plugins/filter" / f"{name}_of_hosts.py").read_text("utf-8") for name in OF_HOSTS)
    for name, value in block.data.items():
        if name in VARIABLES:
            check_variables(block, {name: value})
            validator = ArgumentSpecValidator({name: VARIABLES[name]})
            assert validator.validate({name: value}, validate_role_argument_spec=True).error_messages == []
        else:
            assert f'declared(hosts, "{name}"' in filters, f"{block.where}: {name}"
            Environment().parse(value)


OF_HOSTS = ("botguard_websites", "waf_sites")


@each(of_kind("inventory source"))
def test_an_inventory_source_has_options_of_its_plugin(block: Block) -> None:
    assert block.data["plugin"].startswith("hosting.websec.")
    name = block.data["plugin"].removeprefix("hosting.websec.")
    assert block.file.endswith(f"{name}.yml")
    module = importlib.import_module(f"ansible_collections.hosting.websec.plugins.inventory.{name}")
    documentation = yaml.safe_load(module.DOCUMENTATION)
    options = dict(documentation["options"])
    for text in (constructed.ModuleDocFragment.DOCUMENTATION, inventory_cache.ModuleDocFragment.DOCUMENTATION):
        options.update(yaml.safe_load(text)["options"])
    if "hosting.websec.panels" in documentation["extends_documentation_fragment"]:
        options.update(yaml.safe_load(panels.ModuleDocFragment.DOCUMENTATION)["options"])
    assert set(block.data) <= set(options)
    for server in block.data.get("servers", []):
        assert set(server) <= {"name", *options}


@each(of_kind("site entries"))
def test_site_entries_are_accepted(block: Block) -> None:
    check_sites(block, block.data)


@each(of_kind("keys of a site entry"))
def test_keys_of_a_site_entry_are_accepted(block: Block) -> None:
    check_sites(block, [{"domain": "customer.example", "site_id": 442989, "zone": "customer.example", **block.data}])


@each(of_kind("DNS provider"))
def test_a_dns_provider_of_ones_own_works(
    block: Block, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "documented_dns.py").write_text(block.text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    zones = tmp_path / "zones.json"
    zones.write_text(
        json.dumps({"customer.example": {"customer.example MX": {"ttl": 60, "values": ["10 mx.example."]}}})
    )
    provider = {"type": "python", "class": "documented_dns.JsonFile", "path": str(zones)}
    wanted = [{"name": "www.customer.example", "type": "A", "values": ["192.0.2.1"]}]
    with open_providers(
        {"providers": {"mine": provider}, "accept": "best_effort"}, read_only=False, concurrency=1
    ) as providers:
        first, second = (providers.change(parse_desired(wanted)) for _time in range(2))
    assert (first["record_sets"][0]["error"], first["changed"], second["changed"]) == (None, True, False)
    assert json.loads(zones.read_text())["customer.example"] == {
        "customer.example MX": {"ttl": 60, "values": ["10 mx.example."]},
        "www.customer.example A": {"ttl": 3600, "values": ["192.0.2.1"]},
    }


@each(of_kind("changelog fragment"))
def test_a_changelog_fragment_has_known_sections(block: Block) -> None:
    known = yaml.safe_load((COLLECTION / "changelogs" / "config.yaml").read_text(encoding="utf-8"))["sections"]
    assert set(block.data) <= {section for section, _title in known}


def test_an_awx_credential_injects_the_fields_that_it_asks_for() -> None:
    inputs, injectors = of_kind("credential input"), of_kind("credential injectors")
    assert len(inputs) == len(injectors) > 0
    sources = "".join(path.read_text(encoding="utf-8") for path in COLLECTION.glob("plugins/doc_fragments/*.py"))
    for asked, injected in zip(inputs, injectors):
        fields = {field["id"]: field for field in asked.data["fields"]}
        assert all(set(field) <= {"id", "type", "label", "secret"} for field in fields.values())
        assert set(asked.data["required"]) <= set(fields)
        assert set(injected.data) == {"env"}
        used = {name: re.fullmatch(r"\{\{ (\w+) \}\}", value) for name, value in injected.data["env"].items()}
        assert {found[1] for found in used.values() if found} == set(fields)
        for name, found in used.items():
            assert found is not None
            assert f"E({name})" in sources, f"{injected.where}: no option reads {name}"
            secret = name.endswith(("PASSWORD", "SECRET", "API_KEY"))
            assert bool(fields[found[1]].get("secret")) == secret, f"{asked.where}: {found[1]}"


@each(of_kind("requirements", "execution environment"))
def test_a_collection_is_required_in_the_form_of_galaxy(block: Block) -> None:
    data = block.data
    if block.kind == "execution environment":
        assert set(data) == {"version", "images", "dependencies"}
        assert data["version"] == 3
        assert set(data["images"]["base_image"]) == {"name"}
        data = data["dependencies"]["galaxy"]
    for collection in data["collections"]:
        assert set(collection) <= {"name", "type", "version"}
        assert collection["type"] == "git"
        assert collection["name"].startswith("git+https://")


@each([block for block in BLOCKS if block.language in ("nginx", "apache")])
def test_a_virtual_host_includes_the_file_that_the_role_writes(block: Block) -> None:
    role = f"botguard_{block.language}"
    folder = role_specs(role)["main"]["options"][f"{role}_snippets_directory"]["default"]
    word = {"nginx": "include", "apache": "IncludeOptional"}[block.language]
    end = {"nginx": ";", "apache": ""}[block.language]
    assert re.search(rf"^ *{word} {folder}/[a-z.]+\.conf\*{end}( |$)", block.text, re.MULTILINE)


@each([block for block in BLOCKS if block.language == "json"])
def test_json_is_json(block: Block) -> None:
    """The integration tests send it to the sandbox."""
    parts = {"plans", "accounts", "sites", "domains", "strangers", "emails", "botguard_users", "botguard_websites"}
    assert {"plans", "accounts", "sites"} <= set(json.loads(block.text)) <= parts


# Commands


PROGRAMS = (
    "-e",
    "ansible-inventory",
    "ansible-playbook",
    "ansible-doc",
    "ansible-galaxy",
    "make",
    "python3",
    "python",
    "tools/",
    "dig",
)
SHELL = ("export", "cd", "echo")


def is_command(line: str) -> bool:
    try:
        _given, parts = words(line.strip().removeprefix("$ "))
    except ValueError:
        return False
    return len(parts) > 1 and (parts[0] in PROGRAMS or parts[0].startswith("tools/") or line.startswith("$ "))


def check_command(command: str) -> None:
    given, parts = words(command)
    program, arguments = parts[0], parts[1:]
    for name in given:
        check_environment(name)
    if program == "-e":
        assert command == "-e name=value" or check_extra(arguments[0]) is None
    elif program == "export":
        for argument in arguments:
            check_environment(argument.partition("=")[0])
    elif program == "make":
        check_make(arguments)
    elif program.startswith("tools/"):
        assert os.access(COLLECTION / program, os.X_OK), program
    elif program in ("python3", "python"):
        check_python(arguments)
    elif program == "cd":
        assert (COLLECTION / arguments[0]).is_dir()
    elif program.startswith("ansible-"):
        check_ansible(program, arguments)
    else:
        assert program in ("echo", "dig", "curl", "mkdir", "openssl"), command


def check_environment(name: str) -> None:
    sandbox = COLLECTION / "roles" / "sandbox" / "files" / "websec_sandbox" / "config.py"
    if name.startswith("WEBSEC_SANDBOX_"):
        assert re.search(rf"\b{name.removeprefix('WEBSEC_SANDBOX_').lower()}\b", sandbox.read_text(encoding="utf-8"))
    elif not name.startswith(("ANSIBLE_", "PYTHONPATH", "PATH")):
        fragments = "".join(path.read_text(encoding="utf-8") for path in COLLECTION.glob("plugins/doc_fragments/*.py"))
        inventories = "".join(path.read_text(encoding="utf-8") for path in COLLECTION.glob("plugins/inventory/*.py"))
        assert f"E({name})" in fragments or f"- name: {name}\n" in inventories, f"no option reads {name}"


def check_make(arguments: list[str]) -> None:
    makefile = (COLLECTION / "Makefile").read_text(encoding="utf-8")
    for argument in arguments:
        name, value, _ = argument.partition("=")
        if value:
            assert re.search(rf"\$\({name}\)|^export {name} ", makefile, re.MULTILINE), argument
        else:
            assert re.search(rf"^{name}:", makefile, re.MULTILINE), f"make has no target {name}"


def check_python(arguments: list[str]) -> None:
    if arguments[:2] == ["-m", "websec_sandbox"]:
        assert (COLLECTION / "roles" / "sandbox" / "files" / "websec_sandbox" / "__main__.py").is_file()
    elif arguments == ["-m", "sitelock_relay.passwords"]:
        assert (COLLECTION / "roles" / "sitelock_relay" / "files" / "sitelock_relay" / "passwords.py").is_file()
    elif arguments[:3] == ["-m", "pip", "install"]:
        files = ("requirements.txt", "tests/requirements/dev.txt")
        required = "".join((COLLECTION / name).read_text(encoding="utf-8") for name in files)
        for argument in arguments[3:]:
            name = re.split(r"[<>=]", argument)[0]
            inside = argument.partition("hosting/websec/")[2]
            known = argument == "-r" or name == "ansible-core" or re.search(rf"^{name}\b", required, re.MULTILINE)
            assert known or (inside and (COLLECTION / inside).is_file()), argument
    else:
        assert (COLLECTION / arguments[0]).is_file(), arguments


def check_ansible(program: str, arguments: list[str]) -> None:
    cli = {
        "ansible-playbook": PlaybookCLI,
        "ansible-inventory": InventoryCLI,
        "ansible-doc": DocCLI,
        "ansible-galaxy": GalaxyCLI,
    }[program]
    parser = cli([program, *arguments])
    parser.init_parser()
    # Fails if there is no such option.
    options = parser.parser.parse_args(arguments)
    if program == "ansible-playbook":
        for playbook in options.args:
            check_playbook(playbook)
        for extra in options.extra_vars:
            check_extra(extra)
    if program in ("ansible-playbook", "ansible-inventory"):
        for inventory in options.inventory or []:
            assert files()[os.path.relpath(inventory)].kind in ("inventory", "inventory source")
    elif program == "ansible-doc":
        for name in options.args:
            plugin = name.removeprefix("hosting.websec.")
            places = {"module": f"plugins/modules/{plugin}.py", "role": f"roles/{plugin}"}
            place = places.get(options.type, f"plugins/{options.type}/{plugin}.py")
            assert (COLLECTION / place).exists(), f"ansible-doc: there is no {options.type} {name}"
    elif getattr(options, "requirements", None):
        assert files()[options.requirements].kind == "requirements"


def check_playbook(name: str) -> None:
    if name.startswith("hosting.websec."):
        assert (COLLECTION / "playbooks" / f"{name.removeprefix('hosting.websec.')}.yml").is_file(), name
    else:
        assert files()[name].kind == "playbook"


def check_extra(extra: str) -> None:
    if extra.startswith("@"):
        made = {
            command.rpartition(" > ")[2]
            for block in of_kind("commands", "commands that run")
            for command in commands(block)
            if command.startswith("echo ")
        }
        file = os.path.relpath(extra[1:])
        assert file in {*files(), *made}, f"no example makes {file}"
        return
    name = extra.partition("=")[0]
    text = "".join(path.read_text(encoding="utf-8") for path in COLLECTION.glob("playbooks/*.yml"))
    assert name in VARIABLES or re.search(rf"\b{name}\b", text), f"nothing reads {name}"


COMMANDS = [(block.where, command) for block in of_kind("commands", "commands that run") for command in commands(block)]
INLINE = [(page, text) for page, text in inline() if is_command(text)]


@pytest.mark.parametrize(("where", "command"), [*COMMANDS, *INLINE], ids=lambda value: value)
def test_a_command_has_all_that_it_names(where: str, command: str) -> None:
    check_command(command)


def test_there_are_commands_in_blocks_and_in_lines() -> None:
    assert len(COMMANDS) > 20
    assert len(INLINE) > 30


def test_json_that_a_command_writes_is_what_a_role_takes() -> None:
    written = [words(command)[1][1] for _where, command in COMMANDS if command.startswith("echo ")]
    assert written
    for text in written:
        for name, value in json.loads(text).items():
            validator = ArgumentSpecValidator({name: VARIABLES[name]})
            assert validator.validate({name: value}, validate_role_argument_spec=True).error_messages == []


# Names and values in lines of text


def test_a_variable_in_a_line_of_text_is_one() -> None:
    sources = [*COLLECTION.glob("plugins/**/*.py"), *COLLECTION.glob("playbooks/**/*.yml")]
    sources += [path for path in COLLECTION.glob("roles/**/*") if path.suffix in (".yml", ".py", ".j2")]
    known = set(re.findall(r"\w+", "\n".join(path.read_text(encoding="utf-8") for path in sources)))
    prefixes = "|".join(roles())
    wrong = [
        f"{page}: {name}"
        for page, text in inline()
        for name in re.findall(rf"(?<![\w./-])(?:{prefixes})_\w+(?!\w|\.\w+/|\.\.\.)", text)
        if name not in known and name.removesuffix("s") not in known and not text.endswith("...`")
    ]
    assert wrong == []


def test_a_value_in_a_line_of_text_is_one_of_its_variable() -> None:
    found = 0
    for page, text in inline():
        given = re.fullmatch(r"(\w+): (.+)", text)
        if given is None or given[1] not in VARIABLES or "..." in given[2]:
            continue
        found += 1
        validator = ArgumentSpecValidator({given[1]: VARIABLES[given[1]]})
        value = plain(yaml.safe_load(given[2]))
        messages = validator.validate({given[1]: value}, validate_role_argument_spec=True).error_messages
        assert messages == [], f"{page}: {text}"
    assert found > 3
