"""``from clockwork.resources import ...``: found, missing, in conflict, failed."""

from __future__ import annotations

from pathlib import Path

import pytest

import clockwork.resources
from clockwork.errors import PluginError
from clockwork.plugins.known import KNOWN_TYPES
from clockwork.plugins.lookup import find_type
from clockwork.plugins.manager import PluginManager, get
from support.plugins import Shelf, resource_plugin


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    return Shelf(tmp_path / "site", monkeypatch)


def test_the_import_gives_the_plugin_s_own_class(shelf: Shelf) -> None:
    shelf.install("clockwork-motd", resource_plugin("MotdResource"))
    with PluginManager.load().in_use():
        from clockwork.resources import MotdResource

        assert MotdResource is get().resource_types()["MotdResource"]
        assert "MotdResource" in dir(clockwork.resources)


def test_the_base_class_needs_no_plugin() -> None:
    from clockwork import Resource

    assert clockwork.resources.Resource is Resource


@pytest.mark.parametrize(("name", "distribution"), sorted(KNOWN_TYPES.items()))
def test_a_known_type_that_is_not_installed_names_its_distribution(name: str, distribution: str) -> None:
    with pytest.raises(ImportError) as caught:
        find_type(name, PluginManager())
    assert str(caught.value) == (
        f"{name} comes with {distribution}, which is not installed\nInstall it: pip install {distribution}"
    )


def test_the_reason_survives_the_import_statement() -> None:
    with PluginManager().in_use(), pytest.raises(ImportError, match="pip install clockwork-docker"):
        from clockwork.resources import DockerResource  # noqa: F401


def test_a_known_type_that_is_misspelled_names_its_distribution_as_well() -> None:
    with pytest.raises(ImportError) as caught:
        find_type("DockerResouce", PluginManager())
    assert str(caught.value) == (
        "no installed plugin has a resource type 'DockerResouce'\nDid you mean 'DockerResource'? "
        "It comes with clockwork-docker, which is not installed: pip install clockwork-docker"
    )


def test_a_misspelled_type_of_a_plugin_that_failed_needs_no_installing(shelf: Shelf) -> None:
    shelf.install("clockwork-git", "raise RuntimeError('no terminal')")
    with pytest.raises(ImportError) as caught:
        find_type("GitRepoResouce", PluginManager.load())
    assert "no terminal" in str(caught.value)
    assert "pip install" not in str(caught.value)


def test_a_misspelled_type_of_a_disabled_plugin_needs_no_installing(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.install("clockwork-git", resource_plugin("GitRepoResource"))
    monkeypatch.setenv("CLOCKWORK_DISABLE_PLUGINS", "git")
    with pytest.raises(ImportError) as caught:
        find_type("GitRepoResouce", PluginManager.load())
    assert "Did you mean 'GitRepoResource'? The plugin git is disabled" in str(caught.value)


def test_an_unknown_name_suggests_what_was_meant(shelf: Shelf) -> None:
    shelf.install("clockwork-motd", resource_plugin("MotdResource"))
    with pytest.raises(ImportError, match=r"Did you mean 'MotdResource'\?$"):
        find_type("MotdRessource", PluginManager.load())
    with pytest.raises(ImportError, match=r"Installed resource types: .*MotdResource"):
        find_type("Quux", PluginManager.load())


def test_a_plugin_that_failed_to_load_is_the_reason(shelf: Shelf) -> None:
    shelf.install("clockwork-motd", "raise RuntimeError('no terminal')", version="0.4")
    with pytest.raises(
        ImportError, match=r"motd \(clockwork-motd 0.4\) did not load: RuntimeError: no terminal"
    ):
        find_type("MotdResource", PluginManager.load())


def test_a_known_type_is_blamed_on_its_own_plugin_alone(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KNOWN_TYPES, "TapeResource", "clockwork-tape")
    shelf.install("clockwork-motd", "raise RuntimeError('no terminal')")
    with pytest.raises(ImportError, match="clockwork-tape, which is not installed"):
        find_type("TapeResource", PluginManager.load())


def test_a_hook_that_raises_is_the_reason_and_other_types_work(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf.install(
        "clockwork-docker",
        """
        from clockwork import hookimpl

        @hookimpl
        def clockwork_resource_types():
            import an_sdk_that_is_not_there
        """,
    )
    shelf.install("clockwork-motd", resource_plugin("MotdResource"))
    manager = PluginManager.load()
    assert find_type("MotdResource", manager).__name__ == "MotdResource"
    with pytest.raises(ImportError, match="No module named 'an_sdk_that_is_not_there'"):
        find_type("DockerResource", manager)
    assert capsys.readouterr().err.count("an_sdk_that_is_not_there") == 1


def test_a_disabled_plugin_is_the_reason(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.install("clockwork-git", resource_plugin("GitRepoResource"))
    monkeypatch.setenv("CLOCKWORK_DISABLE_PLUGINS", "git")
    with pytest.raises(ImportError, match="the plugin git is disabled"):
        find_type("GitRepoResource", PluginManager.load())


def test_two_plugins_with_one_type_name_are_an_error_where_it_is_needed(shelf: Shelf) -> None:
    shelf.install("clockwork-motd", resource_plugin("MotdResource"), version="1.1")
    shelf.install("clockwork-other", resource_plugin("MotdResource"), version="2.2")
    shelf.install("clockwork-third", resource_plugin("ThirdResource"))
    manager = PluginManager.load()
    assert find_type("ThirdResource", manager).__name__ == "ThirdResource"
    with pytest.raises(PluginError) as caught:
        find_type("MotdResource", manager)
    assert "motd (clockwork-motd 1.1)" in caught.value.message
    assert "other (clockwork-other 2.2)" in caught.value.message
    for info in manager.infos():
        if info.name in ("motd", "other"):
            assert info.warnings == (caught.value.message,)


def test_a_plugin_that_looks_up_types_while_asked_for_its_own_is_told_how_to(shelf: Shelf) -> None:
    shelf.install(
        "clockwork-circle",
        """
        from clockwork import hookimpl

        @hookimpl
        def clockwork_resource_types():
            from clockwork.resources import MotdResource
            yield MotdResource
        """,
    )
    manager = PluginManager.load()
    with manager.in_use():
        failures = manager.collected_types().failures
    assert [failure.origin.name for failure in failures] == ["circle"]
    assert "import a type from the package that defines it" in str(failures[0].error).lower()


def test_a_private_name_is_an_ordinary_missing_attribute() -> None:
    assert not hasattr(clockwork.resources, "__wrapped__")
