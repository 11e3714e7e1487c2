"""An installed plugin whose thing cannot be removed."""

from __future__ import annotations

import os
from pathlib import Path

from support.command import install_plugin

_CODE = """
from pydantic import BaseModel

from clockwork import EmbeddedResource, Resource, hookimpl
from clockwork.errors import ProviderError


class Stubborn(EmbeddedResource, type="clockwork:stubborn:Stubborn", declared_as="StubbornResource"):
    class Inputs(BaseModel):
        pass

    class State(BaseModel):
        pass

    async def create(self, new):
        return self.State()

    async def delete(self, state):
        raise ProviderError("it holds on")


class StubbornResource(Resource):
    name: str = "stubborn"

    def to_pulumi(self):
        return Stubborn(self.address)


@hookimpl
def clockwork_resource_types():
    yield StubbornResource


@hookimpl
def clockwork_providers():
    yield Stubborn
"""

STUBBORN = "from clockwork.resources import StubbornResource\nstubborn = StubbornResource(depends_on=[first])"


def install_stubborn(site: Path) -> dict[str, str]:
    """Install the plugin into a folder; give the variables that bring it to a process."""
    install_plugin(site, "stubborn", _CODE)
    others = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": os.pathsep.join([str(site), *([others] if others else [])])}
