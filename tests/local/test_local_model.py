"""A model inside: a real one, loaded for a question and gone after it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Optional

import pytest
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings

from clockwork import Resource
from clockwork.errors import ModelError
from clockwork.lock import Lock
from clockwork.resources.fields import completable
from clockwork_local import plugin
from clockwork_local.model import _sampled
from support.command import clockwork
from support.completing import Completing
from support.killing import under_way

MAIN = """
from clockwork.resources import FileResource
article = FileResource(description="a note", path="note.txt", mode="644")
"""
DEBUG = {"CW_LOG_LEVEL": "debug", "CW_LOG_FORMAT": "text"}


class Drink(Resource):
    """A drink on a menu."""

    name: Optional[str] = None  # type: ignore[assignment]
    kind: Optional[Literal["tea", "coffee"]] = completable("what is in the cup", examples=["tea"])
    cups: Optional[int] = completable("how many cups", ge=1, le=3, examples=[2])


def workers(text: str) -> list[str]:
    """The processes that hold a model with this text in their command line."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid,args"], capture_output=True, text=True, check=True
    ).stdout
    return [line for line in listed.splitlines() if "clockwork_local.serving" in line and text in line]


def asking(folder: Path, model: str, **settings: Any) -> Completing:
    """A project that asks a model inside; its endpoint could not be reached."""
    project = Completing(folder, model=model, **{"completion_timeout": 600.0, **settings})
    project.plugins.register(plugin, name="local")
    return project


def linked(model: Path, folder: Path) -> Path:
    """The model at a path of this test alone, so that its processes can be told from others."""
    path = folder / "tiny.gguf"
    path.symlink_to(model)
    return path


def test_a_model_inside_completes_without_endpoint_and_key(model: Path, tmp_path: Path) -> None:
    path = linked(model, tmp_path)
    project = asking(tmp_path, f"local:{path}")
    drinks = project.placed(one=Drink(description="a cup of tea"), two=Drink(description="coffee, please"))
    one, two = project.run(drinks)
    assert {one.kind, two.kind} <= {"tea", "coffee"}
    assert one.cups in (1, 2, 3)
    entry = Lock.read(project.lock_file).entry("one")
    assert entry is not None
    assert entry.model == "local:tiny.gguf"
    assert project.completer is not None
    assert project.completer.report.output_tokens > 0
    assert workers(str(path)) == []


def test_only_texts_are_kept_from_repeating_words() -> None:
    given = ModelSettings(max_tokens=7)
    text: Any = _sampled(given, ModelRequestParameters())
    values: Any = _sampled(given, ModelRequestParameters(output_object=OutputObjectDefinition({})))
    assert text["extra_body"] == {**values["extra_body"], "repeat_penalty": 1.05}
    assert text["max_tokens"] == values["max_tokens"] == 7
    assert "dry_multiplier" in values["extra_body"]


def test_what_the_lock_answers_loads_nothing(model: Path, tmp_path: Path) -> None:
    path = linked(model, tmp_path)
    project = asking(tmp_path, f"local:{path}")
    (first,) = project.run(project.placed(one=Drink(description="a cup of tea")))
    path.unlink()
    (again,) = project.run(project.placed(one=Drink(description="a cup of tea")))
    assert again.kind == first.kind


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no GGUF model"),
        (b"hello, this is a text", "is no GGUF model"),
        (b"GGUF\3\0\0\0" + b"\0" * 16, "cannot be loaded"),
        (b"GGUF\3\0\0\0" + b"\xff" * 64, "cannot be loaded"),
    ],
)
def test_a_broken_file_is_named_with_what_to_do(content: bytes, said: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(content)
    project = asking(tmp_path, f"local:{broken}")
    with pytest.raises(ModelError, match=said) as told:
        project.run(project.placed(one=Drink(description="tea"), two=Drink(description="coffee")))
    assert str(broken) in str(told.value)
    assert told.value.hint
    assert workers(str(broken)) == []


def test_a_file_that_was_cut_off_cannot_be_loaded(model: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    with model.open("rb") as whole:
        cut.write_bytes(whole.read(5_000_000))
    project = asking(tmp_path, f"local:{cut}")
    with pytest.raises(ModelError, match="cannot be loaded"):
        project.run(project.placed(one=Drink(description="tea")))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    project = asking(tmp_path, "local:models/none.gguf")
    with pytest.raises(ModelError, match=r"models/none\.gguf cannot be read: No such file"):
        project.run(project.placed(one=Drink(description="tea")))


def test_an_unknown_name_is_told_with_the_known_ones(tmp_path: Path) -> None:
    project = asking(tmp_path, "local:qwen2.5-coder-15b")
    with pytest.raises(ModelError, match=r"no model inside is called 'qwen2\.5-coder-15b'") as told:
        project.run(project.placed(one=Drink(description="tea")))
    assert "qwen2.5-coder-1.5b" in str(told.value)


def test_a_name_that_was_not_downloaded_is_told_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CW_CACHE_DIR", str(tmp_path))
    project = asking(tmp_path, "local:qwen2.5-coder-0.5b")
    with pytest.raises(ModelError, match="not on this machine yet") as told:
        project.run(project.placed(one=Drink(description="tea")))
    assert told.value.hint == "Download it: clockwork models pull qwen2.5-coder-0.5b"


def test_what_llama_cpp_says_stays_out_of_the_terminal(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF\3\0\0\0" + b"\xff" * 64)
    (tmp_path / "main.py").write_text(MAIN, encoding="utf-8")
    quiet = clockwork("plan", cwd=tmp_path, CW_MODEL=f"local:{broken}")
    assert quiet.returncode == 1
    assert "llama_model_load" not in quiet.stdout + quiet.stderr
    assert f"the model {broken} cannot be loaded" in " ".join(quiet.stderr.split())
    asked = clockwork("plan", cwd=tmp_path, CW_MODEL=f"local:{broken}", **DEBUG)
    assert "debug: llama.cpp" in asked.stderr


@contextmanager
def writing(path: Path, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A run whose model has begun to work on its first question."""
    (folder / "main.py").write_text(MAIN, encoding="utf-8")
    with under_way("plan", cwd=folder, CW_MODEL=f"local:{path}", **DEBUG) as process:
        assert process.stderr is not None
        assert any("processing task" in line for line in process.stderr)
        yield process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_model_writes_ends_it_with_its_process(
    number: signal.Signals, model: Path, tmp_path: Path
) -> None:
    path = linked(model, tmp_path)
    with writing(path, tmp_path) as process:
        process.send_signal(number)
        process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert workers(str(path)) == []


def test_a_killed_run_leaves_no_process_and_no_socket(model: Path, tmp_path: Path) -> None:
    path = linked(model, tmp_path)
    with writing(path, tmp_path) as process:
        (line,) = workers(str(path))
        socket = Path(line.split()[-1])
        assert socket.exists()
        watched = os.pidfd_open(int(line.split()[0]))
        process.kill()
        assert select.select([watched], [], [], 60)[0]
    os.close(watched)
    assert workers(str(path)) == []
    assert not socket.parent.exists()


def test_the_process_of_a_model_removes_nothing_but_its_socket(model: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    serving = [sys.executable, "-m", "clockwork_local.serving", str(model), str(tmp_path / "model.sock")]
    subprocess.run(serving, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]
