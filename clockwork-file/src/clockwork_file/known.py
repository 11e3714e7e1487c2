"""What is known of files that many projects have: how they are named, where they stand, who may run them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class KnownFile:
    """A kind of file.

    Attributes:
        words: By which words people ask for it, in small letters.
        name: Its name where programs look for that one, else the end of its name, which begins with a dot
            after ``*``.
        directory: Where programs look for it; empty where it may stand anywhere.
        mode: Its permissions, in octal digits.
    """

    words: tuple[str, ...]
    name: str
    directory: str = ""
    mode: str = "644"

    def place_in(self, said: str) -> tuple[int, int] | None:
        """Tell how early, and by how long a word, it is named; ``None`` when it is not.

        Args:
            said: Somebody's words, in small letters.
        """
        found = [(match.start(), -len(word)) for word in self.words if (match := _find(word, said))]
        return min(found, default=None)

    def __str__(self) -> str:
        told = {"name": self.name, "directory": self.directory, "mode": self.mode}
        return json.dumps({name: value for name, value in told.items() if value})


def known_files(wish: str) -> Iterator[str]:
    """Tell what is known of the kind of file that somebody's words name first.

    Args:
        wish: His words, such as a file's description.
    """
    said = wish.lower()
    named = [(place, kind) for kind in KNOWN if (place := kind.place_in(said)) is not None]
    if named:
        yield str(min(named, key=lambda one: one[0])[1])


def _find(word: str, said: str) -> re.Match[str] | None:
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}s?(?![a-z0-9])", said)


def _file(words: str, name: str, directory: str = "", mode: str = "644") -> KnownFile:
    return KnownFile(tuple(words.split("|")), name, directory, mode)


KNOWN = (
    # texts for people
    _file("readme", "README.md", "."),
    _file("changelog", "CHANGELOG.md", "."),
    _file("licence|license", "LICENSE", "."),
    _file("article|note|minutes|guide|tutorial|handbook|manual|runbook", "*.md"),
    _file("checklist|agenda|letter|recipe|explanation|decision record|why we", "*.md"),
    _file("markdown|documentation", "*.md"),
    # what programs look for
    _file("dockerfile", "Dockerfile", "."),
    _file("containerfile", "Containerfile", "."),
    _file("docker compose|compose file", "compose.yaml", "."),
    _file("makefile", "Makefile", "."),
    _file("justfile", "justfile", "."),
    _file("jenkinsfile", "Jenkinsfile", "."),
    _file("vagrantfile", "Vagrantfile", "."),
    _file("procfile", "Procfile", "."),
    _file("gitignore|git ignores|git should ignore", ".gitignore", "."),
    _file("dockerignore", ".dockerignore", "."),
    _file("editorconfig|editors should", ".editorconfig", "."),
    _file("robots.txt|robots|crawlers", "robots.txt", "."),
    _file("package.json|npm package", "package.json", "."),
    _file("tsconfig|typescript compiler|typescript settings", "tsconfig.json", "."),
    _file("pyproject.toml|pyproject", "pyproject.toml", "."),
    _file("requirements.txt|python requirements", "requirements.txt", "."),
    _file("cargo.toml|rust crate", "Cargo.toml", "."),
    _file("go.mod|go module", "go.mod", "."),
    _file("dependabot", "dependabot.yml", ".github"),
    _file("github workflow|github actions|workflow", "*.yml", ".github/workflows"),
    _file("gitlab-ci|gitlab pipeline|gitlab ci", ".gitlab-ci.yml", "."),
    _file("prometheus configuration|configuration for prometheus", "prometheus.yml"),
    _file("caddyfile|caddy configuration|configuration for caddy", "Caddyfile"),
    # by their ending
    _file("systemd unit|unit of systemd|unit for systemd|systemd service", "*.service"),
    _file("systemd timer|timer of systemd|timer for systemd", "*.timer"),
    _file("shell script|bash script|script", "*.sh", "scripts", "755"),
    _file("python script", "*.py", "scripts", "755"),
    _file("python module|python program|python", "*.py"),
    _file("html|page|web page|website", "*.html"),
    _file("stylesheet|css|style sheet", "*.css"),
    _file("javascript", "*.js"),
    _file("typescript", "*.ts"),
    _file("sql|schema", "*.sql"),
    _file("json", "*.json", "config"),
    _file("toml", "*.toml", "config"),
    _file("yaml", "*.yaml", "config"),
    _file("xml", "*.xml"),
    _file("csv", "*.csv"),
    _file("svg|drawing|logo", "*.svg"),
    _file("ini file|ini", "*.ini", "config"),
    _file("nginx|configuration|config file", "*.conf", "config"),
    _file("terraform", "*.tf"),
    _file("graphql", "*.graphql"),
    _file("protobuf|protocol buffers", "*.proto"),
    _file("text file|plain text", "*.txt"),
)
