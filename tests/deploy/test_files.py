"""Files on the real engine: what each command does to them, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from clockwork.lock import Lock, LockEntry
from support.deploying import Deployment, actions, file, many_files, resource

pytestmark = pytest.mark.engine


def test_the_way_of_two_files(deployment: Deployment) -> None:
    deployment.declare(file("one"), file("two", "deep/down/two.txt"))
    assert actions(deployment.run("plan")) == {"one": "create", "two": "create"}
    assert deployment.names() == []
    assert actions(deployment.run("apply")) == {"one": "create", "two": "create"}
    assert deployment.read("deep/down/two.txt") == "hello"
    again = deployment.run("apply")
    assert actions(again) == {}
    assert again["summary"]["same"] == 2
    assert actions(deployment.run("destroy")) == {"one": "delete", "two": "delete"}
    assert deployment.names() == []
    assert not (deployment.folder / ".clockwork").exists()


def test_a_resource_that_left_the_file_is_deleted(deployment: Deployment) -> None:
    deployment.declare(file("one"), file("two"))
    deployment.run("apply")
    deployment.declare(file("two"))
    assert actions(deployment.run("plan")) == {"one": "delete"}
    assert actions(deployment.run("apply")) == {"one": "delete"}
    assert deployment.names() == ["two.txt"]


def test_an_update_shows_the_old_and_the_new_value(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.run("apply")
    deployment.declare(file("note", content="bye", mode="600"))
    plan = deployment.run("plan")
    assert actions(plan) == {"note": "update"}
    assert sorted(resource(plan, "note")["changed"]) == ["content", "mode"]
    shown = deployment.told("plan")
    assert "content hello -> bye you" in shown
    assert "mode 644 -> 600 you" in shown
    deployment.run("apply")
    assert deployment.read("note.txt") == "bye"


def test_a_new_path_replaces_and_says_so_once(deployment: Deployment) -> None:
    deployment.declare(file("note", "a/old.txt"))
    deployment.run("apply")
    deployment.declare(
        "note = FileResource(description='a', name='new.txt', directory='b', content='bye', mode='644')"
    )
    plan = deployment.told("plan")
    assert "replace, because path changes" in plan
    assert "path a/old.txt -> b/new.txt" in plan
    assert "content hello -> bye" in plan
    told = deployment.told("apply")
    assert told.count("note: replaced") == 1
    assert deployment.names() == ["b"]
    assert deployment.read("b/new.txt") == "bye"


def test_a_different_file_that_is_there_stops_everything(deployment: Deployment) -> None:
    deployment.declare(many_files(50))
    (deployment.folder / "f31.txt").write_text("somebody else's")
    for command in ("plan", "apply"):
        error = deployment.run(command, code=1)["error"]
        assert error["address"] == "files[31]"
        assert "adopt=True" in error["message"]
        assert deployment.names() == ["f31.txt"]
    assert deployment.read("f31.txt") == "somebody else's"


def test_an_identical_file_is_adopted_and_outlives_destroy(deployment: Deployment) -> None:
    note = deployment.folder / "note.txt"
    note.write_text("hello")
    note.chmod(0o644)
    deployment.declare(file("note"))
    assert "it is adopted" in deployment.told("apply")
    assert "was there before Clockwork" in deployment.told("destroy")
    assert deployment.names() == ["note.txt"]


def test_adopting_takes_a_different_file_over(deployment: Deployment) -> None:
    (deployment.folder / "note.txt").write_text("older")
    deployment.declare(file("note", adopt=True))
    deployment.run("apply")
    assert deployment.read("note.txt") == "hello"
    assert actions(deployment.run("plan")) == {}


@pytest.fixture
def edited(deployment: Deployment) -> Deployment:
    deployment.declare(file("note"))
    deployment.run("apply")
    (deployment.folder / "note.txt").write_text("by hand")
    return deployment


def test_an_edited_file_is_shown_and_restored(edited: Deployment) -> None:
    plan = edited.told("plan")
    assert "changed by hand" in plan
    assert actions(edited.run("apply")) == {"note": "update"}
    assert edited.read("note.txt") == "hello"


def test_a_lost_file_and_a_changed_mode_are_shown_and_restored(edited: Deployment) -> None:
    note = edited.folder / "note.txt"
    note.unlink()
    assert "the file is gone" in edited.told("plan")
    edited.run("apply")
    note.chmod(0o600)
    assert "mode 600 -> 644 changed by hand" in edited.told("plan")
    edited.run("apply")
    assert note.stat().st_mode & 0o777 == 0o644


def test_destroy_keeps_an_edited_file_and_says_so(edited: Deployment) -> None:
    told = edited.told("destroy")
    assert "note.txt is kept" in told
    assert "--force" in told
    assert edited.read("note.txt") == "by hand"


def test_destroy_with_force_deletes_an_edited_file(edited: Deployment) -> None:
    edited.run("destroy", "--force")
    assert edited.names() == []


def test_a_project_that_moves_keeps_its_files(deployment: Deployment, tmp_path: Path) -> None:
    (deployment.folder / "pyproject.toml").write_text("[tool.clockwork]\nproject-name = 'movable'\n")
    deployment.declare(file("note"))
    deployment.run("apply")
    moved = Deployment(deployment.folder.rename(tmp_path / "elsewhere"))
    assert actions(moved.run("plan")) == {}
    moved.run("destroy")
    assert moved.names() == ["pyproject.toml"]


def test_a_proxy_for_the_network_is_not_asked_for_the_engine(deployment: Deployment) -> None:
    proxy = "http://127.0.0.1:1"
    deployment.environment = {"http_proxy": proxy, "https_proxy": proxy, "grpc_proxy": proxy, "no_proxy": ""}
    deployment.declare(file("note"))
    assert deployment.run("apply")["summary"]["create"] == 1


def a_to(*names: str) -> str:
    return f"fs = [FileResource(description='d', path=n, content=n, mode='644') for n in {names!r}]"


def test_a_file_whose_variable_is_renamed_stays(deployment: Deployment) -> None:
    deployment.declare(file("article", path="x.txt"))
    deployment.run("apply")
    deployment.declare(file("post", path="x.txt", content="other"))
    deployment.run("apply")
    assert deployment.read("x.txt") == "other"
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
    assert deployment.names() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [(("a", "b", "c"), ("b", "c")), (("b", "c"), ("a", "b", "c")), (("a", "b"), ("b", "a"))],
)
def test_files_that_pass_from_one_resource_to_another_stay(
    before: tuple[str, ...], after: tuple[str, ...], deployment: Deployment
) -> None:
    deployment.declare(a_to(*before))
    deployment.run("apply")
    deployment.declare(a_to(*after))
    deployment.run("apply")
    assert deployment.names() == sorted(after)
    assert [deployment.read(name) for name in after] == [*after]
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
    assert deployment.names() == []


def test_two_files_may_swap_their_paths(deployment: Deployment) -> None:
    deployment.declare(file("one", "a.txt", "first"), file("two", "b.txt", "second"))
    deployment.run("apply")
    deployment.declare(file("one", "b.txt", "first"), file("two", "a.txt", "second"))
    deployment.run("apply")
    assert (deployment.read("a.txt"), deployment.read("b.txt")) == ("second", "first")
    assert deployment.run("plan")["summary"]["same"] == 2
    deployment.run("destroy")
    assert deployment.names() == []


def test_an_adopted_file_whose_variable_is_renamed_is_still_not_ours(deployment: Deployment) -> None:
    (deployment.folder / "x.txt").write_text("hello")
    (deployment.folder / "x.txt").chmod(0o644)
    deployment.declare(file("article", path="x.txt"))
    deployment.run("apply")
    deployment.declare(file("post", path="x.txt"))
    deployment.run("apply")
    deployment.run("destroy")
    assert deployment.read("x.txt") == "hello"


@pytest.mark.parametrize("name", ["renamed", None])
def test_a_folder_that_is_renamed_is_still_the_project(name: str | None, deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.run("apply")
    if name is not None:
        deployment.folder = deployment.folder.rename(deployment.folder.with_name(name))
        assert actions(deployment.run("plan")) == {}
    else:
        deployment.environment = {"CW_PROJECT_NAME": "another"}
        deployment.told("destroy")
        assert (deployment.folder / ".clockwork" / "passphrase").exists()
        deployment.environment = {"CW_PROJECT_NAME": "project"}
    deployment.run("destroy")
    assert deployment.names() == []


def test_a_plan_drops_nothing_from_the_lock(deployment: Deployment) -> None:
    lock = Lock.read(deployment.folder / "clockwork.lock")
    lock.put("gone", LockEntry(type="FileResource", question="0", model="small", values={"mode": "644"}))
    lock.write()
    deployment.declare(file("note"))
    deployment.run("plan")
    assert Lock.read(lock.path).addresses == ["gone"]
    deployment.run("apply")
    assert Lock.read(lock.path).addresses == []


def test_a_plan_says_what_will_be_kept(deployment: Deployment) -> None:
    deployment.declare(file("edited"), file("renamed", "stays.txt"), file("made"))
    deployment.run("apply")
    (deployment.folder / "edited.txt").write_text("mine")
    deployment.declare(file("new", "stays.txt"))
    plan = deployment.run("plan")
    assert (plan["summary"]["delete"], plan["summary"]["kept"]) == (1, 2)
    folder = deployment.folder
    assert resource(plan, "edited")["notes"] == [
        f"{folder}/edited.txt is kept: it was changed by hand; with --force it would be gone"
    ]
    assert resource(plan, "renamed")["notes"] == [f"{folder}/stays.txt is kept: new has it now"]
    assert deployment.names() == ["edited.txt", "made.txt", "stays.txt"]
    deployment.run("apply")
    assert deployment.names() == ["edited.txt", "stays.txt"]


def test_a_plan_with_nothing_but_kept_files_is_a_change(deployment: Deployment) -> None:
    deployment.declare(file("edited"), file("other"))
    deployment.run("apply")
    (deployment.folder / "edited.txt").write_text("mine")
    deployment.declare(file("other"))
    deployment.run("plan", "--detailed-exitcode", code=2)
    assert "1 kept · run `clockwork apply`" in deployment.told("plan")
    deployment.run("apply")
    deployment.run("plan", "--detailed-exitcode")


def test_a_plan_says_what_a_replacement_keeps(deployment: Deployment) -> None:
    deployment.declare(file("note", "a.txt"))
    deployment.run("apply")
    (deployment.folder / "a.txt").write_text("mine")
    deployment.declare(file("note", "b.txt"))
    plan = resource(deployment.run("plan"), "note")
    done = resource(deployment.run("apply"), "note")
    assert "a.txt is kept: it was changed by hand; with --force it would be gone" in str(plan["notes"])
    assert (plan["action"], plan["notes"]) == (done["action"], done["notes"])


def test_a_renamed_variable_writes_nothing(deployment: Deployment) -> None:
    deployment.declare(file("article", path="x.txt"))
    deployment.run("apply")
    written = (deployment.folder / "x.txt").stat().st_ino
    deployment.declare(file("post", path="x.txt"))
    deployment.run("apply")
    assert (deployment.folder / "x.txt").stat().st_ino == written
    deployment.run("destroy")
    assert deployment.names() == []
