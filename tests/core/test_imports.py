"""``import clockwork`` is free, and every exported name is what it says."""

from __future__ import annotations

import subprocess
import sys

import pytest

import clockwork

HEAVY = (
    "click",
    "docker",
    "grpc",
    "httpx",
    "openai",
    "pluggy",
    "pulumi",
    "pulumi_docker",
    "pydantic",
    "pydantic_ai",
    "rich",
    "structlog",
)


def imported(statement: str) -> set[str]:
    """The top-level modules that a statement brings into a fresh process."""
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return {name.split(".")[0] for name in done.stdout.split()}


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert not imported("import clockwork") & set(HEAVY)


def test_a_plugin_module_needs_only_pluggy() -> None:
    assert imported("from clockwork import hookimpl") & set(HEAVY) == {"pluggy"}


def test_declaring_a_resource_needs_only_pydantic() -> None:
    assert imported("from clockwork.resources import Resource") & set(HEAVY) == {"pydantic"}


def test_loading_plugins_and_a_file_needs_no_engine_and_no_model() -> None:
    heavy = imported("from clockwork.plugins.manager import get; get().resource_types()") & set(HEAVY)
    assert not heavy - {"click", "pluggy", "pydantic"}


@pytest.mark.parametrize("name", clockwork.__all__)
def test_every_exported_name_can_be_imported(name: str) -> None:
    assert name in dir(clockwork)
    assert getattr(getattr(clockwork, name), "__name__", name) in (name, _OTHER_NAMES.get(name))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Resourc'"):
        clockwork.Resourc  # noqa: B018


_OTHER_NAMES = {"BlankResource": "Group"}
"""Earlier names of what is called otherwise now."""
