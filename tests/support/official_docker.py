"""A ``pulumi-resource-docker`` for the tests: Pulumi's own where one is named, else a stand-in for it.

Like Pulumi's own, the stand-in fills in the defaults of the schema, notes in the recorded inputs which
those are, and compares a wish with what is remembered, not with the earlier wish; what it makes carries
no labels of Clockwork's. The rest of what it does is what Clockwork's providers do.
"""

from __future__ import annotations

import os
import shlex
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import provider_pb2

from clockwork.plugins.manager import get
from clockwork.providers import host, wire
from clockwork.providers.embedded import Diff, FieldChange
from clockwork.providers.servicer import Servicer
from clockwork_docker.provider.ownership import Owner

REAL = os.environ.get("CLOCKWORK_TEST_PULUMI_DOCKER", "")
"""The path of Pulumi's own program, which the tests then use instead of the stand-in."""

NAME = "pulumi-resource-docker"
_CONTAINER_ONCE_MADE = {
    "mustRun": True,
    "networkMode": "bridge",
    "removeVolumes": True,
    "restart": "no",
    "start": True,
    "waitTimeout": 60,
}
_DEFAULTS: dict[str, dict[str, Any]] = {
    "docker:index/container:Container": _CONTAINER_ONCE_MADE,
    "docker:index/container:Container.ports": {"ip": "0.0.0.0", "protocol": "tcp"},
    "docker:index/container:Container.healthcheck": {"startInterval": "0s"},
    "docker:index/network:Network": {"ipamDriver": "default"},
}
_MAPS = ("triggers", "buildArgs", "driverOpts", "tmpfs")


def install(folder: Path, trace: Path) -> None:
    """Put the program into a folder.

    Args:
        folder: Where the engine looks for it.
        trace: A file to which the program adds a line each time it is started.
    """
    folder.mkdir(parents=True, exist_ok=True)
    serve = f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r})"
    serve += "; from support.official_docker import main; main()"
    program = shlex.join([REAL] if REAL else [sys.executable, "-c", serve])
    script = folder / NAME
    script.write_text(f'#!/bin/sh\necho started >> {shlex.quote(str(trace))}\nexec {program} "$@"\n')
    script.chmod(0o755)


class StandIn(Servicer):
    """Answers as Pulumi's own program does, as far as the engine can tell."""

    async def Check(self, request: Any, context: Any) -> Any:
        """Accept inputs, with the defaults of the schema."""
        kind, _ = wire.split_urn(request.urn)
        news = wire.as_wished(wire.plain(request.news))
        return provider_pb2.CheckResponse(inputs=wire.struct(_filled(news, kind)))

    async def Diff(self, request: Any, context: Any) -> Any:
        """Make anew what does not stand in what is remembered."""
        olds, news = wire.plain(request.olds), wire.plain(request.news)
        wished = {name for name in news if name != "__defaults"}
        differing = {n: FieldChange(replace=True) for n in wished if _differs(news[n], olds.get(n))}
        return wire.diff_response(Diff(differing, delete_first=True), olds, news)

    async def Create(self, request: Any, context: Any) -> Any:
        """Make a thing; what is remembered has the marks of the program."""
        wish = wire.plain(request.properties)
        request.properties.CopyFrom(wire.struct(wire.as_wished(wish)))
        response = await super().Create(request, context)
        response.properties.update({"__meta": '{"schema_version":"2"}', "gpus": None})
        return response


def main() -> None:
    """Serve until the engine ends the program."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    host.Servicer = StandIn  # type: ignore[attr-defined]
    Owner.labels = lambda _owner, _token, spec="": {}  # type: ignore[method-assign, assignment]
    Owner.is_copy = lambda _owner, _labels: False  # type: ignore[method-assign, assignment]
    served = [kind for kind in get().results("clockwork_providers") if kind.type_token.startswith("docker:")]
    with host.ProviderHost(served, project=Path.cwd()) as serving:
        print(serving.port, flush=True)
        stopping.wait()


def _filled(value: Any, place: str) -> Any:
    if isinstance(value, list):
        return [_filled(item, place) for item in value]
    if not isinstance(value, dict):
        return value
    missing = {name: default for name, default in _DEFAULTS.get(place, {}).items() if name not in value}
    given = {
        name: item if name in _MAPS else _filled(item, f"{place}.{name}") for name, item in value.items()
    }
    return {**given, **missing, "__defaults": sorted(missing)}


def _differs(new: Any, old: Any) -> bool:
    """Tell whether a wish does not hold; what it leaves open may be anything."""
    if isinstance(new, dict):
        wished = {name: value for name, value in new.items() if name != "__defaults"}
        return not isinstance(old, dict) or any(_differs(v, old.get(n)) for n, v in wished.items())
    if isinstance(new, list):
        both = isinstance(old, list) and len(old) == len(new)
        return not both or any(_differs(*pair) for pair in zip(new, old, strict=True))
    return bool(new != old)
