"""The question: what it says, and what makes it another question."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Optional

import pytest
from pydantic import ConfigDict, SecretStr

from clockwork.completion.plain_text import own_value, unfenced
from clockwork.completion.question import Question, narrowed
from clockwork.hook_types import CompletionContext
from clockwork.plugins.manager import PluginManager
from clockwork.resources.base import Resource
from clockwork.resources.fields import completable
from support.completing import Letter, Note, Service


def question(resource: Resource, *others: Resource, only: str | None = None) -> Question:
    context = CompletionContext(Path("/p"), tuple(resource.missing_fields()), (resource, *others))
    return Question.about(resource, narrowed(context, only) if only else context, PluginManager())


def placed(resource: Resource, address: str) -> Resource:
    resource.place(address, Path("/p"))
    return resource


def test_the_question_reads_like_a_letter() -> None:
    service = Service(name="shop", description="the shop's database", image="postgres:17")
    lines = question(service).text.splitlines()
    assert lines[:7] == [
        "You complete the declaration of a Service in a deployment project. Something that runs.",
        "",
        "Choose a value for each of these fields:",
        "- port: the port, integer, at least 1, at most 65535",
        '- memory: a memory limit, when one is needed, string, for example "256m" (may be null)',
        "- environment: environment variables, object (may be null)",
        "",
    ]
    assert lines[-6:] == [
        "",
        "Wish: the shop's database",
        "Already decided, not yours to change:",
        '- name: "shop"',
        '- image: "postgres:17"',
        "Answer:",
    ]


def test_questions_about_one_class_begin_alike() -> None:
    first, second = (question(Note(description=wish)).text for wish in ("tea", "milk"))
    assert first.rpartition("Wish: tea")[0] == second.rpartition("Wish: milk")[0] != ""


def test_what_the_class_says_of_every_resource_is_not_told() -> None:
    class Flagged(Note):
        shiny: bool = False

    assert "shiny" not in question(Flagged(description="tea")).text
    assert "- shiny: true" in question(Flagged(description="tea", shiny=True)).text


class Banner(Note):
    """A banner."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"description": "Welcome", "name": "welcome.md", "mode": "644"},
                {"description": "Bye", "name": "bye.md", "mode": "600"},
                {"name": "nameless.md", "mode": "600"},
            ]
        }
    )
    size: Optional[str] = completable("its size", pattern=r"^\w+$", answer_pattern="^(small|big)$")


def test_worked_examples_of_a_class_are_shown_with_the_fields_that_are_asked() -> None:
    text = question(Banner(description="Hello", size="big")).text
    assert 'Wish: Welcome\nAnswer: {"name": "welcome.md", "mode": "644"}\n\nWish: Bye\n' in text
    assert "nameless" not in text
    named = question(Banner(description="Hello", size="big", name="a.md"))
    decided = 'Already decided, not yours to change:\n- name: "bye.md"'
    assert f'Wish: Bye\n{decided}\nAnswer: {{"mode": "600"}}' in named.text


def test_examples_are_exchanges_that_went_before_the_wish() -> None:
    wording = question(Banner(description="Hello", size="big")).wording
    (first, welcome), (second, bye) = wording.exchanges
    assert first == f"{wording.about}\n\nWish: Welcome"
    assert (welcome, second) == ('{"name": "welcome.md", "mode": "644"}', "Wish: Bye")
    assert bye == '{"name": "bye.md", "mode": "600"}'
    assert wording.question == 'Wish: Hello\nAlready decided, not yours to change:\n- size: "big"'


def test_what_is_known_stands_beside_the_wishes_it_is_for() -> None:
    class Known(Banner):
        @classmethod
        def known_for(cls, wish: str) -> list[str]:
            return [f"{len(wish)} letters"]

    text = question(Known(description="Hello", size="big")).text
    assert "Wish: Bye\nKnown: 3 letters\nAnswer:" in text
    assert text.endswith('- size: "big"\nKnown: 5 letters\nAnswer:')


def test_what_is_known_of_fields_that_are_not_asked_is_left_out() -> None:
    class Known(Banner):
        @classmethod
        def known_for(cls, wish: str) -> list[str]:
            return ['{"name": "*.md", "mode": "644"}', '{"letters": 5}', "{ not JSON"]

    text = question(Known(description="Hello", size="big", mode="600")).text
    assert text.endswith('Known: {"name": "*.md"}\nKnown: {"letters": 5}\nKnown: { not JSON\nAnswer:')


def test_worked_examples_that_lack_an_asked_field_are_left_out() -> None:
    assert "Welcome" not in question(Banner(description="Hello")).text


def test_an_answer_s_pattern_narrows_what_the_model_is_told_and_not_the_person() -> None:
    assert question(Banner(description="Hello")).schema["properties"]["size"]["pattern"] == "^(small|big)$"
    assert Banner(description="Hello", size="huge").size == "huge"


