"""Which paths a model may choose."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from clockwork.guard.paths import refused_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with a repository, an environment, a main.py and links."""
    project = tmp_path / "project"
    (project / ".git" / "hooks").mkdir(parents=True)
    (project / "venv").mkdir()
    (project / "venv" / "pyvenv.cfg").touch()
    (project / "docs").mkdir()
    (project / "main.py").write_text("try:\n    import local_settings\nexcept ImportError:\n    pass\n")
    (project / "hooks").symlink_to(".git/hooks")
    (project / "out").symlink_to(tmp_path)
    return project


def rules(path: str, project: Path, *, given: str | None = None, on_host: bool = False) -> list[str]:
    return [one.rule for one in refused_path("path", path, project, given=given, on_host=on_host)]


@pytest.mark.parametrize(
    "path",
    [
        *("notes.md", "docs/a/b.txt", "Q&A (new).md", "naïve/漢字.txt", "docs/../a.txt", "docs/main.py"),
        *(".gitignore", "app/.dockerignore", "src/pyproject.toml", "x.tar.gz", "Makefile", "docs/json.py"),
        *("Conway's Game.md", "src/__init__.py", "tool.py"),
    ],
)
def test_harmless(folder: Path, path: str) -> None:
    assert rules(path, folder) == []


@pytest.mark.parametrize(
    "path", ["../x", "docs/../../x", "/etc/cron.d/x", "~/x", "out/x", "/tmp/x", "~root/x"]
)
def test_outside_the_project(folder: Path, path: str) -> None:
    assert "outside-project" in rules(path, folder)


@pytest.mark.parametrize(
    "path",
    [
        "main.py",
        "MAIN.py",
        "./main.py",
        "docs/../main.py",
        "clockwork.lock",
        "Clockwork.Lock",
        "pyproject.toml",
        ".clockwork/state/x",
        ".clockwork",
        "mcp.json",
        "docs/..",
        "main.py/x",
    ],
)
def test_clockworks_own(folder: Path, path: str) -> None:
    assert "clockworks-own" in rules(path, folder)


@pytest.mark.parametrize(
    "path",
    [
        ".git/hooks/pre-commit",
        ".git/config",
        ".GIT/config",
        "hooks/pre-commit",
        ".env",
        ".envrc",
        ".env.local",
        ".github/workflows/ci.yml",
        ".vscode/tasks.json",
        "docs/.ssh/authorized_keys",
        ".venv/bin/python",
        ".bashrc",
        ".pre-commit-config.yaml",
        ".gitignore/x",
        ".husky/pre-push",
        "sub/.git/config",
    ],
)
def test_hidden(folder: Path, path: str) -> None:
    assert "hidden-path" in rules(path, folder)


@pytest.mark.parametrize(
    "path",
    [
        *("sitecustomize.py", "docs/usercustomize.py", "tests/conftest.py", "x.pth", "json.py"),
        *("json/__init__.py",),
        *("node_modules/x/index.js", "lib/site-packages/x.py", "docs/__pycache__/a.cpython-311.pyc"),
        *("x.so",),
        *("binding.gyp", "Jenkinsfile", "docker-compose.override.yml", "ConfTest.py"),
    ],
)
def test_runs_unasked(folder: Path, path: str) -> None:
    assert "runs-unasked" in rules(path, folder)


@pytest.mark.parametrize(
    "path",
    [
        "\uff0e\uff0e/x",
        "a\uff0fb",
        "a\u2215b",
        "a\u2024\u2024",
        "no\u200btes.md",
        "\u202etxt.md",
        "docs /x",
        "docs./x",
        "C:\\x",
        "C:x",
        "..\\x",
        "-rf",
        "docs/-x",
        "~x/y",
        "a\nb",
        "nul.txt",
        "docs/COM1",
        "x" * 256,
        "a/" * 20,
        "${ref:db.name}/x",
        "$(id).md",
        "a`id`",
        "\xa0a",
        "a\ufeffb",
        "x" * 1025,
        "a*b",
        "\ud800",
        "notes\ufe0f.md",
        "n\u034fotes.md",
        "a\u115fb",
        "a\U000e0100b",
    ],
)
def test_strange(folder: Path, path: str) -> None:
    assert "strange-path" in rules(path, folder)


