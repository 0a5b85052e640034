"""How a case is put in words: names for codes, sentences for events, who holds the ball.

Party and body names come from the case and its ladder, so that a page asks for no more than it must.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from escalation.accounts.models import CHAIRS, SECRETARIAT_ROLES, Role, Viewer
from escalation.casefile import CaseFile
from escalation.cases import seats
from escalation.cases.ladders import ladder_of
from escalation.cases.models.asks import LAWYER, Referral
from escalation.cases.models.case import Case
from escalation.cases.models.course import Ball
from escalation.cases.models.parties import PartyRole
from escalation.cases.people import parties_of
from escalation.cases.seats import open_referrals
from escalation.decisions.models import Decision
from escalation.parties.models import Party
from escalation.rules.glossary import ACTS, GLOSSARY, HOLDERS, inside
from escalation.rules.ladder import Ladder
from escalation.rules.main_agreement import main_agreement
from escalation.rules.nudge_plan import OTHERS_HAND
from escalation.rules.situation import (
    PRINCIPLE_TEST,
    Phase,
)
from escalation.trail.events import EVENTS, content_of, facts_of, placeholders
from escalation.trail.models import TrailEvent
from escalation.web.cases import words
from escalation.web.format import date_long, paragraphs
from escalation.web.language import _, in_swedish, joined, translated

STEP_EVENTS = frozenset(kind for kind in EVENTS if "step" in placeholders(kind))
"""Events that say which step the case comes to."""
MOVED_ON = STEP_EVENTS | {"case_decided", "case_settled", "breach_reported"}
"""What ends a remit: the case is on another step, the parties have settled, or the body that got it back decided."""
ROUND_EVENTS = frozenset(kind for kind in EVENTS if "round" in placeholders(kind))
"""Events that begin a new round."""

DAYS = frozenset({"held_on", "meeting_on", "decided_on", "was", "day"})
CODES = frozenset({"who", "respondent", "body", "to"})
WORDS = frozenset({"outcome", "ground", "statement", "kind", "result", "role", "before", "type", "number"})
WRITTEN = frozenset({"reason"})
PEOPLE = frozenset({"guest"})
AS_THEY_ARE = frozenset(
    {
        "agreements", "count", "error", "interpretations", "job", "last", "lead", "letter", "meetings", "numbers",
        "round", "seat", "seq", "step", "user", "value", "version", "year",
    }
)  # fmt: skip
PRINTED = (DAYS, CODES, WORDS, WRITTEN, PEOPLE, AS_THEY_ARE)
"""How a fact of an event is printed: each placeholder of a sentence stands in one of these sets."""


def names_of(case: Case, ladder: Ladder) -> dict[str, str]:
    """Short names by code: the case's parties, the ladder's bodies, the secretariat, the auditor."""
    names = {p.party_code: _(p.party.short_name) for p in case.parties}
    names |= {s.body: inside(_(s.name)) for s in ladder.steps if s.body}
    names |= {
        f"{seat}:{s.body}": inside(_(HOLDERS[seat].label).format(body=names[s.body]))
        for s in ladder.steps if s.body
        for seat in ("chair", "deputy")
    }  # fmt: skip
    others = {
        Role.COORDINATING_CENTRE.value: _("den samordnande vårdcentralen"), Role.AUDITOR.value: _("revisorn"),
        "adjuster_region": _("regionens justerare"), "adjuster_municipal": _("kommunernas justerare"),
        "official_region": _("sekretariatet från regionen"),
        "official_municipal": _("sekretariatet från kommunerna"),
    }  # fmt: skip
    return names | {"SEK": _("sekretariatet")} | others


def names_in(case: Case) -> dict[str, str]:
    """``names_of``, and those in the case who have been asked for an opinion, has asked to take part or been let in."""
    asked = {r.addressee: inside(_(r.group.short_name)) for r in case.referrals if r.group}
    wish = {wish.party_code: _(wish.party.short_name) for wish in case.registrations}
    let_in = {g.actor: g.membership.user.name for g in case.guests}
    return wish | names_of(case, ladder_of(case)) | asked | let_in | {LAWYER: _("jurist")}


def referral(case_file: CaseFile, r: Referral) -> list[tuple[str, str]]:
    """What somebody has been asked for an opinion about: by whom, until when, and the answer once there is one."""
    names = names_in(case_file.case)
    shown = [
        (_("Fråga"), in_swedish(paragraphs(r.question), "div")),
        (_("Skickad"), _("%(day)s av %(who)s", day=date_long(r.asked_at), who=names.get(r.asked_by, r.asked_by))),
        (_("Svar senast"), date_long(r.due_on)),
    ]
    if r.answer is not None and r.answered_at is not None:
        return [*shown, (_("Svar %(day)s", day=date_long(r.answered_at)), in_swedish(paragraphs(r.answer), "div"))]
    is_open = r in open_referrals(case_file.case)
    late = _("Inget svar än. Dagen har passerat.") if r.due_on < case_file.today else _("Inget svar än.")
    return [*shown, (_("Svar"), late if is_open else _("Inget svar kom."))]


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def no_meeting() -> str:
    """What a case in preparation waits for where its body has no meeting that the papers can reach."""
    return _("I kalendern finns inget möte som underlaget hinner till. Ett möte behöver läggas in.")


def urgency(case: Case) -> str:
    """Whether the shorter days hold in the case, which the filer has wished for."""
    return _("Ja, kortare tider gäller (vår inställning).") if case.is_urgent else _("Nej, de vanliga tiderna gäller.")


def event_sentence(kind: str, facts: Mapping[str, Any] | None, names: Mapping[str, str]) -> tuple[str, str]:
    """An event's sentence, and the sentence that moved the case to another step (empty where it did not)."""
    sentence = _(EVENTS[kind])
    shown = {name: _fact(name, value, names) for name, value in (facts or {}).items()}
    # Markup where a fact is a text that somebody wrote: it stays so as long as it is added to, not formatted.
    whole = Markup(escape(sentence)) if any(isinstance(value, Markup) for value in shown.values()) else sentence  # noqa: S704
    text = upper_first(whole.format_map(shown) if facts is not None else _("Det som hände då är maskerat"))
    text = text if text.endswith((".", ".</span>")) else text + "."
    if kind in STEP_EVENTS and ". " in text:
        first, _sep, last = text.rpartition(". ")
        return first + ".", last
    return text, ""


