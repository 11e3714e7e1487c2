"""Paths as people declare them, as the state keeps them, and as they really are."""

from __future__ import annotations

from pathlib import Path

import pytest

from clockwork.errors import LoadError
from clockwork.paths import declared_path, inside_project, real_path, wrong_path


@pytest.mark.parametrize(
    "path", ["a.txt", "docs/a.txt", "docs/../a.txt", ".", "./new/folder/x", "link-inside/x"]
)
def test_inside(tmp_path: Path, path: str) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link-inside").symlink_to("real")
    assert inside_project(path, tmp_path) is None
    assert inside_project(str(tmp_path / path), tmp_path) is None


@pytest.mark.parametrize(
    "path",
    ["..", "../x", "docs/../../x", "/etc/passwd", "~/x", "~nobody-at-all/x", "link/x", "broken", "a\0b"],
)
def test_outside(tmp_path: Path, path: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "link").symlink_to(tmp_path)
    (project / "broken").symlink_to(tmp_path / "not there yet")
    assert inside_project(path, project)


def test_a_way_up_behind_a_link_leads_out_if_anybody_reads_it_so(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "a" / "b").mkdir(parents=True)
    (project / "deep").symlink_to("a/b")
    (project / "near").symlink_to("a")
    assert inside_project("deep/../x", project) is None
    assert inside_project("deep/../../x", project)
    assert real_path("deep/../../x", project) == tmp_path / "x"
    (project / "a" / "out").symlink_to(tmp_path)
    assert inside_project("near/out/../project/x", project)


def test_the_project_itself_may_be_reached_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert inside_project(str(tmp_path / "real" / "x"), tmp_path / "link") is None


def test_a_loop_of_links_is_a_reason(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert inside_project("a/x", tmp_path)


def test_the_real_path_follows_the_home_folder_and_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "link").symlink_to("elsewhere")
    assert real_path("~/a", tmp_path) == tmp_path / "home/a"
    assert real_path("a/../b", tmp_path) == tmp_path / "b"
    assert real_path("link/a", tmp_path) == tmp_path / "link/a"
    assert real_path("/srv/a", tmp_path) == Path("/srv/a")


def test_the_declared_form_is_relative_inside_the_project_alone(tmp_path: Path) -> None:
    assert declared_path("./docs/../a", tmp_path) == "a"
    assert declared_path(str(tmp_path / "a"), tmp_path) == "a"
    assert declared_path("../a", tmp_path) == str(tmp_path.parent / "a")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "it is empty"),
        (" ", "it is empty"),
        ("a\0b", "a path cannot hold a zero byte"),
        ("~nobody-at-all/x", "there is no home folder ~nobody-at-all"),
    ],
)
def test_what_is_no_path_is_told(tmp_path: Path, path: str, reason: str) -> None:
    assert wrong_path(path) == reason
    with pytest.raises(LoadError, match=reason):
        real_path(path, tmp_path)


def test_a_path_is_not_wrong() -> None:
    assert wrong_path("~/a ~b") is None
