"""A bare inline program on Pulumi's Automation API, with the SDK's ordinary resources.

Its files are made by the same provider as Clockwork's, so that the difference is what Clockwork adds
and saves around the engine.
"""

from __future__ import annotations

import sys
from pathlib import Path

from contenders.base import Commands, Contender

_PROGRAM = Path(__file__).parents[1] / "programs" / "bare_pulumi.py"


class BarePulumi(Contender):
    """``stack.preview()``, ``stack.up()`` and ``stack.destroy()`` as the documentation shows them."""

    name = "bare pulumi"

    def prepare(self, folder: Path, count: int) -> Commands:
        """Point the program at the folder."""

        def step(action: str) -> list[str]:
            return [sys.executable, str(_PROGRAM), action, str(count)]

        return Commands(
            {
                "plan": step("preview"),
                "apply": step("up"),
                "apply again": step("up"),
                "destroy": step("destroy"),
            },
            {"PULUMI_CONFIG_PASSPHRASE": "benchmark", "PULUMI_SKIP_UPDATE_CHECK": "true"},
        )
