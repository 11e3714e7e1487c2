"""Asks a registry whether it has an image, and for which platforms; nothing is pulled."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import httpx

from clockwork.containers.names import image_name
from clockwork.hook_types import NotChecked

_PATIENCE = 5.0
HUB = "docker.io"
_HUBS_HOST = "registry-1.docker.io"

Logins = Callable[[str], "tuple[str, str] | None"]
"""Gives the user's name and password at a registry, where there is one."""

_LOOPBACK = re.compile(r"^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$")
_INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_ACCEPTED = ", ".join([*_INDEXES, *_MANIFESTS])
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')


class Finding(StrEnum):
    """What a registry says of an image."""

    EXISTS = "exists"
    MISSING = "missing"
    NEEDS_LOGIN = "needs a login, or does not exist"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True)
class Answer:
    """What a registry said of an image.

    Attributes:
        finding: Whether it has it.
        reason: Why that could not be found out.
        digest: The image's digest.
        platforms: Such as ``linux/amd64``; empty when the registry does not say.
    """

    finding: Finding
    reason: str = ""
    digest: str = ""
    platforms: tuple[str, ...] = ()


def _nobody(_registry: str) -> None:
    """Have no login."""


def ask(name: str, logins: Logins = _nobody) -> Answer:
    """Ask an image's registry for it, with the person's own login where there is one.

    Args:
        name: The image, as people write it.
        logins: Gives the login.

    Returns:
        What is known; a registry that cannot be reached is an answer too.
    """
    return _asked(name, logins, lambda registry, reference: registry.find(reference))


def wrong_image(name: str, platform: str, logins: Logins = _nobody) -> str | None:
    """Tell why an image that a model chose cannot be used, for a check of the guard.

    Args:
        name: The image, as people write it.
        platform: Such as ``linux/amd64``.
        logins: Gives the login.

    Returns:
        The reason, or ``None`` when it can be used.

    Raises:
        NotChecked: The registry cannot be asked.
    """
    answer = ask(name, logins)
    match answer.finding:
        case Finding.MISSING:
            return f"{name} does not exist in its registry; choose an image and a tag that do"
        case Finding.NEEDS_LOGIN:
            return f"{name} does not exist in its registry, or needs a login; choose another"
        case Finding.NOT_CHECKED:
            raise NotChecked(answer.reason)
        case Finding.EXISTS if answer.platforms and platform not in answer.platforms:
            return f"{name} is made for {', '.join(answer.platforms)}, and this engine is {platform}"
        case Finding.EXISTS:
            return None


def digest_of(name: str, logins: Logins = _nobody) -> Answer:
    """Ask an image's registry for the digest that its tag means now; nothing is pulled.

    Args:
        name: The image, as people write it.
        logins: Gives the login.

    Returns:
        As of :func:`ask`, without platforms.
    """
    return _asked(name, logins, lambda registry, reference: registry.digest(reference))


def _asked(name: str, logins: Logins, question: Callable[[_Registry, str], Answer]) -> Answer:
    registry, _, rest = image_name(name).partition("/")
    repository, at, digest = rest.partition("@")
    if not at:
        repository, _, digest = rest.rpartition(":")
    try:
        with httpx.Client(timeout=_PATIENCE, follow_redirects=True) as client:
            return question(_Registry(client, registry, repository, logins), digest)
    except (httpx.HTTPError, ValueError, KeyError) as error:
        return Answer(Finding.NOT_CHECKED, f"{registry}: {str(error) or type(error).__name__}")


class _Registry:
    """One repository of one registry."""

    def __init__(self, client: httpx.Client, registry: str, repository: str, logins: Logins) -> None:
        self._client, self._registry, self._logins = client, registry, logins
        scheme = "http" if _LOOPBACK.match(registry) else "https"
        host = _HUBS_HOST if registry == HUB else registry
        self._url = f"{scheme}://{host}/v2/{repository}"
        self._headers: dict[str, str] = {}

    def find(self, reference: str) -> Answer:
        answer = self.digest(reference)
        if answer.finding is not Finding.EXISTS:
            return answer
        return replace(answer, platforms=self._platforms(f"{self._url}/manifests/{reference}"))

    def digest(self, reference: str) -> Answer:
        address = f"{self._url}/manifests/{reference}"
        found = self._get("HEAD", address, _ACCEPTED)
        if found.status_code == 404:
            return Answer(Finding.MISSING)
        if found.status_code in (401, 403):
            return Answer(Finding.NEEDS_LOGIN)
        if found.status_code != 200:
            return Answer(Finding.NOT_CHECKED, f"{self._registry} answered {found.status_code}")
        return Answer(Finding.EXISTS, digest=found.headers.get("Docker-Content-Digest", ""))

    def _platforms(self, address: str) -> tuple[str, ...]:
        manifest = self._get("GET", address, _ACCEPTED)
        if manifest.status_code != 200:
            return ()
        document = manifest.json()
        if "manifests" in document:
            told = [entry.get("platform") or {} for entry in document["manifests"]]
        else:
            configuration = self._get("GET", f"{self._url}/blobs/{document['config']['digest']}", "*/*")
            told = [configuration.json()] if configuration.status_code == 200 else []
        named = (f"{one.get('os')}/{one.get('architecture')}" for one in told if one.get("architecture"))
        return tuple(sorted(platform for platform in named if not platform.startswith("unknown")))

    def _get(self, method: str, address: str, accept: str) -> httpx.Response:
        headers = {**self._headers, "Accept": accept}
        answer = self._client.request(method, address, headers=headers)
        if answer.status_code != 401 or self._headers:
            return answer
        authorization = self._authorization(answer.headers.get("WWW-Authenticate", ""))
        if authorization is None:
            return answer
        self._headers = {"Authorization": authorization}
        return self._client.request(method, address, headers={**headers, **self._headers})

    def _authorization(self, challenge: str) -> str | None:
        login = self._logins(self._registry)
        kind, _, parameters = challenge.partition(" ")
        if kind.lower() == "basic" and login:
            return _basic(login)
        if kind.lower() != "bearer":
            return None
        told = dict(_CHALLENGE.findall(parameters))
        asked = {"service": told.get("service"), "scope": told.get("scope")}
        query = {name: value for name, value in asked.items() if value}
        headers = {"Authorization": _basic(login)} if login else {}
        answer = self._client.get(told["realm"], params=query, headers=headers)
        if answer.status_code != 200:
            return None
        document = answer.json()
        return f"Bearer {document.get('token') or document.get('access_token')}"


def _basic(login: tuple[str, str]) -> str:
    return f"Basic {b64encode(':'.join(login).encode()).decode()}"
