"""Projects that are deployed for real: their file, the commands on it, and what came of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support.command import clockwork

HEAD = "from clockwork.resources import FileResource\n"


class Deployment:
    """A project folder with a ``main.py``, worked on through the command line."""

    def __init__(self, folder: Path, head: str = HEAD) -> None:
        self.folder = folder
        self.head = head
        self.environment: dict[str, str] = {}

    def declare(self, *statements: str) -> None:
        """Write ``main.py``."""
        (self.folder / "main.py").write_text(self.head + "\n".join(statements) + "\n", encoding="utf-8")

    def run(self, *args: str, code: int = 0) -> dict[str, Any]:
        """Run a command that must end with an exit code; give its JSON document."""
        done = clockwork(*args, "--json", cwd=self.folder, **self.environment)
        assert done.returncode == code, done.stderr + done.stdout
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    def told(self, *args: str, code: int = 0) -> str:
        """Run a command that must end with an exit code; give its words, each gap one space."""
        done = clockwork(*args, cwd=self.folder, **self.environment)
        assert done.returncode == code, done.stderr + done.stdout
        return " ".join((done.stdout + done.stderr).split())

    def names(self) -> list[str]:
        """What stands in the folder, without Clockwork's own and ``main.py``."""
        ours = ("main.py", ".clockwork", "clockwork.lock", "__pycache__")
        return sorted(path.name for path in self.folder.iterdir() if path.name not in ours)

    def read(self, name: str) -> str:
        """The text of a file in the folder."""
        return (self.folder / name).read_text(encoding="utf-8")

    def state(self, stack: str = "dev") -> list[dict[str, Any]]:
        """The resources in the local state, without stack and providers."""
        folder = self.folder / ".clockwork" / "state" / ".pulumi" / "stacks" / self.folder.name
        document = json.loads((folder / f"{stack}.json").read_text(encoding="utf-8"))
        found = document["checkpoint"]["latest"].get("resources", [])
        return [one for one in found if one["type"].partition(":")[0] != "pulumi"]


def file(variable: str, path: str = "", content: str = "hello", **fields: Any) -> str:
    """The statement that declares a complete file; its path is its variable's name unless given."""
    given = {"path": path or f"{variable}.txt", "content": content, "mode": "644", **fields}
    told = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return f"{variable} = FileResource(description='a file', {told})"


def many_files(number: int, folder: str = "") -> str:
    """The statement that declares a list of complete files ``f0.txt``, ``f1.txt`` and so on."""
    fields = "description='one of many', mode='644', content=str(n)"
    return f"files = [FileResource(path=f'{folder}f{{n}}.txt', {fields}) for n in range({number})]"


def actions(document: dict[str, Any]) -> dict[str, str]:
    """What a document says of each resource that is not left as it is."""
    return {one["address"]: one["action"] for one in document["resources"] if one["action"] != "same"}


def resource(document: dict[str, Any], address: str) -> dict[str, Any]:
    """What a document says of one resource."""
    found: dict[str, Any] = next(one for one in document["resources"] if one["address"] == address)
    return found
