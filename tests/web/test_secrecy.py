"""Marked files through their pages: there for those who are named, gone for all others, opened on record (R36)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from escalation.cases import queries as cases
from escalation.cases import secrecy
from escalation.db import session
from escalation.documents import actions
from escalation.documents.files import check
from escalation.documents.models import Attachment, SecrecyMark
from escalation.trail.models import TrailEvent
from tests.support import sample_files
from tests.support.databases import Databases
from tests.support.days import instant
from tests.support.page import Page
from tests.support.people import person
from tests.support.rights import FULL, SECRETARIAT, WRITERS, expected
from tests.support.sample_cases import PHASES, TODAY
from tests.support.stage import BODY_SEATS, SEATS, House, Stage, house_in
from tests.web.test_attachments import PREPARED, STATEMENT, lying, send
from tests.web.test_queries import CASE_PAGE, asked

pytestmark = pytest.mark.one_database  # who sees what is asked of both in tests/documents

PROVISION = "OSL 26 kap. 1 §"
NOTE = "Bilaga 3 beskriver platsen."
LABEL = f"Sekretessmarkerad – {PROVISION}, 23 november 2026"
WARNING = "Sekretessmarkering är en varning, ingen prövning."
HAS_IT = {
    # the body -> the cases that it has now
    "TSG": {"received", "preparation", "referred", "scheduled", "minuted", "recommendation_out", "between"},
    "VIS": {"received_top", "minuted_top"},
}


def stays(seat: str, key: str) -> bool:
    """Whether the specification leaves the seat a marked file that the filer attached."""
    place = seat.partition(".")[0]
    if expected(seat, key) != FULL:
        return False
    if seat in BODY_SEATS:
        return key in HAS_IT[place]
    return place in {"SEK", "AUDITOR"} or (seat in WRITERS and place in {"TYR", "RS"})


@pytest.fixture(scope="module")
def furnished(databases: Databases, stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A copy of the stage where each case has one file, a marked one of the filer's."""

    def furnish() -> None:
        for key, number in stage.numbers.items():
            case, _seen = cases.get(number, viewer=person("SEK.region")) or (None, None)
            assert case
            file = check(f"hemlig {key}.pdf", BytesIO(sample_files.pdf(extra=f"% {key}\n".encode())))
            with actions.stored([file], house.app.config["SETTINGS"].attachments_dir) as laid:
                stand = cases.positions(case)[-1]
                actions.attach(case.id, f"position:{stand.id}", laid, by=person("TYR.approver"), at=instant(TODAY))
            (attachment,) = cases.positions_with_attachments(case)[1]
            said = {"provision": PROVISION, "note": NOTE}
            secrecy.mark(case, attachment, by=person("TYR.handler"), at=instant(TODAY), **said)
        session.commit()

    with house_in(databases, stage, tmp_path_factory.mktemp("sealed"), "sealed") as house:
        house.ask(furnish)
        yield house


def files(house: House) -> dict[str, str]:
    """The address of each case's file, by its case."""
    rows = house.ask(lambda: session.execute(select(Attachment.name, Attachment.id)).all())
    keys = {name.removeprefix("hemlig ").removesuffix(".pdf"): id for name, id in rows}
    return {key: house.path(key, f"/attachments/{id}") for key, id in keys.items()}


