"""What the SDK tells the engine's log while a program runs."""

from __future__ import annotations

import grpc
from pulumi.runtime.proto import engine_pb2
from pulumi.runtime.settings import get_engine


def keep_engine_log_quiet() -> None:
    """Send the engine no debug messages, and nothing once it has ended; for the running program.

    The SDK sends a debug message at every turn, each a request of its own, and takes an engine that
    stopped meanwhile, as it does after a failure, for an error of the program.
    """
    engine = get_engine()
    if engine is None:
        return
    send = engine.Log

    def log(request: engine_pb2.LogRequest) -> None:
        if request.severity == engine_pb2.DEBUG:
            return
        try:
            send(request)
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.UNAVAILABLE:
                raise

    engine.Log = log
