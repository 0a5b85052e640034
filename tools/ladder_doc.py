"""Write docs/ladder.md: MOVES and HÖK's ladder in sentences, each row with the sentences of § 7.1 that carry it.

    python -m tools.ladder_doc

Everything is read from where the product reads it: the rows and their guards from ``rules/moves/``, days and
outcomes from ``ladders/hok.toml``, the agreement's words from ``texts/hok.toml``, Swedish words from the glossary and
their English from the catalogue. Only what those do not say stands in ``tools/ladder_words.toml``.
``tests/house/test_ladder_doc.py`` fails when the file is not what this would write.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from escalation.rules import ladder
from escalation.rules.deadlines import FOLLOWS, STARTS
from escalation.rules.glossary import ACTS, DEADLINES, GLOSSARY, HOLDERS
from escalation.rules.ladder import Step
from escalation.rules.machine import BEFORE_SERVED, TIME_GUARDS, Actor, Fact, Move, Target
from escalation.rules.moves.table import MOVES
from escalation.rules.situation import (
    ALL_KINDS,
    BODY_KINDS,
    BODY_PHASES,
    LOCAL_PHASES,
    TWO_OFFICIALS,
    Phase,
    StepKind,
)
from escalation.rules.waits import ASKED, FUTURE, PURSUED, BallRule
from tools import catalogue

ROOT = Path(__file__).resolve().parent.parent
PATH = ROOT / "docs/ladder.md"
LADDER = ladder.load("hok")
SECTION = "7.1 Eskaleringstrappa vid oenigheter"

CHAPTERS: tuple[tuple[str, frozenset[Phase]], ...] = (
    ("Before step 1: the filing", BEFORE_SERVED),
    ("Step 1: the parties", LOCAL_PHASES),
    ("Steps 2 and 3: the bodies", BODY_PHASES),
    ("After the outcome", frozenset({Phase.IMPLEMENTATION, Phase.CLOSED})),
)
ANYWHERE = "Acts that follow the case wherever it stands"
LANDS = {
    # where an act leads, when it is no phase by itself -> the phases whose deadlines begin there
    Target.NEXT_STEP: Phase.RECEIVED, Target.FIRST_BODY: Phase.RECEIVED, Target.HIGHEST_REACHED: Phase.RECEIVED,
}  # fmt: skip
KINDS = {
    StepKind.DIALOGUE: "the parties", StepKind.OFFICIALS_BODY: "a body of officials",
    StepKind.POLITICAL_BODY: "a political body",
}  # fmt: skip
LATER = {
    "F": ", the later of D7c and 5 working days after D7b", "W": ", 5 working days after the withdrawal",
    "D12": ", the second meeting that could be reached", "D16": ", the second meeting that could be reached",
    "D13": ", the day before the papers are sent out",
}  # fmt: skip
DECIDES = {
    "concurring_blocks": "Decides when the region's block and the municipalities' concur, half of each taking part.",
    "consensus_municipal": "Decides when the municipalities agree.",
}
OVERLAYS = {
    "paused": "the case is paused", "withdrawn": "the case has been withdrawn and rests",
    "joined": "the case is joined to a lead case",
}  # fmt: skip

HEAD = """\
# The ladder, row by row

How a case moves under § 7.1 of HÖK in Trappan, for somebody who reads agreements and not code. Each row below is one
act: who may do it, from where it leads to where, what must be true, what it must contain, what deadline begins, and
which sentence of § 7.1 carries it. Nothing moves a case but these rows.

**Ours** marks what the agreement does not say. § 7.1 has six sentences and no number of days, names nobody who finds
that a matter cannot be solved locally, and does not say how the bodies decide. Whatever fills that is a proposal of
Trappan's and can be changed by the parties, and every page of Trappan labels it so.

This file is written by `make docs` from the tables that Trappan itself runs on; a test fails when the two differ. Words
in *italics* are the Swedish ones that people meet. A working day (*arbetsdag*) is no Saturday, Sunday or public
holiday, nor Midsummer Eve, Christmas Eve or New Year's Eve; days in July do not count unless the case is urgent.

![The phases of a case in four bands, with an arrow for every way from one to another and the numbers of the acts that \
take it](ladder.svg)"""


ROWS = """\
## The rows

