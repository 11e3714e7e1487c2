"""Contents that a model wrote: of the kind that the file's name says, and more than a stand-in."""

from __future__ import annotations

import pytest

from clockwork_file.contents import wrong_content


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("a.json", '{"port": 8080, "password": "${secret:db}"}'),
        ("a.json", '{"port": ${ref:web.port}}'),
        ("a.jsonl", '{"a": 1}\n\n{"b": 2}\n'),
        ("a.toml", '[tool]\nname = "x"\n'),
        ("a.yaml", "Resources:\n  A: !Ref B\n---\nx: &a [1]\ny: *a\n"),
        ("a.py", "import re\nprint(re.match('\\d', '1'))\n"),
        ("a.svg", '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("a.md", "# Your guide\n\nHere is the text about tea."),
        ("a.txt", "hello"),
        ("a.json", "{}"),
        ("a.py", "x = 'your content'"),
        ("todo.txt", "TODO\n- buy milk\n- write code"),
        ("Dockerfile", "# syntax=docker/dockerfile:1\nARG V=1\nFROM nginx:$V\nRUN a \\\n  # why\n\n  && b\n"),
        ("dev.Dockerfile", "from nginx:1\nRUN <<EOF\nls\nEOF\n"),
        ("a.service", "# it\n[Unit]\nDescription=a\n[Service]\nExecStart=/bin/a \\\n  --all\n"),
        ("a.html", "<!DOCTYPE html>\n<html><p>a<br>b</html>\n"),
        ("a.html", "{% extends 'base' %}\n<p>a"),
        ("a.css", '/* { */ a::after { content: "}" } b { color: red }\n'),
        ("a.csv", 'name,say\na,"b, c"\n\n'),
        ("dockerfile.md", "How to write one"),
        ("json", "about JSON"),
        ("a.yml", "${ref:web.port}"),
        ("a.conf", "{ not json"),
    ],
)
def test_right(file: str, content: str) -> None:
    assert wrong_content(file, content) is None


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("a.json", "{'port': 8080}", "not valid JSON"),
        ("a.JSON", "Here is the file: {}", "not valid JSON"),
        ("a.json", "[" * 100_000, "not valid JSON"),
        ("a.jsonl", '{"a": 1}\nnothing', "line 2"),
        ("a.toml", "a = ", "not valid TOML"),
        ("a.toml", "a = 1\nif x:\n", "(at line 2, column 4); it is 'if x:'"),
        ("a.yml", "a: [1\nb: 2", "not valid YAML"),
        ("a.py", "def f(:\n", "not valid Python, as the file's name says: line 1"),
        ("a.xml", "<a><b></a>", "not valid XML"),
        ("a.yml", "Settings of the shop", "one text, without keys"),
        ("Dockerfile", "Here is the Dockerfile:\nFROM a:1", "'Here is the Dockerfile:' is no instruction"),
        ("web.Dockerfile", "RUN ls", "first instruction is not FROM"),
        ("a.timer", "A timer:\n[Timer]\n", "does not begin with a section"),
        ("a.service", "[Service]\nExecStart /bin/a\n", "neither a [Section] nor a Name=value"),
        ("a.html", "The page:\n<html></html>", "does not begin with a tag"),
        ("a.html", "<html><p>a", "ends before </html>"),
        ("a.css", "a { b: c", "1 { and 0 }"),
        ("a.csv", "a,b\n1,2,3", "row 2 has 3 values, the first row 2"),
        ("a.txt", " \n", "it is empty"),
        ("a.txt", "...", "it is empty"),
        ("a.txt", "Your content here", "stands in"),
        ("a.txt", "[Your content goes here...]", "stands in"),
        ("a.txt", "<insert the file content>", "stands in"),
        ("a.txt", "# TODO: write the article", "stands in"),
        ("a.md", "Lorem ipsum dolor sit amet,\nconsectetur", "stands in"),
    ],
)
def test_wrong(file: str, content: str, told: str) -> None:
    assert told in str(wrong_content(file, content))


def test_what_the_user_asked_for_is_no_stand_in() -> None:
    assert wrong_content("a.txt", "Lorem ipsum dolor sit amet", "some lorem ipsum") is None
    assert wrong_content("a.txt", "TODO: buy milk", "a todo list") is None


def test_the_description_is_no_content() -> None:
    description = "Write about Conway's Game of Life"
    assert "repeats the description" in str(wrong_content("a.md", f"{description}.\n", description))
    assert wrong_content("a.txt", "hello world", "Hello world") is None
