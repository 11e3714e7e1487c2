"""The SDK's client, made for an endpoint."""

from __future__ import annotations

from typing import Any

from docker import APIClient


class Session(APIClient):  # type: ignore[misc]
    """A client whose own certificates count, also where the environment names a bundle for the web."""

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """Let what the client was made with decide."""
        merged = super().merge_environment_settings(url, proxies, stream, verify, cert)
        return {**merged, "verify": self.verify} if verify is None else merged
