"""The way between this process and the engine, which stays on this machine."""

from __future__ import annotations

import os

_HERE = ("127.0.0.1", "localhost")


def keep_loopback_direct() -> None:
    """Have gRPC reach the engine without the proxy that the environment names for the network.

    Source: gRPC's ``doc/environment_variables.md``; ``no_grpc_proxy`` is read in the place of ``no_proxy``.
    """
    given = os.environ.get("no_grpc_proxy") or os.environ.get("no_proxy") or ""  # noqa: SIM112 gRPC reads small letters
    hosts = [*filter(None, given.split(",")), *_HERE]
    os.environ["no_grpc_proxy"] = ",".join(dict.fromkeys(hosts))  # noqa: SIM112
