"""Loading installed plugins: one by one, isolated, blocked before import, strict."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from clockwork.errors import PluginError
from clockwork.plugins.info import PluginInfo, Status
from clockwork.plugins.manager import PluginManager
from support.plugins import Shelf, resource_plugin


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    return Shelf(tmp_path / "site", monkeypatch)


def info(manager: PluginManager, name: str) -> PluginInfo:
    return next(one for one in manager.infos() if one.name == name)


def test_an_installed_plugin_is_found_by_its_entry_point(shelf: Shelf) -> None:
    shelf.install("clockwork-motd", resource_plugin("MotdResource"), version="2.3")
    manager = PluginManager.load()
    assert manager.resource_types()["MotdResource"].__module__ == "clockwork_motd"
    found = info(manager, "motd")
    assert (found.distribution, found.version, found.status) == ("clockwork-motd", "2.3", Status.ACTIVE)
    assert found.hooks == ("clockwork_resource_types",)
    assert found.resource_types == ("MotdResource",)
    assert found.warnings == ()


def test_plugins_are_imported_and_asked_by_name_whatever_the_order_of_installation(
    shelf: Shelf, tmp_path: Path
) -> None:
    order = tmp_path / "order"
    for name in "bca":
        shelf.install(
            f"zz-{name}",
            f"""
            from clockwork import LoadedFile, hookimpl
            open({str(order)!r}, "a").write("{name}")

            @hookimpl
            def clockwork_load_file(path):
                return LoadedFile("{name}", {{}}) if path != "of c" or "{name}" == "c" else None
            """,
            name=f"test-{name}",
        )
    manager = PluginManager.load()
    assert order.read_text() == "abc"
    for path, loader in {"": "a", "of c": "c"}.items():
        loaded = manager.first("clockwork_load_file", path=path)
        assert loaded is not None
        assert loaded.path == loader


def test_a_plugin_that_raises_at_import_leaves_the_others_working(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf.install("clockwork-broken", "raise RuntimeError('no luck')", version="0.3")
    shelf.install("clockwork-motd", resource_plugin("MotdResource"))
    manager = PluginManager.load()
    assert "MotdResource" in manager.resource_types()
    found = info(manager, "broken")
    assert found.status is Status.FAILED
    assert found.reason == "plugin broken (clockwork-broken 0.3) did not load: RuntimeError: no luck"
    manager.resource_types()
    manager.infos()
    warned = capsys.readouterr().err
    assert warned.count("no luck") == 1
    assert warned.startswith("clockwork: warning: plugin broken (clockwork-broken 0.3)")


@pytest.mark.parametrize(
    "source", ["import sys; sys.exit(3)", "def broken(:\n", "import no_such_module_at_all"]
)
def test_however_an_import_fails_the_program_goes_on(shelf: Shelf, source: str) -> None:
    shelf.install("clockwork-broken", source)
    assert info(PluginManager.load(), "broken").status is Status.FAILED


def test_a_hook_with_a_wrong_argument_is_a_failure_of_its_plugin_alone(shelf: Shelf) -> None:
    shelf.install(
        "clockwork-odd",
        """
        from clockwork import hookimpl

        @hookimpl
        def clockwork_load_file(path, colour):
            return None
        """,
    )
    found = info(PluginManager.load(), "odd")
    assert found.status is Status.FAILED
    assert "colour" in (found.reason or "")


def test_a_wrapper_is_refused_with_the_reason(shelf: Shelf) -> None:
    shelf.install(
        "clockwork-wrap",
        """
        from clockwork import hookimpl

        @hookimpl(wrapper=True)
        def clockwork_compile(resource):
            return (yield)
        """,
    )
    found = info(PluginManager.load(), "wrap")
    assert found.status is Status.FAILED
    assert "wrapper" in (found.reason or "")


def test_strict_loading_raises_the_first_failure(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.install("clockwork-broken", "raise RuntimeError('no luck')")
    monkeypatch.setenv("CLOCKWORK_STRICT_PLUGINS", "1")
    with pytest.raises(PluginError, match="no luck") as caught:
        PluginManager.load()
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_strict_loading_raises_for_a_misspelled_hook(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.install("clockwork-typo", "import clockwork\n@clockwork.hookimpl\ndef clockwork_observ(event): ...")
    monkeypatch.setenv("CLOCKWORK_STRICT_PLUGINS", "1")
    with pytest.raises(PluginError, match="there is no hook 'clockwork_observ'"):
        PluginManager.load()


@pytest.mark.parametrize("named", ["motd", "clockwork-motd", "Clockwork_Motd", "other, motd"])
def test_a_disabled_plugin_is_never_imported(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    marker = tmp_path / "imported"
    module = shelf.install("clockwork-motd", f"open({str(marker)!r}, 'w').close()")
    monkeypatch.setenv("CLOCKWORK_DISABLE_PLUGINS", named)
    found = info(PluginManager.load(), "motd")
    assert (found.status, found.hooks) == (Status.DISABLED, ())
    assert "CLOCKWORK_DISABLE_PLUGINS" in (found.reason or "")
    assert not marker.exists()
    assert module not in sys.modules


def test_disabling_what_is_not_installed_is_told(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf.install("clockwork-docker2", "", name="docker")
    monkeypatch.setenv("CLOCKWORK_DISABLE_PLUGINS", "dokcer")
    PluginManager.load()
    told = capsys.readouterr().err
    assert "CLOCKWORK_DISABLE_PLUGINS: no plugin is called 'dokcer'; did you mean 'docker'?" in told


def test_a_misspelled_hook_is_told_with_the_right_name(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf.install(
        "clockwork-typo",
        """
        from clockwork import hookimpl

        @hookimpl
        def clockwork_resouce_types():
            return []
        """,
    )
    found = info(PluginManager.load(), "typo")
    assert found.status is Status.ACTIVE
    assert found.warnings == (
        "there is no hook 'clockwork_resouce_types'; did you mean 'clockwork_resource_types'?",
    )
    assert "typo (clockwork-typo 1.0): there is no hook 'clockwork_resouce_types'" in capsys.readouterr().err


def test_a_hook_of_another_version_may_be_marked_optional(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf.install(
        "clockwork-new",
        """
        from clockwork import hookimpl

        @hookimpl(optionalhook=True)
        def clockwork_of_the_future():
            return []
        """,
    )
    assert info(PluginManager.load(), "new").warnings == ()
    assert capsys.readouterr().err == ""


def test_a_plugin_that_imports_clockwork_resources_types_while_loading_is_told_how_to(shelf: Shelf) -> None:
    shelf.install("clockwork-circle", "from clockwork.resources import FileResource")
    found = info(PluginManager.load(), "circle")
    assert found.status is Status.FAILED
    assert "while it is being loaded" in (found.reason or "")


def test_core_is_listed_as_a_plugin() -> None:
    found = info(PluginManager(), "core")
    assert found.distribution == "clockwork-core"
    assert "clockwork_load_file" in found.hooks
    assert found.warnings == ()
