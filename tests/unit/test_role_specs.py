# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of a role (meta/argument_specs.yml) agrees with its defaults, tasks and templates."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
import yaml

COLLECTION = Path(__file__).resolve().parents[2]
ROLES = sorted(path.name for path in (COLLECTION / "roles").iterdir() if path.is_dir())

TYPES = {"bool", "dict", "float", "int", "list", "path", "raw", "str"}


class Spec(t.NamedTuple):
    """An option of a spec: its path, such as C(main.sites.domain), and its content."""

    address: str
    option: dict[str, t.Any]


def load(path: Path) -> t.Any:
    """Return the content of a YAML file; an empty mapping if it does not exist."""
    return (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.exists() else {}


def specs(role: str) -> dict[str, t.Any]:
    """Return the entry points of a role with their specs."""
    entry_points: dict[str, t.Any] = load(COLLECTION / "roles" / role / "meta" / "argument_specs.yml")["argument_specs"]
    return entry_points


def defaults(role: str) -> dict[str, t.Any]:
    """Return the default variables of a role."""
    variables: dict[str, t.Any] = load(COLLECTION / "roles" / role / "defaults" / "main.yml")
    return variables


def top_options(role: str) -> dict[str, dict[str, t.Any]]:
    """Return the variables of a role, of all its entry points."""
    found: dict[str, dict[str, t.Any]] = {}
    for spec in specs(role).values():
        found.update(spec.get("options", {}))
    return found


def walk(address: str, options: dict[str, dict[str, t.Any]]) -> t.Iterator[Spec]:
    """Yield every option, those in nested specs too."""
    for name, option in options.items():
        yield Spec(f"{address}.{name}", option)
        yield from walk(f"{address}.{name}", option.get("options", {}))


def names_in(source: str, role: str) -> set[str]:
    """Return the public names with the prefix of the role that an expression or a task file mentions.

    A name that ends with an underscore is the stem of one that is built at run time. Names after a dot are fields, and
    C(hosting.websec.ROLE) is the role itself.
    """
    return {name for name in re.findall(rf"(?<![\w.]){role}_\w+", source) if not name.startswith(f"{role}__")}


def sources(role: str) -> t.Iterator[Path]:
    """Yield the files in which a role uses its variables."""
    for folder in ("tasks", "templates", "handlers", "vars", "meta"):
        for path in sorted((COLLECTION / "roles" / role / folder).rglob("*")):
            if path.is_file() and path.name != "argument_specs.yml":
                yield path


def made_by_the_role(role: str) -> set[str]:
    """Return the variables that a role sets itself: facts, registered results, its vars."""
    made: set[str] = set()
    for path in sources(role):
        text = path.read_text(encoding="utf-8")
        if path.parent.name == "vars":
            made |= set(load(path))
        made |= set(re.findall(r"^\s*(?:- )?(?:register|loop_var|index_var): *(\w+)", text, re.MULTILINE))
        made |= set(re.findall(rf"^\s+({role}_\w+):(?:\s|$)", text, re.MULTILINE))
    return made


def test_the_collection_has_roles() -> None:
    assert ROLES


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_argument_specs(role: str) -> None:
    entry_points = specs(role)
    assert "main" in entry_points
    for name, spec in entry_points.items():
        assert spec.get("short_description"), f"{role}, entry point {name}"
        assert (COLLECTION / "roles" / role / "tasks" / f"{name}.yml").is_file(), f"{role} has no tasks/{name}.yml"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_describes_itself(role: str) -> None:
    meta = load(COLLECTION / "roles" / role / "meta" / "main.yml")
    assert meta["dependencies"] == []
    assert {"author", "description", "license", "min_ansible_version"} <= {
        name for name, value in meta["galaxy_info"].items() if value
    }


@pytest.mark.parametrize("role", ROLES)
def test_every_option_has_a_description_and_a_type(role: str) -> None:
    incomplete = [
        address
        for name, spec in specs(role).items()
        for address, option in walk(name, spec.get("options", {}))
        if not option.get("description") or option.get("type") not in TYPES
    ]
    assert incomplete == []


@pytest.mark.parametrize("role", ROLES)
def test_every_default_variable_is_specified(role: str) -> None:
    assert set(defaults(role)) - set(top_options(role)) == set()


OF_THE_SITE_FILE = {
    "sitelock_waf_policy": {
        *("sitelock_waf_sites", "sitelock_waf_sites_file", "sitelock_waf_dns"),
        *("sitelock_waf_policies", "sitelock_waf_certificates"),
    },
    "sitelock_health": {"sitelock_waf_sites", "sitelock_waf_sites_file"},
}
"""Variables of a file that several roles read, or that are in such a file."""


@pytest.mark.parametrize("role", ROLES)
def test_every_variable_has_the_prefix_of_its_role(role: str) -> None:
    own = set(top_options(role)) - OF_THE_SITE_FILE.get(role, set())
    assert [name for name in own if not f"{name}_".startswith(f"{role}_")] == []


@pytest.mark.parametrize("role", ROLES)
def test_the_defaults_are_those_of_the_specs(role: str) -> None:
    missing = object()
    real = defaults(role)
    for entry_point, spec in specs(role).items():
        for name, option in spec.get("options", {}).items():
            if "default" in option or name in real:
                assert option.get("default", missing) == real.get(name, missing), f"{role}, {entry_point}: {name}"


@pytest.mark.parametrize("role", ROLES)
def test_a_required_variable_has_no_default(role: str) -> None:
    required = {
        name
        for spec in specs(role).values()
        for name, option in spec.get("options", {}).items()
        if option.get("required")
    }
    assert required & set(defaults(role)) == set()


@pytest.mark.parametrize("role", ROLES)
def test_every_variable_that_a_role_uses_is_specified(role: str) -> None:
    known = set(top_options(role)) | made_by_the_role(role)
    unknown = {
        f"{path.relative_to(COLLECTION)}: {name}"
        for path in sources(role)
        for name in names_in(path.read_text(encoding="utf-8"), role)
        if name not in known
    }
    assert unknown == set()


@pytest.mark.parametrize("role", ROLES)
def test_every_specified_variable_is_used(role: str) -> None:
    used = {name for path in sources(role) for name in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    assert set(top_options(role)) - used == set()
