"""The plan as a person reads it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from clockwork.provenance import Provenance, Source
from clockwork.results import Action, CompletionReport, Seconds, Status
from clockwork.ui.tense import Tense
from clockwork.ui.text import width_of
from support.runs import ASKED, LOCKED, YOU, change, done, rows, run_of, value

TEXT = "# Life\n" + "\n".join(f"line {number}" for number in range(40))


def row_of(shown: list[str], word: str) -> str:
    return next(" ".join(row.split()) for row in shown if row.split()[:1] == [word])


def test_a_new_resource_shows_every_value_and_who_decided_it() -> None:
    values = {
        "description": value("Write about life"),
        "name": value("life.md", LOCKED),
        "content": value(TEXT, ASKED),
        "mode": value("644", Provenance(Source.EDITED)),
        "adopt": value(False, Provenance(Source.DEFAULT)),
        "path": value(None, Provenance(Source.DEFAULT)),
    }
    shown = rows(run_of(change(Action.CREATE, values=values)))
    assert shown[0] == "Plan for stack dev · main.py · 1 resource"
    assert row_of(shown, "+") == "+ article FileResource create"
    assert row_of(shown, "description") == "description Write about life you"
    assert row_of(shown, "name") == "name life.md model small-model, locked"
    assert row_of(shown, "content") == "content # Life (41 lines, 316 characters) model small-model"
    assert row_of(shown, "mode") == "mode 644 edited in the lock"
    assert row_of(shown, "adopt") == "adopt false default"
    assert not any(row.split()[:1] == ["path"] for row in shown)


def test_an_update_shows_only_what_changes_with_old_and_new() -> None:
    found = change(
        Action.UPDATE,
        values={"mode": value("600"), "name": value("a.md", LOCKED)},
        changed=("mode",),
        old={"mode": "644"},
        new={"mode": "600"},
    )
    shown = rows(run_of(found))
    assert row_of(shown, "~") == "~ article FileResource update in place"
    assert row_of(shown, "mode") == "mode 644 -> 600 you"
    assert not any("a.md" in row for row in shown)


def test_a_changed_text_shows_its_sizes_and_the_lines_that_differ() -> None:
    found = change(
        Action.UPDATE,
        values={"content": value(TEXT + "\nthe end", ASKED)},
        changed=("content",),
        old={"content": TEXT},
        new={"content": TEXT + "\nthe end"},
    )
    shown = rows(run_of(found))
    assert "(41 lines, 316 characters) -> (42 lines, 324 characters)" in row_of(shown, "content")
    assert "+the end" in [row.strip() for row in shown]


def test_a_text_that_differs_everywhere_is_not_shown_whole() -> None:
    found = change(
        Action.UPDATE,
        changed=("content",),
        old={"content": TEXT},
        new={"content": TEXT.replace("line", "row")},
    )
    shown = rows(run_of(found))
    assert any(row.strip().startswith("… ") and row.endswith(" more") for row in shown)
    assert len(shown) < 20


def test_a_value_that_a_new_answer_replaces_is_shown_even_when_nothing_else_changes() -> None:
    anew = Provenance(Source.MODEL, "small-model", asked_now=True, previous="old.md")
    shown = rows(run_of(change(Action.SAME, values={"name": value("new.md", anew)})))
    assert row_of(shown, "name") == "name old.md -> new.md model small-model"


def test_drift_is_said_to_be_changed_by_hand() -> None:
    found = change(
        Action.UPDATE,
        values={"mode": value("644")},
        changed=("mode", "content"),
        old={"mode": "644", "content": "a"},
        new={"mode": "644", "content": "b"},
        drifted=("mode", "content"),
    )
    shown = rows(run_of(found))
    assert row_of(shown, "mode") == "mode restored to 644 changed by hand"
    assert row_of(shown, "content") == "content a -> b changed by hand"


def test_a_replacement_says_why() -> None:
    found = change(Action.REPLACE, changed=("path", "kind"), old={"path": "a"}, new={"path": "b"})
    shown = rows(run_of(found))
    assert row_of(shown, "±").endswith("replace, because path and kind change")
    assert row_of(shown, "kind") == "kind changes"
    after = rows(run_of(replace(found, status=Status.DONE), command="apply"), tense=Tense.DONE)
    assert row_of(after, "±").endswith("replaced, because path and kind changed")


def test_a_property_in_the_engines_spelling_finds_its_field() -> None:
    found = change(
        Action.UPDATE,
        values={"env_vars": value({"A": "1"}, LOCKED)},
        changed=("envVars",),
        old={},
        new={"envVars": {"A": "1"}},
    )
    assert row_of(rows(run_of(found)), "envVars") == 'envVars (unset) -> {"A": "1"} model small-model, locked'


def test_a_deletion_and_its_note() -> None:
    shown = rows(run_of(change(Action.DELETE, notes=("the file was kept",)), command="destroy"))
    assert shown[0].startswith("Plan to destroy stack dev")
    assert row_of(shown, "-") == "- article FileResource delete"
    assert "    ! the file was kept" in shown


@pytest.mark.parametrize(("number", "said"), [(10, 10), (11, 1)])
def test_many_unchanged_resources_are_counted(number: int, said: int) -> None:
    shown = rows(run_of(*(change(Action.SAME, f"files[{index}]") for index in range(number))))
    unchanged = [row for row in shown if row.startswith("= ")]
    assert len(unchanged) == said
    assert shown[-1] == f"nothing to change, {number} unchanged"


def test_the_last_line_counts_and_says_what_to_do() -> None:
    values = {"name": value("a", LOCKED), "mode": value("644", LOCKED), "content": value("x", YOU)}
    found = run_of(change(Action.CREATE, values=values), change(Action.SAME, "other"))
    expected = "1 to create, 1 unchanged · 2 values from the model, none asked now · run `clockwork apply`"
    assert rows(found)[-1] == expected


def test_the_last_line_tells_what_the_model_cost_and_the_time() -> None:
    report = CompletionReport(calls=3, input_tokens=1200, output_tokens=34)
    found = run_of(
        done(Action.CREATE, values={"name": value("a", ASKED)}),
        command="apply",
        completion=report,
        seconds=Seconds(load=0.01, complete=2.3, engine=0.7, total=3.1),
    )
    last = rows(found, tense=Tense.DONE)[-2:]
    assert last == [
        "1 created · 1 value from the model, 1 asked now (3 calls, 1,234 tokens)",
        "3.1 s (complete 2.3, engine 0.7)",
    ]


def test_outputs_are_shown() -> None:
    shown = rows(run_of(command="apply", outputs={"url": "http://a", "key": "[secret]"}), tense=Tense.DONE)
    assert shown[-3:] == ["Outputs", "  url  http://a", "  key  [secret]"]


def test_a_dry_run_shows_every_value_and_says_that_nothing_was_done() -> None:
    found = run_of(change(Action.SAME, values={"name": value("a.md", LOCKED)}), command="apply")
    shown = rows(found, tense=Tense.COMPLETED)
    assert shown[0].startswith("Completed for stack dev")
    assert row_of(shown, "name") == "name a.md model small-model, locked"
    assert shown[-1].startswith("1 resource complete, nothing done")


@pytest.mark.parametrize("width", [50, 80, 132])
def test_no_row_is_wider_than_the_terminal_and_no_short_value_is_cut(width: int) -> None:
    path = "/srv/" + "/".join(f"folder-{index}" for index in range(20))
    found = change(Action.CREATE, values={"path": value(path, LOCKED), "wide": value("生命" * 40)})
    shown = rows(run_of(found), width=width)
    assert max(width_of(row) for row in shown[2:]) <= width
    assert path in "".join(row[10:].split("model")[0].strip() for row in shown)


def test_nothing_in_a_value_or_a_name_reaches_the_terminal_raw() -> None:
    evil = "a\x1b[31m\u202e[bold]b"
    found = change(
        Action.UPDATE,
        address=evil,
        values={evil: value(evil, Provenance(Source.MODEL, evil))},
        changed=(evil,),
        old={evil: evil + "\n1"},
        new={evil: evil + "\n2"},
        notes=(evil,),
    )
    text = "\n".join(rows(run_of(found, outputs={evil: evil})))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[bold]" in text


def test_a_secret_is_not_shown_when_it_changes() -> None:
    found = change(
        Action.UPDATE,
        values={"password": value(SecretStr("hunter2"))},
        changed=("password",),
        old={"password": "hunter1"},
        new={"password": "hunter2"},
    )
    shown = rows(run_of(found))
    assert not any("hunter" in row for row in shown)
    assert row_of(shown, "password") == "password [secret] changes you"


def test_a_run_that_failed_shows_each_resource_as_far_as_it_got() -> None:
    found = run_of(
        done(Action.CREATE, "made", values={"mode": value("644")}),
        change(
            Action.UPDATE,
            "broken",
            status=Status.FAILED,
            error="the disk is full\nDelete something.",
            values={"mode": value("600")},
            changed=("mode",),
            old={"mode": "644"},
            new={"mode": "600"},
        ),
        change(Action.UNKNOWN, "refused", status=Status.FAILED, error="no such place"),
        change(Action.CREATE, "later", status=Status.SKIPPED, values={"mode": value("644")}),
        change(Action.UNKNOWN, "unplanned", status=Status.SKIPPED),
        done(Action.SAME, "old"),
        command="apply",
        failed=True,
    )
    shown = rows(found, tense=Tense.DONE)
    assert shown[0] == "Apply failed for stack dev · main.py · 6 resources"
    told = [" ".join(row.split()) for row in shown[2:-2]]
    assert told == [
        "+ made FileResource created",
        "mode 644 you",
        "✗ broken FileResource update in place failed",
        "✗ the disk is full",
        "mode 644 -> 600 you",
        "✗ refused FileResource failed",
        "✗ no such place",
        "· later FileResource not reached (create)",
        "· unplanned FileResource not reached",
        "= old FileResource unchanged",
    ]
    assert shown[-1].startswith("1 created, 1 unchanged, 2 failed, 2 not reached")


@pytest.mark.parametrize("command", ["plan", "apply", "destroy"])
def test_the_head_of_a_run_that_failed_says_so(command: str) -> None:
    failed = change(Action.UNKNOWN, status=Status.FAILED, error="no")
    tense = Tense.PLANNED if command == "plan" else Tense.DONE
    shown = rows(run_of(failed, command=command, failed=True), tense=tense)
    assert shown[0].startswith(f"{command.capitalize()} failed for stack dev")
    assert "nothing" not in shown[-1]
    assert "run `clockwork apply`" not in shown[-1]


def test_a_thing_that_was_kept_is_not_counted_as_deleted() -> None:
    kept = change(Action.DELETE, status=Status.KEPT, notes=("a.txt is kept: it was changed by hand",))
    shown = rows(run_of(kept, done(Action.DELETE, "other"), command="destroy"), tense=Tense.DONE)
    assert row_of(shown, "=") == "= article FileResource kept"
    assert "    ! a.txt is kept: it was changed by hand" in shown
    assert shown[-1].startswith("1 deleted, 1 kept")


@pytest.mark.parametrize(("number", "said"), [(10, 10), (11, 1)])
def test_many_resources_that_were_not_reached_are_counted(number: int, said: int) -> None:
    skipped = (change(Action.CREATE, f"files[{index}]", status=Status.SKIPPED) for index in range(number))
    shown = rows(run_of(*skipped, command="apply", failed=True), tense=Tense.DONE)
    assert len([row for row in shown if row.startswith("· ")]) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"mode": Provenance(Source.EDITED)}, "1 value edited in the lock"),
        (
            {"mode": Provenance(Source.EDITED), "name": LOCKED},
            "1 value from the model, none asked now, 1 edited in the lock",
        ),
    ],
)
def test_the_last_line_counts_what_a_person_edited_in_the_lock(
    values: dict[str, Provenance], said: str
) -> None:
    found = change(Action.CREATE, values={name: value("x", origin) for name, origin in values.items()})
    assert f" · {said} · " in rows(run_of(found))[-1]
