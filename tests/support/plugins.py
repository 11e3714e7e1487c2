"""Fake installed plugins: a folder on ``sys.path`` with modules and the metadata of distributions."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest


class Shelf:
    """A place on ``sys.path`` where distributions are put as an installer would."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        folder.mkdir(exist_ok=True)
        monkeypatch.syspath_prepend(folder)

    def install(
        self, distribution: str, source: str, *, name: str | None = None, version: str = "1.0"
    ) -> str:
        """Install a distribution with one plugin.

        The plugin's entry point is called ``name``, or as the distribution without ``clockwork-``.
        """
        module = distribution.replace("-", "_")
        (self.folder / f"{module}.py").write_text(dedent(source), encoding="utf-8")
        metadata = self.folder / f"{module}-{version}.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        )
        entry = name or distribution.removeprefix("clockwork-")
        (metadata / "entry_points.txt").write_text(f"[clockwork]\n{entry} = {module}\n")
        # What is imported in the test is forgotten after it.
        self._monkeypatch.setitem(sys.modules, module, None)
        del sys.modules[module]
        return module


RESOURCE_PLUGIN = """
from clockwork import Resource, hookimpl

class {type}(Resource):
    name: str = "{type}"

@hookimpl
def clockwork_resource_types():
    yield {type}
"""


def resource_plugin(type_name: str) -> str:
    """The source of a plugin that gives one resource type."""
    return RESOURCE_PLUGIN.format(type=type_name)
