"""The stand-in for Apple's program against what is known of the real one: texts, shapes, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from support.fake_container.machine import FakeContainer

SERVICE_HINT = "Ensure container system service has been started with `container system start`."
ABSENT = """
    --restart --hostname --add-host --ip --privileged --pull --stop-signal --stop-timeout --health-cmd
    --expose -P --link --network-alias --gpus --pid --ipc --log-driver --device --security-opt --group-add
"""


def listed(fake: FakeContainer) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(fake("list", "--all", "--format", "json"))
    return found


def test_everything_is_remembered_between_calls(fake: FakeContainer) -> None:
    fake("create", "--name", "web", "nginx:alpine")
    fake("network", "create", "back")
    fake("volume", "create", "data")
    fake("image", "pull", "redis:7")
    assert fake.names() == ["web"]
    assert fake("network", "list", "-q").split() == ["back", "default"]
    assert fake("volume", "list", "-q") == "data\n"
    assert fake("image", "list", "-q").split() == ["nginx:alpine", "redis:7"]


@pytest.mark.parametrize(
    "command", [("image", "list"), ("network", "list"), ("volume", "list"), ("run", "x")]
)
def test_a_service_that_is_not_started_says_so(fake: FakeContainer, command: tuple[str, ...]) -> None:
    fake("system", "stop")
    told = fake.error(*command).splitlines()
    assert told == ['Error: interrupted: "XPC connection error: Connection invalid"', SERVICE_HINT]


@pytest.mark.parametrize(
    ("command", "around"),
    [
        (("list",), "failed to list containers"),
        (("inspect", "web"), "failed to list containers"),
        (("start", "web"), "failed to list containers"),
        (("stop", "web"), "failed to stop container"),
        (("kill", "web"), "failed to kill container"),
        (("delete", "web"), "failed to delete container"),
    ],
)
def test_commands_on_containers_wrap_that(fake: FakeContainer, command: tuple[str, ...], around: str) -> None:
    fake("system", "stop")
    cause = '(cause: "interrupted: "XPC connection error: Connection invalid"")'
    assert fake.error(*command).splitlines() == [f'Error: internalError: "{around}" {cause}', SERVICE_HINT]


def test_the_service_tells_whether_it_runs(fake: FakeContainer) -> None:
    assert json.loads(fake("system", "status", "--format", "json"))["status"] == "running"
    fake("run", "-d", "--name", "web", "nginx:alpine")
    fake("system", "stop")
    assert fake("system", "status", code=1) == "apiserver is not running and not registered with launchd\n"
    assert json.loads(fake("system", "status", "--format", "json", code=1))["status"] == "unregistered"
    assert len(json.loads(fake("system", "version", "--format", "json"))) == 1
    fake("system", "start")
    assert fake.inspect("web")["status"] == {"networks": [], "state": "stopped"}


def test_starting_the_service_asks_for_a_kernel_once(fake: FakeContainer) -> None:
    fake("system", "stop")
    fake.turn(kernel=False)
    assert "Error: failed to read user input" in fake.call("system", "start").stderr
    fake("system", "start", "--disable-kernel-install")


def test_the_shapes_of_1_x(fake: FakeContainer) -> None:
    fake("run", "-d", "--name", "web", "nginx:alpine")
    web = fake.inspect("web")
    assert sorted(web) == ["configuration", "id", "status"]
    assert web["status"]["state"] == "running"
    assert web["status"]["startedDate"].endswith("Z")
    assert fake.error("inspect", "web", "nope", "a") == "Error: container not found: a, nope"
    network = json.loads(fake("network", "inspect", "default"))[0]
    assert sorted(network) == ["configuration", "id", "status"]
    fake("volume", "create", "data")
    assert sorted(json.loads(fake("volume", "inspect", "data"))[0]) == ["configuration", "id"]


def test_the_shapes_of_0_12(fake: FakeContainer) -> None:
    fake.turn(version="0.12.3")
    fake("run", "-d", "--name", "web", "nginx:alpine")
    web = fake.inspect("web")
    assert sorted(web) == ["configuration", "networks", "startedDate", "status"]
    assert web["status"] == "running"
    assert isinstance(web["startedDate"], float)
    assert fake("inspect", "nope") == "[]\n"
    network = json.loads(fake("network", "inspect", "default"))[0]
    assert sorted(network) == ["config", "id", "state", "status"]
    assert fake("network", "inspect", "nope") == "[]\n"
    fake("volume", "create", "data")
    assert json.loads(fake("volume", "inspect", "data"))[0]["name"] == "data"


def test_lists_of_containers_come_in_no_order(fake: FakeContainer) -> None:
    for number in range(6):
        fake("create", "--name", f"web{number}", "nginx:alpine")
    orders = {tuple(str(one["id"]) for one in listed(fake)) for _ in range(8)}
    assert len(orders) > 1


def test_lists_are_one_line_with_sorted_keys_and_escaped_slashes(fake: FakeContainer) -> None:
    fake("create", "--name", "web", "nginx:alpine")
    text = fake("list", "--all", "--format", "json")
    assert text.count("\n") == 1
    assert r'"reference":"docker.io\/library\/nginx:alpine"' in text
    assert [list(one) for one in listed(fake)] == [["configuration", "id", "status"]] * 2
    told = fake("inspect", "web")
    assert told.startswith('[\n  {\n    "configuration" : {\n      "capAdd" : [\n\n      ],\n')
    assert r"docker.io\/library" in told


def test_an_empty_list_is_nothing_or_an_empty_array(fake: FakeContainer) -> None:
    assert fake("list", "-q") == ""
    assert fake("list", "--format", "json") == "[]\n"


def test_the_id_is_the_name_or_a_uuid(fake: FakeContainer) -> None:
    assert fake("create", "--name", "web", "nginx:alpine") == "web\n"
    assert fake.inspect("web")["configuration"]["id"] == "web"
    made = fake("create", "nginx:alpine").strip()
    assert len(made) == 36
    assert made == made.lower()
    assert fake.error("create", "--name", "w", "nginx:alpine") == (
        "Error: container ID w is not a valid container ID"
    )
    assert fake.error("create", "--name", "web", "nginx:alpine") == "Error: container already exists: web"
    assert fake.error("run", "-d", "--name", "web", "nginx:alpine") == (
        "Error: container with id web already exists"
    )


def test_a_container_may_end_at_once_and_run_does_not_say(fake: FakeContainer) -> None:
    fake.image("docker.io/library/dies:1", ends=3, log=["no configuration", "giving up"])
    assert fake.call("run", "-d", "--name", "dies", "dies:1").returncode == 0
    while fake.state_of("dies") != "stopped":
        continue
    assert fake("logs", "dies") == "no configuration\ngiving up\n"
    assert fake("logs", "-n", "1", "dies") == "giving up\n"


def test_a_crash_leaves_a_stopped_container(fake: FakeContainer) -> None:
    fake("run", "-d", "--name", "web", "nginx:alpine")
    fake.kill_process("web")
    while fake.state_of("web") != "stopped":
        continue


def test_the_exit_code_of_a_process_is_the_programs(fake: FakeContainer) -> None:
    assert fake.call("run", "--rm", "alpine", "sh", "-c", "exit 7").returncode == 7
    fake("run", "-d", "--name", "web", "nginx:alpine")
    assert fake.call("exec", "web", "sh", "-c", "echo hi; exit 5").returncode == 5
    assert fake("exec", "-e", "A=1", "web", "sh", "-c", "echo $A; cat") == "1\n"
    assert "failed to find target executable" in fake.error("exec", "web", "psql", code=127)
    fake("stop", "web")
    assert fake.error("exec", "web", "true") == "Error: container web is not running"
    assert fake.error("exec", "nope", "true") == "Error: get failed: container nope not found"


def test_usage_is_64_and_everything_else_1(fake: FakeContainer) -> None:
    assert fake.error("run", code=64).startswith("Error: Missing expected argument '<image>'")
    assert fake.error("run", "--cpus", "0.5", "nginx", code=64).startswith(
        "Error: The value '0.5' is invalid"
    )
    assert fake.error("ps", code=64).startswith("Error: Plugin 'container-ps' not found.")
    fake("system", "stop")
    assert fake.error("ps", code=64).startswith("Error: Plugins are unavailable.")


@pytest.mark.parametrize("flag", ABSENT.split())
def test_flags_that_the_program_does_not_have(fake: FakeContainer, flag: str) -> None:
    for command in ("run", "create"):
        told = fake.error(command, flag, "x", "nginx:alpine", code=64)
        assert told.startswith(f"Error: Unknown option '{flag}'\nUsage: ")
        assert told.endswith(f"  See 'container {command} --help' for more information.")


def test_what_stands_behind_the_image_is_the_containers(fake: FakeContainer) -> None:
    fake("create", "--name", "web", "nginx:alpine", "--name", "other")
    process = fake.inspect("web")["configuration"]["initProcess"]
    assert (process["executable"], process["arguments"]) == ("--name", ["other"])


def test_progress_goes_to_stderr(fake: FakeContainer) -> None:
    done = fake.call("run", "-d", "--name", "web", "nginx:alpine")
    assert done.stdout == "web\n"
    assert "Fetching image" in done.stderr
    pulled = fake.call("image", "pull", "redis:7")
    assert pulled.stdout == ""
    assert pulled.stderr


def test_the_builders_container_is_listed(fake: FakeContainer) -> None:
    builder = next(one for one in listed(fake) if one["id"] == "buildkit")
    assert builder["configuration"]["labels"] == {"com.apple.container.resource.role": "builder"}  # type: ignore[index]


@pytest.mark.parametrize("verb", ["stop", "kill", "delete"])
def test_unknown_containers_in_commands_with_targets(fake: FakeContainer, verb: str) -> None:
    fake("run", "-d", "--name", "web", "nginx:alpine")
    if verb == "delete":
        fake("stop", "web")
    done = fake.call(verb, "web", "nope")
    assert (done.returncode, done.stdout) == (1, "web\n")
    cause = '(cause: "notFound: "container with ID nope not found"")'
    assert done.stderr == f'Error: internalError: "failed to {verb} container" {cause}\n'


def test_delete_and_stop_and_kill(fake: FakeContainer) -> None:
    fake("run", "-d", "--name", "web", "nginx:alpine")
    assert fake.error("delete", "web") == (
        'Error: internalError: "failed to delete container" (cause: "invalidState: "container web is running'
        ' and can not be deleted"")'
    )
    assert fake("start", "web") == "web\n"
    assert fake("stop", "web") == "web\n"
    assert fake("stop", "web") == "web\n"
    assert fake.error("kill", "web").endswith(
        '(cause: "invalidState: "no runtime client exists: container is stopped"")'
    )
    fake("start", "web")
    assert fake("delete", "--force", "web") == "web\n"
    assert "notFound" in fake.error("delete", "--force", "web")
    assert fake.error("stop") == "Error: no containers specified and --all not supplied"


def test_there_are_no_templates(fake: FakeContainer) -> None:
    for command in (("list",), ("image", "list"), ("network", "list"), ("volume", "list")):
        told = fake.error(*command, "--format", "{{.Names}}", code=64)
        assert told.startswith("Error: The value '{{.Names}}' is invalid for '--format <format>'")


def test_nothing_attaches_to_what_runs(fake: FakeContainer) -> None:
    fake("run", "-d", "--name", "web", "nginx:alpine")
    for flag in ("-a", "-i"):
        told = fake.error("start", flag, "web")
        assert told == "Error: attach is currently unsupported on already running containers"
    assert fake("start", "web") == "web\n"


def test_only_folders_are_mounted_by_mount(fake: FakeContainer, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    def refused(text: str) -> str:
        return fake.call("create", "--mount", text, "nginx:alpine").stderr.splitlines()[-1]

    assert refused(f"type=bind,src={tmp_path}/file,dst=/x") == (
        f"Error: path '{tmp_path}/file' is not a directory"
    )
    assert "does not exist" in refused(f"type=bind,src={tmp_path}/gone,dst=/x")
    assert "unknown directive colour" in refused(f"type=bind,src={tmp_path},dst=/x,colour=red")
    fake("create", "--name", "web", "--mount", f"source={tmp_path},target=/x,readonly", "nginx:alpine")
    mounted = {"destination": "/x", "options": ["ro"], "source": str(tmp_path), "type": {"virtiofs": {}}}
    assert fake.inspect("web")["configuration"]["mounts"] == [mounted]


def test_deleting_all_skips_what_runs_without_a_word(fake: FakeContainer) -> None:
    fake("run", "-d", "--name", "web", "nginx:alpine")
    fake("create", "--name", "old", "nginx:alpine")
    done = fake.call("delete", "--all")
    assert (done.returncode, "web" in done.stdout, "old" in done.stdout) == (0, False, True)
    assert fake.state_of("web") == "running"


def test_the_table_of_containers(fake: FakeContainer) -> None:
    fake("run", "-d", "--name", "web", "-c", "2", "-m", "512m", "nginx:alpine")
    header, row = fake("list").splitlines()
    assert header.split() == ["ID", "IMAGE", "OS", "ARCH", "STATE", "IP", "CPUS", "MEMORY", "STARTED"]
    status = fake.inspect("web")["status"]
    assert [row[header.index(name) :].split("  ")[0] for name in ("ID", "STATE", "CPUS", "MEMORY")] == [
        "web",
        "running",
        "2",
        "512 MB",
    ]
    assert row[header.index("IP") :].split()[0] == status["networks"][0]["ipv4Address"]
    assert row[header.index("STARTED") :] == status["startedDate"]


def test_stats_are_of_what_runs(fake: FakeContainer) -> None:
    fake("run", "-d", "--name", "web", "-m", "512m", "nginx:alpine")
    fake("create", "--name", "old", "nginx:alpine")
    [measured] = json.loads(fake("stats", "--format", "json", "web", "old"))
    assert (measured["id"], measured["memoryLimitBytes"]) == ("web", 512 << 20)
    assert sorted(measured) == sorted(
        [
            "id",
            "memoryUsageBytes",
            "memoryLimitBytes",
            "cpuUsageUsec",
            "networkRxBytes",
            "networkTxBytes",
            "blockReadBytes",
            "blockWriteBytes",
            "numProcesses",
        ]
    )
    assert len(fake("stats", "--no-stream").splitlines()) == 2
    assert fake.error("stats", "--no-stream", "nope") == "Error: no such container: nope"


def test_a_container_started_with_rm_goes_when_it_ends(fake: FakeContainer) -> None:
    fake("run", "-d", "--rm", "--name", "web", "nginx:alpine")
    fake("stop", "web")
    assert fake.names() == []


def test_labels_refuse_a_second_equals_sign(fake: FakeContainer) -> None:
    assert fake.call("create", "-l", "a=b=c", "nginx:alpine").stderr.splitlines()[-1] == (
        "Error: invalid label format a=b=c"
    )
    fake("create", "--name", "web", "-l", "a=b", "-l", "c", "nginx:alpine")
    assert fake.inspect("web")["configuration"]["labels"] == {"a": "b", "c": ""}


def test_the_environment_comes_from_image_file_and_command_line(fake: FakeContainer, tmp_path: Path) -> None:
    fake.image("docker.io/library/app:1", environment=["A=image", "B=image", "C=image"])
    file = tmp_path / "env"
    file.write_text("# comment\n\n  B=file = 1 \nC=file\n")
    given = ("--env-file", str(file), "-e", "C=line", "-e", "HOSTS", "-e", "UNSET", "-e", "E=")
    done = fake.call("create", "--name", "app", *given, "app:1", HOSTS="mine")
    assert done.returncode == 0
    found = fake.inspect("app")["configuration"]["initProcess"]["environment"]
    assert {"A=image", "B=file = 1 ", "C=line", "HOSTS=mine", "E="} <= set(found)
    assert not [entry for entry in found if entry.startswith("UNSET")]


def test_an_env_file_may_be_a_pipe(fake: FakeContainer) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"SECRET=pipe\n")
    os.close(writer)
    command = [
        fake.bin / "container",
        "create",
        "--name",
        "app",
        "--env-file",
        f"/dev/fd/{reader}",
        "nginx:alpine",
    ]
    subprocess.run([str(part) for part in command], pass_fds=[reader], check=True, capture_output=True)
    os.close(reader)
    assert "SECRET=pipe" in fake.inspect("app")["configuration"]["initProcess"]["environment"]


def test_missing_images(fake: FakeContainer) -> None:
    assert fake.error("image", "pull", "nope") == (
        "Error: HTTP request to https://registry-1.docker.io/v2/library/nope/manifests/latest"
        " failed with response: 401 Unauthorized. Reason: Unknown"
    )
    assert "404 Not Found" in fake.error("run", "-d", "nginx:nope")
    assert fake.error("create", "Nginx") == "Error: invalid format for image reference"
    assert fake.error("image", "inspect", "b", "a") == "Error: image not found: a, b"
    assert fake.error("image", "delete", "x") == 'Error: failed to delete one or more images: ["x"]'
    assert fake("image", "delete", "-f", "x") == ""


def test_too_little_memory_is_refused(fake: FakeContainer) -> None:
    assert fake.call("create", "-m", "100m", "nginx:alpine").stderr.splitlines()[-1] == (
        "Error: minimum memory amount allowed is 200 MiB (got 104857600 bytes)"
    )


def test_logs_of_a_container_that_never_started(fake: FakeContainer) -> None:
    fake("create", "--name", "web", "nginx:alpine")
    for name in ("web", "nope"):
        assert fake.error("logs", name).startswith(
            f"Error: failed to get logs for container {name}"
            ' (cause: "internalError: "failed to open container logs: '
        )
    fake("run", "-d", "--name", "other", "nginx:alpine")
    while not fake("logs", "other"):
        continue
    assert fake("logs", "other") == "start worker processes\n"
