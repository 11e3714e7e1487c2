"""Other people's wishes and good answers to them, for who completes a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from pydantic import JsonValue

_NOTE: dict[str, JsonValue] = {
    "description": "Why we chose SQLite, for those who come later",
    "name": "why-sqlite.md",
    "directory": "docs",
    "mode": "644",
    "content": "# Why SQLite\n\nOne process writes, and everything fits on one disk.\n\n"
    "## What speaks for it\n\n- No server has to be run, secured and backed up.\n"
    "- Tests use the same database as everybody.\n\n"
    "## When to choose again\n\nWhen a second machine has to write.\n",
}
_JSON: dict[str, JsonValue] = {
    "description": "JSON settings of the mail server: host smtp.internal, port 2525, 4 connections",
    "name": "mail.json",
    "directory": "config",
    "mode": "644",
    "content": '{\n  "host": "smtp.internal",\n  "port": 2525,\n  "max_connections": 4\n}\n',
}
_SCRIPT: dict[str, JsonValue] = {
    "description": "Script that removes log files older than a week",
    "name": "remove-old-logs.sh",
    "directory": "scripts",
    "mode": "755",
    "content": "#!/bin/sh\nset -eu\n\nfind logs -name '*.log' -mtime +7 -delete\n",
}

EXAMPLES: list[JsonValue] = [
    _NOTE,
    _JSON,
    _SCRIPT,
    {
        "description": "How editors should indent the files of this project",
        "name": ".editorconfig",
        "directory": ".",
        "mode": "644",
    },
    {
        "description": "Rules for the alerts of our monitoring",
        "name": "alerts.yml",
        "directory": "monitoring",
        "mode": "644",
    },
    {"description": "The licence of the project", "name": "LICENSE", "directory": ".", "mode": "644"},
    {
        "description": "GitHub Actions workflow that looks for spelling mistakes in the handbook",
        "name": "spelling.yml",
        "mode": "644",
    },
]
"""What is shown beside every wish for short values; the first three have a content, too.