def test_a_long_text_is_asked_for_as_text() -> None:
    text = question(Letter(name="tea.md", mode="644", description="tea")).text
    assert "The content is what it says, string, characters at least 3, characters at most 200." in text
    assert text.endswith("Wish: tea\nDecided: name tea.md, mode 644\nAnswer:")
    assert "JSON" not in text


def test_a_long_value_is_shown_in_part() -> None:
    shown = question(Letter(content="x" * 190 + "y", name="tea.md")).text
    assert "xy" in shown
    service = question(Service(name="s", image="i" * 5000)).text
    assert "(5002 characters)" in service
    assert len(service) < 4000


@pytest.mark.parametrize(
    "other",
    [
        Note(description="milk", mode="644"),
        Note(description="tea", mode="600"),
        Note(description="tea"),
        Letter(description="tea", mode="644"),
    ],
    ids=["description", "given", "missing", "type"],
)
def test_what_makes_another_question(other: Note) -> None:
    assert question(Note(description="tea", mode="644")).digest != question(other).digest


def test_the_address_and_the_neighbours_do_not() -> None:
    first = question(placed(Note(description="tea"), "a"))
    second = question(placed(Note(description="tea"), 'site["web"]'), Note(description="milk"))
    assert first.digest == second.digest


def test_constraints_examples_and_secrets() -> None:
    def made(value: Any, **options: Any) -> str:
        class Made(Resource):
            wanted: Optional[str] = completable("it", **options)
            key: Optional[SecretStr] = None

        return question(Made(name="m", key=value)).digest

    plain = made(SecretStr("one"))
    assert made(SecretStr("two")) == plain
    assert len({plain, made(SecretStr("one"), pattern="^a"), made(SecretStr("one"), examples=["a"])}) == 3


DIGEST_OF_A_SET = """
from clockwork.completion.question import Question
from clockwork.hook_types import CompletionContext
from clockwork.plugins.manager import PluginManager
from clockwork.resources.base import Resource
from typing import Optional
from pathlib import Path
class Tagged(Resource):
    tags: set[str] = {"a", "b", "c", "d", "e"}
    size: Optional[int] = None
tagged = Tagged(name="t")
print(Question.about(tagged, CompletionContext(Path("/p"), ("size",), (tagged,)), PluginManager()).digest)
"""


def test_the_digest_is_the_same_in_every_process() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST_OF_A_SET],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain\n"),
        ("```\nplain\n```", "plain\n"),
        ("\n```python\nprint()\n```\n", "print()\n"),
        ("```markdown\n# T\n\n```sh\nls\n```\n\nend\n```", "# T\n\n```sh\nls\n```\n\nend\n"),
        ("```sh\nls\n```\nand\n```sh\ncd\n```", "```sh\nls\n```\nand\n```sh\ncd\n```\n"),
        ("```markdown\n# T\n\n```\nls\n```\n\nend\n```", "# T\n\n```\nls\n```\n\nend\n"),
        ("```ini\n[Unit]\n", "[Unit]\n"),
        ("# T\n```sh\nls\n```", "# T\n```sh\nls\n```\n"),
        ("  indented\n\n", "  indented\n"),
        ("```\n```", ""),
        ("[a]\nb = 1\n```", "[a]\nb = 1\n"),
    ],
)
def test_a_fence_around_the_whole_is_removed_and_the_last_line_ends(text: str, expected: str) -> None:
    assert unfenced(text) == expected


DECIDED = {"description": "a shop", "name": "shop.sql", "mode": "644"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"name": "shop.sql", "content": "CREATE"}', "CREATE"),
        ('{"name": "other.sql", "content": "CREATE"}', None),
        ('{"content": "CREATE"}', None),
        ('{"name": "shop.sql", "content": 3}', None),
        ('{"name": "shop.sql"}', None),
        ('{"title": "a shop", "content": "CREATE"}', None),
        ("{ not json", None),
        ("shop.sql\n```sql\nCREATE\n```", "CREATE\n"),
        ("# shop.sql:\n\n```\nCREATE\n```", "CREATE\n"),
        ("Run it:\n```sql\nCREATE\n```", None),
        ("CREATE\n```\n\nIt makes the shop.", "CREATE\n"),
        ("```\nCREATE", None),
        ("[1]", None),
        ("CREATE TABLE shop;", None),
    ],
)
def test_a_text_inside_the_whole_resource_is_taken_out(text: str, expected: str | None) -> None:
    assert own_value(text, "content", DECIDED) == (text if expected is None else expected)


@pytest.mark.parametrize("name", ["shop.md", "SHOP.MD", "shop.txt"])
def test_a_text_for_people_keeps_what_follows_a_fence(name: str) -> None:
    text = "Run it:\n```\nmake\n"
    assert own_value(text, "content", {"name": name}) == text


def test_a_difference_in_what_is_not_shown_is_a_difference_too() -> None:
    first, second = (Service(name="s", image="i" * 3000 + end) for end in "ab")
    assert question(first).text == question(second).text
    assert question(first).digest != question(second).digest
