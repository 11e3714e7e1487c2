"""Files by a bare inline Pulumi program: ``bare_pulumi.py preview|up|destroy COUNT``."""

from __future__ import annotations

import sys
from pathlib import Path

import pulumi
from pulumi import automation as auto

from clockwork.engine.install import ensure_engine
from clockwork.providers.host import ProviderHost
from clockwork_file.provider import File


class PlainFile(pulumi.CustomResource):
    """A file, registered the SDK's general way."""

    def __init__(self, name: str, path: str, content: str, mode: str) -> None:
        super().__init__("clockwork:file:File", name, {"path": path, "content": content, "mode": mode})


def main(action: str, count: int) -> None:
    """Run one action of the Automation API in the working folder."""

    def program() -> None:
        for number in range(count):
            PlainFile(f"file-{number}", f"files/{number}.txt", f"file {number}\n", "644")

    engine = ensure_engine(lambda _text, _part: None)
    folder = Path.cwd()
    (folder / "state").mkdir(exist_ok=True)
    with ProviderHost([File], project=folder) as host:
        stack = auto.create_or_select_stack(
            "dev",
            "bare",
            program,
            opts=auto.LocalWorkspaceOptions(
                work_dir=str(folder / "state"),
                project_settings=auto.ProjectSettings(
                    "bare", "python", backend=auto.ProjectBackend(f"file://{folder}/state")
                ),
                env_vars={**host.environment, "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true"},
                pulumi_command=auto.PulumiCommand(str(engine.path.parent.parent)),
            ),
        )
        getattr(stack, action)()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
