"""The provider on real files: what it writes, what it refuses, what it keeps."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from clockwork.errors import ProviderError
from clockwork.state.journal import Claim, Journal
from clockwork_file.provider import File
from support.providers import FileCalls


@pytest.fixture
def files(tmp_path: Path) -> FileCalls:
    return FileCalls(tmp_path)


def wish(path: str, content: str = "hello\n", mode: str = "644", *, adopt: bool = False) -> File.Inputs:
    return File.Inputs(path=path, content=content, mode=mode, adopt=adopt)


def test_create_writes_content_mode_and_folders(files: FileCalls) -> None:
    state = asyncio.run(files.call().create(wish("a/b/notes.md", "ä\r\n", "0600")))
    file = files.project / "a/b/notes.md"
    assert file.read_bytes() == "ä\r\n".encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert state.mode == "600"
    assert state.folders == ["a", "a/b"]
    assert sorted(path.name for path in file.parent.iterdir()) == ["notes.md"]


def test_mode_is_applied_whatever_the_umask(files: FileCalls) -> None:
    before = os.umask(0o077)
    try:
        asyncio.run(files.call().create(wish("open.txt", mode="664")))
    finally:
        os.umask(before)
    assert stat.S_IMODE((files.project / "open.txt").stat().st_mode) == 0o664


def test_delete_removes_the_file_and_only_folders_it_made(files: FileCalls) -> None:
    (files.project / "mine").mkdir()
    state = asyncio.run(files.call().create(wish("mine/made/notes.md")))
    files.remove(state)
    assert (files.project / "mine").is_dir()
    assert not (files.project / "mine/made").exists()


def test_a_folder_with_something_else_in_it_stays(files: FileCalls) -> None:
    state = asyncio.run(files.call().create(wish("made/notes.md")))
    (files.project / "made/yours.txt").write_text("yours")
    files.remove(state)
    assert sorted(path.name for path in (files.project / "made").iterdir()) == ["yours.txt"]


def test_the_last_of_two_files_removes_their_shared_folder(files: FileCalls) -> None:
    first = asyncio.run(files.call("one").create(wish("made/one.txt")))
    second = asyncio.run(files.call("two").create(wish("made/two.txt")))
    files.remove(first, "one")
    assert (files.project / "made").is_dir()
    files.remove(second, "two")
    assert not (files.project / "made").exists()


def test_a_different_file_that_is_there_is_refused(files: FileCalls) -> None:
    (files.project / "notes.md").write_text("somebody else's")
    with pytest.raises(ProviderError, match="Clockwork did not make it") as refused:
        asyncio.run(files.call().check(wish("notes.md"), None))
    assert "adopt=True" in (refused.value.hint or "")
    with pytest.raises(ProviderError):
        asyncio.run(files.call().create(wish("notes.md")))
    assert (files.project / "notes.md").read_text() == "somebody else's"


def test_the_same_content_with_another_mode_is_refused(files: FileCalls) -> None:
    file = files.project / "notes.md"
    file.write_text("hello\n")
    file.chmod(0o600)
    with pytest.raises(ProviderError, match="another content or mode"):
        asyncio.run(files.call().check(wish("notes.md"), None))


def test_adopt_takes_a_different_file_over(files: FileCalls) -> None:
    (files.project / "notes.md").write_text("old")
    wanted = wish("notes.md", adopt=True)
    asyncio.run(files.call().check(wanted, None))
    state = asyncio.run(files.call().create(wanted))
    assert (files.project / "notes.md").read_text() == "hello\n"
    files.remove(state)
    assert not (files.project / "notes.md").exists()


@pytest.mark.parametrize(
    ("content", "mode", "told"),
    [
        ("old", 0o644, "the content"),
        ("hello\n", 0o600, "the mode 600"),
        ("old", 0o600, "the content and the mode 600"),
    ],
)
def test_the_plan_says_that_a_file_is_taken_over(
    files: FileCalls, content: str, mode: int, told: str
) -> None:
    file = files.project / "notes.md"
    file.write_text(content)
    file.chmod(mode)
    asyncio.run(files.call().check(wish("notes.md", adopt=True), None))
    assert files.notes == [f"replaces {told} of {file}, which Clockwork did not make (adopt=True)"]
    assert file.read_text() == content


def test_the_plan_says_nothing_of_a_file_that_is_not_taken_over(files: FileCalls) -> None:
    asyncio.run(files.call().check(wish("new.md", adopt=True), None))
    asyncio.run(files.call("ours").create(wish("ours.md")))
    asyncio.run(files.call("ours").check(wish("ours.md", "new", adopt=True), wish("ours.md")))
    identical = files.project / "same.md"
    identical.write_text("hello\n")
    identical.chmod(0o644)
    asyncio.run(files.call().check(wish("same.md", adopt=True), None))
    assert files.notes == []


@pytest.mark.parametrize("mode", ["rw-r--r--", "999", ""])
def test_a_mode_that_is_none_is_refused_by_the_provider_too(mode: str) -> None:
    with pytest.raises(ValidationError, match="mode"):
        wish("notes.md", mode=mode)


def test_an_identical_file_is_adopted_and_never_deleted(files: FileCalls) -> None:
    file = files.project / "notes.md"
    file.write_text("hello\n")
    file.chmod(0o644)
    asyncio.run(files.call().check(wish("notes.md"), None))
    state = asyncio.run(files.call().create(wish("notes.md")))
    assert state.found
    files.remove(state)
    assert file.read_text() == "hello\n"
    assert any("was there before Clockwork" in note for note in files.kept)


def test_our_own_path_may_be_checked_again(files: FileCalls) -> None:
    asyncio.run(files.call().create(wish("notes.md")))
    asyncio.run(files.call().check(wish("notes.md", "new"), wish("notes.md")))


def test_a_new_path_that_is_taken_is_refused(files: FileCalls) -> None:
    (files.project / "taken.md").write_text("yours")
    with pytest.raises(ProviderError, match=r"taken\.md"):
        asyncio.run(files.call().check(wish("taken.md"), wish("notes.md")))


def test_diff_names_what_changes(files: FileCalls) -> None:
    state = asyncio.run(files.call().create(wish("notes.md")))

    def changes(new: File.Inputs) -> dict[str, tuple[bool, bool]]:
        diff = asyncio.run(files.call().diff(state, wish("notes.md"), new))
        return {name: (change.replace, change.drift) for name, change in diff.changes.items()}

    assert changes(wish("notes.md")) == {}
    assert changes(wish("notes.md", mode="0644")) == {}
    assert changes(wish("notes.md", "new", "600")) == {"content": (False, False), "mode": (False, False)}
    assert changes(wish("other.md")) == {"path": (True, False)}
    assert changes(wish("other.md", "new")) == {"path": (True, False), "content": (False, False)}


def test_diff_sees_changes_by_hand(files: FileCalls) -> None:
    state = asyncio.run(files.call().create(wish("notes.md")))
    file = files.project / "notes.md"
    file.write_text("edited")
    file.chmod(0o600)
    diff = asyncio.run(files.call().diff(state, wish("notes.md"), wish("notes.md")))
    assert diff.changes["content"].drift
    assert diff.changes["mode"].drift
    assert diff.changes["mode"].found == "600"
    assert files.notes == ["the content was changed by hand"]
    asyncio.run(files.call().update(state, wish("notes.md")))
    assert file.read_text() == "hello\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_an_edit_that_is_now_wanted_is_no_drift(files: FileCalls) -> None:
    state = asyncio.run(files.call().create(wish("notes.md")))
    (files.project / "notes.md").write_text("edited")
    diff = asyncio.run(files.call().diff(state, wish("notes.md"), wish("notes.md", "edited")))
    assert not diff.changes["content"].drift


def test_a_missing_file_is_drift_and_made_again(files: FileCalls) -> None:
    state = asyncio.run(files.call().create(wish("made/notes.md")))
    (files.project / "made/notes.md").unlink()
    (files.project / "made").rmdir()
    assert asyncio.run(files.call().read(state)) is None
    diff = asyncio.run(files.call().diff(state, wish("made/notes.md"), wish("made/notes.md")))
    assert diff.changes["content"].drift
    again = asyncio.run(files.call().update(state, wish("made/notes.md")))
    files.remove(again)
    assert list(files.project.iterdir()) == []


def test_read_leaves_what_was_changed_by_hand_to_the_comparison(files: FileCalls) -> None:
    state = asyncio.run(files.call().create(wish("notes.md")))
    (files.project / "notes.md").write_text("edited")
    (files.project / "notes.md").chmod(0o640)
    found = asyncio.run(files.call().read(state))
    assert found == state
    (files.project / "notes.md").unlink()
    assert asyncio.run(files.call().read(state)) is None


def test_an_edited_file_survives_delete_unless_forced(files: FileCalls) -> None:
    state = asyncio.run(files.call().create(wish("notes.md")))
    (files.project / "notes.md").write_text("edited")
    files.remove(state)
    assert (files.project / "notes.md").read_text() == "edited"
    assert any("--force" in note for note in files.kept)
    files.remove(state, force=True)
    assert not (files.project / "notes.md").exists()


def test_a_file_that_became_a_link_is_not_followed(files: FileCalls) -> None:
    state = asyncio.run(files.call().create(wish("notes.md")))
    (files.project / "precious.txt").write_text("hello\n")
    (files.project / "notes.md").unlink()
    (files.project / "notes.md").symlink_to("precious.txt")
    files.remove(state, force=True)
    assert (files.project / "precious.txt").read_text() == "hello\n"
    assert any("no longer the file" in note for note in files.kept)


@pytest.mark.parametrize(
    ("prepare", "path", "told"),
    [
        (lambda root: (root / "docs").mkdir(), "docs", "is a folder"),
        (lambda root: (root / "link.md").symlink_to("real.md"), "link.md", "symbolic link to real.md"),
        (lambda root: (root / "file").write_text("x"), "file/notes.md", "is not a folder"),
        (lambda root: os.mkfifo(root / "pipe"), "pipe", "not a regular file"),
    ],
)
def test_places_that_cannot_be_written_are_told(
    files: FileCalls, prepare: object, path: str, told: str
) -> None:
    prepare(files.project)  # type: ignore[operator]
    with pytest.raises(ProviderError, match=told) as refused:
        asyncio.run(files.call().check(wish(path), None))
    assert refused.value.field == "path"
    assert refused.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_write_permission_is_told(files: FileCalls) -> None:
    (files.project / "closed").mkdir(mode=0o500)
    with pytest.raises(ProviderError, match="not writable"):
        asyncio.run(files.call().check(wish("closed/notes.md"), None))


def test_what_a_killed_run_left_is_ours(files: FileCalls, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    killed = FileCalls(files.project, Journal(path))
    asyncio.run(killed.call().create(wish("made/notes.md")))
    with path.open("a") as journal:
        journal.write('{"urn": "cut off by the ki')

    next_run = FileCalls(files.project, Journal(path))
    asyncio.run(next_run.call().check(wish("made/notes.md", "changed since"), None))
    state = asyncio.run(next_run.call().create(wish("made/notes.md", "changed since")))
    assert (files.project / "made/notes.md").read_text() == "changed since"
    assert not state.found
    next_run.remove(state)
    assert not (files.project / "made").exists()


def test_an_edit_after_a_killed_run_is_respected(files: FileCalls, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    killed = FileCalls(files.project, Journal(path))
    asyncio.run(killed.call().create(wish("notes.md")))
    (files.project / "notes.md").write_text("edited since")
    next_run = FileCalls(files.project, Journal(path))
    with pytest.raises(ProviderError, match="did not make it"):
        asyncio.run(next_run.call().check(wish("notes.md"), None))
    for claim in next_run.journal.recovered:
        asyncio.run(next_run.call().discard(claim))
    assert (files.project / "notes.md").read_text() == "edited since"


def test_discard_removes_files_half_written_ones_and_folders(files: FileCalls) -> None:
    made = files.project / "made"
    made.mkdir()
    (made / ".notes.md.clockwork-new").write_text("hal")
    asyncio.run(files.call().discard(Claim("urn", "file", str(made / "notes.md"), "digest")))
    asyncio.run(files.call().discard(Claim("urn", "folder", str(made), lasting=True)))
    assert not made.exists()


def test_an_adopted_file_is_never_deleted_even_after_an_update(files: FileCalls) -> None:
    file = files.project / "notes.md"
    file.write_text("hello\n")
    file.chmod(0o644)
    state = asyncio.run(files.call().create(wish("notes.md")))
    state = asyncio.run(files.call().update(state, wish("notes.md", "changed\n")))
    files.remove(state)
    assert file.read_text() == "changed\n"
    assert any("was there before Clockwork" in note for note in files.kept)


def test_an_adopted_file_that_was_lost_and_made_again_is_ours(files: FileCalls) -> None:
    file = files.project / "notes.md"
    file.write_text("hello\n")
    file.chmod(0o644)
    state = asyncio.run(files.call().create(wish("notes.md")))
    file.unlink()
    state = asyncio.run(files.call().update(state, wish("notes.md")))
    files.remove(state)
    assert not file.exists()