*When* says what must be true. A day given after "from" must have passed: the act opens on the first working day after
it. *Then* is what stands beside the button, so it says "you" to whoever may press it. While a case is paused, or a
withdrawal waits for objections, no act is open but those that say so. Whoever decides for a party (*beslutsfattare*)
may do all that its case officer (*handläggare*) may."""


@cache
def words() -> dict[str, dict[str, Any]]:
    """What the tables of the rules do not say in words."""
    found: dict[str, dict[str, Any]] = tomllib.loads((ROOT / "tools/ladder_words.toml").read_text("utf-8"))
    return found


@cache
def _english() -> dict[str, str]:
    catalog = read_po(BytesIO(catalogue.PATH.read_bytes()), locale="en")
    return {str(m.id): str(m.string) for m in catalog if m.id}


def english(swedish: str) -> str:
    """The catalogue's English of a source string; the Swedish itself where it has none yet."""
    return _english().get(swedish) or swedish


@cache
def sentences() -> tuple[tuple[str, str], ...]:
    """§ 7.1's sentences in order, each with its place: ("7.1 p 2", "I det fall ..."). The words are the agreement's."""
    text = tomllib.loads((ROOT / "escalation/texts/hok.toml").read_text("utf-8"))
    found = []
    for provision in text["provision"]:
        if provision["section"] == SECTION:
            parts = re.split(r"(?<=\.)\s+(?=[A-ZÅÄÖ(])", provision["text"])
            found += [(provision["code"], part) for part in parts]
    return tuple(found)


def missing() -> list[str]:
    """Every row, guard and seat that has no sentence, by name."""
    known = words()
    rows = [f"{m.t} {m.verb}: ours" for m in MOVES if not m.ours]
    guards = {g for m in MOVES for g in (*m.guards, *(a.when for a in m.actors if a.when))}
    guards |= {c for m in MOVES for f in m.facts for c in (f.only, f.unless) if c}
    targets = {m.target.value for m in MOVES if isinstance(m.target, Target)}
    seats = {r.holder.partition(":")[0] for rules in (*FUTURE.values(), PURSUED) for r in rules} - set(HOLDERS)
    own = set(LADDER.days) - {key for keys in STARTS.values() for key in keys}
    wanted = {"guard": guards, "target": targets, "seat": seats, "deadline": own, "base": own}
    return rows + sorted(f"{table}.{name}" for table, names in wanted.items() for name in names - set(known[table]))


def document() -> str:
    """The whole file."""
    parts = [HEAD, *_agreement(), *_steps(), *_phases(), *_deadlines(), ROWS]
    for heading, rows in _chapters():
        parts += [f"### {heading}", *(row(m) for m in rows)]
    return "\n\n".join(parts) + "\n"


# What stands before the rows ------------------------------------------------------------------------------------------


def _agreement() -> Iterator[str]:
    yield "## What § 7.1 says"
    yield "The agreement's own words, sentence by sentence. The rows refer to them by number."
    yield "\n".join(f"{no}. ({place}) *{text}*" for no, (place, text) in enumerate(sentences(), 1))


def _steps() -> Iterator[str]:
    yield "## The steps"
    yield (
        f"*{LADDER.name}*, version {LADDER.version}. The three steps and their order are § 7.1's; outcomes, days and "
        "how a body decides are ours. A case keeps the ladder that it was filed under. " + _owner()
    )
    yield "\n".join(_step(step) for step in LADDER.steps)


def _owner() -> str:
    names = {s.body: s.name for s in LADDER.steps} | {"SEK": "Sekretariatet"}
    decided = f"by decision {LADDER.decision}" if LADDER.decision else "and has not decided on them yet"
    return f"*{names[LADDER.owner]}* answers for the days {decided}."


def _step(step: Step) -> str:
    said = f"{step.no}. **{english(step.name)}** (*{step.name}*): {KINDS[step.kind]}."
    if step.body is None:
        return said
    outcomes = (f"{english(GLOSSARY[o].label).lower()} (*{GLOSSARY[o].label}*)" for o in step.outcomes)
    said += f" {DECIDES[step.decision_rule or '']} Outcomes: {', '.join(outcomes)}."
    said += (
        f" Papers are in {step.material_days} working days before the meeting and sent out {step.dispatch_days} before."
    )
    if step.interprets:
        names = " and ".join(step.interprets).replace("HOK", "HÖK")
        said += f" Interprets {names}, and nothing else."
    return said


