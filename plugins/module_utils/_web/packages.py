# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages of Debian: what to install, and the versions to pin."""

from __future__ import annotations

import typing as t

SOURCES = {"nginx": "nginx", "apache": "apache2"}
"""The source package that the packages of a server are built from."""

PROGRAMS = {"nginx": "nginx", "apache": "apache2-bin"}
"""The package with the program itself."""

PRIORITY = 1001

Installed = dict[str, "tuple[str, str]"]


def read_installed(lines: t.Sequence[str]) -> Installed:
    """Version and source package of each installed package.

    :param lines: status, package, version and source package, as C(dpkg-query -W) prints them.
    """
    rows = [line.split() for line in lines]
    return {row[1]: (row[2], row[3]) for row in rows if len(row) == 4 and row[0] == "installed"}


def package_plan(source: t.Mapping[str, t.Any], lines: t.Sequence[str], server: str) -> dict[str, t.Any]:
    """The steps to install the packages of ``source``.

    :returns: C(install), the packages for apt, empty if nothing is to be done; C(download), the packages to test the
        module before, empty if a test is impossible because the server is not installed; C(pin), the preferences.
    """
    installed = read_installed(lines)
    wanted = {source["package"]: source.get("version")}
    wanted.update({name: source.get("server_version") for name in source["server_packages"]})
    install = [
        f"{name}={version}" if version else name
        for name, version in wanted.items()
        if name not in installed or version not in (None, installed[name][0])
    ]
    if install:
        # One transaction with all desired versions, so that no package is upgraded alone.
        named = {spec.split("=")[0] for spec in install}
        install += [f"{name}={version}" for name, version in wanted.items() if version and name not in named]
    versions = {**_versions(installed, source["package"], server), **{k: v for k, v in wanted.items() if v}}
    if source.get("server_version"):
        siblings = [name for name, (_version, built_from) in installed.items() if built_from == SOURCES[server]]
        versions.update(dict.fromkeys(siblings, source["server_version"]))
    return {
        "install": install,
        "download": _download(install, installed, source, server),
        "pin": preferences(versions),
    }


def _download(install: list[str], installed: Installed, source: t.Mapping[str, t.Any], server: str) -> list[str]:
    program = PROGRAMS[server]
    if not install or program not in installed:
        return []
    module = next((spec for spec in install if spec.split("=")[0] == source["package"]), None)
    version = source.get("server_version")
    if not version or version == installed[program][0]:
        return [module] if module else []
    return [module or str(source["package"]), f"{program}={version}"]


def pins(package: str, lines: t.Sequence[str], server: str) -> str:
    """The preferences that pin the installed versions of the module and the server."""
    return preferences(_versions(read_installed(lines), package, server))


def _versions(installed: Installed, package: str, server: str) -> dict[str, str]:
    return {
        name: version
        for name, (version, built_from) in installed.items()
        if name == package or built_from == SOURCES[server]
    }


def preferences(versions: t.Mapping[str, str]) -> str:
    """A preferences file of apt that pins packages."""
    stanzas = [
        f"Package: {' '.join(sorted(name for name in versions if versions[name] == version))}\n"
        f"Pin: version {version}\nPin-Priority: {PRIORITY}\n"
        for version in sorted(set(versions.values()))
    ]
    start = (
        "# Managed by Ansible, collection hosting.websec. The module works with this build of the web server only:\n"
        "# both stay at their versions until they are upgraded together.\n"
    )
    return "\n".join([start, *stanzas])
