"""The models that can be reached, and a trial of one, as people and programs read them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from clockwork.completion.inside import document_of, how_to_choose, place_of
from clockwork.ui.text import Line, Span, clean, count, line, pad, width_of

if TYPE_CHECKING:
    from clockwork.completion.choice import Survey
    from clockwork.completion.servers import ModelServer, ServedModel
    from clockwork.completion.trial import Trial

_MOST = 12


def survey_lines(found: Survey) -> list[Line]:
    """Show which model would be used and why, what is known against it, and what else runs here."""
    reasons = ", ".join(f"{name.replace('_', '-')} from {who}" for name, who in found.reasons.items())
    lines = [
        line(Span(clean(found.model), "bold"), f" at {clean(found.endpoint)}", Span(f"  {reasons}", "dim"))
    ]
    if found.problem:
        lines.append(line(Span(f"✗ {clean(found.problem)}", "red")))
    elif found.is_inside:
        lines.append(_there("it is there"))
    elif found.chosen is not None and found.chosen.models:
        is_listed = any(one.name == found.model for one in found.chosen.models)
        other = f"{clean(found.chosen.models[0].name)} is there, and answers to any name"
        lines.append(_there("it is there" if is_listed else other))
    for server in (*([found.chosen] if found.chosen and found.chosen.models else []), *found.here):
        lines += [line(), *_server(server, found)]
    needs_server = found.chosen is None or found.chosen.problem
    if not found.here and needs_server and (found.problem or not found.is_inside):
        lines += [line(), line("No model server runs on this machine at the usual ports.")]
    return lines + _inside(found)


def survey_document(found: Survey) -> dict[str, Any]:
    """Describe the models that can be reached for programs."""
    return {
        "model": found.model,
        "endpoint": found.endpoint,
        "reasons": dict(found.reasons),
        "problem": found.problem or None,
        "chosen": asdict(found.chosen) if found.chosen else None,
        "here": [asdict(server) for server in found.here],
        "inside": [document_of(model) for model in found.inside],
    }


def trial_lines(trial: Trial) -> list[Line]:
    """Show how a small completion went."""
    cost = trial.cost
    calls = count(cost.calls, "call")
    tokens = f"{cost.input_tokens:,} tokens sent, {cost.output_tokens:,} received"
    return [
        line(Span(clean(trial.model), "bold"), f" at {clean(trial.endpoint)}"),
        line(Span("✓", "green"), f" named a note about tea {clean(trial.answer)}"),
        line(f"  asked in mode {clean(trial.mode)} · {trial.seconds:.1f} s · {calls} · {tokens}"),
    ]


def trial_document(trial: Trial) -> dict[str, Any]:
    """Describe how a small completion went for programs."""
    return asdict(trial)


def _there(said: str) -> Line:
    return line(Span(f"✓ {said}", "green"), Span(" · try it: clockwork models test", "dim"))


def _inside(found: Survey) -> list[Line]:
    """Show the models that need no server, and how one is chosen."""
    widest = max((width_of(clean(one.name)) for one in found.inside), default=0)
    lines = [line(), line(Span("inside Clockwork", "bold"), ", without a server")]
    lines += [
        line(f"    {pad(clean(one.name), widest)}", Span(f"  {place_of(one):>7}  {clean(one.about)}", "dim"))
        for one in found.inside
    ]
    if found.problem or not found.is_inside:
        lines.append(line(Span(f"    use it: {clean(how_to_choose(found.inside))}", "dim")))
    return lines


def _server(server: ModelServer, found: Survey) -> list[Line]:
    """Show a server's models, the one that would be used first; of many only some."""
    is_chosen = server is found.chosen
    models = sorted(server.models, key=lambda one: (not (is_chosen and one.name == found.model), one.name))
    widest = max((width_of(clean(one.name)) for one in models[:_MOST]), default=0)
    lines = [line(Span(clean(server.kind), "bold"), f" at {clean(server.base_url)}")]
    lines += [
        line(f"    {pad(clean(one.name), widest)}", Span(f"  {_told(one)}", "dim")) for one in models[:_MOST]
    ]
    if len(models) > _MOST:
        lines.append(line(Span(f"    … and {count(len(models) - _MOST, 'more model', 'more')}", "dim")))
    if not models:
        lines.append(line(Span("    it has no models", "dim")))
    elif not is_chosen:
        chosen = f"export CW_BASE_URL={server.base_url} CW_MODEL={models[0].name}"
        lines.append(line(Span(f"    use it: {clean(chosen)}", "dim")))
    return lines


def _told(model: ServedModel) -> str:
    loaded = {True: "loaded", False: "not loaded", None: ""}[model.is_loaded]
    context = f"{model.context:,} tokens" if model.context else ""
    return clean(" · ".join(part for part in (", ".join(model.abilities), context, loaded) if part))
