"""Obtains the engine's official release: downloaded, checked, unpacked."""

from __future__ import annotations

import gzip
import hashlib
import os
import platform
import shutil
import sys
import tarfile
import zlib
from pathlib import Path, PurePosixPath

import httpx

from clockwork.downloading import download
from clockwork.engine.cache import ENGINE_VERSION, cache_folder
from clockwork.engine.progress import Progress
from clockwork.errors import EngineError

RELEASES = "https://get.pulumi.com/releases/sdk"
"""Where Pulumi publishes its releases, each with a list of SHA-256 sums."""

_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
_NETWORK = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
_PATIENCE = httpx.Timeout(30.0, connect=5.0)
_DOWNLOADING = "downloading Pulumi"


def install_release(folder: Path, progress: Progress) -> None:
    """Put the official release for this machine into a folder, in ``bin``.

    The archive is checked against the release's own list of SHA-256 sums before it is opened. What
    was downloaded before a break is kept in the cache and continued.

    Args:
        folder: An empty folder.
        progress: Told what is under way.

    Raises:
        EngineError: There is no release for this machine, it cannot be reached, or is not what its
            checksum says.
    """
    name = _archive_name()
    downloads = cache_folder() / "engine" / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    part = downloads / f"{name}.part"
    base = releases_url()
    progress("looking for the Pulumi release", None)
    try:
        with _client() as client:
            wanted = _checksum(client, f"{base}/pulumi-{ENGINE_VERSION}-checksums.txt", name)
            _fetch(client, f"{base}/{name}", part, wanted, progress)
    except httpx.HTTPStatusError as error:
        raise EngineError(f"{shown(str(error.request.url))} answered {error.response.status_code}") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise EngineError(f"{shown(base)} cannot be reached: {error or type(error).__name__}") from None
    progress("unpacking Pulumi", None)
    _unpack(part, folder)
    part.unlink()


def releases_url() -> str:
    """The folder with the releases: ``CW_ENGINE_MIRROR``, or Pulumi's own."""
    return (os.environ.get("CW_ENGINE_MIRROR") or RELEASES).rstrip("/")


def shown(url: str) -> str:
    """A URL as it may be shown: without a name and password.

    Args:
        url: The URL; one that cannot be read is shown as it is.
    """
    try:
        return str(httpx.URL(url).copy_with(userinfo=b""))
    except httpx.InvalidURL:
        return url


def _archive_name() -> str:
    system = {"linux": "linux", "darwin": "darwin"}.get(sys.platform)
    machine = _MACHINES.get(platform.machine().lower())
    if system is None or machine is None:
        raise EngineError(f"there is no release for {sys.platform} on {platform.machine()}")
    return f"pulumi-v{ENGINE_VERSION}-{system}-{machine}.tar.gz"


def _client() -> httpx.Client:
    """Give a client; the environment's proxies and certificates are read here, and may be wrong."""
    try:
        return httpx.Client(timeout=_PATIENCE, follow_redirects=True)
    except (ImportError, OSError, ValueError) as error:
        raise EngineError(f"a setting among {', '.join(_NETWORK)} cannot be used: {error}") from None


def _checksum(client: httpx.Client, url: str, name: str) -> str:
    answer = client.get(url)
    answer.raise_for_status()
    for line in answer.text.splitlines():
        digest, _, file = line.strip().partition(" ")
        if file.strip().lstrip("*") == name and len(digest) == 64:
            return digest.lower()
    raise EngineError(f"{shown(url)} has no checksum of {name}")


def _fetch(client: httpx.Client, url: str, part: Path, wanted: str, progress: Progress) -> None:
    """Download and check; what an earlier run left is thrown away when the whole is wrong with it."""
    continued = part.exists()
    download(client, url, part, _DOWNLOADING, progress)
    found = _sha256(part)
    if found != wanted and continued:
        part.unlink()
        download(client, url, part, _DOWNLOADING, progress)
        found = _sha256(part)
    if found != wanted:
        part.unlink()
        raise EngineError(
            f"{shown(url)} is not what its checksum says (SHA-256 {found}, not {wanted}); it was removed"
        )


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack the programs, into ``bin``; only plain files are written, never a link."""
    programs = folder / "bin"
    programs.mkdir()
    try:
        with tarfile.open(archive, "r:gz") as packed:
            for member in packed:
                _refuse_what_reaches_out(member)
                if member.isfile():
                    _extract(packed, member, programs / PurePosixPath(member.name).name)
        if not (programs / "pulumi").exists():
            raise EngineError("the release's archive holds no program named pulumi")
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        archive.unlink()
        raise EngineError(f"the release's archive is refused: {error}") from None
    except EngineError:
        archive.unlink()
        raise


def _refuse_what_reaches_out(member: tarfile.TarInfo) -> None:
    """Let what stays inside pass; not every supported Python has tarfile's own filters."""
    paths = PurePosixPath(member.name), PurePosixPath(member.linkname)
    if member.isdev() or any(path.is_absolute() or ".." in path.parts for path in paths):
        raise EngineError(f"the release's archive is refused: it holds {member.name!r}")


def _extract(packed: tarfile.TarFile, member: tarfile.TarInfo, program: Path) -> None:
    content = packed.extractfile(member)
    assert content is not None
    with content, program.open("wb") as file:
        shutil.copyfileobj(content, file)
    program.chmod(0o755)