def _phases() -> Iterator[str]:
    yield "## Where a case stands, and whom it waits for"
    yield (
        "At every moment one act is waited for, of somebody named, until a day. Where nobody acts the right to act "
        "goes on to somebody else, on the first working day after the day given. That is all that time does by itself, "
        "but for ending a pause and a withdrawal that nobody objects to."
    )
    lines = ["| where | waits for, until | when nobody has acted |", "|---|---|---|"]
    waits = [(f"{phase_name(phase)} (*{GLOSSARY[phase].label}*)", rules) for phase, rules in FUTURE.items()]
    waits += [
        ("with the parties, who were asked whether they go on", ASKED),
        ("with the parties, one of which goes on", PURSUED),
    ]
    for where, rules in waits:
        now = "; then ".join(_waits(r) for r in rules if r.after is None) or "nobody"
        then = "; ".join(f"after {_day(r.after)}: {_waits(r)}" for r in rules if r.after) or "–"
        lines.append(f"| {where} | {now} | {then} |")
    yield "\n".join(lines)


def _waits(rule: BallRule) -> str:
    act = english(ACTS[rule.act].label)
    return f"{_holder(rule.holder)} {act} ({_day(rule.due)})"


def _holder(holder: str) -> str:
    seat, _sep, body = holder.partition(":")
    if seat not in HOLDERS:
        return str(words()["seat"].get(seat, seat))
    of = "the body" if body == "{body}" else "the next body"
    return _inside(english(HOLDERS[seat].label).format(body=of))


def _deadlines() -> Iterator[str]:
    yield "## Deadlines"
    yield (
        "All of them are ours: § 7.1 sets none. In working days, from the day on which the case comes to stand where "
        "the last column says. The second figure is for a case that has been declared urgent."
    )
    begins = {key: phase for phase, keys in STARTS.items() for key in keys}
    lines = ["| key | last day of | days | urgent | counted from |", "|---|---|---|---|---|"]
    for key, phase in begins.items():
        days, urgent = (LADDER.workdays(key, 1, is_urgent) for is_urgent in (False, True))
        base = f"the end of {FOLLOWS[key]}" if key in FOLLOWS else phase_name(phase)
        lines.append(f"| {key} | {_deadline(key)} | {days} | {urgent} | {base} |")
    for key in (key for key in LADDER.days if key not in begins):
        days, urgent = (LADDER.workdays(key, 1, is_urgent) for is_urgent in (False, True))
        lines.append(f"| {key} | {words()['deadline'][key]} | {days} | {urgent} | {words()['base'][key]} |")
    rest = [key for key in DEADLINES if key not in begins and key not in LADDER.days]
    yield "\n".join(lines)
    yield "Days that follow from a meeting, an agreement or a task: " + "; ".join(map(_named, rest)) + "."


def _deadline(key: str) -> str:
    return f"{_inside(english(DEADLINES[key]))} (*{DEADLINES[key]}*)"


def _named(key: str) -> str:
    return f"{key} {_deadline(key)}{LATER.get(key, '')}" if key[0].isupper() else _deadline(key)


# A row ----------------------------------------------------------------------------------------------------------------


def _chapters() -> Iterator[tuple[str, list[Move]]]:
    """The rows in the table's order, each in the chapter of its phases; those of several chapters come last."""
    homes = {m.verb: [name for name, phases in CHAPTERS if m.phases & phases] or [CHAPTERS[0][0]] for m in MOVES}
    for name, _phases_here in CHAPTERS:
        if here := [m for m in MOVES if homes[m.verb] == [name]]:
            yield name, here
    yield ANYWHERE, [m for m in MOVES if len(homes[m.verb]) > 1]


def button(move: Move) -> str:
    """The English of the row's button."""
    return english(move.button).replace("{above}", "the next body")


def row(move: Move) -> str:
    """One row as a heading and a list of sentences."""
    label = move.button.replace("{above}", "nästa organ")
    lines = [
        ("From", _from(move)),
        ("To", _to(move)),
        ("Who", _who(move)),
        ("When", _when(move)),
        ("Must contain", _contains(move)),
        ("Then", english(move.then).replace("{above}", "the next body") + _begins(move)),
        ("Leaves in the history", f"*{move.sentence}*"),
        ("Carried by", _carried(move.carried_by)),
        ("Ours", move.ours),
    ]
    body = "\n".join(f"- **{name}:** {text}" for name, text in lines if text)
    return f"#### {move.t} {button(move)}\n\n*{label}* (`{move.verb}`)\n\n{body}"


def _from(move: Move) -> str:
    if not move.phases:
        return "a draft, which only its own party sees"
    where = "; ".join(phase_name(p) for p in Phase if p in move.phases)
    if move.kinds != ALL_KINDS and not any(move.phases <= phases for _name, phases in CHAPTERS):
        where += f" ({_kinds(move)})"
    return where


def _kinds(move: Move) -> str:
    return "at a body" if move.kinds == BODY_KINDS else " or ".join(KINDS[k] for k in StepKind if k in move.kinds)


def _to(move: Move) -> str:
    if isinstance(move.target, Phase):
        return phase_name(move.target)
    return str(words()["target"].get(move.target.value, ""))


def _who(move: Move) -> str:
    if move.by_proposal is None:
        return "; ".join(_actor(a) for a in move.actors)
    free = [a for a in move.actors if a.seat in move.free]
    alone = f". Alone: {'; '.join(_actor(a) for a in free)}" if free else ""
    asked = [a for a in move.actors if a.seat not in move.free]
    if move.by_proposal in TWO_OFFICIALS:
        return (
            f"{'; '.join(_actor(a) for a in move.actors)}: who proposes; and an official of the other side of the "
            "secretariat, who agrees, or the chair or deputy of the first body for that side where it has not answered "
            "in its time"
        )
    return (
        f"{'; '.join(_actor(a) for a in asked)}: one side proposes, and it happens when every side has agreed" + alone
    )


def _actor(actor: Actor) -> str:
    label = GLOSSARY[actor.seat].label
    who = f"{_inside(english(label))} (*{_inside(label)}*)"
    return f"{who}, when {_guard(actor.when)}" if actor.when else who


def _when(move: Move) -> str:
    said = [OVERLAYS[move.during]] if move.during else []
    said += [_guard(g) for g in move.guards]
    return "; and ".join(said) or "always, as long as the case stands there"


def _guard(name: str) -> str:
    said = str(words()["guard"].get(name, name))
    days = [_day(expression) for expression in TIME_GUARDS.get(name, ())]
    return f"{said} (from {', or '.join(days)})" if days else said


def _contains(move: Move) -> str:
    groups: dict[str, tuple[list[str], list[str]]] = {}
    for fact in move.facts:
        lead = f"when {_guard(fact.only)}: " if fact.only else f"unless {_guard(fact.unless)}: " if fact.unless else ""
        groups.setdefault(lead, ([], []))[fact.optional].append(_fact(fact))
    said = []
    for lead, (needed, wished) in groups.items():
        parts = ["; ".join(needed)] if needed else []
        parts += [f"if they wish: {'; '.join(wished)}"] if wished else []
        said.append(lead + "; and ".join(parts))
    return ". ".join(text[:1].upper() + text[1:] for text in said) or "Nothing"


def _fact(fact: Fact) -> str:
    return str(words()["fact"].get(fact.name, fact.name.replace("_", " ")))


def _begins(move: Move) -> str:
    """The deadlines that begin where the act leads, with their days."""
    phase = move.target if isinstance(move.target, Phase) else LANDS.get(move.target)
    keys = STARTS.get(phase, ()) if phase and move.verb != "complete" else ()
    days = {key: LADDER.workdays(key, 1, urgent=False) for key in keys}
    said = [f"{key} {_inside(english(DEADLINES[key]))}, {n} working days" for key, n in days.items()]
    return f" Begins: {'; '.join(said)}." if said else ""


def _carried(numbers: Iterable[int]) -> str:
    """The sentences of § 7.1 that carry the row, in the agreement's words."""
    found = [(no, *sentences()[no - 1]) for no in numbers]
    return " ".join(f"§ 7.1, sentence {no} ({place}): *{text}*" for no, place, text in found)


# Words ----------------------------------------------------------------------------------------------------------------


def phase_name(phase: Phase) -> str:
    """Its English name, as inside a sentence."""
    return _inside(english(GLOSSARY[phase].label))


def _inside(text: str) -> str:
    """As inside a sentence; an abbreviation keeps its capitals."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _day(expression: str | None) -> str:
    """A deadline expression in words: "D7c and 5 working days", "the day of the meeting"."""
    text, _sep, condition = (expression or "").partition("?")
    if text.startswith("on "):
        return f"the day of the {text[3:]}"
    key, _sep, plus = text.partition("+")
    said = key if key[:1].isupper() else words()["deadline"].get(key) or _inside(english(DEADLINES[key]))
    said += f" and {plus} working days" if plus else ""
    return f"{said} while {_guard(condition)}" if condition else said


def main() -> None:
    """Write the file."""
    PATH.write_text(document(), "utf-8")
    print(f"{len(MOVES)} rows", *missing(), sep="\n  ")


if __name__ == "__main__":
    main()
