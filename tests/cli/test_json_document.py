"""The JSON document is an interface: exactly these names."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr

from clockwork.errors import DeployError
from clockwork.provenance import Provenance, Source
from clockwork.results import Action, AssertionResult, CompletionReport, Seconds, Status
from clockwork.ui.json_document import dumped, failure_document, run_document
from support.runs import LOCKED, change, done, run_of, value


def test_the_whole_document_of_a_run() -> None:
    values = {
        "name": value("a.md", LOCKED),
        "mode": value("644", Provenance(Source.EDITED)),
        "adopt": value(False, Provenance(Source.DEFAULT)),
        "password": value(SecretStr("hunter2")),
    }
    result = run_of(
        done(Action.UPDATE, values=values, changed=("mode",), old={"mode": "600"}, new={"mode": "644"}),
        command="apply",
        completion=CompletionReport(1, 2, 3, 4),
        outputs={"url": "http://a"},
        seconds=Seconds(load=0.1, complete=0.2, engine=0.3, total=0.61239),
    )
    assert json.loads(dumped(run_document(result))) == {
        "format": 1,
        "command": "apply",
        "stack": "dev",
        "resources": [
            {
                "address": "article",
                "type": "FileResource",
                "action": "update",
                "status": "done",
                "error": None,
                "values": {
                    "name": {"value": "a.md", "source": "model"},
                    "mode": {"value": "644", "source": "edited"},
                    "adopt": {"value": False, "source": "default"},
                    "password": {"value": "[secret]", "source": "user"},
                },
                "changed": ["mode"],
                "notes": [],
                "unapproved": [],
            }
        ],
        "summary": {
            "create": 0,
            "update": 1,
            "replace": 0,
            "delete": 0,
            "same": 0,
            "kept": 0,
            "skipped": 0,
            "failed": 0,
        },
        "completion": {"calls": 1, "from_lock": 2, "input_tokens": 3, "output_tokens": 4, "cost": None},
        "outputs": {"url": "http://a"},
        "seconds": {"load": 0.1, "complete": 0.2, "pin": 0.0, "engine": 0.3, "total": 0.612},
        "error": None,
    }


def test_assert_adds_its_assertions() -> None:
    result = run_of(command="assert")
    result.assertions = [AssertionResult("web", "up", False, "HTTP 503", 10.01234, 9, ("no table",))]
    document = run_document(result)
    assert document["assertions"] == [
        {
            "address": "web",
            "name": "up",
            "passed": False,
            "message": "HTTP 503",
            "seconds": 10.012,
            "tries": 9,
            "log": ["no table"],
        }
    ]


def test_a_failed_run_tells_what_was_done_what_was_not_and_why_it_ended() -> None:
    error = DeployError("the disk is full", address="article")
    reached = run_of(
        done(Action.CREATE, "made"),
        change(Action.CREATE, status=Status.FAILED, error="the disk is full"),
        change(Action.UNKNOWN, "later", status=Status.SKIPPED),
        change(Action.DELETE, "edited", status=Status.KEPT),
        command="apply",
    )
    document = failure_document("apply", error, reached)
    assert [
        (one["address"], one["action"], one["status"], one["error"]) for one in document["resources"]
    ] == [
        ("made", "create", "done", None),
        ("article", "create", "failed", "the disk is full"),
        ("later", "unknown", "skipped", None),
        ("edited", "delete", "kept", None),
    ]
    assert document["summary"] == {
        **dict.fromkeys(("update", "replace", "delete", "same"), 0),
        **dict.fromkeys(("create", "kept", "skipped", "failed"), 1),
    }
    assert document["error"] == {
        "code": "deploy",
        "message": "article: the disk is full",
        "address": "article",
    }


@pytest.mark.parametrize("command", ["plan", "apply", "destroy", "assert"])
def test_a_run_that_failed_before_it_began_has_the_same_names(command: str) -> None:
    complete = run_document(run_of(command=command))
    failed = failure_document(command, KeyboardInterrupt())
    assert failed.keys() == complete.keys()
    assert failed["stack"] is None
    assert failed["error"]["code"] == "interrupted"


def test_another_command_that_failed_has_its_error_alone() -> None:
    assert failure_document("version", RuntimeError("no")) == {
        "format": 1,
        "command": "version",
        "error": {"code": "internal", "message": "RuntimeError: no", "address": None},
    }


def test_the_text_is_ascii_so_that_no_terminal_obeys_it() -> None:
    result = run_of(change(Action.CREATE, values={"name": value("\x1b[31m\u202eé\x9b")}))
    text = dumped(run_document(result))
    assert text.isascii()
    assert "\x1b" not in text
