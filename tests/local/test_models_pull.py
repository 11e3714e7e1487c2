"""``clockwork models pull``, as it is typed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from support.command import clockwork, install_plugin
from support.downloads import DownloadServer

CONTENT = b"GGUF and more"
BACKEND = """
from pathlib import Path
from clockwork import ListedModel, ModelBackend, hookimpl

@hookimpl
def clockwork_model_backends():
    def pull(progress):
        from clockwork_local.pulling import pull
        return pull({url!r}, {digest!r}, Path("models/tiny.gguf").absolute(), progress)

    def models():
        yield ListedModel("local:tiny", "a tiny one", 13, Path("models/tiny.gguf").exists(), pull)

    yield ModelBackend("tiny", fits=lambda settings: False, build=print, models=models)
"""


def listing(folder: Path, server: DownloadServer, digest: str) -> dict[str, str]:
    """Install the plugin; give the environment that finds it."""
    code = BACKEND.format(url=f"{server.root}{server.path}", digest=digest)
    install_plugin(folder / "site", "tiny", code)
    return {"PYTHONPATH": str(folder / "site"), "CW_CACHE_DIR": str(folder / "cache")}


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_model_is_downloaded_and_its_use_is_told(tmp_path: Path) -> None:
    with DownloadServer(CONTENT, "/tiny.gguf") as server:
        found = listing(tmp_path, server, digest_of(CONTENT))
        done = clockwork("models", "pull", "tiny", cwd=tmp_path, **found)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "models" / "tiny.gguf").read_bytes() == CONTENT
    assert "export CW_MODEL=local:tiny" in done.stdout
    assert "downloading the model" in done.stderr


def test_the_document_has_the_path(tmp_path: Path) -> None:
    with DownloadServer(CONTENT, "/tiny.gguf") as server:
        found = listing(tmp_path, server, digest_of(CONTENT))
        done = clockwork("models", "pull", "local:tiny", "--json", cwd=tmp_path, **found)
    document = json.loads(done.stdout)
    assert (document["name"], document["path"]) == ("local:tiny", str(tmp_path / "models" / "tiny.gguf"))


def test_without_a_name_the_models_are_listed(tmp_path: Path) -> None:
    listed = clockwork("models", "pull", cwd=tmp_path, CW_CACHE_DIR=str(tmp_path))
    assert "qwen2.5-coder-1.5b     1.1 GB" in listed.stdout
    document = json.loads(
        clockwork("models", "pull", "--json", cwd=tmp_path, CW_CACHE_DIR=str(tmp_path)).stdout
    )
    assert [one["name"] for one in document["models"]] == [
        "local:qwen2.5-coder-1.5b",
        "local:qwen2.5-coder-0.5b",
    ]
    assert not any(one["is_here"] for one in document["models"])


def test_a_wrong_digest_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with DownloadServer(CONTENT, "/tiny.gguf") as server:
        done = clockwork("models", "pull", "tiny", cwd=tmp_path, **listing(tmp_path, server, "0" * 64))
    assert done.returncode == 1
    assert "is not what was expected" in done.stderr
    assert not (tmp_path / "models" / "tiny.gguf").exists()


def test_an_unknown_name_is_wrong_usage(tmp_path: Path) -> None:
    done = clockwork("models", "pull", "qwen2.5-coder-15b", cwd=tmp_path)
    assert done.returncode == 2
    assert "Did you mean" in done.stderr or "did you mean" in done.stderr
    assert "qwen2.5-coder-1.5b" in done.stderr


def test_a_backend_that_cannot_list_its_models_is_named(tmp_path: Path) -> None:
    broken = BACKEND.format(url="", digest="").replace("def models():", "def models():\n        1 / 0")
    install_plugin(tmp_path / "site", "tiny", broken)
    for command in (("models", "pull"), ("models",)):
        told = clockwork(*command, cwd=tmp_path, PYTHONPATH=str(tmp_path / "site"))
        assert told.returncode == 1
        assert "plugin tiny" in told.stderr
        assert "the model backend 'tiny' raised ZeroDivisionError" in told.stderr
