"""What is said of the parts when the engine that was chosen cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command import clockwork, install_plugin

DOUBTS = """
from clockwork import hookimpl
from clockwork.errors import ProviderError
from clockwork.hook_types import Health, HealthCheck

def fails():
    raise ProviderError("no daemon\\nat all", address="web", hint="Start it.\\nThen look again.")

@hookimpl
def clockwork_health_checks():
    yield HealthCheck("far", lambda: Health(False, "two\\nlines", "first this\\nthen that"))
    yield HealthCheck("fine", lambda: Health(True, "good\\nand well"))
    yield HealthCheck("fails", fails)
    yield HealthCheck("breaks", lambda: 1 / 0)
"""


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ("/nowhere/pulumi", "/nowhere/pulumi does not exist"),
        ("/bin/false", "/bin/false does not run, or does not say its version"),
        ("/bin", "/bin is not a file"),
        ("~nobody-of-this-name/pulumi", "there is no home folder for ~nobody-of-this-name/pulumi"),
    ],
)
def test_version_tells_everything_else_and_what_is_wrong(chosen: str, reason: str, tmp_path: Path) -> None:
    shown = clockwork("version", cwd=tmp_path, CW_PULUMI=chosen)
    assert (shown.returncode, shown.stderr) == (0, "")
    rows = dict(row.split(maxsplit=1) for row in shown.stdout.splitlines())
    assert reason in rows["pulumi"]
    assert {"clockwork-core", "clockwork-file", "python"} <= rows.keys()
    document = json.loads(clockwork("version", "--json", cwd=tmp_path, CW_PULUMI=chosen).stdout)
    assert (document["engine"], document["error"]) == (None, None)
    assert reason in document["engine_problem"]


def test_doctor_shows_the_lines_of_a_finding_below_each_other(tmp_path: Path) -> None:
    install_plugin(tmp_path / "site", "doubts", DOUBTS)
    surroundings = {
        "PYTHONPATH": str(tmp_path / "site"),
        "CW_PULUMI": "/nowhere/pulumi",
        "CLOCKWORK_DISABLE_PLUGINS": "docker,apple-container,git",
    }
    shown = clockwork("doctor", cwd=tmp_path, **surroundings)
    assert shown.returncode == 1
    assert shown.stdout == (
        "✗ breaks  the check itself failed: ZeroDivisionError: division by zero\n"
        "✗ engine  CW_PULUMI cannot be used: /nowhere/pulumi does not exist\n"
        "          Set it to the path of a pulumi program, or unset it and let Clockwork find one.\n"
        "✗ fails   web: no daemon\n"
        "          at all\n"
        "          Start it.\n"
        "          Then look again.\n"
        "✗ far     two\n"
        "          lines\n"
        "          first this\n"
        "          then that\n"
        "✓ fine    good\n"
        "          and well\n"
        "\n"
        "4 problems found\n"
    )
    document = json.loads(clockwork("doctor", "--json", cwd=tmp_path, **surroundings).stdout)
    assert document["checks"][1] == {
        "name": "engine",
        "ok": False,
        "message": "CW_PULUMI cannot be used: /nowhere/pulumi does not exist",
        "hint": "Set it to the path of a pulumi program, or unset it and let Clockwork find one.",
    }