@pytest.mark.parametrize("in_turn", [3, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("seat", [*SEATS, "public"])
def test_a_marked_file_is_there_only_for_those_who_are_named(furnished: House, seat: str, in_turn: int) -> None:
    """R36. By its address in every case; its acts and the case's page in all in the long run, by turns in the short.
    The auditor's GET opens nothing.
    """
    browser, found = furnished.client(seat), files(furnished)
    assert set(found) == set(PHASES)
    for nth, (key, path) in enumerate(found.items(), [*SEATS, "public"].index(seat)):
        is_there = stays(seat, key)
        answer = browser.get(path)
        wanted = 302 if seat == "public" else 200 if is_there and seat != "AUDITOR" else 404
        assert answer.status_code == wanted, key
        assert (f"% {key}\n".encode() in answer.data) is (wanted == 200), key
        if nth % in_turn:
            continue
        for act in ("mark", "unmark", "open_marked"):
            if not is_there or act == ("open_marked" if seat != "AUDITOR" else "mark"):
                assert browser.post(f"{path}/{act}", data={}).status_code in {401, 302, 404}, (key, act)
        if expected(seat, key) != FULL:
            continue
        main = Page(browser.get(furnished.path(key)).text).main
        assert (f"hemlig {key}" in main) is is_there, key
        assert (LABEL in main) is is_there, key
        assert (WARNING in main) is is_there, key
        assert (NOTE in main) is is_there, key
        assert ("1 fil" in main) is is_there, key
        assert ("Tyresö sekretessmarkerade ett dokument." in main) is is_there, key


def test_the_links_to_mark_and_unmark_stand_for_those_who_may(furnished: House) -> None:
    path = files(furnished)["preparation"]
    for seat in ("TYR.handler", "TYR.approver", "SEK.region", "RS.approver", "TSG.chair", "AUDITOR"):
        links = Page(furnished.client(seat).get(furnished.path("preparation")).text).links()
        may = seat in SECRETARIAT or seat.startswith("TYR.")
        assert (f"{path}/unmark" in links) is may, seat
        assert f"{path}/mark" not in links
        assert furnished.client(seat).get(f"{path}/unmark").status_code == (200 if may else 404), seat


@pytest.mark.parametrize("seat", ["TYR.approver", "SEK.region", "TSG.chair", "AUDITOR", "KSON.handler"])
def test_a_mark_costs_the_page_no_question_more(furnished: House, seat: str) -> None:
    for key in ("preparation", "scheduled"):
        assert len(asked(furnished, seat, furnished.path(key))) <= CASE_PAGE


# --- Marked and unmarked by hand


def one_file(house: House, seat: str = "RS.handler", key: str = "dialogue", name: str = "plats.pdf") -> str:
    """Attach a file to the seat's stand; its address."""
    text = {"text": "Vi läser bestämmelsen så att ansvaret är gemensamt från första dagen."}
    assert (
        send(house, seat, house.path(key, "/state_position"), [(name, sample_files.pdf())], **text).status_code == 302
    )
    return newest(house, key)


def newest(house: House, key: str) -> str:
    return house.path(key, f"/attachments/{house.ask(lambda: session.scalar(select(func.max(Attachment.id))))}")


def mark(house: House, seat: str, path: str, **typed: str) -> Any:
    browser = house.client(seat)
    page = browser.get(f"{path}/mark")
    assert page.status_code == 200
    return browser.post(f"{path}/mark", data=Page(page.text).filled(provision=PROVISION, note=NOTE) | typed)


def main(house: House, seat: str, path: str) -> str:
    answer = house.client(seat).get(path)
    assert answer.status_code == 200, (seat, path)
    return Page(answer.text).main


def test_a_file_is_marked_from_the_quiet_link_beside_it_and_comes_back_when_the_mark_is_lifted(
    open_house: House,
) -> None:
    path, case = one_file(open_house), open_house.path("dialogue")
    assert "Bilagor: plats.pdf" in main(open_house, "RS.reader", case)
    assert f"{path}/mark" in Page(open_house.client("TYR.handler").get(case).text).links()
    done = mark(open_house, "TYR.handler", path)
    assert (done.status_code, done.location) == (302, case)
    for seat in ("RS.handler", "TYR.approver", "SEK.region", "AUDITOR"):
        shown = main(open_house, seat, case)
        assert f"{LABEL} {WARNING} " in shown, seat
        assert f"Markerad av Tyresö: {NOTE}" in shown, seat
        assert "Bilagor: plats.pdf" in shown, seat
    for seat in ("RS.reader", "RS.registrar", "KSON.handler", "TYR.reader"):
        shown = main(open_house, seat, case)
        assert "plats.pdf" not in shown, seat
        assert NOTE not in shown, seat
        assert "fil" not in shown.partition("Om ärendet")[2].split(), seat
        assert open_house.client(seat).get(path).status_code == 404
    for seat, status in (("TYR.handler", 200), ("KSON.handler", 404), ("TSG.chair", 404)):
        assert open_house.client(seat).get(f"{path}/unmark").status_code == status, "its owner and who marked it"
    lifting = open_house.client("RS.approver").get(f"{path}/unmark")
    assert f"{LABEL} Markerad av Tyresö: {NOTE}" in Page(lifting.text).main
    sent = Page(lifting.text).filled(reason="Platsen är struken.")
    assert open_house.client("RS.approver").post(f"{path}/unmark", data=sent).status_code == 302
    shown = main(open_house, "RS.reader", case)
    assert shown.count("plats.pdf") == 2, "beside the stand and in the history"
    assert "sekretessmarkeringen" not in shown, "that it was marked is for those alone who saw it"
    assert "Regionen tog bort sekretessmarkeringen av ett dokument." in main(open_house, "TYR.handler", case)
    assert "Platsen är struken." not in shown
    assert open_house.client("RS.reader").get(path).status_code == 200


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"provision": ""}, "provision", "Skriv bestämmelsen, till exempel OSL 26 kap. 1 §."),
        ({"provision": "x" * 81}, "provision", "Bestämmelsen är 81 tecken. Korta den med minst 1."),
        ({"note": "x" * 501}, "note", "Anteckningen är 501 tecken. Korta den med minst 1."),
        ({"note": f"Gäller {sample_files.PERSON}."}, "note", "personnummer"),
    ],
)
def test_what_is_typed_wrong_has_its_sentence_beside_the_field(
    open_house: House, typed: dict[str, str], field: str, sentence: str
) -> None:
    path = one_file(open_house)
    answer = mark(open_house, "SEK.region", path, **typed)
    assert answer.status_code == 422
    assert sentence in Page(answer.text).sentence(field)
    assert open_house.ask(lambda: session.scalar(select(func.count(SecrecyMark.id)))) == 0


