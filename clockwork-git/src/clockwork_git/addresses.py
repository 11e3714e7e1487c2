"""Addresses of repositories: which there are, what they mean, and their credentials."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from clockwork.credentials import without_credentials

SCHEMES = ("https", "http", "ssh", "git", "file")
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://")
_HELPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9+.-]*::")
_SCP = re.compile(r"(?:(?P<user>[^@/:\s]+)@)?(?P<host>\[[^\]/]+\]|[^/:\s]+):(?P<path>(?!//).*)", re.DOTALL)
_OWN_PORTS = {"https": 443, "http": 80, "ssh": 22, "git": 9418}
_SECRET = "it holds a credential; write that as a Secret, or leave it to git's credential helpers"


@dataclass(frozen=True)
class Address:
    """Where a repository is, and what its server has to be told to give it out.

    Attributes:
        url: The address as git is told it, without credentials.
        user: The user, of an address that holds credentials.
        password: The password or token of that user.
    """

    url: str
    user: str = ""
    password: str = ""

    @classmethod
    def of(cls, text: str, project: Path) -> Address:
        """Read an address.

        Args:
            text: As a person wrote it, with its secrets.
            project: What a path on this machine is relative to.

        Raises:
            ValueError: It is none; the message says why.
        """
        if reason := wrong_address(text, may_hold_credentials=True):
            raise ValueError(reason)
        if is_path(text):
            return cls(os.path.normpath(project / Path(text).expanduser()))
        parts = _split(text)
        if parts is None or parts.scheme not in ("http", "https") or "@" not in parts.netloc:
            return cls(text)
        given, _, host = parts.netloc.rpartition("@")
        user, _, password = given.partition(":")
        return cls(parts._replace(netloc=host).geturl(), unquote(user), unquote(password))

    @property
    def server(self) -> str:
        """The address of the server alone."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def __str__(self) -> str:
        """The address as a person is told of it."""
        return without_credentials(self.url)


def wrong_address(text: str, *, may_hold_credentials: bool = False) -> str | None:
    """Tell why a text cannot be the address of a repository, without showing it.

    Args:
        text: The address.
        may_hold_credentials: Whether credentials may stand in it, because it is kept secret.

    Returns:
        The reason, or ``None`` when it is an address.
    """
    if not text.strip():
        return "it is empty"
    if any(ord(letter) < ord(" ") or letter == "\x7f" for letter in text) or text != text.strip():
        return "it holds control characters, or spaces around it"
    if text.startswith("-"):
        return "it begins with a dash, so git would take it for an option"
    if _HELPER.match(text):
        return f"it names a program that git would run; use {', '.join(SCHEMES)}, HOST:PATH or a path"
    found = _SCHEME.match(text)
    if found is None:
        scp = None if is_path(text) else _SCP.fullmatch(text)
        return None if scp is None else _wrong_host(scp["host"])
    if found["scheme"].lower() not in SCHEMES:
        return f"{found['scheme']} is no way to a repository; use {', '.join(SCHEMES)}"
    return _wrong_url(text, may_hold_credentials)


def is_path(text: str) -> bool:
    """Tell whether an address is a path on this machine: neither an URL nor ``HOST:PATH``."""
    return _SCHEME.match(text) is None and _SCP.fullmatch(text) is None


def is_here(text: str) -> bool:
    """Tell whether an address leads to this machine's own files."""
    return is_path(text) or text.lower().startswith("file://")


def same_repository(one: str, other: str, project: Path) -> bool:
    """Tell whether two addresses lead to one repository, however it is reached.

    Args:
        one: An address without credentials.
        other: Another one.
        project: What paths are relative to.
    """
    return _identity(one, project) == _identity(other, project)


def _identity(text: str, project: Path) -> tuple[str, str]:
    """Give host and path, without what can be left out: the way, the user, the usual port, ``.git``."""
    if is_path(text):
        return "", _bare(os.path.realpath(project / Path(text).expanduser()))
    parts = _split(text)
    if parts is None:
        scp = _SCP.fullmatch(text)
        return (scp["host"].lower(), _bare(scp["path"])) if scp else ("", text)
    if parts.scheme == "file":
        return "", _bare(os.path.realpath(unquote(parts.path)))
    host = (parts.hostname or "").lower()
    is_usual = parts.port in (None, _OWN_PORTS.get(parts.scheme))
    return host if is_usual else f"{host}:{parts.port}", _bare(parts.path)


def _bare(path: str) -> str:
    return path.strip("/").removesuffix("/.git").removesuffix(".git").rstrip("/")


def _wrong_url(text: str, may_hold_credentials: bool) -> str | None:
    parts = _split(text)
    if parts is None:
        return "it is no valid address"
    if parts.scheme != "file":
        if reason := _wrong_host(parts.hostname or ""):
            return reason
        if parts.scheme not in ("http", "https") and parts.password is not None:
            return f"{parts.scheme} takes no password from an address; leave it out"
    elif not parts.path.strip("/"):
        return "it names no repository"
    if may_hold_credentials:
        return None
    is_web = parts.scheme in ("http", "https")
    shown = parts._replace(netloc=parts.netloc if is_web else parts.netloc.rpartition("@")[2]).geturl()
    return _SECRET if without_credentials(shown) != shown or (is_web and "@" in parts.netloc) else None


def _wrong_host(host: str) -> str | None:
    if not host:
        return "it names no host"
    return "its host begins with a dash" if host.startswith("-") else None


def _split(text: str) -> SplitResult | None:
    if _SCHEME.match(text) is None:
        return None
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts
