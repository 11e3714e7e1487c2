"""An installed plugin whose thing is made only when the test allows it."""

from __future__ import annotations

import os
from pathlib import Path

from support.command import install_plugin

_CODE = """
import asyncio
from pathlib import Path

from pydantic import BaseModel

from clockwork import EmbeddedResource, Resource, hookimpl


class Waiting(EmbeddedResource, type="clockwork:waiting:Waiting"):
    class Inputs(BaseModel):
        pass

    class State(BaseModel):
        pass

    async def create(self, new):
        self._mark("waits")
        try:
            while not (self.call.project / "go").exists():
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            self._mark("cancelled")
            raise
        return self.State()

    def _mark(self, name: str) -> None:
        (self.call.project / name).touch()


class WaitingResource(Resource):
    name: str = "waiting"

    def to_pulumi(self):
        return Waiting(self.address)


@hookimpl
def clockwork_resource_types():
    yield WaitingResource


@hookimpl
def clockwork_providers():
    yield Waiting
"""

WAITING = "from clockwork.resources import WaitingResource\nwaiting = WaitingResource()"


def install_waiting(site: Path) -> dict[str, str]:
    """Install the plugin into a folder; give the variables that bring it to a process.

    Its thing marks the project folder with ``waits`` and with ``cancelled``, and waits for ``go``.
    """
    install_plugin(site, "waiting", _CODE)
    others = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": os.pathsep.join([str(site), *([others] if others else [])])}
