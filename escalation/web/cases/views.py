"""Cases: the list, the case, one page for every act, proposals, and what a case has beside its moves."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from escalation import clock
from escalation.casefile import CaseFile, case_file_of
from escalation.cases import course, guests, hearings, proposals, queries, register_numbers
from escalation.cases import notes as case_notes
from escalation.cases.models.asks import Hearing, Proposal
from escalation.cases.models.case import Case
from escalation.cases.sight import Sight, sight_of
from escalation.db import session
from escalation.links import actions as links
from escalation.links.queries import Linked
from escalation.perform import PERFORM
from escalation.rules.machine import Move, MoveNotAllowed
from escalation.rules.situation import HearingKind, ProposalKind
from escalation.web.access import current_viewer
from escalation.web.cases import act_pages, list_page, opening, page, refusals, stub
from escalation.web.cases import guests as guest_pages
from escalation.web.cases import links as link_pages
from escalation.web.cases import positions as positions_page
from escalation.web.cases import summary as summary_page
from escalation.web.cases.forms import (
    HEARING_FACTS,
    PROPOSAL_FACTS,
    REFUSED_AT,
    AnswerForm,
    CommentForm,
    NoteForm,
    RegisterNumberForm,
    act_form,
    facts_from,
    hearing_form,
    proposal_form,
    terms_from,
)
from escalation.web.cases.guests import LetInForm
from escalation.web.cases.links import LinkForm, UnlinkForm
from escalation.web.documents.uploads import on_disk
from escalation.web.filing import pages
from escalation.web.forms import Form, status_of
from escalation.web.performing import performed

blueprint = Blueprint("cases", __name__)
blueprint.register_error_handler(MoveNotAllowed, refusals.not_open)
blueprint.app_errorhandler(course.StaleVersion)(refusals.overtaken)

Page = str | Response | tuple[str, int]


@blueprint.get("/cases")
def cases() -> Page:
    """The cases that the viewer may know of, open ones first; filtered, fifty at a time."""
    shown = list_page.list_page(current_viewer(), clock.today(), request.args)
    drafts = [] if shown.is_filtered or shown.page > 1 else pages.rows(current_viewer())
    return render_template("cases/cases.html", drafts=drafts, shown=shown), 400 if shown.form.errors else 200


@blueprint.get("/cases/<number>")
def case(number: str) -> str:
    """One case: everything for its own, a stub for those who may only know of it."""
    case, seen = opening.open_case(number)
    if seen is not Sight.FULL:
        return render_template("cases/stub.html", page=stub.stub(case, seen))
    return render_template("cases/case.html", page=page.case_page(case_file_of(case, current_viewer(), clock.now())))


@blueprint.get("/cases/<number>/summary")
def summary(number: str) -> str:
    """The case on one printed page, for those who are to decide."""
    return render_template("cases/summary.html", page=summary_page.summary(opening.open_file(number)))


@blueprint.get("/cases/<number>/positions")
def positions(number: str) -> str:
    """Every version of every party's stand beside the one before it, with what has changed marked."""
    return render_template("cases/positions.html", page=positions_page.comparison(opening.open_file(number)))


@blueprint.route("/cases/<number>/<verb>", methods=["GET", "POST"])
def act(number: str, verb: str) -> Page:
    """Any move whose page is a form with an explanation: one row of MOVES, one page."""
    case_file, move = opening.open_act(number, verb)
    form = act_form(move, case_file)
    if form.validate_on_submit() and performed(form, _doing(move, case_file, form), REFUSED_AT):
        # A party that has left a filing that was sent to no one else reads it no more (T9e).
        is_theirs = sight_of(case_file.case, current_viewer(), case_file.today) is not None
        session.commit()
        return redirect(url_for("cases.case", number=number) if is_theirs else url_for("start.start"))
    template = move.template or "cases/act.html"
    return render_template(template, form=form, move=move, page=act_pages.act_page(case_file, move)), status_of(form)


def _doing(move: Move, case_file: CaseFile, form: Form) -> Callable[[], object]:
    """The verb of the row with what the form says, refused when somebody has acted meanwhile."""

    def do() -> object:
        course.expect_version(case_file.case, opening.version_seen())
        verb = PERFORM[move.verb]
        with on_disk(facts_from(form, move, case_file)) as facts:
            return verb(case_file.case, case_file.situation, by=current_viewer(), at=clock.now(), **facts)

    return do


