"""The case page put together: what is it about, who holds the ball, until when, what can we do, what happens else.

Shapes for the macros of ``templates/parts``; no rule lives here. Every date comes with its receipt.
"""

from __future__ import annotations

from typing import Any

from escalation.casefile import CaseFile
from escalation.cases import queries, secrecy
from escalation.cases import register_numbers as cases_register_numbers
from escalation.cases.guests import may_let_in
from escalation.links.queries import may_link
from escalation.rules.situation import Phase
from escalation.trail import queries as trail
from escalation.web.access import current_viewer
from escalation.web.cases import acts, guests, links, receipts, words
from escalation.web.cases.hearing_texts import asked_of_parties
from escalation.web.cases.proposal_texts import open_proposals
from escalation.web.cases.sections.about import facts, register_numbers
from escalation.web.cases.sections.alike import alike
from escalation.web.cases.sections.closing import ending
from escalation.web.cases.sections.matter import interim_note, provisions, statement_link, wishes
from escalation.web.cases.sections.outcome import earlier, outcome, undertaken
from escalation.web.cases.sections.panel import panel
from escalation.web.cases.sections.path import path
from escalation.web.cases.sections.reminders import nudge_log
from escalation.web.cases.sections.sides import other_files, other_statements, sides
from escalation.web.cases.sections.stair import late_flag, staircase
from escalation.web.cases.sections.timeline import timeline
from escalation.web.documents import lists as attachments
from escalation.web.language import _, ngettext


def case_page(case_file: CaseFile) -> dict[str, Any]:
    """Everything that ``cases/case.html`` shows."""
    case, viewer = case_file.case, current_viewer()
    cited = queries.cited(case)
    codes = [p.code for p, _known in cited]
    events = trail.events_about(f"case:{case.number}")
    names = words.names_in(case_file.case)
    main, more = acts.acts(case_file, viewer)
    first, second, affected = words.parties_line(case)
    attached = attachments.by_what(case_file)
    is_tried = any(event.kind in {"principle_claimed", "case_called_up"} for event in events)
    principle = words.principle(case_file, events) if is_tried else []
    remitted = words.remitted(case_file, events)
    ends = links.of_case(case, viewer, events)
    before, now = words.rounds(events)[:-1], words.rounds(events)[-1]
    return {
        "case": case,
        "citation": words.citation(case, codes),
        "initiator": first,
        "respondent": second,
        "affected": affected,
        "late": late_flag(case_file),
        "steps": staircase(case_file, viewer, events),
        "panel": panel(case_file, viewer, main, ending(now)),
        "proposals": open_proposals(case_file, viewer),
        "hearings": asked_of_parties(case_file),
        "follows": case.joined_to,
        "members": sorted((case.member_numbers or "").split()),
        "main": main,
        "more": more,
        "receipt": receipts.receipt(case_file),
        "interim": case.interim_arrangement,
        "interim_heading": _("Gällde under tiden") if case.phase is Phase.CLOSED else _("Gäller under tiden"),
        "interim_note": interim_note(case, names),
        "question": words.question(case_file, events),
        "description": case.description,
        "provisions": provisions(case, cited),
        "known": [
            (i, "" if older else case.precedent_answers.get(p.code, ""))
            for p, known in cited
            for older, i in enumerate(known)
        ],
        "removed": [
            (kept, " ".join(filter(None, (case.precedent_answers.get(code, "") for code in kept["provisions"]))))
            for kept in case.removed_precedents
        ],
        "wishes": wishes(case, is_principle_shown=bool(principle)),
        "missing": words.missing(events) if case.phase is Phase.COMPLETION else [],
        "principle": principle,
        "remitted": remitted,
        "remits": ngettext("Återförvisat %(num)s gång", "Återförvisat %(num)s gånger", case_file.situation.remits)
        if remitted
        else "",
        "sides": sides(case_file, attached),
        "others": other_statements(case_file, attached),
        "purpose": case.purpose_statement,
        "brief": words.brief(case_file),
        "statement_files": [f for what, files in attached.items() if what.startswith("statement:") for f in files],
        "brief_files": attached.get(f"brief:{case_file.treatment.id}", []) if case_file.treatment else [],
        "other_files": other_files(case_file, attached),
        "path": path(case_file, viewer),
        "timeline": timeline(
            secrecy.history(case, links.told_to(viewer, events, ends), viewer),
            names,
            secrecy.attachment_names(case, case_file.attached, events, viewer),
        ),
        "links": ends,
        "may_link": may_link(case, viewer),
        "guests": guests.of_case(case, viewer),
        "may_let_in": may_let_in(case, viewer),
        "alike": alike(case_file, viewer, cited) if case.phase is not Phase.CLOSED else None,
        "nudges": nudge_log(case),
        "facts": facts(case_file, events),
        "registrations": words.registrations(case),
        "referrals": [
            (r.id, _("Remiss till %(who)s", who=names.get(r.addressee, r.addressee)), words.referral(case_file, r))
            for r in reversed(case.referrals)
        ],
        "reopening": words.reopening(case_file),
        "outcome": outcome(case_file, now),
        "undertaken": undertaken(case_file, now, names),
        "earlier": [earlier(case_file, no, of_round, names) for no, of_round in enumerate(before, 1)],
        "statement": statement_link(case_file, events),
        "numbers": register_numbers(case),
        "may_number": cases_register_numbers.may_add_register_number(case, viewer),
        "has_notes": queries.has_notes_of_its_own(case, viewer),
    }
