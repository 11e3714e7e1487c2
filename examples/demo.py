"""The main job from beginning to end, on a copy of ``game_of_life``: ``hatch run demo``.

The example's lock is committed with it, so that no model and no key are needed: what was reviewed
is what is applied.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLE = Path(__file__).parent / "game_of_life"
STEPS = (
    ("plan", "what would be built, and who decided each value"),
    ("apply --yes", "build it"),
    ("apply --yes", "again: nothing is asked, nothing changes"),
    ("assert", "check the real file"),
    ("destroy --yes", "remove what was made, and nothing else"),
)


def main() -> int:
    """Run the steps in a temporary folder; stop at the first that fails."""
    clockwork = Path(sys.executable).with_name("clockwork")
    with tempfile.TemporaryDirectory(prefix="clockwork-demo-") as folder:
        project = Path(folder) / EXAMPLE.name
        shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns(".clockwork", "__pycache__"))
        for arguments, meaning in STEPS:
            print(f"\n$ clockwork {arguments}    # {meaning}", flush=True)
            done = subprocess.run([clockwork, *arguments.split()], cwd=project, check=False)
            if done.returncode != 0:
                return done.returncode
        print(f"\nLeft in the folder: {', '.join(sorted(path.name for path in project.iterdir()))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
