"""A model inside is offered where nothing else is chosen, and what is wrong with a chosen one is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.command import clockwork

MAIN = "from clockwork.resources import FileResource\nnote = FileResource(description='a note')\n"
SMALL = "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"


def pulled(folder: Path) -> None:
    """Let the smaller of the models be here."""
    (folder / "models").mkdir()
    (folder / "models" / SMALL).write_bytes(b"GGUF")


def models(folder: Path, code: int, **environment: str) -> tuple[str, Any]:
    """Run ``clockwork models`` for people and for programs."""
    told = clockwork("models", cwd=folder, CW_CACHE_DIR=str(folder), **environment)
    assert told.returncode == code, told.stderr + told.stdout
    document = clockwork("models", "--json", cwd=folder, CW_CACHE_DIR=str(folder), **environment)
    assert document.returncode == code
    return " ".join((told.stdout + told.stderr).split()), json.loads(document.stdout)


def why_not(folder: Path) -> str:
    """Say what a plan tells that lacks a model."""
    (folder / "main.py").write_text(MAIN)
    told = clockwork("plan", cwd=folder, CW_CACHE_DIR=str(folder))
    assert told.returncode == 1
    return " ".join(told.stderr.split())


def test_a_plan_without_a_model_says_how_to_get_one(tmp_path: Path) -> None:
    wanted = "clockwork models pull qwen2.5-coder-1.5b && export CW_MODEL=local:qwen2.5-coder-1.5b"
    assert f"a model inside: {wanted}" in why_not(tmp_path)


def test_a_plan_without_a_model_names_the_one_that_is_here(tmp_path: Path) -> None:
    pulled(tmp_path)
    assert "a model inside: export CW_MODEL=local:qwen2.5-coder-0.5b" in why_not(tmp_path)


def test_the_models_inside_are_listed_and_offered(tmp_path: Path) -> None:
    told, document = models(tmp_path, 1)
    assert "local:qwen2.5-coder-1.5b 1.1 GB" in told
    assert "use it: clockwork models pull qwen2.5-coder-1.5b && export CW_MODEL=" in told
    assert [one["is_here"] for one in document["inside"]] == [False, False]
    pulled(tmp_path)
    told, document = models(tmp_path, 1)
    assert "local:qwen2.5-coder-0.5b is here" in told
    assert "use it: export CW_MODEL=local:qwen2.5-coder-0.5b" in told
    assert [one["is_here"] for one in document["inside"]] == [False, True]


def test_a_chosen_model_that_is_here_needs_nothing_more(tmp_path: Path) -> None:
    pulled(tmp_path)
    told, document = models(tmp_path, 0, CW_MODEL="local:qwen2.5-coder-0.5b")
    assert "it is there" in told
    assert "use it" not in told
    assert "No model server" not in told
    assert document["problem"] is None


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("local:qwen2.5-coder-1.5b", "is not on this machine yet"),
        ("local:qwen2.5-coder-15b", "did you mean 'qwen2.5-coder-1.5b'?"),
        ("local:models/none.gguf", "cannot be read: No such file or directory"),
        ("local:", "it names no model"),
    ],
)
def test_what_is_wrong_with_a_chosen_model_is_told(model: str, said: str, tmp_path: Path) -> None:
    told, document = models(tmp_path, 1, CW_MODEL=model)
    assert said in told
    assert said in document["problem"]
    assert "'.;" not in told
