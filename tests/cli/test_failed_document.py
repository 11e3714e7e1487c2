"""What the document of a run that failed or was stopped still tells."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from support.command import clockwork
from support.deploying import Deployment, file, resource
from support.fake_endpoint import Request, fake_endpoint
from support.killing import under_way, wait_until
from support.waiting import WAITING, install_waiting

NOTES = """
from clockwork.resources import FileResource
good = FileResource(description="good", content="x", path="good.txt")
bad = FileResource(description="bad", content="x", path="bad.txt")
mine = FileResource(description="mine", content="x", path="mine.txt", mode="600")
"""


def told(document: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {one["address"]: (one["action"], one["status"]) for one in document["resources"]}


def answers(request: Request) -> Any:
    return {"mode": "644" if "good.txt" in request.question else "rw"}


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    (tmp_path / "main.py").write_text(NOTES, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("command", ["plan", "apply", "assert"])
def test_a_completion_that_failed_leaves_what_is_known(command: str, notes: Path) -> None:
    with fake_endpoint(answers) as server:
        done = clockwork(command, "--json", cwd=notes, CW_BASE_URL=server.url, CW_COMPLETION_RETRIES="0")
    document = json.loads(done.stdout)
    assert (done.returncode, document["error"]["code"]) == (1, "model")
    assert told(document) == {
        "good": ("unknown", "skipped"),
        "bad": ("unknown", "failed"),
        "mine": ("unknown", "skipped"),
    }
    assert document["summary"]["failed"] == 1
    assert document["summary"]["skipped"] == 2
    assert resource(document, "good")["values"]["mode"] == {"value": "644", "source": "model"}
    assert resource(document, "mine")["values"]["mode"] == {"value": "600", "source": "user"}
    assert "mode" not in resource(document, "bad")["values"]
    assert resource(document, "bad")["values"]["description"]["value"] == "bad"
    assert "got 'rw'" in resource(document, "bad")["error"]
    assert document["completion"]["calls"] == len(server.requests)
    assert document["completion"]["input_tokens"] == 10 * len(server.requests)


def test_words_tell_of_a_failed_completion_only_the_error(notes: Path) -> None:
    with fake_endpoint(answers) as server:
        done = clockwork("plan", cwd=notes, CW_BASE_URL=server.url, CW_COMPLETION_RETRIES="0")
    assert (done.returncode, done.stdout) == (1, "")


def test_a_lock_that_lacks_values_leaves_what_is_known(notes: Path) -> None:
    document = json.loads(clockwork("plan", "--locked", "--json", cwd=notes).stdout)
    assert document["error"]["code"] == "lock"
    assert set(told(document).values()) == {("unknown", "skipped")}


def test_an_engine_that_is_not_there_leaves_what_was_completed(notes: Path) -> None:
    with fake_endpoint(lambda request: {"mode": "644"}) as server:
        done = clockwork("plan", "--json", cwd=notes, CW_BASE_URL=server.url, CW_PULUMI="/no/such/program")
    document = json.loads(done.stdout)
    assert document["error"]["code"] == "engine"
    assert told(document) == dict.fromkeys(("good", "bad", "mine"), ("unknown", "skipped"))
    assert resource(document, "bad")["values"]["mode"] == {"value": "644", "source": "model"}


def test_a_run_that_was_stopped_while_a_model_was_asked_leaves_what_is_known(notes: Path) -> None:
    asked, over = threading.Event(), threading.Event()

    def slow(request: Request) -> Any:
        if "good.txt" not in request.question:
            asked.set()
            over.wait()
        return {"mode": "644"}

    with (
        fake_endpoint(slow) as server,
        under_way("plan", "--json", cwd=notes, CW_BASE_URL=server.url, CW_MODEL="m") as process,
    ):
        wait_until(asked.is_set, process)
        process.send_signal(signal.SIGTERM)
        document = json.loads(process.communicate(timeout=60)[0])
        over.set()
    assert (process.returncode, document["error"]["code"]) == (143, "interrupted")
    assert document["stack"] == "dev"
    assert told(document) == dict.fromkeys(("good", "bad", "mine"), ("unknown", "skipped"))
    assert resource(document, "good")["values"]["mode"] == {"value": "644", "source": "model"}
    assert document["completion"]["calls"] == 2


@pytest.mark.engine
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_apply_that_was_stopped_tells_what_it_did(
    number: signal.Signals, project: Path, tmp_path: Path
) -> None:
    deployment = Deployment(project)
    deployment.environment = install_waiting(tmp_path / "site")
    later = file("later", depends_on="waiting").replace("'waiting'", "[waiting]")
    deployment.declare(file("note"), WAITING, later)
    with under_way("apply", "--json", cwd=project, **deployment.environment) as process:
        wait_until(lambda: (project / "waits").exists() and (project / "note.txt").exists(), process)
        process.send_signal(number)
        document = json.loads(process.communicate(timeout=60)[0])
    assert (process.returncode, document["error"]["code"]) == (128 + number, "interrupted")
    assert told(document) == {
        "note": ("create", "done"),
        "waiting": ("create", "failed"),
        "later": ("create", "skipped"),
    }
    assert resource(document, "later")["values"]["content"]["value"] == "hello"
    assert document["summary"]["create"] == 1