def test_a_mark_that_came_meanwhile_is_reported_at_the_field_and_a_lifting_needs_its_reason(open_house: House) -> None:
    path = one_file(open_house)
    assert mark(open_house, "RS.handler", path).status_code == 302
    again = mark(open_house, "TYR.handler", path)
    assert (again.status_code, Page(again.text).sentence("provision")) == (422, "Filen är redan sekretessmarkerad.")
    empty = open_house.client("SEK.region").post(f"{path}/unmark", data={"reason": " "})
    assert (empty.status_code, Page(empty.text).sentence("reason")) == (422, "Skriv skälen.")


def test_the_page_says_first_that_data_of_patients_do_not_belong_here_at_all(open_house: House) -> None:
    page = Page(open_house.client("TYR.handler").get(f"{one_file(open_house)}/mark").text)
    begins = page.main.index("Uppgifter om patienter och brukare ska inte finnas här alls")
    assert begins < page.main.index("En markerad fil ser bara") < page.main.index("Bestämmelse ")
    assert "/privacy" in page.links()


def test_an_affected_party_marks_its_own_file_and_no_others(open_house: House) -> None:
    theirs, own = one_file(open_house), one_file(open_house, "KSON.handler", name="vår.pdf")
    assert open_house.client("KSON.approver").get(f"{theirs}/mark").status_code == 404
    assert mark(open_house, "KSON.approver", own).status_code == 302
    assert "vår.pdf" in main(open_house, "KSON.handler", open_house.path("dialogue"))
    assert "vår.pdf" not in main(open_house, "KSON.reader", open_house.path("dialogue"))


# --- The auditor


def openings(house: House) -> list[str]:
    query = select(TrailEvent.about).where(TrailEvent.kind == "marked_document_opened")
    found: list[str] = house.ask(lambda: list(session.scalars(query)))
    return found


def test_the_auditor_opens_a_marked_file_by_a_button_and_each_opening_is_recorded(open_house: House) -> None:
    path, case, auditor = one_file(open_house), open_house.path("dialogue"), open_house.client("AUDITOR")
    assert auditor.get(path).data == sample_files.pdf(), "a file that is not marked is a link like anybody's"
    assert auditor.post(f"{path}/open_marked").status_code == 404
    mark(open_house, "RS.handler", path)
    shown = Page(auditor.get(case).text)
    assert path not in shown.links()
    [form] = [f for f in shown.all("form", method="post") if f.attributes["action"] == f"{path}/open_marked"]
    assert form.text.split()[-1] == "plats.pdf"
    assert "Varje öppning antecknas i ärendets historik." in shown.main
    assert auditor.get(path).status_code == 404
    assert auditor.get(f"{path}/open_marked").status_code == 405
    assert openings(open_house) == []
    for times in (1, 2):
        answer = auditor.post(f"{path}/open_marked")
        assert (answer.status_code, answer.data) == (200, sample_files.pdf())
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert answer.headers["Cache-Control"] == "no-store"
        assert openings(open_house) == [f"case:{open_house.stage.numbers['dialogue']}"] * times
    assert main(open_house, "TYR.handler", case).count("Revisorn öppnade ett sekretessmarkerat dokument.") == 2
    for seat in ("TYR.handler", "SEK.region", "ADMIN", "KSON.handler"):
        assert open_house.client(seat).post(f"{path}/open_marked").status_code == 404
    assert len(openings(open_house)) == 2


