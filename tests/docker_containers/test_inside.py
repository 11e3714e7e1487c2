"""Looking into containers: commands that are run there, and databases without a program of their own."""

from __future__ import annotations

import pytest

from support.deploying import Deployment
from support.docker_things import Things
from support.services import free_port

pytestmark = [pytest.mark.engine, pytest.mark.docker]


def seen(deployment: Deployment, code: int = 0) -> dict[str, str]:
    """What each assertion of a deployed project saw, by its name."""
    return {one["name"]: one["message"] for one in deployment.run("assert", code=code)["assertions"]}


def test_a_command_is_run_in_the_container(deployment: Deployment, things: Things) -> None:
    commands = [
        "name='page', command='cat /www/index.html', output='hello from one', timeout_seconds=0",
        "name='other page', command=['cat', '/www/index.html'], output='hello from two', timeout_seconds=0",
        "name='nothing', command=['cat', '/nothing'], timeout_seconds=0",
        "name='no program', command=['perl', '-v'], timeout_seconds=0",
        "name='code', command='exit 7', exit_code=7, timeout_seconds=0",
    ]
    asserted = ", ".join(f"ContainerCommandAssert({one})" for one in commands)
    deployment.declare(
        "from clockwork.assertions import ContainerCommandAssert",
        things.declare("web"),
        f"web.assertions = [{asserted}]",
    )
    deployment.run("apply")
    found = seen(deployment, code=1)
    assert found["page"] == "exit code 0"
    assert found["other page"] == "exit code 0, printed 'hello from one'"
    assert found["nothing"].startswith("exit code 1, printed \"cat: can't open '/nothing'")
    assert "executable file not found" in found["no program"]
    assert found["code"] == "exit code 7"
    things.container("web").kill()
    assert seen(deployment, code=1)["page"].startswith("exited with code 137")


def test_without_a_program_to_ask_the_published_port_is_tried(deployment: Deployment, things: Things) -> None:
    deployment.declare(
        "from clockwork.connections import Database",
        things.declare("cache", ports=[f"{free_port()}:80"]),
        things.declare("hidden"),
        things.declare("web"),
        "web.connect(Database(to=cache, scheme='redis', port=80))",
        "web.connect(Database(to=hidden, scheme='mongodb', env='DOCUMENTS', port=80))",
    )
    deployment.run("apply")
    found = seen(deployment)
    assert found["redis accepts connections on 80"] == "open"
    assert found["mongodb accepts connections on 80"] == "running; port 80 is not published and was not tried"
