"""Downloading a model: continued where it broke off, and used only when its digest is right."""

from __future__ import annotations

import hashlib
from pathlib import Path

from clockwork.downloading import download
from clockwork.engine.progress import Progress
from clockwork.errors import ModelError

_PATIENCE = 30.0
_NETWORK = "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR"


def pull(url: str, sha256: str, target: Path, progress: Progress) -> Path:
    """Download a model, unless it is there; several runs at once download it one after the other.

    Args:
        url: Where it comes from.
        sha256: The digest it must have.
        target: Where it goes, in one step when it is whole.
        progress: Told how much is there.

    Returns:
        The file.

    Raises:
        ModelError: It cannot be obtained, is not what was expected, or cannot be written.
    """
    from filelock import FileLock

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_name(f"{target.name}.lock")):
            if not target.is_file():
                _fetch(url, sha256, target, progress)
    except OSError as error:
        raise ModelError(
            f"{target.parent} cannot be used: {error.strerror or error}",
            hint="Make room there, or set CW_CACHE_DIR to another folder.",
        ) from error
    return target


def _fetch(url: str, sha256: str, target: Path, progress: Progress) -> None:
    import httpx

    part = target.with_name(f"{target.name}.part")
    try:
        with httpx.Client(timeout=_PATIENCE, follow_redirects=True) as client:
            download(client, url, part, "downloading the model", progress)
    except httpx.HTTPStatusError as error:
        said = f"{error.response.status_code} {error.response.reason_phrase}".strip()
        raise ModelError(f"{url} answered {said}", hint=_by_hand(target)) from None
    except httpx.HTTPError as error:
        raise ModelError(
            f"{url} cannot be reached: {error or type(error).__name__}",
            hint=f"Check the connection and a proxy ({_NETWORK}), and run it again: it continues where it "
            f"broke off. {_by_hand(target)}",
        ) from None
    progress("checking the model", None)
    found = _digest(part)
    if found != sha256:
        part.unlink()
        raise ModelError(
            f"{url} is not what was expected (SHA-256 {found}, not {sha256}); it was removed",
            hint="Run it again; if it stays so, something between here and there changes what is downloaded.",
        )
    part.replace(target)


def _by_hand(target: Path) -> str:
    return f"Without internet here: bring the file from elsewhere to {target}."


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
