# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a fleet through ansible-playbook: checked without a network and without credentials."""

from __future__ import annotations

import pathlib
import subprocess

import yaml
from integration.playbook import Run, run_plays

WRONG = """\
sitelock_waf_sites:
  - domain: shop.example
    subscripton: "8765"
  - {domain: blog.example, ttl: 0, policy: shop}
"""


def validate(*files: pathlib.Path, arguments: tuple[str, ...] = ()) -> Run:
    named = ["-e", f"websec_files={','.join(map(str, files))}"] if files else []
    return run_plays([{"ansible.builtin.import_playbook": "hosting.websec.validate"}], *named, *arguments)


def test_files_are_checked_without_a_network(tmp_path: pathlib.Path) -> None:
    sites, policies = tmp_path / "sites.yml", tmp_path / "policies.yml"
    sites.write_text(WRONG)
    policies.write_text("sitelock_waf_policies: {shop: {rules: {ddos: auto}}}\n")
    refused = validate(sites, policies)
    assert refused.status != 0
    told = " ".join(refused.output.split())
    assert (
        f"{sites}:3: entry 1: shop.example: unknown keys in the entry: subscripton (did you mean subscription?)" in told
    )
    assert f"{sites}:4: entry 2: blog.example: ttl is 0" in told
    assert "2 problems in the files" in told
    sites.write_text(WRONG.replace("subscripton", "subscription").replace("ttl: 0", "ttl: 60"))
    accepted = validate(sites, policies)
    assert accepted.status == 0
    assert "Checked 2 sites and 1 policy in 2 files." in accepted.output
    assert accepted.recap["changed"] == 0


def test_an_encrypted_file_needs_its_password(tmp_path: pathlib.Path) -> None:
    customers, password = tmp_path / "customers.yml", tmp_path / "password"
    customers.write_text(
        yaml.safe_dump({"sitelock_accounts": [{"login": "customer1", "sites": [{"domain": "nothing"}]}]})
    )
    password.write_text("vault password")
    encrypt = ["ansible-vault", "encrypt", "--vault-password-file", str(password), str(customers)]
    subprocess.run(encrypt, check=True, capture_output=True)
    closed = validate(customers)
    assert closed.status != 0
    assert "no password opens it" in " ".join(closed.output.split())
    opened = validate(customers, arguments=("--vault-password-file", str(password)))
    assert "'nothing' is not a domain name" in " ".join(opened.output.replace("''", "'").split())


def test_no_file() -> None:
    run = validate()
    assert run.status != 0
    assert "websec_files" in run.output
