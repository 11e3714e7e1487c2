"""FileResource: its fields, its paths, its claims, its assertions."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from clockwork.assertions import Seen, Subject
from clockwork.errors import LoadError
from clockwork.hook_types import CompletionContext
from clockwork.plugins.manager import PluginManager
from clockwork.validation import Problem, problems
from clockwork_file.assertions import file_assertions
from clockwork_file.guard import refusals
from clockwork_file.resource import FileResource


def placed(project: Path, **fields: object) -> FileResource:
    resource = FileResource(description="notes", **fields)
    resource.place("notes", project)
    return resource


def test_the_fields_are_there_with_their_defaults() -> None:
    resource = FileResource(description="notes")
    assert resource.missing_fields() == ["name", "content", "directory", "mode"]
    assert resource.needs_completion()
    with pytest.raises(ValidationError, match="description"):
        FileResource()  # type: ignore[call-arg]


def test_a_path_makes_name_and_directory_needless() -> None:
    assert FileResource(description="x", path="a.txt").missing_fields() == ["content", "mode"]
    assert not FileResource(description="x", path="a.txt", content="", mode="644").needs_completion()


@pytest.mark.parametrize("mode", ["rw-r--r--", "888", "64", "644 ", "0o644"])
def test_a_wrong_mode_is_an_error_at_once(mode: str) -> None:
    with pytest.raises(ValidationError, match="mode"):
        FileResource(description="x", mode=mode)
    resource = FileResource(description="x")
    with pytest.raises(ValidationError, match="mode"):
        resource.mode = mode


@pytest.mark.parametrize("name", ["..", ".", "a/b", "", "a\x00b"])
def test_a_name_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="name"):
        FileResource(description="x", name=name)


@pytest.mark.parametrize("path", ["", " ", "docs/", "..", "a\x00", "~nobody-at-all/a.txt", "a\ud800"])
def test_a_path_that_names_no_file_is_refused(path: str) -> None:
    with pytest.raises(ValidationError, match="path"):
        FileResource(description="x", path=path)


@pytest.mark.parametrize("directory", ["", " ", "a\x00", "~nobody-at-all", "a\udcff"])
def test_a_directory_that_is_none_is_refused(directory: str) -> None:
    with pytest.raises(ValidationError, match="directory"):
        FileResource(description="x", directory=directory)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("mode", 0o644, 'expected text, as in mode="644"; got 420'),
        (
            "mode",
            "rw-r--r--",
            "expected its permissions in octal digits, such as 644, 600 or 755; got 'rw-r--r--'",
        ),
        (
            "name",
            "a/b",
            "expected the file's name with its extension, without folders, such as notes.md, nginx.conf"
            " or settings.json; got 'a/b'",
        ),
        ("content", b"abc", "expected text, got bytes"),
        ("content", "a\ud800", r"it holds '\ud800', which is no character and cannot be stored"),
        ("path", "~nobody-at-all/x", "there is no home folder ~nobody-at-all"),
        ("contents", "x", "FileResource has no field 'contents'; did you mean 'content'?"),
    ],
)
def test_a_wrong_field_is_told_in_words(field: str, value: object, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        FileResource(description="x", **{field: value})
    assert problems(caught.value) == [Problem(field, message)]


def test_paths_are_relative_to_the_project_and_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    project = tmp_path / "project"
    assert Path(placed(project, path="a/../b.txt").file or "") == project / "b.txt"
    assert Path(placed(project, path="../b.txt").file or "") == tmp_path / "b.txt"
    assert Path(placed(project, path="~/b.txt").file or "") == tmp_path / "home/b.txt"
    assert Path(placed(project, name="b.txt", directory="docs").file or "") == project / "docs/b.txt"


def test_two_ways_to_write_one_path_claim_the_same(tmp_path: Path) -> None:
    one = placed(tmp_path, path="docs/../b.txt")
    other = placed(tmp_path, name="b.txt", directory=".")
    assert one.claims() == other.claims() != []
    assert placed(tmp_path).claims() == []


def test_a_path_through_a_linked_folder_claims_the_real_file(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert placed(tmp_path, path="link/b.txt").claims() == placed(tmp_path, path="real/b.txt").claims()


def test_the_assertions_find_what_is_wrong(tmp_path: Path) -> None:
    resource = placed(tmp_path, path="b.txt", content="one\ntwo\n", mode="644")

    async def seen() -> dict[str, Seen]:
        subject = Subject(resource, PluginManager())
        return {one.name: await one.check(subject) for one in file_assertions(resource)}

    def wrong() -> dict[str, str]:
        return {name: one.what for name, one in asyncio.run(seen()).items() if not one.passed}

    assert "does not exist" in wrong()["exists"]
    (tmp_path / "b.txt").write_text("one\nTwo\n")
    (tmp_path / "b.txt").chmod(0o600)
    assert sorted(wrong()) == ["content", "mode"]
    assert "from line 2" in wrong()["content"]
    assert "has mode 600, not 644" in wrong()["mode"]
    (tmp_path / "b.txt").write_text("one\ntwo\n")
    (tmp_path / "b.txt").chmod(0o644)
    assert wrong() == {}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"directory": "../outside", "name": "a.txt"}, "directory"),
        ({"directory": "/etc", "name": "a.txt"}, "directory"),
        ({"directory": "~", "name": ".bashrc"}, "directory"),
        ({"directory": "docs/a.txt", "name": "a.txt"}, "directory"),
        ({"mode": "4755"}, "mode"),
        ({"mode": "666"}, "mode"),
        ({"content": " \n"}, "content"),
    ],
)
def test_a_models_dangerous_values_are_refused(tmp_path: Path, values: dict[str, str], field: str) -> None:
    whole = {"name": "a.txt", "directory": ".", "content": "x", "mode": "644", **values}
    resource = placed(tmp_path, **whole)
    found = list(refusals(resource, values, CompletionContext(tmp_path, tuple(values))))
    assert [refusal.field for refusal in found] == [field]


def test_a_models_harmless_values_pass(tmp_path: Path) -> None:
    whole = {"name": "a.txt", "directory": "docs", "content": "x", "mode": "644"}
    resource = placed(tmp_path, **whole)
    assert not list(refusals(resource, whole, CompletionContext(tmp_path, tuple(whole))))


@pytest.mark.parametrize(
    "path", ["clockwork.lock", ".clockwork/state/Pulumi.yaml", "x/../.clockwork/passphrase"]
)
def test_clockworks_own_files_are_refused(path: str, tmp_path: Path) -> None:
    resource = placed(tmp_path, path=path, content="x", mode="644")
    with pytest.raises(LoadError, match="Clockwork's own") as caught:
        resource.to_pulumi()
    assert (caught.value.address, caught.value.field) == ("notes", "path")


def test_files_that_only_look_like_clockworks_own_are_not(tmp_path: Path) -> None:
    assert Path(placed(tmp_path, path="web/clockwork.lock").file or "") == tmp_path / "web" / "clockwork.lock"
    assert Path(placed(tmp_path, path=".clockworks/a").file or "") == tmp_path / ".clockworks" / "a"


TEXTS = st.text(st.characters(exclude_characters="$", exclude_categories=["Cs"]))


def content_passes(folder: Path, content: str, real: str) -> bool:
    (folder / "note.txt").write_bytes(real.encode("utf-8"))
    resource = placed(folder, path="note.txt", content=content, mode="644")
    checks = {one.name: one for one in file_assertions(resource)}
    return asyncio.run(checks["content"].check(Subject(resource, PluginManager()))).passed


@settings(deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4), TEXTS)
def test_the_text_around_later_values_is_as_declared(parts: list[tuple[str, str]], last: str) -> None:
    content = "".join(f"{literal}${{secret:x}}" for literal, _value in parts) + last
    real = "".join(literal + value for literal, value in parts) + last
    with tempfile.TemporaryDirectory() as folder:
        assert content_passes(Path(folder), content, real)
        assert not content_passes(Path(folder), f"{content}!", real.removesuffix("!") + "?")


@pytest.mark.parametrize(
    "real", ["user=\n", "user=a;password=b", "x user=a;password=b\n", "password=b;user=a\n"]
)
def test_a_change_around_later_values_is_told(real: str, tmp_path: Path) -> None:
    content = "user=${secret:user};password=${ref:db.password}\n"
    assert content_passes(tmp_path, content, "user=a;password=b\n")
    assert not content_passes(tmp_path, content, real)
