"""The head of the case page: title, number, parties, and how late the case is."""

from __future__ import annotations

from dataclasses import dataclass

from escalation.casefile import CaseFile, workdays_late
from escalation.cases.models.case import CaseType
from escalation.rules.situation import Phase
from escalation.rules.stalled import level_of
from escalation.web.cases import words
from escalation.web.language import _, ngettext


@dataclass(frozen=True)
class Head:
    """What stands above everything else. ``remits``, ``late``: empty where there is nothing to say."""

    title: str
    number: str
    type: CaseType
    citation: str
    is_urgent: bool
    round: int
    remits: str
    late: str
    initiator: str
    respondent: str
    affected: str


def head(case_file: CaseFile, codes: list[str], *, is_remitted: bool) -> Head:
    """``codes``: the provisions that the case cites. ``is_remitted``: it is back from a body."""
    case = case_file.case
    first, second, affected = words.parties_line(case)
    times = ngettext("Återförvisat %(num)s gång", "Återförvisat %(num)s gånger", case_file.situation.remits)
    return Head(
        title=case.title,
        number=case.number,
        type=case.type,
        citation=words.citation(case, codes),
        is_urgent=case.is_urgent,
        round=case.round,
        remits=times if is_remitted else "",
        late=late_flag(case_file),
        initiator=first,
        respondent=second,
        affected=affected,
    )


def late_flag(case_file: CaseFile) -> str:
    """ "Stannat, nivå 3" or "Försenat", or nothing (domain/05 § 5.6)."""
    late = workdays_late(case_file)
    if case_file.case.phase is Phase.CLOSED or case_file.case.paused_until is not None or not late:
        return ""
    level = level_of(late)
    return _("Försenat") if level <= 1 else _("Stannat, nivå %(level)s", level=level)
