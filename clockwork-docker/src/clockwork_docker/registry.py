"""Asks a registry whether it has an image, and for which platforms; nothing is pulled."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import httpx
from docker import auth

from clockwork_docker.provider.canonical import image_name

_PATIENCE = 5.0
_HUB = ("docker.io", "registry-1.docker.io", "https://index.docker.io/v1/")
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


def ask(name: str) -> Answer:
    """Ask an image's registry for it, with the person's own login where there is one.

    Args:
        name: The image, as people write it.

    Returns:
        What is known; a registry that cannot be reached is an answer too.
    """
    return _asked(name, lambda registry, reference: registry.find(reference))


def digest_of(name: str) -> Answer:
    """Ask an image's registry for the digest that its tag means now; nothing is pulled.

    Args:
        name: The image, as people write it.

    Returns:
        As of :func:`ask`, without platforms.
    """
    return _asked(name, lambda registry, reference: registry.digest(reference))


def _asked(name: str, question: Callable[[_Registry, str], Answer]) -> Answer:
    registry, _, rest = image_name(name).partition("/")
    repository, at, digest = rest.partition("@")
    if not at:
        repository, _, digest = rest.rpartition(":")
    try:
        with httpx.Client(timeout=_PATIENCE, follow_redirects=True) as client:
            return question(_Registry(client, registry, repository), digest)
    except (httpx.HTTPError, ValueError, KeyError) as error:
        return Answer(Finding.NOT_CHECKED, f"{registry}: {str(error) or type(error).__name__}")


class _Registry:
    """One repository of one registry."""

    def __init__(self, client: httpx.Client, registry: str, repository: str) -> None:
        self._client, self._registry, self._repository = client, registry, repository
        scheme = "http" if _LOOPBACK.match(registry) else "https"
        host = _HUB[1] if registry == _HUB[0] else registry
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
        login = self._login()
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

    def _login(self) -> Mapping[str, Any] | None:
        """The person's login, as ``docker login`` keeps it."""
        host = _HUB[2] if self._registry == _HUB[0] else self._registry
        found = auth.load_config().resolve_authconfig(host)
        return found if found and found.get("username") else None


def _basic(login: Mapping[str, Any]) -> str:
    pair = f"{login['username']}:{login['password']}"
    return f"Basic {b64encode(pair.encode()).decode()}"
