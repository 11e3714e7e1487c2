"""Commands on this machine: run once, again when something changes, undone by another."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

import pytest

from support.deploying import Deployment, actions, file, resource
from support.killing import Held, is_running, kill, under_way, wait_until

pytestmark = pytest.mark.engine


def command(create: str, **fields: Any) -> str:
    """The statement that declares a command named ``job``."""
    told = "".join(f", {name}={value!r}" for name, value in fields.items())
    return f"job = CommandResource(create={create!r}{told})"


def test_a_command_runs_once_and_is_undone(deployment: Deployment) -> None:
    deployment.declare(command("echo run >> log; echo hello", delete="echo undone >> log"))
    assert actions(deployment.run("plan")) == {"job": "create"}
    assert deployment.names() == []
    assert actions(deployment.run("apply")) == {"job": "create"}
    assert actions(deployment.run("apply")) == {}
    assert deployment.read("log") == "run\n"
    assert deployment.run("outputs")["outputs"]["job"]["stdout"] == "hello"
    deployment.run("destroy")
    assert deployment.read("log") == "run\nundone\n"


def test_a_change_runs_update_with_what_the_last_one_printed(deployment: Deployment) -> None:
    update = 'echo "update after $PULUMI_COMMAND_STDOUT in $COLOR" >> log; echo two'
    deployment.declare(command("echo one", update=update, environment={"COLOR": "red"}))
    deployment.run("apply")
    deployment.declare(command("echo one", update=update, environment={"COLOR": "blue"}))
    assert actions(deployment.run("apply")) == {"job": "update"}
    deployment.declare(command("echo one", update=update, environment={"COLOR": "green"}))
    deployment.run("apply")
    assert deployment.read("log") == "update after one in blue\nupdate after two in green\n"


def test_what_a_command_does_to_a_file_is_seen_although_the_plan_saw_none_of_it(
    deployment: Deployment,
) -> None:
    note = f"{file('note', content='good')}\nnote.depends_on = [job]"
    spoils = "printf spoiled > note.txt"
    deployment.declare(command("echo one", update=spoils, environment={"COLOR": "red"}), note)
    deployment.run("apply")
    deployment.declare(command("echo one", update=spoils, environment={"COLOR": "blue"}), note)
    assert actions(deployment.run("plan")) == {"job": "update"}
    assert actions(deployment.run("apply")) == {"job": "update", "note": "update"}
    assert deployment.read("note.txt") == "good"


def test_without_update_create_runs_again(deployment: Deployment) -> None:
    deployment.declare(command("echo a >> log"))
    deployment.run("apply")
    deployment.declare(command("echo b >> log"))
    deployment.run("apply")
    assert deployment.read("log") == "a\nb\n"


def test_another_way_to_undo_is_only_remembered(deployment: Deployment) -> None:
    deployment.declare(command("echo a >> log", delete="echo old >> log"))
    deployment.run("apply")
    deployment.declare(command("echo a >> log", delete="echo new >> log"))
    assert actions(deployment.run("apply")) == {"job": "update"}
    deployment.run("destroy")
    assert deployment.read("log") == "a\nnew\n"


def test_a_trigger_undoes_and_runs_anew(deployment: Deployment) -> None:
    deployment.declare(command("echo a >> log", delete="echo undone >> log", triggers=[1]))
    deployment.run("apply")
    deployment.declare(command("echo a >> log", delete="echo undone >> log", triggers=[2]))
    assert actions(deployment.run("apply")) == {"job": "replace"}
    assert deployment.read("log") == "a\nundone\na\n"


def test_a_trigger_that_is_an_output(deployment: Deployment) -> None:
    def declare(content: str) -> None:
        deployment.declare(
            f"note = FileResource(description='n', path='note.txt', mode='644', content={content!r})",
            "job = CommandResource(create='cat note.txt >> log', triggers=[note.ref('digest')])",
        )

    declare("a")
    deployment.run("apply")
    declare("b")
    deployment.run("apply")
    assert deployment.read("log") == "ab"


def test_a_check_spares_what_is_so_already_and_finds_what_no_longer_is(deployment: Deployment) -> None:
    (deployment.folder / "made").touch()
    deployment.declare(command("touch made; echo run >> log", check="test -e made"))
    assert "so already" in str(deployment.run("apply")["resources"][0]["notes"])
    assert deployment.names() == ["made"]
    (deployment.folder / "made").unlink()
    planned = deployment.run("plan")
    assert actions(planned) == {"job": "update"}
    assert "no longer so" in str(resource(planned, "job")["notes"])
    deployment.run("apply")
    assert deployment.names() == ["log", "made"]
    assert actions(deployment.run("plan")) == {}
    checked = deployment.run("assert")
    assert {one["name"]: one["passed"] for one in checked["assertions"]}["check"] is True
    (deployment.folder / "made").unlink()
    deployment.run("assert", code=1)
    assert actions(deployment.run("refresh")) != {}


def test_standard_input_folder_and_environment(deployment: Deployment) -> None:
    (deployment.folder / "sub").mkdir()
    deployment.declare(
        command("cat > got; echo $PWD $A >> got", stdin="typed\n", directory="sub", environment={"A": "b c"})
    )
    deployment.run("apply")
    assert deployment.read("sub/got") == f"typed\n{deployment.folder}/sub b c\n"


def test_a_command_without_standard_input_does_not_wait_for_any(deployment: Deployment) -> None:
    deployment.declare(command("cat > got"))
    deployment.run("apply")
    assert deployment.read("got") == ""


def test_a_command_that_fails_is_told_with_what_it_printed(deployment: Deployment) -> None:
    other = "other = CommandResource(create='touch other')"
    deployment.declare(command("echo the reason >&2; exit 3"), other)
    told = deployment.told("apply", code=1)
    assert "`echo the reason >&2; exit 3` ended with exit code 3" in told
    assert "the reason" in told
    assert deployment.names() == ["other"]
    deployment.declare(command("touch job"), other)
    document = deployment.run("apply")
    assert actions(document) == {"job": "create"}
    assert "killed" not in str(resource(document, "job")["notes"])


def test_a_command_that_is_not_there_or_is_killed_is_told(deployment: Deployment) -> None:
    deployment.declare(command("no-such-program --x"))
    assert "exit code 127" in deployment.told("apply", code=1)
    deployment.declare(command("kill -9 $$"))
    assert "was ended by SIGKILL" in deployment.told("apply", code=1)


def test_a_command_that_hangs_is_stopped_with_all_that_it_started(deployment: Deployment) -> None:
    deployment.declare(command("sleep 1000 & echo $! > pid; wait", timeout_seconds=0.5))
    assert "did not end within 0.5 seconds" in deployment.told("apply", code=1)
    pid = deployment.read("pid").strip()
    assert not is_running(pid)


def test_what_is_no_text_is_told_and_kept_as_escapes(deployment: Deployment) -> None:
    deployment.declare(command(r"printf '\377\000\033[31mred\n'; exit 1"))
    told = deployment.told("apply", code=1)
    assert r"\xff" in told
    assert "\x1b[31m" not in told
    deployment.declare(command(r"printf '\377\000ok\n'"))
    assert json.dumps(deployment.run("apply"))
    assert r"\xff" in deployment.run("outputs")["outputs"]["job"]["stdout"]


@pytest.mark.parametrize("with_engine", [True, False])
def test_a_killed_run_leaves_no_command_running(deployment: Deployment, with_engine: bool) -> None:
    held = Held(deployment.folder / "held")
    deployment.declare(command("trap '' TERM; exec 9>held; sleep 1000 & echo >&9; wait"))
    with under_way("apply", cwd=deployment.folder) as process:
        wait_until(held.is_held, process)
        kill(process, with_engine=with_engine)
        held.wait_for_end()


def test_what_a_command_left_behind_outlives_a_killed_run(deployment: Deployment) -> None:
    held = Held(deployment.folder / "held")
    leaves = "first = CommandResource(create='sleep 1000 & echo $! > pid')"
    deployment.declare(leaves, command("exec 9>held; echo >&9; sleep 1000"), "job.connect(first)")
    with under_way("apply", cwd=deployment.folder) as process:
        wait_until(held.is_held, process)
        kill(process, with_engine=True)
        held.wait_for_end()
    pid = deployment.read("pid")
    assert is_running(pid)
    os.kill(int(pid), signal.SIGKILL)


def test_a_killed_run_runs_it_again_and_says_so(deployment: Deployment) -> None:
    deployment.declare(command("echo run >> log; test -e go || sleep 1000"))
    with under_way("apply", cwd=deployment.folder) as process:
        wait_until(lambda: (deployment.folder / "log").exists(), process)
        kill(process, with_engine=True)
    (deployment.folder / "go").touch()
    document = deployment.run("apply")
    assert "was killed" in str(resource(document, "job")["notes"])
    assert deployment.read("log") == "run\nrun\n"
    assert actions(deployment.run("plan")) == {}


def test_a_secret_reaches_the_command_and_nobody_else(deployment: Deployment) -> None:
    deployment.environment = {"GIVEN": "hunter2hunter2", "CW_LOG_LEVEL": "debug"}
    deployment.declare(
        "from clockwork import Secret",
        "given = Secret.from_env('GIVEN')",
        "job = CommandResource(create='printf %s \"$TOKEN\" > token; echo $TOKEN',"
        " environment={'TOKEN': given})",
    )
    seen = [deployment.told(*words) for words in (["plan"], ["apply"], ["apply", "--json"], ["outputs"])]
    assert deployment.read("token") == "hunter2hunter2"
    kept = [path for path in deployment.folder.rglob("*") if path.is_file() and path.name != "token"]
    texts = [*seen, *(path.read_text(encoding="utf-8", errors="replace") for path in kept)]
    assert not [text for text in texts if "hunter2hunter2" in text]


def test_independent_commands_run_at_once(deployment: Deployment) -> None:
    meet = "touch {me}; until test -e {other}; do :; done"
    deployment.declare(
        f"one = CommandResource(create={meet.format(me='a', other='b')!r}, timeout_seconds=60)",
        f"two = CommandResource(create={meet.format(me='b', other='a')!r}, timeout_seconds=60)",
    )
    deployment.run("apply")
    assert deployment.names() == ["a", "b"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ("create=''", "at least 1 character"),
        ("create='x', environment={'A=B': '1'}", "environment variable"),
        ("create='x', timeout_seconds=0", "more than 0"),
        ("description='x'", "model"),
    ],
)
def test_wrong_fields_are_told(fields: str, told: str, deployment: Deployment) -> None:
    deployment.environment = {"CW_BASE_URL": "http://127.0.0.1:1/v1"}
    deployment.declare(f"job = CommandResource({fields})")
    assert told in deployment.told("plan", code=1)
