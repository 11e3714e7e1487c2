"""The models that can be downloaded, and where they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from clockwork.engine.cache import cache_folder
from clockwork.hook_types import ListedModel
from clockwork.settings import INSIDE

_HUB = "https://huggingface.co/Qwen/{repository}/resolve/{revision}/{file}"


@dataclass(frozen=True)
class CatalogueEntry:
    """One model of the catalogue.

    Attributes:
        short_name: What a person calls it.
        about: What it is, for whom it is, and its licence.
        url: Where it comes from.
        size: Its bytes.
        sha256: Their digest.
    """

    short_name: str
    about: str
    url: str
    size: int
    sha256: str

    @property
    def path(self) -> Path:
        """Where it is kept; it appears there only when it is whole."""
        return cache_folder() / "models" / self.url.rpartition("/")[2]


CATALOGUE = (
    CatalogueEntry(
        short_name="qwen2.5-coder-1.5b",
        about="Qwen2.5-Coder 1.5B Instruct, 4 bit: the one to begin with; Apache-2.0",
        url=_HUB.format(
            repository="Qwen2.5-Coder-1.5B-Instruct-GGUF",
            revision="f86cb2c1fa58255f8052cc32aeede1b7482d4361",
            file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        ),
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    ),
    CatalogueEntry(
        short_name="qwen2.5-coder-0.5b",
        about="Qwen2.5-Coder 0.5B Instruct, 4 bit: a third of the memory, for trying things out; Apache-2.0",
        url=_HUB.format(
            repository="Qwen2.5-Coder-0.5B-Instruct-GGUF",
            revision="ebb2015119c907b064c512bf053e945850b5875f",
            file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        ),
        size=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    ),
)


def listed_models() -> Iterator[ListedModel]:
    """Give the models as ``clockwork models`` shows them."""
    for one in CATALOGUE:
        yield ListedModel(
            name=f"{INSIDE}{one.short_name}",
            about=one.about,
            size=one.size,
            is_here=one.path.is_file(),
            pull=_pulling(one),
        )


def _pulling(entry: CatalogueEntry) -> Callable[..., Path]:
    from clockwork_local.pulling import pull

    return lambda progress: pull(entry.url, entry.sha256, entry.path, progress)