def _fact(name: str, value: object, names: Mapping[str, str]) -> str:
    text = str(value)
    if name in WRITTEN:
        return translated(text)
    if name in PEOPLE:
        return in_swedish(names.get(text, text))
    if name in DAYS:
        return date_long(dt.date.fromisoformat(text))
    if name in CODES:
        return ", ".join(names.get(code, code) for code in text.split(", "))
    if name in WORDS and text in GLOSSARY:
        label = _(GLOSSARY[text].label)
        return label[:1].lower() + label[1:]
    return text


def holder_name(case: Case, ball: Ball, ladder: Ladder, viewer: Viewer | None = None) -> str:
    """Who holds the ball, by name; "ni" where the viewer's own party is alone in holding it.

    Of those who are to answer a recommendation only who has not answered yet.
    """
    names = names_of(case, ladder)
    seat, _sep, body = ball.holder.partition(":")
    codes = parties_of(case, seat)
    if seat in HOLDERS and not (seat == "unanswered" and codes):
        return upper_first(_(HOLDERS[seat].label).format(body=names.get(body, body)))
    if viewer is not None and codes == [viewer.party]:
        return _("Ni")
    return upper_first(joined(names.get(code, code) for code in codes))


def is_mine(case: Case, ball: Ball, viewer: Viewer) -> bool:
    """Whether the viewer, in the role they act in, is among those who hold the ball."""
    seat, _sep, body = ball.holder.partition(":")
    if viewer.role in SECRETARIAT_ROLES:
        return "secretariat" in seat
    if viewer.body is not None:
        is_others = seat == OTHERS_HAND.get(viewer.side or "")
        return viewer.body == body and (seat == "body" or (viewer.role in CHAIRS and not is_others))
    return viewer.party is not None and viewer.party in parties_of(case, seat)


def act_now(ball: Ball) -> str:
    """What the holder does: "väljer hur ärendet går vidare"."""
    return _(ACTS[ball.act].label)


def act_to_do(ball: Ball) -> str:
    """What is to be done: "Välj hur ärendet går vidare"."""
    return _(ACTS[ball.act].definition)


