# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pipelines in C(docs/pipelines): what their comments and the pages promise. tools/lint checks their schemas."""

from __future__ import annotations

import re
import typing as t

import pytest
import yaml

from ansible_collections.hosting.websec.tests.unit.documented import COLLECTION

PIPELINES = COLLECTION / "docs" / "pipelines"
GITLAB = PIPELINES / "gitlab-ci.yml"
GITHUB = PIPELINES / "github-actions.yml"


def data(path: t.Any) -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", yaml.safe_load(path.read_text(encoding="utf-8")))


def commands(job: dict[str, t.Any]) -> str:
    return "\n".join([*job.get("script", []), *(step.get("run", "") for step in job.get("steps", []))])


NAMES = ("validate", "plan", "apply", "drift")
JOBS = [
    *(pytest.param({**data(GITLAB)[name], "name": name}, id=f"gitlab-{name}") for name in NAMES),
    *(pytest.param({**data(GITHUB)["jobs"][name], "name": name}, id=f"github-{name}") for name in NAMES),
]
PLAYBOOK = re.compile(r"ansible-playbook (\S+)(.*?)(?:\Z|\n(?=ansible))", re.DOTALL)


@pytest.mark.parametrize("job", JOBS)
def test_only_apply_writes(job: dict[str, t.Any]) -> None:
    plays = re.findall(
        r"ansible-playbook (\S+)(.*?)(?:\Z|\n(?=ansible))", commands(job).replace("\\\n", " "), re.DOTALL
    )
    assert plays
    for playbook, arguments in plays:
        if job["name"] == "validate":
            assert playbook == "hosting.websec.validate"
        elif job["name"] == "apply":
            assert "--check" not in arguments
        else:
            assert "--check --diff" in arguments


@pytest.mark.parametrize("job", JOBS)
def test_every_playbook_and_variable_exists(job: dict[str, t.Any]) -> None:
    text = commands(job)
    for name in re.findall(r"hosting\.websec\.(\w+)", text):
        assert (COLLECTION / "playbooks" / f"{name}.yml").exists()
    for role in ("fleet_report", "sitelock_waf", "sitelock_accounts"):
        specs = data(COLLECTION / "roles" / role / "meta" / "argument_specs.yml")
        assert {*re.findall(rf"{role}_\w+", text)} <= {*specs["argument_specs"]["main"]["options"]}


def test_apply_is_under_a_lock() -> None:
    assert data(GITLAB)["apply"]["resource_group"]
    assert data(GITHUB)["jobs"]["apply"]["concurrency"] == {"group": "websec-apply", "cancel-in-progress": False}


@pytest.mark.parametrize("jobs", [data(GITLAB), data(GITHUB)["jobs"]], ids=["gitlab", "github"])
def test_only_the_plan_of_the_same_pipeline_is_applied(jobs: dict[str, t.Any]) -> None:
    plans = dict(re.findall(r"(sitelock_\w+)_plan_file=(\S+?)\"?\s", commands(jobs["plan"])))
    approved = dict(re.findall(r"(sitelock_\w+)_approved_plan=(\S+?)\"?(?:\s|$)", commands(jobs["apply"])))
    assert {*plans} == {"sitelock_waf", "sitelock_accounts"}
    assert approved == plans
    assert jobs["apply"]["needs"] in ("plan", ["plan"])


@pytest.mark.parametrize("path", [GITLAB, GITHUB], ids=["gitlab", "github"])
def test_nothing_that_an_author_writes_is_a_command(path: t.Any) -> None:
    """Names of branches, titles and messages are texts of whoever opens a merge request."""
    jobs = data(path) if path == GITLAB else data(path)["jobs"]
    for job in jobs.values():
        if isinstance(job, dict):
            text = commands(job)
            assert "${{" not in text
            assert not re.search(r"CI_\w*(TITLE|MESSAGE|DESCRIPTION|BRANCH|REF_NAME|REF_SLUG|TAG|AUTHOR|LABELS)", text)
    # With the files of a fork, and with secrets.
    assert "pull_request_target" not in yaml.safe_dump(data(path))


def test_no_cache_carries_code_from_a_merge_request_to_a_job_with_credentials() -> None:
    assert "cache" not in data(GITLAB)["default"]
    assert not [name for name, job in data(GITLAB).items() if isinstance(job, dict) and "cache" in job]
    assert "actions/cache" not in GITHUB.read_text(encoding="utf-8")


def test_only_apply_waits_for_a_reviewer() -> None:
    jobs = data(GITHUB)["jobs"]
    assert [name for name, job in jobs.items() if job.get("environment") == "production"] == ["apply"]
    assert "default_branch" in jobs["apply"]["if"]
    assert "when" in data(GITLAB)["apply"]["rules"][0]


def test_a_fork_gets_only_validate() -> None:
    assert "head.repo.full_name == github.repository" in data(GITHUB)["jobs"]["plan"]["if"]
    merge_requests = [rule for rule in data(GITLAB)["plan"]["rules"] if "merge_request_event" in rule["if"]]
    assert merge_requests
    assert all("CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in rule["if"] for rule in merge_requests)


def test_validate_needs_no_credentials() -> None:
    job = data(GITHUB)["jobs"]["validate"]
    assert "environment" not in job
    assert "secrets." not in yaml.safe_dump(job)
    assert "tags" not in data(GITLAB)["validate"]