def test_an_opening_that_gives_no_file_is_not_recorded(open_house: House) -> None:
    path = one_file(open_house)
    mark(open_house, "RS.handler", path)
    [lies] = lying(open_house)
    lies.unlink()
    assert open_house.client("AUDITOR").post(f"{path}/open_marked").status_code == 500
    assert openings(open_house) == []


# --- Every other page that lists files


def named_on(house: House, name: str, path: str, *seats: str) -> dict[str, bool]:
    return {seat: name in main(house, seat, path) for seat in seats}


def test_a_marked_file_is_gone_from_the_sheet_the_proposal_and_the_statement(open_house: House) -> None:
    house, key = open_house, "forgotten"
    sheet, case = house.path(key, "/statement"), house.path(key)
    texts = {"question": STATEMENT["question"], "background": STATEMENT["background"]}
    assert send(house, "TYR.handler", sheet, [("utdrag.docx", sample_files.docx())], **texts).status_code == 302
    path = newest(house, key)
    assert f"{path}/mark" in Page(house.client("RS.handler").get(sheet).text).links()
    assert mark(house, "RS.handler", path).status_code == 302
    seats = {"TYR.approver": True, "RS.handler": True, "SEK.region": True, "AUDITOR": True}
    seats |= {"TYR.reader": False, "KSON.handler": False}
    for where in (sheet, case):
        assert named_on(house, "utdrag.docx", where, *seats) == seats, where
    assert Page(house.client("AUDITOR").get(sheet).text).unclosed() == []
    assert send(house, "TYR.approver", sheet, [], do="offer").status_code == 302
    number = re.findall(r"/answer/(\d+)", house.client("RS.approver").get(case).text)[0]
    answer = house.path(key, f"/answer/{number}")
    assert "utdrag.docx" in main(house, "RS.approver", answer)
    assert named_on(house, "utdrag.docx", case, *seats) == seats, "the proposal, and its event"
    page = Page(house.client("RS.approver").get(answer).text)
    assert house.client("RS.approver").post(answer, data=page.standing(answer="accept")).status_code == 302
    assert named_on(house, "utdrag.docx", sheet, *seats) == seats
    lift = house.path(key, "/lift")
    page = Page(house.client("TYR.approver").get(lift).text)
    assert house.client("TYR.approver").post(lift, data=page.standing()).status_code == 302
    seats |= {"TSG.member": True}
    for where in (sheet, case):
        assert named_on(house, "utdrag.docx", where, *seats) == seats, "the body has the case now"


def test_a_marked_file_is_gone_from_the_compared_stands(open_house: House) -> None:
    path = one_file(open_house)
    mark(open_house, "RS.handler", path)
    seats = {"TYR.handler": True, "AUDITOR": True, "TYR.reader": False, "KSON.approver": False}
    assert named_on(open_house, "plats.pdf", open_house.path("dialogue", "/positions"), *seats) == seats
    assert not any(named_on(open_house, "plats.pdf", open_house.path("dialogue", "/summary"), *seats).values())


def test_a_marked_file_of_the_papers_is_gone_for_who_is_not_named(open_house: House) -> None:
    house, path = open_house, open_house.path("referred", "/schedule")
    meeting = re.findall(r'<option value="(\d+)"', house.client("SEK.region").get(path).text)[0]
    papers = [("siffror.xlsx", sample_files.xlsx())]
    assert send(house, "SEK.region", path, papers, meeting=meeting, **PREPARED).status_code == 302
    file = newest(house, "referred")
    assert mark(house, "SEK.municipal", file).status_code == 302
    assert "Markerad av sekretariatet" in main(house, "TYR.handler", house.path("referred"))
    assert house.client("TYR.approver").get(f"{file}/unmark").status_code == 404, "the file is the secretariat's"
    seats = {"TSG.chair": True, "RS.handler": True, "CONSULT": False, "KSON.handler": False, "RS.registrar": False}
    assert named_on(house, "siffror.xlsx", house.path("referred"), *seats) == seats
    assert named_on(house, "siffror.xlsx", house.path("referred", "/take_off"), "TSG.chair") == {"TSG.chair": True}


def test_a_person_whose_act_came_too_late_does_not_read_the_name_of_a_marked_file(open_house: House) -> None:
    """An affected party's form was open while the region stated its position with a file, and marked it."""
    where = open_house.path("dialogue", "/state_position")
    stale = Page(open_house.client("KSON.handler").get(where).text).filled()
    mark(open_house, "RS.handler", one_file(open_house))
    answer = open_house.client("KSON.handler").post(where, data=stale)
    assert answer.status_code == 409
    assert "ståndpunkt, version 1" in answer.text
    assert "plats.pdf" not in answer.text