@blueprint.route("/cases/<number>/propose/<kind>", methods=["GET", "POST"])
def propose(number: str, kind: str) -> Page:
    """Offer something that needs both sides, or two officials."""
    case_file = opening.open_file(number)
    wanted = ProposalKind(kind) if kind in set(PROPOSAL_FACTS) else abort(404)
    opening.expect_newest(case_file.case)
    act_pages.check_offer(case_file, wanted)
    form = proposal_form(wanted, case_file)
    if form.validate_on_submit() and performed(form, lambda: _offer(case_file, wanted, form), REFUSED_AT):
        session.commit()
        return redirect(url_for("cases.case", number=number))
    return render_template("cases/propose.html", form=form, page=act_pages.proposal_page(case_file, wanted)), status_of(
        form
    )


def _offer(case_file: CaseFile, kind: ProposalKind, form: Form) -> None:
    course.expect_version(case_file.case, opening.version_seen())
    terms = terms_from(form, kind)
    proposals.offer(case_file.case, case_file.situation, by=current_viewer(), at=clock.now(), kind=kind, terms=terms)


@blueprint.route("/cases/<number>/answer/<id:proposal_id>", methods=["GET", "POST"])
def answer(number: str, proposal_id: int) -> Page:
    """Accept or decline a proposal."""
    case_file = opening.open_file(number)
    proposal = act_pages.proposal_of(case_file, proposal_id)
    opening.expect_newest(case_file.case)
    act_pages.check_answer(case_file, proposal)
    form = AnswerForm(case_file)
    if form.validate_on_submit() and performed(form, lambda: _answer(case_file, proposal, form), REFUSED_AT):
        session.commit()
        return redirect(url_for("cases.case", number=number))
    return render_template("cases/answer.html", form=form, page=act_pages.answer_page(case_file, proposal)), status_of(
        form
    )


def _answer(case_file: CaseFile, proposal: Proposal, form: AnswerForm) -> None:
    course.expect_version(case_file.case, opening.version_seen())
    by, at = current_viewer(), clock.now()
    if form.answer.data == "accept":
        proposals.accept(case_file.case, case_file.situation, proposal, by=by, at=at)
    else:
        proposals.decline(case_file.case, case_file.situation, proposal, by=by, at=at, reason=form.reason.data or "")


@blueprint.route("/cases/<number>/hear/<kind>", methods=["GET", "POST"])
def hear(number: str, kind: str) -> Page:
    """Ask the parties about something that is decided without them."""
    case_file, wanted = opening.open_for_hearing(number, kind)
    form = hearing_form(wanted, case_file)
    if form.validate_on_submit() and performed(form, lambda: _hear(case_file, wanted, form), REFUSED_AT):
        session.commit()
        return redirect(url_for("cases.case", number=number))
    return render_template("cases/hear.html", form=form, page=act_pages.hear_page(case_file, wanted)), status_of(form)


def _hear(case_file: CaseFile, kind: HearingKind, form: Form) -> None:
    course.expect_version(case_file.case, opening.version_seen())
    terms = {fact: form[fact].data for fact in HEARING_FACTS[kind]}
    hearings.hear(case_file.case, case_file.situation, by=current_viewer(), at=clock.now(), kind=kind, terms=terms)


@blueprint.route("/cases/<number>/comment/<id:hearing_id>", methods=["GET", "POST"])
def comment(number: str, hearing_id: int) -> Page:
    """Comment, for the own party, on what it is heard about."""
    case_file = opening.open_file(number)
    opening.expect_newest(case_file.case)
    hearing = act_pages.open_hearing(case_file, hearing_id)
    form = CommentForm(case_file, may_object=hearings.may_object(case_file.case, hearing, current_viewer()))
    if form.validate_on_submit() and performed(form, lambda: _comment(case_file, hearing, form), REFUSED_AT):
        session.commit()
        return redirect(url_for("cases.case", number=number))
    return render_template("cases/comment.html", form=form, page=act_pages.comment_page(case_file, hearing)), status_of(
        form
    )


def _comment(case_file: CaseFile, hearing: Hearing, form: CommentForm) -> None:
    course.expect_version(case_file.case, opening.version_seen())
    objects = "is_objection" in form and bool(form.is_objection.data)
    said = form.text.data or ""
    hearings.comment(case_file.case, hearing, by=current_viewer(), at=clock.now(), text=said, is_objection=objects)