def status(case: Case) -> str:
    """The phase, or why the case is closed, or what holds it still."""
    if case.paused_until is not None:
        return _("Pausat till %(day)s", day=date_long(case.paused_until))
    if case.withdrawal_until is not None:
        return _("Återkallat, invändning till %(day)s", day=date_long(case.withdrawal_until))
    if case.joined_to is not None and case.closing_reason is None:
        return _("Sammanlagt med %(number)s", number=case.joined_to)
    if case.closing_reason is not None:
        return _("Avslutat: %(reason)s", reason=_(GLOSSARY[case.closing_reason].label))
    return _(GLOSSARY[case.phase].label)


def turned(case: Case, events: Sequence[TrailEvent]) -> str:
    """As what the case was filed, and what it has been since when; empty for one that has never turned (T41)."""
    turns = [(event, facts_of(event)) for event in events if event.kind == "case_turned"]
    if not turns or not all(facts for _event, facts in turns):
        return ""
    turns_said = [_("Anmält som %(type)s", type=_kind_of(turns[0][1], "before"))]
    turns_said += [_("sedan %(day)s %(type)s", day=date_long(e.at), type=_kind_of(facts, "type")) for e, facts in turns]
    return ", ".join(turns_said)


def _kind_of(facts: Mapping[str, Any] | None, name: str) -> str:
    return inside(_(GLOSSARY[(facts or {})[name]].label))


def turning(case: Case, codes: list[str]) -> list[tuple[str, str]]:
    """What a case is and what it would be once it has turned, each with its meaning, and what it cites."""
    now, then = (GLOSSARY[type] for type in (case.type, case.type.other))
    return [
        (_("Ärendet gäller nu"), f"{_(now.label)}. {_(now.definition)}"),
        (_("Ändras till"), f"{_(then.label)}. {_(then.definition)}"),
        (_("Bestämmelse"), citation(case, codes)),
    ]


def parties_line(case: Case) -> tuple[str, str, str]:
    """Initiators, respondents and affected parties, each as one text of full names.

    A short name that is no part of the full one is said once: "… i Norrtälje (KSON)".
    """
    roles = (PartyRole.INITIATOR, PartyRole.RESPONDENT, PartyRole.AFFECTED)
    texts = [joined(_in_full(p.party) for p in case.parties_as(role)) for role in roles]
    return texts[0], texts[1], texts[2]


def _in_full(party: Party) -> str:
    return f"{party.name} ({party.short_name})" if party.short_name.isupper() else party.name


def short_parties(case: Case) -> tuple[str, str]:
    """Initiators and respondents by their short names, for lists."""
    roles = (PartyRole.INITIATOR, PartyRole.RESPONDENT)
    first, second = (joined(_(p.party.short_name) for p in case.parties_as(role)) for role in roles)
    return upper_first(first), second


def between(case: Case) -> str:
    """ "Sigtuna till regionen" """
    first, second = short_parties(case)
    return _("%(first)s till %(second)s", first=first, second=second)


def registrations(case: Case) -> list[tuple[str, str]]:
    """Who has asked to take part as affected and waits for the answer, and why."""
    return [
        (upper_first(wish.party.name), in_swedish(paragraphs(wish.reason), "div")) for wish in case.registrations_asked
    ]


def citation(case: Case, codes: list[str]) -> str:
    """What the case cites: "HÖK 1.4 st 1 och 4.5 st 2", "MUN 3 stycke 1"."""
    if not codes:
        return in_swedish(f"{case.agreement.short_title} {case.citation_place or ''}".strip())
    place = joined(codes)
    return f"{case.agreement.short_title} {place}"


def question(case_file: CaseFile, events: Sequence[TrailEvent]) -> str:
    """The question put: the brief's, else the statement's as its event tells it, else none yet."""
    for treatment in reversed(case_file.treatments):
        if treatment.question:
            return treatment.question
    for event in reversed(events):
        content = content_of(event) or {}
        if content.get("question"):
            return str(content["question"])
    return ""


def rounds(events: Sequence[TrailEvent]) -> list[list[TrailEvent]]:
    """The events of each round of the case, oldest first."""
    found: list[list[TrailEvent]] = [[]]
    for event in events:
        if event.kind in ROUND_EVENTS:
            found.append([])
        found[-1].append(event)
    return found


def _latest(events: Sequence[TrailEvent], kind: str) -> dict[str, Any]:
    """What the newest event of a kind holds; empty where there is none, or where it has been masked."""
    event = next((e for e in reversed(events) if e.kind == kind), None)
    return dict(content_of(event) or {}) if event else {}


