"""Which distribution brings which resource type, for those that are published with Clockwork."""

from __future__ import annotations

KNOWN_TYPES = {
    "AppleContainerResource": "clockwork-apple-container",
    "AppleNetwork": "clockwork-apple-container",
    "AppleVolume": "clockwork-apple-container",
    "CommandResource": "clockwork-command",
    "DockerImage": "clockwork-docker",
    "DockerNetwork": "clockwork-docker",
    "DockerResource": "clockwork-docker",
    "DockerVolume": "clockwork-docker",
    "FileResource": "clockwork-file",
    "GitRepoResource": "clockwork-git",
    "ServiceResource": "clockwork-command",
}
