"""How assertions look at a container."""

from __future__ import annotations

import subprocess
import sys

from support.deploying import Deployment
from support.docker_things import Things


def test_all_that_a_view_needs_is_imported_when_it_is_given() -> None:
    program = (
        "import sys\n"
        "from clockwork_docker import plugin\n"
        "from clockwork_docker.resource import DockerResource\n"
        "given = plugin.clockwork_container(DockerResource(description='x', name='web'))\n"
        "print([name in sys.modules for name in ('docker', 'pulumi', 'clockwork_docker.provider.waiting')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[True, True, True]"


def test_a_log_of_no_container_is_not_called_empty(deployment: Deployment, things: Things) -> None:
    deployment.declare(
        "from clockwork.assertions import LogContainsAssert",
        things.declare("web"),
        "web.assertions = [LogContainsAssert(text='ready', name='says ready', timeout_seconds=0)]",
    )
    told = deployment.told("assert", code=1)
    assert f"web says ready there is no container {things.name('web')!r}" in told
