"""Commands that a model had a part in: shown whole, and run only after a person's word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from clockwork import ClockworkCore
from clockwork.errors import ApprovalError, Cancelled
from clockwork.lock import Lock, digest_of
from support.deploying import Deployment, actions, resource
from support.fake_endpoint import Request, fake_endpoint
from support.terminal import Terminal

pytestmark = pytest.mark.engine

WRITTEN = "mkdir -p build && echo made > build/out"
JOB = "job = CommandResource(description='make the build folder')"
SEED = """
from typing import Any, Optional
from clockwork import Resource

class UnitResource(Resource):
    name: str
    service_name: Optional[str] = None
    port: Optional[int] = None

    def needs_completion(self) -> bool:
        return self.service_name is None or self.port is None

    def to_pulumi(self) -> Any:
        from pulumi_command import local

        return local.Command(
            f"systemd-{self.name}",
            create=f"echo start {self.service_name} >> log",
            delete=f"echo stop {self.service_name} >> log",
        )

unit = UnitResource(name="web")
"""


@pytest.fixture
def answers() -> dict[str, Any]:
    """What the model says to each field."""
    return {
        "create": WRITTEN,
        "update": None,
        "delete": None,
        "check": None,
        "service_name": "nginx; touch owned",
        "port": 80,
    }


@pytest.fixture
def asked(deployment: Deployment, answers: dict[str, Any]) -> Iterator[Deployment]:
    """A project with a model that writes commands."""

    def answer(request: Request) -> Any:
        return {name: answers[name] for name in request.fields}

    with fake_endpoint(answer) as server:
        deployment.environment = {"CW_BASE_URL": server.url, "CW_MODEL": "fake"}
        yield deployment


def test_a_plan_shows_it_whole_and_marks_it(asked: Deployment) -> None:
    asked.declare(JOB)
    told = asked.told("plan")
    assert "a model had a part in this command; it runs only after your yes:" in told
    assert WRITTEN in told
    assert resource(asked.run("plan"), "job")["unapproved"] == [WRITTEN]


@pytest.mark.parametrize("words", [["apply", "--yes"], ["apply", "--json"], ["apply", "--yes", "--locked"]])
def test_nobody_but_a_person_at_the_terminal_says_yes(words: list[str], asked: Deployment) -> None:
    asked.declare(JOB)
    asked.run("plan")
    told = asked.told(*words, code=1)
    assert WRITTEN in told
    assert "allow-commands" in told
    assert asked.names() == []
    assert "job" not in str(asked.run("outputs"))


def test_a_yes_is_kept_for_the_runs_that_follow(asked: Deployment) -> None:
    asked.declare(JOB)
    with Terminal("apply", cwd=asked.folder, columns=100, **asked.environment) as terminal:
        terminal.await_words("This runs 1 command that a model had a part in.")
        terminal.press("y\n")
        assert terminal.end() == 0
    assert asked.names() == ["build"]
    assert Lock.read(asked.folder / "clockwork.lock").approved == {WRITTEN}
    assert actions(asked.run("apply", "--locked")) == {}
    assert resource(asked.run("plan"), "job")["unapproved"] == []
    asked.run("destroy")
    asked.run("apply", "--locked")
    asked.declare("job = CommandResource(create='true')")
    asked.run("apply")
    assert Lock.read(asked.folder / "clockwork.lock").approved == frozenset()


def test_a_no_runs_nothing(asked: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    asked.declare(JOB)
    asked.run("plan")
    with pytest.raises(Cancelled):
        ClockworkCore(confirm=lambda _plan: False).apply(asked.folder / "main.py")
    assert asked.names() == []
    with pytest.raises(ApprovalError):
        ClockworkCore().apply(asked.folder / "main.py")


def test_a_rule_of_the_project_allows_it(asked: Deployment) -> None:
    rule = '[tool.clockwork]\nallow-commands = ["mkdir *"]\n'
    (asked.folder / "pyproject.toml").write_text(rule, encoding="utf-8")
    asked.declare(JOB)
    assert "nobody allowed it" in asked.told("apply", "--yes", code=1)
    lock = asked.folder / "clockwork.lock"
    text = lock.read_text(encoding="utf-8")
    entry = Lock.read(lock).entry("job")
    assert entry is not None
    simple = "mkdir -p build"
    text = text.replace(WRITTEN, simple).replace(entry.digests["create"], digest_of(simple))
    lock.write_text(text, encoding="utf-8")
    asked.run("apply")
    assert asked.names() == ["build", "pyproject.toml"]


def test_what_a_person_edited_in_the_lock_is_his_own(asked: Deployment) -> None:
    asked.declare(JOB)
    asked.run("plan")
    lock = asked.folder / "clockwork.lock"
    lock.write_text(lock.read_text(encoding="utf-8").replace(WRITTEN, "touch mine; true"), encoding="utf-8")
    asked.run("apply")
    assert asked.names() == ["mine"]


def test_a_command_that_a_class_builds_from_a_models_value(asked: Deployment) -> None:
    (asked.folder / "main.py").write_text(SEED, encoding="utf-8")
    told = asked.told("apply", "--yes", code=1)
    assert "echo start nginx; touch owned >> log" in told
    assert asked.names() == []


def test_a_command_with_another_resources_value_from_a_model(asked: Deployment) -> None:
    asked.declare(JOB, "second = CommandResource(create=f\"echo {job.ref('create')}\")")
    document = asked.run("plan")
    assert resource(document, "second")["unapproved"] == [f"echo {WRITTEN}"]


def test_a_check_of_a_model_is_not_run_by_assert(asked: Deployment, answers: dict[str, Any]) -> None:
    answers["check"] = "touch checked"
    asked.declare(JOB)
    asked.run("plan")
    names = [one["name"] for one in asked.run("assert")["assertions"]]
    assert names == ["complete"]
    assert asked.names() == []
