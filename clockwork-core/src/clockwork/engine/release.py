"""Obtains the engine's official release: downloaded, resumed where it broke off, checked, unpacked."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import httpx

from clockwork.engine.locate import ENGINE_VERSION
from clockwork.errors import EngineError

Progress = Callable[[str, float | None], None]

_RELEASES = "https://github.com/pulumi/pulumi/releases/download"
_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
_PATIENCE = httpx.Timeout(60.0, connect=5.0)


def install_release(folder: Path, progress: Progress) -> None:
    """Put the official release for this machine into a folder, in ``bin``.

    The archive is checked against the release's own list of SHA-256 sums before it is opened. What
    was downloaded before a break is kept and continued.

    Args:
        folder: Where it goes; appears only when complete.
        progress: Told a word and how much of it is done, from 0 to 1.

    Raises:
        EngineError: There is no release for this machine, it cannot be reached, or is not what its
            checksum says.
    """
    base = f"{os.environ.get('CW_ENGINE_MIRROR', _RELEASES).rstrip('/')}/v{ENGINE_VERSION}"
    name = f"pulumi-v{ENGINE_VERSION}-{_target()}.tar.gz"
    downloads = folder.parent / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    archive = downloads / f"{name}.part"
    try:
        with httpx.Client(timeout=_PATIENCE, follow_redirects=True) as client:
            progress("looking for the Pulumi release", None)
            wanted = _checksum(client, f"{base}/pulumi-{ENGINE_VERSION}-checksums.txt", name)
            _download(client, f"{base}/{name}", archive, progress)
    except httpx.HTTPStatusError as error:
        raise EngineError(f"{error.request.url} answered {error.response.status_code}") from None
    except httpx.HTTPError as error:
        raise EngineError(f"{base} cannot be reached: {error or type(error).__name__}") from None
    _check(archive, wanted)
    progress("unpacking Pulumi", None)
    _unpack(archive, folder)
    archive.unlink()


def _target() -> str:
    system = {"linux": "linux", "darwin": "darwin"}.get(sys.platform)
    machine = _MACHINES.get(platform.machine().lower())
    if system is None or machine is None:
        raise EngineError(f"there is no release for {sys.platform} on {platform.machine()}")
    return f"{system}-{machine}"


def _checksum(client: httpx.Client, url: str, name: str) -> str:
    answer = client.get(url)
    answer.raise_for_status()
    for line in answer.text.splitlines():
        digest, _, file = line.strip().partition(" ")
        if file.strip().lstrip("*") == name and len(digest) == 64:
            return digest.lower()
    raise EngineError(f"{url} has no checksum of {name}")


def _download(client: httpx.Client, url: str, archive: Path, progress: Progress) -> None:
    have = archive.stat().st_size if archive.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    with client.stream("GET", url, headers=headers) as answer:
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return
        answer.raise_for_status()
        resumed = answer.status_code == httpx.codes.PARTIAL_CONTENT
        have = have if resumed else 0
        total = have + int(answer.headers.get("Content-Length", 0))
        with archive.open("ab" if resumed else "wb") as file:
            for block in answer.iter_bytes(1 << 18):
                file.write(block)
                have += len(block)
                progress("downloading Pulumi", have / total if total else None)


def _check(archive: Path, wanted: str) -> None:
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != wanted:
        archive.unlink()
        raise EngineError(
            f"the download is not what its checksum says (SHA-256 {found}, not {wanted})",
            hint="It was removed; try again. If it happens again, do not trust the source.",
        )


def _unpack(archive: Path, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".unpack-") as place:
        try:
            with tarfile.open(archive, "r:gz") as packed:
                packed.extractall(place, filter="data")
        except (tarfile.TarError, OSError, EOFError) as error:
            archive.unlink()
            raise EngineError(f"the archive cannot be unpacked: {error}") from None
        program = next(Path(place).glob("**/pulumi"), None)
        if program is None or not program.is_file():
            raise EngineError("the archive holds no program named pulumi")
        ready = Path(place) / "ready"
        ready.mkdir()
        program.parent.rename(ready / "bin")
        shutil.rmtree(folder, ignore_errors=True)
        ready.rename(folder)
