"""How a case ended, and whether it may go on."""

from __future__ import annotations

from collections.abc import Sequence

from escalation.casefile import CaseFile
from escalation.cases import queries
from escalation.rules.deadlines import LATE_REFUSAL
from escalation.rules.glossary import GLOSSARY
from escalation.rules.situation import GUARDS, ClosingReason
from escalation.trail.events import content_of, facts_of
from escalation.trail.models import TrailEvent
from escalation.web.cases import words
from escalation.web.format import date_long
from escalation.web.language import _, in_swedish, joined


def is_ended(case_file: CaseFile) -> bool:
    """Whether silence has ended the case, or begun what the body announced (T28b)."""
    return GUARDS["ended_by_silence"](case_file.situation)


def silence(case_file: CaseFile) -> list[tuple[str, str]]:
    """What silence has meant for a case, and until when who was silent may take it further (T28b, T29c)."""
    late = case_file.deadline(LATE_REFUSAL)
    if late is None or not is_ended(case_file):
        return []
    names = words.names_of(case_file.case, case_file.ladder)
    who = words.upper_first(joined(names[code] for code in queries.unanswered(case_file.case)))
    quiet = _("%(who)s svarade inte på beskedet. Det betyder inte att det är godtaget.", who=who)
    if case_file.situation.late_refusal_time_over:
        return [(_("Utan svar"), quiet)]
    more = _(
        "%(who)s kan ta ärendet till %(body)s till och med %(day)s. Den dagen är vår, inte överenskommelsens.",
        who=who,
        body=words.body_above(case_file),
        day=date_long(late.due_on),
    )
    return [(_("Utan svar"), quiet), (_("Kan tas vidare"), more)]


def may_begin_again(case_file: CaseFile) -> list[tuple[str, str]]:
    """Until when the closed case may be taken up again: by right, or as a party asks for it and somebody answers."""
    s, until = case_file.situation, queries.reopening_ends_on(case_file.case)
    if until is None or s.reopening_time_over:
        return []
    sentences, day = [], date_long(until)
    if GUARDS["ended_unheard"](s) and GUARDS["not_taken_up_by_right"](s):
        sentences.append(_("Anmälaren kan göra det en gång utan prövning, till och med %(day)s.", day=day))
    if GUARDS["may_be_asked"](s) and not s.is_reopening_asked:
        who = words.upper_first(words.answers_reopening(case_file))
        sentences.append(
            _("Anmälaren kan begära det till och med %(day)s. %(who)s svarar.", day=day, who=who)
            if s.closing_reason is ClosingReason.OUT_OF_SCOPE
            else _("En part kan begära det till och med %(day)s. %(who)s svarar.", day=day, who=who)
        )
    return [(_("Tas upp igen"), " ".join(sentences))] if sentences else []


def ending(events: Sequence[TrailEvent]) -> list[tuple[str, str]]:
    """What was said where a case was closed without an answer: the ground, the reason, where to turn instead."""
    last = next((e for e in reversed(events) if e.kind in ENDINGS | {"rejection_reviewed"}), None)
    if last is None or last.kind == "rejection_reviewed":
        return []
    said = (facts_of(last) or {}) | (content_of(last) or {})
    if last.kind == "case_withdrawn":
        notice = next((e for e in reversed(events) if e.kind == "withdrawal_notified"), None)
        said = (content_of(notice) or {}) if notice else {}
    ground = GLOSSARY.get(said.get("ground", ""))
    shown = [
        (_("Grund"), _(ground.label) if ground else ""),
        (_("Skäl"), in_swedish(said.get("reason"))),
        (_("Vart i stället"), in_swedish(said.get("where_instead"))),
    ]
    return [(term, text) for term, text in shown if text]


ENDINGS = frozenset(
    {"incomplete_lapsed", "case_rejected", "case_lapsed", "case_withdrawn", "filing_withdrawn", "case_superseded"}
)
"""Events that close a case without an answer to its question."""
