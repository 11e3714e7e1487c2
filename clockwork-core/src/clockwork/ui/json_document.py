"""The one document that ``--json`` prints; ``docs/json.md`` describes it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from clockwork.errors import ClockworkError
from clockwork.placeholders import mapped
from clockwork.redaction import redacted
from clockwork.results import AssertionResult, FieldValue, LockReport, ResourceChange, RunResult
from clockwork.ui.values import without_secrets

FORMAT = 1
RUN_COMMANDS = ("plan", "apply", "destroy", "refresh", "assert")


def run_document(result: RunResult, error: BaseException | None = None) -> dict[str, Any]:
    """Describe a run.

    Args:
        result: What was found and done, as far as the run got.
        error: Why it ended, if it failed.
    """
    document: dict[str, Any] = {
        "format": FORMAT,
        "command": result.command,
        "stack": result.stack or None,
        "resources": [_resource(change) for change in result.resources],
        "summary": asdict(result.summary),
        "completion": asdict(result.completion),
        "outputs": without_secrets(result.outputs),
        "seconds": {stage: round(spent, 3) for stage, spent in asdict(result.seconds).items()},
        "error": error_document(error),
    }
    if result.command == "assert" or result.assertions:
        document["assertions"] = [_assertion(found) for found in result.assertions]
    return document


def failure_document(
    command: str | None, error: BaseException, reached: RunResult | None = None
) -> dict[str, Any]:
    """Describe a command that failed.

    Args:
        command: Its name; ``None`` when not even that was said.
        error: Why it failed.
        reached: How far the run got, if one was begun.
    """
    if reached is not None:
        return run_document(reached, error)
    if command in RUN_COMMANDS:
        return run_document(RunResult(command=command, stack=""), error)
    return {"format": FORMAT, "command": command, "error": error_document(error)}


def lock_document(report: LockReport) -> dict[str, Any]:
    """Describe what the lock holds, or what came of looking its pins up again.

    Args:
        report: What is known of it.
    """
    return {
        "file": str(report.file),
        "stack": report.stack or None,
        "resources": [
            {
                "address": one.address,
                "type": one.type,
                "values": {name: _value(found) for name, found in one.values.items()},
                "lacking": list(one.lacking),
                "reason": one.reason or None,
            }
            for one in report.resources
        ],
        "pins": [
            {**asdict(one), "addresses": list(one.addresses), "reason": one.reason or None}
            for one in report.pins
        ],
        "unused": list(report.unused),
    }


def error_document(error: BaseException | None) -> dict[str, Any] | None:
    """Describe an error by its stable code, its message and the address it concerns."""
    if error is None:
        return None
    if isinstance(error, ClockworkError):
        return {"code": error.code, "message": str(error), "address": error.address}
    if isinstance(error, KeyboardInterrupt):
        return {"code": "interrupted", "message": "stopped", "address": None}
    return {"code": "internal", "message": f"{type(error).__name__}: {error}", "address": None}


def dumped(document: dict[str, Any]) -> str:
    """Write a document as text: secrets are hidden, and every character outside ASCII is escaped."""
    return json.dumps(mapped(document, redacted), indent=2)


def _resource(change: ResourceChange) -> dict[str, Any]:
    return {
        "address": change.address,
        "type": change.type,
        "action": change.action.value,
        "status": change.status.value,
        "error": change.error,
        "values": {name: _value(found) for name, found in change.values.items()},
        "changed": list(change.changed),
        "notes": list(change.notes),
        "unapproved": list(change.unapproved),
    }


def _assertion(found: AssertionResult) -> dict[str, Any]:
    return {**asdict(found), "seconds": round(found.seconds, 3), "log": list(found.log)}


def _value(found: FieldValue) -> dict[str, Any]:
    told = {"value": without_secrets(found.value), "source": found.provenance.source.value}
    return {**told, "pin": found.pin} if found.pin else told
