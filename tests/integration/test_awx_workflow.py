# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The workflow of AWX that the role C(awx_setup) makes: the pass sends what the check job showed, and nothing else."""

from __future__ import annotations

import collections.abc
import pathlib

import pytest
from integration.awx_jobs import Data, Done, run_job
from integration.bind_server import BindServer
from integration.in_process import run_tasks as run_modules
from integration.operator_of_passes import ORIGIN, Operator
from integration.playbook import run_tasks
from integration.sandbox_server import ROOT, SandboxServer

pytestmark = pytest.mark.all_only

NewZone = collections.abc.Callable[..., str]
PLAYBOOK: list[Data] = [{"ansible.builtin.import_playbook": "hosting.websec.reconcile"}]
NAME = "sitelock_waf_approved_plan"
SHOWN = 1024
"""Bytes of an event that AWX shows on the page of a job (C(EVENT_STDOUT_MAX_BYTES_DISPLAY) in its settings)."""


@pytest.fixture(name="templates", scope="module")
def _templates() -> dict[str, Data]:
    """As the role makes them."""
    role = ROOT / "roles" / "awx_setup"
    read = [{"ansible.builtin.include_vars": str(role / file)} for file in ("defaults/main.yml", "vars/objects.yml")]
    run = run_tasks(
        read, vars={"awx_setup_sitelock": {"username": "a", "password": "b"}}, keep=["controller_templates"]
    )
    assert run.status == 0, run.output
    return {template["name"]: template for template in run.values["controller_templates"]}


class Awx:
    """Runs the jobs of a workflow."""

    def __init__(self, operator: Operator, folder: pathlib.Path, templates: dict[str, Data]) -> None:
        self._operator, self._folder, self._templates = operator, folder, templates
        self._count = 0

    def job(self, name: str, artifacts: Data) -> Done:
        self._count += 1
        variables = self._operator.variables(sitelock_waf_preflight=False)
        # The path of the template is for the container of a job.
        template = self._templates[name]
        if template["job_type"] == "check":
            plan = {"sitelock_waf_plan_file": str(self._folder / f"plan-{self._count}.json")}
            template = {**template, "extra_vars": {**template["extra_vars"], **plan}}
        return run_job(self._folder / f"job-{self._count}", PLAYBOOK, variables, template, artifacts)


def test_the_pass_sends_what_the_check_job_showed(
    sandbox: SandboxServer, bind: BindServer, new_zone: NewZone, tmp_path: pathlib.Path, templates: dict[str, Data]
) -> None:
    operator = Operator(sandbox, bind, tmp_path)
    domains = [new_zone(f"@ 3600 IN A {ORIGIN}") for _ in range(12)]
    for number, domain in enumerate(domains, 1):
        operator.customer(domain, number)
    awx = Awx(operator, tmp_path, templates)

    check = awx.job("websec check", {})
    assert sandbox.writes() == []
    assert set(check.artifacts) == {NAME}, check.output
    # Who approves sees every action, and on the page of the job, which cuts long events.
    shown = [
        event["stdout"]
        for event in check.events
        if event["event_data"].get("task") == "Show the plan that is published"
    ]
    assert [sum(domain in text for text in shown) for domain in domains] == [1] * len(domains)
    assert max(len(text) for text in shown) < SHOWN
    assert check.artifacts[NAME] not in check.output

    # Without the check job, and with a plan that was edited, nothing is sent.
    for artifacts, told in (
        ({}, "approved_plan is empty."),
        ({NAME: None}, "approved_plan is empty."),
        ({NAME: check.artifacts[NAME][:-40] + check.artifacts[NAME][-36:]}, "was changed since it was made"),
    ):
        refused = awx.job("websec pass", artifacts)
        assert told in " ".join(refused.output.split()), refused.output
        assert "Nothing was sent." in refused.output
    assert sandbox.writes() == []

    # Before the approval, somebody else orders for one of them. The plan is sent for the others.
    elsewhere = {"site_id": 2, "subscription": "100", **operator.api}
    assert run_modules([{"hosting.websec.sitelock_waf_addon": elsewhere}]).status == 0
    sandbox.calls()
    done = awx.job("websec pass", check.artifacts)
    assert sorted(sandbox.writes()) == ["provisionAddon"] * (len(domains) - 1), done.output
    assert "approval:" in done.output
    assert [sandbox.purchases(number) for number in range(1, len(domains) + 1)] == [["added"]] * len(domains)

    # The file of sites changes after the check.
    operator.sites.pop()
    assert "was made for other entries" in " ".join(awx.job("websec pass", check.artifacts).output.split())


def test_a_plan_that_cannot_be_handed_on_fails_the_check_job(
    sandbox: SandboxServer, bind: BindServer, tmp_path: pathlib.Path
) -> None:
    operator = Operator(sandbox, bind, tmp_path)
    run = operator.play("--check", sitelock_waf_publish_plan="yes")
    assert run.status == 2
    assert "sitelock_waf_publish_plan is set, and sitelock_waf_plan_file is not." in " ".join(run.output.split())
