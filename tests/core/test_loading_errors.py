"""What a person is told when his file cannot be loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from clockwork.errors import ClockworkError, DeployError, LoadError, PluginError
from clockwork.loading.loader import load_resources
from clockwork.plugins.manager import PluginManager
from clockwork.project import Project
from support.plugins import Shelf, resource_plugin


def refused(path: Path, plugins: PluginManager | None = None) -> ClockworkError:
    with pytest.raises(ClockworkError) as caught:
        load_resources(Project.of(path), plugins or PluginManager())
    return caught.value


def written(tmp_path: Path, source: str, name: str = "main.py") -> Path:
    path = tmp_path / name
    path.write_text(source, encoding="utf-8")
    return path


def test_a_missing_file_names_what_was_looked_for_and_the_option(tmp_path: Path) -> None:
    error = refused(tmp_path / "main.py")
    assert error.message == f"there is no file {tmp_path / 'main.py'}"
    assert "--file" in (error.hint or "")


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    error = refused(tmp_path)
    assert "is a folder" in error.message
    assert str(tmp_path / "main.py") in (error.hint or "")


def test_a_kind_of_file_that_nobody_loads(tmp_path: Path) -> None:
    assert "no installed plugin loads .toml files" in refused(written(tmp_path, "", "main.toml")).message


def test_an_exception_has_his_frames_alone_and_his_line(tmp_path: Path) -> None:
    path = written(tmp_path, "def half(number):\n    return number / 0\n\nhalf(1)\n")
    error = refused(path)
    assert isinstance(error, LoadError)
    assert (error.file, error.line) == (path, 2)
    assert "ZeroDivisionError: division by zero" in error.message
    frames = [line for line in error.message.splitlines() if line.startswith("  File ")]
    assert frames == [f'  File "{path}", line 4, in <module>', f'  File "{path}", line 2, in half']
    assert isinstance(error.__cause__, ZeroDivisionError)


def test_an_exception_in_a_library_points_to_his_line(tmp_path: Path) -> None:
    path = written(tmp_path, "import json\n\njson.loads('{')\n")
    error = refused(path)
    assert (error.file, error.line) == (path, 3)


def test_an_exception_in_a_sibling_points_there(tmp_path: Path) -> None:
    sibling = written(tmp_path, "value = 1\nraise KeyError('gone')\n", "sibling.py")
    error = refused(written(tmp_path, "import sibling\n"))
    assert (error.file, error.line) == (sibling, 2)
    assert "importlib" not in error.message


@pytest.mark.parametrize("name", ["main.py", "sibling.py"])
def test_a_syntax_error_shows_the_line_and_the_place(tmp_path: Path, name: str) -> None:
    written(tmp_path, "import sibling\n")
    path = written(tmp_path, "fine = 1\nbroken = = 2\n", name)
    error = refused(tmp_path / "main.py")
    assert (error.file, error.line) == (path, 2)
    assert "broken = = 2" in error.message
    assert "^" in error.message
    assert "Traceback" not in error.message


def test_a_file_that_ends_the_program(tmp_path: Path) -> None:
    path = written(tmp_path, "import sys\nsys.exit(4)\n")
    error = refused(path)
    assert "exit status 4" in error.message
    assert (error.file, error.line) == (path, 2)


def test_a_module_that_is_not_there(tmp_path: Path) -> None:
    error = refused(written(tmp_path, "import no_such_module\n"))
    assert "No module named 'no_such_module'" in error.message
    assert "no_such_module.py" in (error.hint or "")


@pytest.mark.parametrize(
    ("statement", "hint"),
    [
        ("import clockwork_box", "Install the plugin that brings it: pip install clockwork-box"),
        (
            "from clockwork_apple_tv.resource import X",
            "Install the plugin that brings it: pip install clockwork-apple-tv",
        ),
        (
            "import clockwork_dokcer",
            "Did you mean 'clockwork_docker'? The plugin that brings it: pip install clockwork-docker",
        ),
        ("import pulumi_no_cloud", "Install Pulumi's SDK for it: pip install pulumi-no-cloud"),
        ("import pulumi_no_cloud.storage", "Install Pulumi's SDK for it: pip install pulumi-no-cloud"),
    ],
)
def test_a_module_of_a_plugin_or_an_sdk_that_is_not_installed(
    tmp_path: Path, statement: str, hint: str
) -> None:
    path = written(tmp_path, f"\n{statement}\n")
    error = refused(path)
    assert (error.hint, error.file, error.line) == (hint, path, 2)


def test_a_part_that_an_installed_module_does_not_have(tmp_path: Path) -> None:
    (tmp_path / "clockwork_mine").mkdir()
    written(tmp_path / "clockwork_mine", "", "__init__.py")
    hint = refused(written(tmp_path, "import clockwork_mine.nothing\n")).hint or ""
    assert "pip install" not in hint


def test_a_wrong_field_is_told_with_its_name_and_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "from clockwork import Resource\nclass Box(Resource):\n    size: int\n\n"
        "box = Box(name='b', size='big')\n",
    )
    error = refused(path)
    assert (error.file, error.line, error.field) == (path, 5, "size")
    assert error.message == "Box: expected a whole number, got 'big'"


def test_a_validator_speaks_in_its_own_words(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "from clockwork import Resource\nfrom pydantic import field_validator\nclass Box(Resource):\n"
        "    @field_validator('name')\n    def short(cls, value):\n        raise ValueError('too long')\n\n"
        "box = Box(name='b')\n",
    )
    error = refused(path)
    assert (error.message, error.field, error.line) == ("Box: too long", "name", 8)


def test_several_wrong_fields_are_all_told(tmp_path: Path) -> None:
    source = "from clockwork import Resource\nbox = Resource(nmae='b', colour='red')\n"
    error = refused(written(tmp_path, source))
    assert error.message == (
        "Resource has 3 wrong fields:\n"
        "  name: it is required\n"
        "  nmae: Resource has no field 'nmae'; did you mean 'name'?\n"
        "  colour: Resource has no field 'colour'; it has name, description, depends_on, assertions, tools"
    )
    assert error.line == 2


def test_a_wrong_assignment_is_told_with_its_line(tmp_path: Path) -> None:
    source = "from clockwork import Resource\nbox = Resource(name='b')\nbox.name = 3\n"
    error = refused(written(tmp_path, source))
    assert (error.line, error.field) == (3, "name")


def test_a_plugin_that_failed_is_the_error_at_the_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Shelf(tmp_path / "site", monkeypatch).install("clockwork-motd", "raise RuntimeError('no terminal')")
    path = written(tmp_path, "\nfrom clockwork.resources import MotdResource\n")
    error = refused(path, PluginManager.load())
    assert isinstance(error, PluginError)
    assert "RuntimeError: no terminal" in error.message
    assert (error.file, error.line) == (path, 2)


def test_a_type_that_is_not_installed_is_the_error_at_the_import(tmp_path: Path) -> None:
    path = written(tmp_path, "from clockwork.resources import DockerResource\n")
    error = refused(path)
    assert (error.file, error.line) == (path, 1)
    assert error.hint == "Install it: pip install clockwork-docker"


def test_a_star_brings_the_types_of_installed_plugins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Shelf(tmp_path / "site", monkeypatch).install("clockwork-motd", resource_plugin("MotdResource"))
    path = written(
        tmp_path, "from clockwork.resources import *\nkinds = [MotdResource, Resource, optional]\n1 / 0\n"
    )
    assert "ZeroDivisionError" in refused(path, PluginManager.load()).message


@pytest.mark.parametrize(
    ("head", "plugins", "hint"),
    [
        (
            "from clockwork.resources import *\n",
            PluginManager(),
            "DockerResource comes with clockwork-docker, which is not installed. "
            "Install it: pip install clockwork-docker",
        ),
        ("", PluginManager.load(), "Import it: from clockwork.resources import DockerResource"),
    ],
)
def test_a_type_that_was_not_imported_says_how_it_is_had(
    tmp_path: Path, head: str, plugins: PluginManager, hint: str
) -> None:
    path = written(tmp_path, f"{head}web = DockerResource(description='x')\n")
    error = refused(path, plugins)
    assert "NameError: name 'DockerResource' is not defined" in error.message
    assert error.hint == hint


def test_a_file_may_handle_a_type_that_is_not_installed(tmp_path: Path) -> None:
    source = (
        "try:\n    from clockwork.resources import DockerResource as Kind\n"
        "except ImportError:\n    from clockwork.resources import Resource as Kind\n"
        "article = Kind(name='x')\n"
    )
    path = written(tmp_path, source)
    assert len(load_resources(Project.of(path), PluginManager())) == 1


def test_a_file_that_hides_clockwork(tmp_path: Path) -> None:
    error = refused(written(tmp_path, "", "clockwork.py"))
    assert "hides Clockwork" in error.message
    assert error.hint == "Rename the file."


def test_an_exception_in_to_pulumi_points_to_the_line_of_the_class(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "from clockwork import Resource\nclass Box(Resource):\n    def to_pulumi(self):\n"
        "        return {}['gone']\n\nbox = Box(name='b')\n",
    )
    manager = PluginManager()
    [box] = load_resources(Project.of(path), manager)
    with pytest.raises(DeployError) as caught:
        manager.first("clockwork_compile", resource=box)
    error = caught.value
    assert error.message == "Box.to_pulumi() raised KeyError: 'gone'"
    assert (error.address, error.file, error.line) == ("box", path, 4)
