"""Where things of one project stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

LOCK_NAME = "clockwork.lock"
FOLDER_NAME = ".clockwork"


@dataclass(frozen=True)
class Project:
    """The folder of a user's file and what Clockwork keeps there.

    Attributes:
        main_file: The absolute path of the user's file.
        name: The Pulumi project's name.
        is_named: Whether a person chose the name; otherwise it is made from the folder's.
    """

    main_file: Path
    name: str
    is_named: bool = False

    @classmethod
    def of(cls, main_file: Path, name: str | None = None) -> Project:
        """Describe the project of a file.

        Args:
            main_file: The user's file; it need not exist.
            name: The project's name. When ``None``, the one that it had when it was deployed first, so that
                its folder may be renamed; else it is made from the folder's name.
        """
        path = Path(main_file).expanduser().absolute()
        if name is None and (earlier := _recorded(path.parent)):
            return cls(path, earlier)
        made = re.sub(r"[^A-Za-z0-9_.\-]+", "-", path.parent.name).strip("-.")
        return cls(path, name or made or "clockwork", name is not None)

    @property
    def root(self) -> Path:
        """The folder of the user's file."""
        return self.main_file.parent

    @property
    def lock_file(self) -> Path:
        """``clockwork.lock``, beside the user's file."""
        return self.root / LOCK_NAME

    @property
    def folder(self) -> Path:
        """``.clockwork``: everything Clockwork keeps here that is not meant to be committed."""
        return self.root / FOLDER_NAME

    @property
    def state(self) -> Path:
        """``.clockwork/state``: the engine's working folder, and its state with the file backend."""
        return self.folder / "state"


def _recorded(root: Path) -> str | None:
    """Read the name under which the engine knows the project, where it was deployed from this folder."""
    try:
        text = (root / FOLDER_NAME / "state" / "Pulumi.yaml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    found = re.search(r"^name: \"?([A-Za-z0-9_.\-]+)\"?$", text, re.MULTILINE)
    return found[1] if found else None
