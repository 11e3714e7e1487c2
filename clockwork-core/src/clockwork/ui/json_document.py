"""The one document that ``--json`` prints; ``docs/json.md`` describes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from clockwork.errors import ClockworkError
from clockwork.placeholders import mapped
from clockwork.redaction import redacted
from clockwork.results import AssertionResult, FieldValue, ResourceChange, RunResult
from clockwork.ui.values import without_secrets

if TYPE_CHECKING:
    from clockwork.state.deployed import Deployed
    from clockwork.ui.graph import Graph

FORMAT = 1
RUN_COMMANDS = ("plan", "apply", "destroy", "assert")


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


def failure_document(command: str | None, error: BaseException) -> dict[str, Any]:
    """Describe a command that failed.

    Args:
        command: Its name; ``None`` when not even that was said.
        error: Why it failed; the result it carries is shown, as far as the run got.
    """
    if isinstance(error, ClockworkError) and error.result is not None:
        return run_document(error.result, error)
    if command in RUN_COMMANDS:
        return run_document(RunResult(command=command, stack=""), error)
    return {"format": FORMAT, "command": command, "error": error_document(error)}


def graph_document(graph: Graph) -> dict[str, Any]:
    """Describe the relations of a project's resources."""
    resources = [
        {
            "address": address,
            "type": type(resource).__name__,
            "group": resource.links.group.address if resource.links.group else None,
            "needs": list(graph.needs[address]),
        }
        for address, resource in graph.resources.items()
    ]
    return {"format": FORMAT, "command": "graph", "resources": resources, "error": None}


def outputs_document(found: Sequence[Deployed]) -> dict[str, Any]:
    """Describe what is deployed."""
    outputs = {one.address: without_secrets(one.outputs) for one in found}
    return {"format": FORMAT, "command": "outputs", "outputs": outputs, "error": None}


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
        "values": {name: _value(found) for name, found in change.values.items()},
        "changed": list(change.changed),
        "notes": list(change.notes),
    }


def _assertion(found: AssertionResult) -> dict[str, Any]:
    return {**asdict(found), "seconds": round(found.seconds, 3), "log": list(found.log)}


def _value(found: FieldValue) -> dict[str, Any]:
    return {"value": without_secrets(found.value), "source": found.provenance.source.value}