def missing(events: Sequence[TrailEvent]) -> list[tuple[str, str]]:
    """What the secretariat asked the filer to complete."""
    asked = _latest(events, "completion_asked").get("missing")
    return [(_("Det här saknas"), in_swedish(paragraphs(asked), "div"))] if asked else []


def principle(case_file: CaseFile, events: Sequence[TrailEvent]) -> list[tuple[str, str]]:
    """What the principle test is about: the agreement's words, the filer's reason and its answers to our questions, the
    respondent's comment or until when it may come, and the decision with its reasons.
    """
    case = case_file.case
    said = [_(GLOSSARY[q].label) for q in PRINCIPLE_TEST if q in case.principle_test]
    not_said = [_(GLOSSARY[q].label) for q in PRINCIPLE_TEST if q not in case.principle_test]
    is_asked = case.principle_asked
    shown = [
        condition(),
        (_("Andra parter som kan påverkas, och varför"), in_swedish(paragraphs(case.principle_reason or ""), "div")),
        (_("Berörda parter"), ", ".join(upper_first(p.party.name) for p in case.parties_as(PartyRole.AFFECTED))),
        (
            _("Våra frågor"),
            _("Frågorna är våra, inte överenskommelsens. De vägleder och avgör inget.") if is_asked else "",
        ),
        (_("Stämmer, enligt anmälaren"), paragraphs("\n".join(f"{label}." for label in said))),
        (_("Inte ikryssat av anmälaren"), paragraphs("\n".join(f"{label}." for label in not_said)) if is_asked else ""),
        (_("Motpartens yttrande"), _comment(case_file, events)),
        (_("Avslaget, skäl"), in_swedish(paragraphs(_latest(events, "principle_refused").get("reasons", "")), "div")),
        *_reasons_of_principle(case, events),
    ]
    return [(term, text) for term, text in shown if text]


def condition() -> tuple[str, str]:
    """When a case may go past the parties, in the agreement's words."""
    return (
        _("Villkoret i %(rule)s", rule=main_agreement().ladder_rule),
        _("”såvida dessa inte är av en sådan principiell karaktär att det kan antas påverka andra parter”"),
    )


def _reasons_of_principle(case: Case, events: Sequence[TrailEvent]) -> list[tuple[str, str]]:
    """For what reasons the case went past the parties, by both limbs of the condition. Before they were asked for apart
    there was one text.
    """
    kind = next((e.kind for e in reversed(events) if e.kind in {"principle_granted", "case_called_up"}), "")
    said = _latest(events, kind)
    named = {p.party_code: p.party.name for p in case.parties}
    is_taken_up = kind == "case_called_up"
    return [
        (
            _("Upptaget, skäl") if is_taken_up else _("Beviljat, skäl"),
            in_swedish(paragraphs(said.get("reasons", "")), "div"),
        ),
        (_("Varför frågan är av principiell karaktär"), in_swedish(paragraphs(said.get("principled", "")), "div")),
        (
            _("Andra parter som den kan antas påverka"),
            joined(upper_first(named.get(code, code)) for code in said.get("named", ())),
        ),
        (_("Hur de kan antas påverkas"), in_swedish(paragraphs(said.get("effect", "")), "div")),
    ]


def _comment(case_file: CaseFile, events: Sequence[TrailEvent]) -> str:
    if text := _latest(events, "principle_commented").get("comment_text", ""):
        return in_swedish(paragraphs(str(text)), "div")
    d3 = case_file.deadline("D3")
    if d3 is None:
        return ""
    if case_file.case.phase is Phase.BYPASS_REVIEW and d3.due_on >= case_file.today:
        return _("Väntar till %(day)s.", day=date_long(d3.due_on))
    return _("Inget yttrande kom.")


def remitted(case_file: CaseFile, events: Sequence[TrailEvent]) -> list[tuple[str, str]]:
    """What a remitted case has been sent back for, while it is back; empty for every other case."""
    last = next((e for e in reversed(events) if e.kind in MOVED_ON), None)
    if last is None or last.kind != "case_remitted" or case_file.case.phase is Phase.CLOSED:
        return []
    asked, names = _latest(events, "case_remitted"), names_of(case_file.case, case_file.ladder)
    day = (facts_of(last) or {}).get("day")
    reporter = asked.get("reporter", "")
    shown = [
        (_("Fråga att svara på"), in_swedish(asked.get("remit_question", ""))),
        (_("Det här ska komma tillbaka"), in_swedish(asked.get("product", ""))),
        (_("Senast"), date_long(dt.date.fromisoformat(day)) if day else ""),
        (_("Redovisas av"), upper_first(names.get(reporter, reporter))),
    ]
    return [(term, text) for term, text in shown if text]


