"""Running a user's file: its surroundings, and what is left behind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from clockwork import Resource
from clockwork.errors import LoadError
from clockwork.loading.loader import load_resources
from clockwork.plugins.manager import PluginManager
from clockwork.project import Project

HEAD = "from clockwork import Resource\n"


def load(main: Path) -> list[Resource]:
    return load_resources(Project.of(main), PluginManager())


def write(folder: Path, **sources: str) -> Path:
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(HEAD + source, encoding="utf-8")
    return folder / "main.py"


def test_the_file_runs_once_as_a_module_in_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "name.txt").write_text("from a file")
    main = write(
        tmp_path,
        main="""
import sys, os
with open("runs.txt", "a") as runs: print(__name__, __file__, file=runs)
assert vars(sys.modules[__name__]) is globals()
assert sys.path[0] == os.getcwd()
article = Resource(name=open("name.txt").read())
""",
    )
    [article] = load(main)
    assert article.name == "from a file"
    assert (tmp_path / "runs.txt").read_text() == f"main {main}\n"


def test_everything_is_afterwards_as_it_was(tmp_path: Path) -> None:
    before = (Path.cwd(), list(sys.path), set(sys.modules), list(sys.path_hooks))
    main = write(
        tmp_path,
        main="import sys, sibling\nsys.path.append('/nowhere')\narticle = Resource(name='x')\n",
        sibling="",
    )
    load(main)
    assert (Path.cwd(), sys.path, sys.path_hooks) == (before[0], before[1], before[3])
    assert not {"main", "sibling"} & (set(sys.modules) - before[2])


def test_everything_is_as_it_was_even_after_an_error(tmp_path: Path) -> None:
    before = (Path.cwd(), list(sys.path), list(sys.path_hooks))
    with pytest.raises(LoadError):
        load(write(tmp_path, main="import sibling\nraise RuntimeError\n", sibling=""))
    assert (Path.cwd(), sys.path, sys.path_hooks) == before
    assert "sibling" not in sys.modules


def test_a_sibling_that_changed_is_seen_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    main = write(
        tmp_path, main="import sibling\narticle = Resource(name=sibling.NAME)\n", sibling="NAME = 'a'\n"
    )
    names = [load(main)[0].name]
    for name in "bc":
        # The same size within the same second: what a compiled file could not tell apart.
        write(tmp_path, sibling=f"NAME = '{name}'\n")
        names.append(load(main)[0].name)
    assert names == ["a", "b", "c"]
    assert not (tmp_path / "__pycache__").exists()


def test_a_package_beside_the_file_is_importable_and_forgotten(tmp_path: Path) -> None:
    package = tmp_path / "shop" / "parts"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(HEAD + "part = Resource(name='x')\n")
    main = write(tmp_path, main="from shop.parts import part\n")
    assert [one.address for one in load(main)] == ["part"]
    assert not [name for name in sys.modules if name.split(".")[0] == "shop"]


def test_two_projects_with_equally_named_siblings_do_not_mix(tmp_path: Path) -> None:
    names = []
    for project in ("one", "two"):
        (tmp_path / project).mkdir()
        source = "from sibling import NAME\narticle = Resource(name=NAME)\n"
        names.append(load(write(tmp_path / project, main=source, sibling=f"NAME = '{project}'\n"))[0].name)
    assert names == ["one", "two"]


def test_a_library_in_an_environment_inside_the_folder_stays_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / ".venv" / "lib"
    site.mkdir(parents=True)
    (site / "library_of_the_environment.py").write_text("")
    monkeypatch.syspath_prepend(site)
    try:
        load(write(tmp_path, main="import library_of_the_environment\narticle = Resource(name='x')\n"))
        assert "library_of_the_environment" in sys.modules
    finally:
        sys.modules.pop("library_of_the_environment", None)


def test_what_the_file_prints_goes_to_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(write(tmp_path, main="print('thinking')\narticle = Resource(name='x')\n"))
    assert capsys.readouterr() == ("", "thinking\n")


def test_a_class_of_the_file_with_postponed_annotations_works(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(
        "from __future__ import annotations\nfrom typing import Optional\n" + HEAD + "class Box(Resource):\n"
        "    inner: Optional[Lid] = None\nclass Lid(Resource):\n    pass\n"
        "box = Box(name='b', inner=Lid(name='l'))\n"
    )
    [box] = load(tmp_path / "main.py")
    assert box.needs_completion() is False


def test_a_file_in_another_encoding_is_read_as_it_says(tmp_path: Path) -> None:
    source = "# -*- coding: latin-1 -*-\n" + HEAD + "article = Resource(name='é')\n"
    (tmp_path / "main.py").write_bytes(source.encode("latin-1"))
    assert load(tmp_path / "main.py")[0].name == "é"


def test_a_file_called_like_an_installed_module_leaves_that_alone(tmp_path: Path) -> None:
    import json

    (tmp_path / "json.py").write_text(HEAD + "article = Resource(name='x')\n")
    load(tmp_path / "json.py")
    assert sys.modules["json"] is json
