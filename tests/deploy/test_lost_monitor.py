"""A program that loses the engine must not end as if it had declared everything."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.automation import CommandError, CommandResult
from pulumi.automation._server import LanguageServer
from pulumi.automation.events import DiagnosticEvent, EngineEvent
from pulumi.runtime.proto import language_pb2, resource_pb2, resource_pb2_grpc

from clockwork.deploy.changes import EventLog
from clockwork.deploy.failures import failure_of
from clockwork.deploy.program import PulumiProgram
from clockwork.providers.registration import RegistrationLost
from support.kinds import Kinds, ThingResource, manager_of


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """The engine's side of a program, which takes the stack and is gone for every other resource."""

    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:
        return resource_pb2.DeploymentInfo()

    def RegisterResource(self, request: Any, context: Any) -> Any:
        if request.type == "pulumi:pulumi:Stack":
            return resource_pb2.RegisterResourceResponse(urn="urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev")
        return context.abort(grpc.StatusCode.UNAVAILABLE, "the connection was lost")

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()


@pytest.fixture
def monitor() -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(max_workers=4))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(Monitor(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()


def test_a_registration_that_is_lost_fails_the_program(monitor: str) -> None:
    program = PulumiProgram([ThingResource()], manager_of(Kinds()), Path())
    request = language_pb2.RunRequest(project="p", stack="dev", monitor_address=monitor, parallel=1)
    answer = LanguageServer(program).Run(request, None)  # type: ignore[no-untyped-call]
    assert "Resource monitor has terminated" in answer.error


def test_the_cause_of_a_stop_is_told_and_not_that_the_program_noticed_it() -> None:
    log = EventLog(lambda _event: None)
    for message in ("Resource monitor has terminated, shutting down", "the disk of the state is full"):
        log(EngineEvent(0, 0, diagnostic_event=DiagnosticEvent(message, "never", "error")))
    error = failure_of(CommandError(CommandResult("", "", 255)), log, {}, RegistrationLost("stopped"))
    assert error.message == "the disk of the state is full"