@blueprint.route("/cases/<number>/add_register_number", methods=["GET", "POST"])
def add_register_number(number: str) -> Page:
    """Write the own party's register number on the case."""
    case = opening.case_to_number(number)
    form = RegisterNumberForm()
    if form.validate_on_submit() and performed(form, lambda: _number(case, form), {}):
        session.commit()
        return redirect(url_for("cases.case", number=number, _anchor="h-om"))
    return render_template("cases/add_register_number.html", form=form, case=case), status_of(form)


def _number(case: Case, form: RegisterNumberForm) -> None:
    register_numbers.add_register_number(case, by=current_viewer(), at=clock.now(), value=form.value.data or "")


@blueprint.route("/cases/<number>/link", methods=["GET", "POST"])
def link(number: str) -> Page:
    """Link the case with another that it belongs with."""
    case = link_pages.to_link(opening.open_case(number)[0])
    form = LinkForm()
    if form.validate_on_submit() and performed(form, lambda: _link(case, form), {}):
        session.commit()
        return redirect(url_for("cases.case", number=number, _anchor="h-lankade"))
    return render_template("cases/link.html", form=form, case=case), status_of(form)


def _link(case: Case, form: LinkForm) -> None:
    links.link(
        case, by=current_viewer(), at=clock.now(),
        kind=form.chosen, to=form.to.data or "", reason=form.reason.data or "",
    )  # fmt: skip


@blueprint.route("/cases/<number>/unlink/<id:link_id>", methods=["GET", "POST"])
def unlink(number: str, link_id: int) -> Page:
    """Take a link away."""
    case = opening.open_case(number)[0]
    end = link_pages.to_unlink(case, link_id)
    form = UnlinkForm()
    if form.validate_on_submit() and performed(form, lambda: _unlink(case, end, form), {}):
        session.commit()
        return redirect(url_for("cases.case", number=number))
    return render_template("cases/unlink.html", form=form, case=case, told=link_pages.link_sentence(end)), status_of(
        form
    )


def _unlink(case: Case, end: Linked, form: UnlinkForm) -> None:
    links.unlink(case, end.link, by=current_viewer(), at=clock.now(), reason=form.reason.data or "")


@blueprint.route("/cases/<number>/let_in", methods=["GET", "POST"])
def let_in(number: str) -> Page:
    """Let the own party's coordinating health centre read the case."""
    case = guest_pages.to_let_in(opening.open_case(number)[0])
    form = LetInForm(case)
    if form.validate_on_submit() and performed(form, lambda: _let_in(case, form), {}):
        session.commit()
        return redirect(url_for("cases.case", number=number, _anchor="h-inslappta"))
    return render_template("cases/let_in.html", form=form, case=case), status_of(form)


def _let_in(case: Case, form: LetInForm) -> None:
    guests.let_in(case, by=current_viewer(), at=clock.now(), centre=form.chosen)


@blueprint.route("/cases/<number>/show_out/<id:guest_id>", methods=["GET", "POST"])
def show_out(number: str, guest_id: int) -> Page:
    """End what was opened to a coordinating health centre."""
    case = opening.open_case(number)[0]
    guest = guest_pages.to_show_out(case, guest_id)
    if request.method == "POST":
        guests.show_out(case, guest, by=current_viewer(), at=clock.now())
        session.commit()
        return redirect(url_for("cases.case", number=number))
    return render_template("cases/show_out.html", case=case, name=guest_pages.name_of(guest))


@blueprint.route("/cases/<number>/notes", methods=["GET", "POST"])
def notes(number: str) -> Page:
    """The own party's notes about the case: 404 for everybody else."""
    case = opening.case_with_notes(number)
    form = NoteForm()
    if form.validate_on_submit() and performed(form, lambda: _note(case, form), {}):
        session.commit()
        return redirect(url_for("cases.notes", number=number))
    written = queries.notes(case, viewer=current_viewer())
    return render_template("cases/notes.html", form=form, case=case, notes=written), status_of(form)


def _note(case: Case, form: NoteForm) -> None:
    case_notes.write_note(case, by=current_viewer(), at=clock.now(), text=form.text.data or "")


@blueprint.post("/cases/<number>/delete_note/<id:note_id>")
def delete_note(number: str, note_id: int) -> Response:
    """Delete a note that one has written."""
    case = opening.case_with_notes(number)
    written = queries.notes(case, viewer=current_viewer())
    note = next((n for n in written if n.id == note_id), None) or abort(404)
    case_notes.delete_note(note, by=current_viewer())
    session.commit()
    return redirect(url_for("cases.notes", number=number))