def reopening(case_file: CaseFile) -> list[tuple[str, str]]:
    """A party's wish that the closed case is taken up again, which waits for its answer; empty where there is none."""
    asked = case_file.reopening
    if asked is None:
        return []
    names = names_of(case_file.case, case_file.ladder)
    return [
        (_("Begärt"), _("%(day)s av %(who)s", day=date_long(asked.asked_at), who=names[asked.party_code])),
        (_("Grund"), _(GLOSSARY[asked.ground].label)),
        (_("Skäl"), in_swedish(paragraphs(asked.reason), "div")),
        (_("Svaras senast"), _("%(day)s av %(who)s", day=date_long(asked.due_on), who=answers_reopening(case_file))),
    ]


def answers_reopening(case_file: CaseFile) -> str:
    """Who decides whether the closed case is taken up again, as inside a sentence."""
    word = seats.answers_reopening(case_file.case, is_head_free=case_file.is_head_free)
    seat, _sep, body = word.partition(":")
    label = _(HOLDERS[seat].label).format(body=names_of(case_file.case, case_file.ladder).get(body, body))
    return inside(label)


def rejection(case_file: CaseFile, events: Sequence[TrailEvent]) -> list[tuple[str, str]]:
    """What a rejection is tried anew by: what was filed, and why it was rejected."""
    rejected = next((e for e in reversed(events) if e.kind == "case_rejected"), None)
    said = _latest(events, "case_rejected")
    ground = (facts_of(rejected) or {}).get("ground", "") if rejected else ""
    own_stand = next((p.text for p in case_file.positions), "")
    shown = [
        (_("Vad anmälan gäller"), in_swedish(paragraphs(case_file.case.description), "div")),
        (_("Anmälarens ståndpunkt"), in_swedish(paragraphs(own_stand), "div")),
        (_("Avvisad"), _(GLOSSARY[ground].label) if ground in GLOSSARY else ""),
        (_("Skäl till avvisningen"), in_swedish(paragraphs(said.get("reason", "")), "div")),
    ]
    return [(term, text) for term, text in shown if text]


@dataclass(frozen=True)
class Brief:
    """The brief of a treatment: the alternatives, each with its term, and the proposed decision."""

    alternatives: list[tuple[str, str]]
    proposed: str


def brief(case_file: CaseFile) -> Brief | None:
    """The brief of the treatment going on."""
    treatment = case_file.treatment
    if treatment is None or not treatment.question:
        return None
    letters = "ABCDEF"
    alternatives = [
        (_("Alternativ %(letter)s", letter=letters[n]), text) for n, text in enumerate(treatment.alternatives) if text
    ]
    return Brief(alternatives, treatment.proposed_decision or "")


def task(names: Mapping[str, str], asked: tuple[str, str, dt.date]) -> str:
    """What somebody is to do, who and by when, in one line."""
    what, party, due_on = asked
    who = upper_first(names.get(party, party))
    return _("%(what)s. %(who)s, senast %(day)s.", what=in_swedish(what), who=who, day=date_long(due_on))


def tasks_of(case_file: CaseFile, decision: Decision) -> list[str]:
    """What the decision asks of the parties: who answers it reads what a yes would set going."""
    names = names_of(case_file.case, case_file.ladder)
    return [task(names, (what, party, dt.date.fromisoformat(day))) for what, party, day in decision.tasks]


def body_above(case_file: CaseFile) -> str:
    """The name of the first body above the case's step; empty where there is none."""
    code = case_file.ladder.next_body(case_file.case.step)
    return names_of(case_file.case, case_file.ladder).get(code or "", "")


def row_words(case_file: CaseFile, text: str) -> str:
    """A row's words, with the name of the step above where it leads there ("Lyft till styrgruppen")."""
    above = inside(_(case_file.ladder.step(case_file.case.step + 1).name)) if case_file.situation.next_kind else ""
    answerer = words.upper_first(words.answers_reopening(case_file)) if "{answerer}" in text else ""
    return str(_(text)).format(above=above, answerer=answerer)
