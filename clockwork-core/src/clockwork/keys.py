"""Which key belongs to an endpoint: none is ever sent to another host than its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from clockwork.nearness import is_here

GENERAL = "CW_API_KEY"
KEYS_OF_HOSTS = {
    "openrouter.ai": "OPENROUTER_API_KEY",
    "api.openai.com": "OPENAI_API_KEY",
    "api.groq.com": "GROQ_API_KEY",
    "api.mistral.ai": "MISTRAL_API_KEY",
    "api.deepseek.com": "DEEPSEEK_API_KEY",
    "api.together.xyz": "TOGETHER_API_KEY",
}
"""The variable in which people keep the key of a service, by the host that it belongs to."""


@dataclass(frozen=True)
class Key:
    """The key for an endpoint.

    Attributes:
        text: The key; ``None`` when there is none for this host.
        is_withheld: Whether there is one that may be for it, and only the project's file names the endpoint.
    """

    text: str | None = None
    is_withheld: bool = False


def key_for(base_url: str, environment: Mapping[str, str], *, is_trusted: bool) -> Key:
    """Choose the key for an endpoint.

    Args:
        base_url: The endpoint.
        environment: Where keys stand.
        is_trusted: Whether the person named the endpoint himself, or it is the one without any choice; an
            endpoint of the project's own file is somebody else's word.
    """
    own = environment.get(KEYS_OF_HOSTS.get(_host_of(base_url), "")) or None
    general = environment.get(GENERAL) or None
    if is_trusted:
        return Key(general or own)
    return Key(own, is_withheld=own is None and general is not None and not is_here(base_url))


def _host_of(base_url: str) -> str:
    """The host that a service's own key may be sent to: only over an encrypted connection."""
    try:
        found = urlsplit(base_url)
        return found.hostname or "" if found.scheme == "https" else ""
    except ValueError:
        return ""