The last one stands in a folder that no model may choose, and is shown where none is asked for.
"""


def examples_like(name: str, folder: str = "") -> Iterator[dict[str, JsonValue]]:
    """Give files with their contents: two of other forms, then the one that is of a file's own form.

    What comes last is followed most. Where a form has no example, the three that are shown to all stand.

    Args:
        name: The file's name.
        folder: The folder that it stands in; some have files of one kind.
    """
    last = _like(name, folder)
    others = [one for one in (_NOTE, _JSON, _SCRIPT) if one is not last]
    yield from (*others[:2], last or others[-1])


def _like(name: str, folder: str) -> dict[str, JsonValue] | None:
    if PurePath(folder).parts[-2:] == (".github", "workflows"):
        return _WORKFLOW
    bare = PurePath(name).name.casefold()
    return _BY_FORM.get(bare) or _BY_FORM.get(bare[bare.rfind(".") :] if "." in bare else bare)


def _file(description: str, path: str, *lines: str, mode: str = "644") -> dict[str, JsonValue]:
    place = PurePath(path)
    return {
        "description": description,
        "name": place.name,
        "directory": str(place.parent),
        "mode": mode,
        "content": "\n".join([*lines, ""]),
    }


_WORKFLOW = _file(
    "GitHub Actions workflow that looks for spelling mistakes in the handbook once a week",
    ".github/workflows/spelling.yml",
    "name: Spelling",
    "",
    "on:",
    "  schedule:",
    '    - cron: "0 6 * * 1"',
    "",
    "jobs:",
    "  spelling:",
    "    runs-on: ubuntu-latest",
    "    steps:",
    "      - uses: actions/checkout@v4",
    "      - uses: actions/setup-node@v4",
    "        with:",
    '          node-version: "22"',
    "      - run: npm ci",
    '      - run: npx cspell "handbook/**/*.md"',
)
_YAML = _file(
    "YAML settings of the mail archive: folder /srv/mail, kept for 90 days, for two domains",
    "config/archive.yaml",
    "archive:",
    "  folder: /srv/mail",
    "  keep_days: 90",
    "",
    "domains:",
    "  - name: example.org",
    "    compress: true",
    "  - name: example.net",
    "    compress: false",
)
_HTML = _file(
    "Page in HTML with the telephone numbers of the office",
    "phones.html",
    "<!DOCTYPE html>",
    '<html lang="en">',
    "<head>",
    '  <meta charset="utf-8">',
    "  <title>Telephone numbers</title>",
    "</head>",
    "<body>",
    "  <h1>Telephone numbers</h1>",
    "  <ul>",
    "    <li>Reception: 100</li>",
    '    <li>Help desk: 112, or <a href="mailto:help@example.org">by mail</a></li>',
    "  </ul>",
    "</body>",
    "</html>",
)
_IGNORED = _file(
    "What git should ignore in a LaTeX project",
    ".gitignore",
    "# What LaTeX writes beside a document",
    "*.aux",
    "*.log",
    "*.out",
    "*.toc",
    "",
    "# The finished documents",
    "build/",
    "*.pdf",
)
_DOCKERFILE = _file(
    "Dockerfile for a Ruby program on Ruby 3.3 that starts server.rb and listens on port 7070",
    "Dockerfile",
    "FROM ruby:3.3-slim",
    "WORKDIR /app",
    "COPY Gemfile Gemfile.lock ./",
    "RUN bundle install",
    "COPY . .",
    "EXPOSE 7070",
    'CMD ["ruby", "server.rb"]',
)
_BY_FORM: dict[str, dict[str, JsonValue]] = {
    ".md": _NOTE,
    ".txt": _NOTE,
    ".json": _JSON,
    ".sh": _SCRIPT,
    ".bash": _SCRIPT,
    ".yaml": _YAML,
    ".yml": _YAML,
    ".html": _HTML,
    ".htm": _HTML,
    ".gitignore": _IGNORED,
    ".dockerignore": _IGNORED,
    "dockerfile": _DOCKERFILE,
    "containerfile": _DOCKERFILE,
    ".dockerfile": _DOCKERFILE,
    ".toml": _file(
        "TOML settings of a crawler: start at https://docs.internal, 3 levels deep, 20 pages a minute",
        "config/crawler.toml",
        'start = "https://docs.internal"',
        "depth = 3",
        "",
        "[limits]",
        "pages_per_minute = 20",
        'skip = ["/search", "/login"]',
    ),
    ".service": _file(
        "systemd unit that runs /opt/mailer/bin/mailer as the user mailer, when the network is there",
        "mailer.service",
        "[Unit]",
        "Description=Mailer",
        "Wants=network-online.target",
        "After=network-online.target",
        "",
        "[Service]",
        "ExecStart=/opt/mailer/bin/mailer",
        "User=mailer",
        "Restart=on-failure",
        "",
        "[Install]",
        "WantedBy=multi-user.target",
    ),
    ".timer": _file(
        "systemd timer that starts reports.service on Monday mornings at half past seven",
        "reports.timer",
        "[Unit]",
        "Description=Make the reports every week",
        "",
        "[Timer]",
        "OnCalendar=Mon *-*-* 07:30:00",
        "Unit=reports.service",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ),
    ".css": _file(
        "Stylesheet for printing: black on white, no navigation, and links that are underlined",
        "print.css",
        "body {",
        "  color: black;",
        "  background: white;",
        "}",
        "",
        "nav {",
        "  display: none;",
        "}",
        "",
        "a {",
        "  text-decoration: underline;",
        "}",
    ),
    ".sql": _file(
        "SQL schema of a library with authors and books",
        "library.sql",
        "CREATE TABLE authors (",
        "  id INTEGER PRIMARY KEY,",
        "  name VARCHAR(200) NOT NULL",
        ");",
        "",
        "CREATE TABLE books (",
        "  id INTEGER PRIMARY KEY,",
        "  author_id INTEGER NOT NULL REFERENCES authors (id),",
        "  title VARCHAR(200) NOT NULL",
        ");",
    ),
    "makefile": _file(
        "Makefile with the targets report and watch for a LaTeX document",
        "Makefile",
        ".PHONY: report watch",
        "",
        "report:",
        "\tlatexmk -pdf report.tex",
        "",
        "watch:",
        "\tlatexmk -pdf -pvc report.tex",
    ),
    ".csv": _file(
        "CSV file with the seasons, their first month and their mood",
        "seasons.csv",
        "season,first_month,mood",
        'spring,March,"fresh, green"',
        "summer,June,warm",
        "autumn,September,colourful",
        "winter,December,quiet",
    ),
    ".conf": _file(
        "nginx configuration that shows the folder /srv/photos at photos.internal",
        "config/photos.conf",
        "server {",
        "    listen 80;",
        "    server_name photos.internal;",
        "",
        "    location / {",
        "        root /srv/photos;",
        "        autoindex on;",
        "    }",
        "}",
    ),
    ".env": _file(
        "The environment of the mailer: host, port and sender",
        ".env",
        "MAIL_HOST=smtp.internal",
        "MAIL_PORT=2525",
        "MAIL_FROM=office@example.org",
    ),
    ".py": _file(
        "Python script that counts the words of a text file",
        "scripts/count_words.py",
        '"""Count the words of a text file."""',
        "",
        "import sys",
        "from pathlib import Path",
        "",
        'print(len(Path(sys.argv[1]).read_text(encoding="utf-8").split()))',
        mode="755",
    ),
    ".ini": _file(
        "INI file of the scanner: 300 dots per inch, written to the folder scans",
        "config/scanner.ini",
        "[scanner]",
        "resolution = 300",
        "",
        "[output]",
        "folder = scans",
    ),
    ".js": _file(
        "JavaScript that shows the time of the day in the element with the id clock",
        "clock.js",
        'const clock = document.getElementById("clock");',
        "",
        "function showTime() {",
        "  clock.textContent = new Date().toLocaleTimeString();",
        "}",
        "",
        "showTime();",
        "setInterval(showTime, 1000);",
    ),
}
"""By the end of a name, or the whole of it, in small letters."""
_BY_FORM[".env.example"] = _BY_FORM[".env"]
