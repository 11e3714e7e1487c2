"""Which file a model's name stands for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clockwork.errors import ModelError
from clockwork.settings import INSIDE
from clockwork.suggestions import unknown
from clockwork_local.catalogue import CATALOGUE

_MAGIC = b"GGUF"


@dataclass(frozen=True)
class ModelFile:
    """A model on this machine.

    Attributes:
        name: What the lock calls it, such as ``local:qwen2.5-coder-1.5b``; never a folder of this machine.
        path: The GGUF file.
    """

    name: str
    path: Path


def model_file(model: str) -> ModelFile:
    """Find the file of a model.

    Args:
        model: ``local:`` and the path of a GGUF file, or a name of the catalogue.

    Raises:
        ModelError: There is no such file, it is no GGUF, or no model has that name.
    """
    named = model.removeprefix(INSIDE)
    if "/" in named or named.endswith(".gguf"):
        path = _expanded(model, named)
        return ModelFile(f"{INSIDE}{path.name}", _checked(model, path))
    listed = next((one for one in CATALOGUE if one.short_name == named), None)
    if listed is None:
        names = [one.short_name for one in CATALOGUE]
        raise ModelError(
            unknown("no model inside is called", named, names) if named else f"it names no model: {model}",
            hint=f"The models are {', '.join(names)}; any other is written as the path of its GGUF file, "
            f"as in {INSIDE}models/own.gguf.",
        )
    if not listed.path.is_file():
        raise ModelError(
            f"{model} is not on this machine yet", hint=f"Download it: clockwork models pull {named}"
        )
    return ModelFile(model, _checked(model, listed.path))


def _expanded(model: str, named: str) -> Path:
    try:
        return Path(named).expanduser()
    except RuntimeError:
        raise ModelError(f"{model}: there is no such home folder") from None


def _checked(model: str, path: Path) -> Path:
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise ModelError(
            f"{model}: the file {path} cannot be read: {error.strerror or error}",
            hint=f"Set CW_MODEL to {INSIDE} and the path of a GGUF file, or run `clockwork models`.",
        ) from None
    if magic != _MAGIC:
        raise ModelError(
            f"{model}: the file {path} is no GGUF model",
            hint="Choose a file that ends in .gguf, or download it again if it was cut off.",
        )
    return path