def test_a_way_up_behind_a_link_is_followed_as_the_system_and_as_programs_do(folder: Path) -> None:
    (folder / "docs" / "a" / "b").mkdir(parents=True)
    (folder / "deep").symlink_to("docs/a/b")
    assert rules("deep/../x.txt", folder) == []
    assert "outside-project" in rules("deep/../../x.txt", folder)
    assert "hidden-path" in rules("deep/../hooks/pre-commit", folder)
    assert "outside-project" in rules("docs/deep/../../x.txt", folder, given="docs")


def test_what_is_told_of_a_path_outside_is_where_it_leads(folder: Path) -> None:
    def about(path: str, **options: Any) -> list[str]:
        found = refused_path("path", path, folder, **options)
        return [one.about for one in found if one.rule == "outside-project"]

    assert about("/srv/www/../../etc/cron.d/x") == ["/etc/cron.d/x"]
    assert about("/srv/www/x") == ["/srv/www/x"]
    assert about("out/x") == about("../x") == [str(folder.parent / "x")]
    (folder / "docs" / "up").symlink_to("..")
    assert about("docs/up/x", given="docs") == [str(folder / "x")]
    assert about("/srv/\0") == [""]
    assert about("/srv/www/../../etc/passwd", on_host=True) == ["/etc/passwd"]
    assert about("www/../../x", on_host=True) == ["../x"]


def test_a_path_that_is_only_written_long_is_held_against_every_rule(folder: Path) -> None:
    assert rules("./" * 600 + ".git/hooks/pre-commit", folder) == ["strange-path", "hidden-path"]


def test_what_cannot_be_a_path_is_outside(folder: Path) -> None:
    assert rules("a\0b", folder) == ["strange-path", "outside-project"]
    assert rules("", folder) == ["outside-project"]


def test_a_folder_that_the_user_wrote_is_the_users_choice(folder: Path, tmp_path: Path) -> None:
    assert rules(".github/workflows/ci.yml", folder, given=".github/workflows") == []
    assert rules("/srv/www/index.html", folder, given="/srv/www") == []
    assert rules("./main.py", folder, given=".") == ["clockworks-own"]
    assert rules("main.py", folder, given=".") == ["clockworks-own"]
    assert rules("docs/.env", folder, given="docs") == ["hidden-path"]
    assert rules("docs/conftest.py", folder, given="docs") == ["runs-unasked"]
    (folder / "docs" / "link").symlink_to("/etc/passwd")
    assert rules("docs/link", folder, given="docs") == ["outside-project"]


def test_on_another_machine_the_login_folder_is_the_project() -> None:
    nowhere = Path("/nowhere")
    assert rules("site/index.html", nowhere, on_host=True) == []
    assert rules("main.py", nowhere, on_host=True) == []
    assert rules("/etc/passwd", nowhere, on_host=True) == ["outside-project"]
    assert rules("../other/x", nowhere, on_host=True) == ["outside-project"]
    assert rules("~/.ssh/authorized_keys", nowhere, on_host=True) == ["hidden-path"]
    assert rules(".bashrc", nowhere, on_host=True) == ["hidden-path"]
    assert rules("/srv/www/x", nowhere, given="/srv/www", on_host=True) == []


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/srv/www/../../etc/passwd", "/srv/www"),
        ("/srv/www/../other/x", "/srv/www"),
        ("www/../.ssh/authorized_keys", "www"),
        ("~/www/../.bashrc", "~/www"),
        ("~/../x", "~"),
    ],
)
def test_on_another_machine_a_folder_that_the_user_wrote_is_not_left(path: str, given: str) -> None:
    assert "outside-project" in rules(path, Path("/nowhere"), given=given, on_host=True)
    assert rules(f"{given}/site/x", Path("/nowhere"), given=given, on_host=True) == []


def test_what_the_project_itself_imports_may_not_be_hidden(folder: Path) -> None:
    assert rules("helper.py", folder) == []
    (folder / "other.py").write_text("import helper\n")
    assert rules("helper.py", folder) == ["runs-unasked"]


def test_modules_of_the_project_alone_hide_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "shop").mkdir()
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    assert rules("shop/__init__.py", folder) == []
