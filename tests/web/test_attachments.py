"""Files on forms and off them: good ones come back byte by byte, hostile ones never get in, and both stay inert."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from config import Settings
from escalation.cases import queries as cases
from escalation.db import session
from escalation.documents import actions, queries
from escalation.documents.content import MEBIBYTE
from escalation.documents.file_types import REFUSALS, TYPES
from escalation.documents.files import check
from escalation.documents.models import Attachment
from escalation.trail.events import content_of
from escalation.trail.models import TrailEvent
from tests.support import sample_files
from tests.support.databases import Databases
from tests.support.days import instant
from tests.support.page import Page
from tests.support.people import person
from tests.support.rights import FULL, expected
from tests.support.sample_cases import PHASES, TODAY, mark
from tests.support.stage import SEATS, House, Stage, house_in

STAND = "Vi läser bestämmelsen så att ansvaret är gemensamt från första dagen."
FILLED = {"text": STAND}
PREPARED = {
    "question": "Ska det finnas en känd väg in?", "alternative_a": "En känd väg in krävs.",
    "alternative_b": "Varje part avgör.", "proposed_decision": "En känd väg in krävs.",
}  # fmt: skip
STATEMENT = {"question": "Ska det finnas en känd väg in?", "background": "Numret har bytts.", "agreed_points": ""}

Files = list[tuple[str, bytes]]


def send(house: House, seat: str, path: str, files: Files, **filled: str) -> Any:
    """Open a form, fill it in, choose files and send it, as a browser does."""
    browser = house.client(seat)
    page = browser.get(path)
    assert page.status_code == 200, path
    assert 'enctype="multipart/form-data"' in page.text
    return post(house, seat, path, files or [("", b"")], **Page(page.text).standing() | filled)


def post(house: House, seat: str, path: str, files: Files, **filled: str) -> Any:
    """Send a form's fields and files."""
    chosen = [FileStorage(BytesIO(content), name, "attachments") for name, content in files]
    boundary, body = encode_multipart(MultiDict([*filled.items(), *(("attachments", file) for file in chosen)]))
    return house.client(seat).post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def state(
    house: House, *files: tuple[str, bytes], seat: str = "RS.handler", key: str = "dialogue", **filled: str
) -> Any:
    return send(house, seat, house.path(key, "/state_position"), list(files), **FILLED | filled)


def file_errors(answer: Any) -> str:
    """The sentences beside the field for files."""
    found = re.search(r'<p class="err" id="attachments-e">(.*?)</p>', answer.text, re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", found[1]))).strip() if found else ""


def directory(house: House) -> Path:
    settings: Settings = house.app.config["SETTINGS"]
    return settings.attachments_dir


def lying(house: House) -> list[Path]:
    return list(directory(house).iterdir()) if directory(house).exists() else []


def links(html: str) -> dict[str, str]:
    """Name -> address of every attached file on the page."""
    case = re.findall(r'<a href="(/cases/[^"]+/attachments/\d+)"[^>]*>([^<]+)</a>', html)
    return {unescape(name): url for url, name in case}


def test_the_page_says_what_is_looked_through_and_what_cannot_be(open_house: House) -> None:
    page = open_house.client("RS.handler").get(open_house.path("dialogue", "/state_position")).text
    assert "Texten i dem söks igenom efter personnummer. Bilder och inskannade sidor kan inte sökas igenom" in page


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("pdf with a named script", "innehåller ett program (JavaScript)"),
        ("packed pdf that starts a program", "kan starta program eller öppna andra filer"),
        ("pdf with a file within", "innehåller andra filer"),
        ("pdf that nobody gets to the end of", "går inte att läsa igenom helt"),
        ("person in a pdf", "innehåller ett personnummer"),
        ("dde in pieces", "hämtar uppgifter från andra program när den öppnas (DDE)"),
        ("remote template", "hämtar innehåll från andra filer eller från nätet"),
    ],
)
def test_what_runs_or_fetches_or_names_a_person_is_refused_with_the_right_sentence(
    what: str, says: str, open_house: House
) -> None:
    name, content, _reason = sample_files.HOSTILE[what]
    answer = state(open_house, (name, content))
    assert answer.status_code == 422
    assert says in file_errors(answer)
    assert sample_files.PERSON not in answer.text
    assert name not in open_house.client("RS.handler").get(open_house.path("dialogue")).text


# --- Good files -----------------------------------------------------------------------------------------------------


def test_good_files_of_every_type_come_back_byte_by_byte_and_inert(open_house: House) -> None:
    names = list(sample_files.GOOD)
    for chosen in (names[first : first + 5] for first in range(0, len(names), 5)):
        answer = state(open_house, *((name, sample_files.GOOD[name]) for name in chosen))
        assert answer.status_code == 302, file_errors(answer)
    reader = open_house.client("TYR.reader")
    page = reader.get(open_house.path("dialogue"))
    shown = links(page.text)
    assert sorted(shown) == sorted(names)
    assert f"{len(names)} filer" in page.text
    for name, url in shown.items():
        answer = reader.get(url)
        assert answer.status_code == 200
        assert answer.data == sample_files.GOOD[name]
        of = next(facts for facts in TYPES.values() if name.rpartition(".")[2].lower() in facts.extensions)
        assert answer.headers["Content-Type"] == of.content_type
        assert answer.headers["Content-Security-Policy"] == "sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"].startswith("attachment; ")


def test_a_name_with_swedish_letters_is_sent_in_the_form_that_browsers_read(open_house: House) -> None:
    state(open_house, ("Rutin åäö; x.pdf", sample_files.pdf()))
    page = open_house.client("RS.handler").get(open_house.path("dialogue"))
    answer = open_house.client("RS.handler").get(links(page.text)["Rutin åäö; x.pdf"])
    header = answer.headers["Content-Disposition"]
    assert header.startswith("attachment; ")
    assert "filename*=UTF-8''Rutin%20%C3%A5%C3%A4%C3%B6%3B%20x.pdf" in header


def test_files_lie_outside_the_web_root_under_random_names(open_house: House) -> None:
    state(open_house, ("underlag.pdf", sample_files.pdf()))
    (file,) = lying(open_house)
    assert re.fullmatch(r"[0-9a-f]{32}", file.name)
    assert Path(open_house.app.static_folder or "") not in file.parents
    for path in (f"/static/{file.name}", f"/static/../attachments/{file.name}", f"/attachments/{file.name}"):
        assert open_house.client("RS.handler").get(path).status_code == 404


def test_a_position_without_files_goes_through_as_before(open_house: House) -> None:
    assert state(open_house).status_code == 302
    assert lying(open_house) == []


def test_the_page_lists_files_with_their_stand_also_when_it_is_an_earlier_one(open_house: House) -> None:
    state(open_house, ("första.pdf", sample_files.pdf()))
    state(open_house, ("andra.pdf", sample_files.pdf()), text="Vi står kvar vid vår läsning.")
    page = open_house.client("SEK.region").get(open_house.path("dialogue")).text
    stands, _, earlier = page.partition('id="h-sidor"')[2].partition("Tidigare versioner från")
    assert "andra.pdf" in stands
    assert "första.pdf" not in stands
    assert "första.pdf" in earlier.partition("</details>")[0]
    assert page.count("PDF, 1\u00a0kB") == 2
    assert "2 filer" in page
    story = page.partition('id="h-har-hant"')[2]
    assert "Bilagor: första.pdf" in story
    assert "Bilagor: andra.pdf" in story


def test_an_affected_partys_files_stand_with_its_stand(open_house: House) -> None:
    assert state(open_house, ("berörd.pdf", sample_files.pdf()), seat="KSON.handler").status_code == 302
    page = open_house.client("RS.handler").get(open_house.path("dialogue")).text
    assert "berörd.pdf" in page.partition('id="h-sidor"')[2].partition('id="h-syfte"')[0]


def test_a_file_follows_the_sheet_into_the_proposal_and_the_statement(open_house: House) -> None:
    house, key = open_house, "forgotten"
    sheet = house.path(key, "/statement")
    texts = {"question": STATEMENT["question"], "background": STATEMENT["background"]}
    saved = send(
        house, "TYR.handler", sheet, [("fel.pdf", sample_files.pdf()), ("gemensam.docx", sample_files.docx())], **texts
    )
    assert saved.headers["Location"].endswith("#h-attachments"), file_errors(saved)
    page = house.client("TYR.handler").get(sheet).text
    wrong = re.search(r'value="(remove:\d+)">Ta bort<span class="sr">: <span lang="sv">fel.pdf', page)
    assert wrong
    assert "remove:" not in house.client("RS.handler").get(sheet).text
    assert send(house, "RS.handler", sheet, [], do=wrong[1]).status_code == 302
    assert "fel.pdf" in house.client("RS.handler").get(sheet).text
    assert send(house, "TYR.handler", sheet, [], do=wrong[1]).status_code == 302
    assert "fel.pdf" not in house.client("RS.handler").get(sheet).text
    offer = send(house, "TYR.approver", sheet, [], do="offer")
    assert offer.status_code == 302, file_errors(offer)
    number = house.ask(lambda: session.scalars(select(Attachment.hangs_on)).one().partition(":")[2])
    answering = house.client("RS.approver").get(house.path(key, f"/answer/{number}"))
    assert "gemensam.docx" in answering.text
    assert "gemensam.docx" in house.client("RS.reader").get(house.path(key)).text.partition("Andra bilagor")[2]
    yes = Page(answering.text).standing() | {"answer": "accept"}
    assert house.client("RS.approver").post(house.path(key, f"/answer/{number}"), data=yes).status_code == 302
    assert "gemensam.docx" in house.client("RS.reader").get(sheet).text
    lifting = house.client("TYR.approver").get(house.path(key, "/lift"))
    assert "gemensam.docx" in lifting.text
    assert 'type="file"' not in lifting.text
    done = house.client("TYR.approver").post(house.path(key, "/lift"), data=Page(lifting.text).standing())
    assert done.status_code == 302
    assert house.ask(lambda: session.scalars(select(Attachment.hangs_on)).one()).startswith("statement:")
    page = house.client("TSG.member").get(house.path(key)).text
    assert "gemensam.docx" in page.partition('id="h-fraga"')[2].partition("</section>")[0]
    assert "Andra bilagor" not in page


def test_the_files_of_a_statement_that_was_declined_come_with_the_next(open_house: House) -> None:
    house, key = open_house, "forgotten"
    sheet = house.path(key, "/statement")
    texts = {"question": STATEMENT["question"], "background": STATEMENT["background"], "do": "offer"}
    for _once in range(2):
        assert (
            send(house, "TYR.approver", sheet, [("siffror.xlsx", sample_files.xlsx())][_once:], **texts).status_code
            == 302
        )
        number = house.ask(lambda: session.scalars(select(Attachment.hangs_on)).one().partition(":")[2])
        path = house.path(key, f"/answer/{number}")
        answering = house.client("RS.approver").get(path)
        assert "siffror.xlsx" in answering.text
        no = Page(answering.text).standing() | {"answer": "decline", "reason": "Bakgrunden behöver mer."}
        assert house.client("RS.approver").post(path, data=no).status_code == 302
        assert "siffror.xlsx" in house.client("RS.handler").get(sheet).text
    offers = select(TrailEvent).where(TrailEvent.kind == "proposal_offered").order_by(TrailEvent.seq)
    contents = house.ask(lambda: [content_of(event) or {} for event in session.scalars(offers)])
    assert [[f["name"] for f in content["attachments"]] for content in contents[-2:]] == [["siffror.xlsx"]] * 2


def test_a_one_sided_statement_has_its_own_files(open_house: House) -> None:
    path = open_house.path("forgotten", "/lift")
    answer = send(open_house, "TYR.approver", path, [("ensidig.pdf", sample_files.pdf())], **STATEMENT)
    assert answer.status_code == 302, file_errors(answer)
    page = open_house.client("RS.handler").get(open_house.path("forgotten")).text
    assert "ensidig.pdf" in page.partition('id="h-fraga"')[2].partition("</section>")[0]


def test_a_brief_keeps_its_files_when_the_case_is_taken_off_the_meeting(open_house: House) -> None:
    house, key = open_house, "preparation"
    path = house.path(key, "/schedule")
    meeting = re.findall(r'<option value="(\d+)"', house.client("SEK.region").get(path).text)[0]
    answer = send(house, "SEK.region", path, [("siffror.xlsx", sample_files.xlsx())], meeting=meeting, **PREPARED)
    assert answer.status_code == 302, file_errors(answer)
    page = house.client("TSG.member").get(house.path(key)).text
    assert "siffror.xlsx" in page.partition('id="h-alt"')[2].partition("</section>")[0]
    taking_off = house.client("SEK.region").get(house.path(key, "/take_off"))
    assert "siffror.xlsx" in taking_off.text
    filled = {"take_off_ground": "tabled", "reason": "Siffror saknas.", "what_is_needed": "Siffror från båda."}
    off = house.client("SEK.region").post(house.path(key, "/take_off"), data=Page(taking_off.text).standing() | filled)
    assert off.status_code == 302
    others = house.client("TSG.member").get(house.path(key)).text.partition('id="h-andra-filer"')[2]
    assert "Underlag till mötet" in others
    assert "siffror.xlsx" in others


# --- Hostile files --------------------------------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize("what", sorted(set(sample_files.HOSTILE) - {"line break in the name"}))  # no browser sends one
def test_a_hostile_file_is_refused_beside_the_field_and_the_text_stays(house: House, what: str) -> None:
    name, content, reason = sample_files.HOSTILE[what]
    answer = state(house, (name, content))
    assert answer.status_code == 422
    sentence = file_errors(answer)
    assert sentence.startswith(REFUSALS[reason].partition("%")[0].strip())
    assert f'<a href="#attachments">{sentence.partition("&")[0][:20]}' in unescape(answer.text)
    assert f">\n{STAND}</textarea>" in answer.text
    assert sample_files.PERSON not in answer.text
    assert "\u202e" not in answer.text
    assert "alert(1)" not in answer.text
    assert lying(house) == []


def test_refused_files_have_left_no_row_and_no_event(house: House) -> None:
    before = house.ask(lambda: session.scalar(select(func.count(TrailEvent.seq))))
    assert state(house, ("underlag.pdf", b"")).status_code == 422
    assert house.ask(lambda: session.scalar(select(func.count(TrailEvent.seq)))) == before
    assert house.ask(lambda: session.scalar(select(func.count(Attachment.id)))) == 0


def test_more_than_an_act_may_bring_is_said_and_the_text_stays(house: House) -> None:
    large = sample_files.pdf(extra=b"%" * (9 * MEBIBYTE))
    answer = state(house, ("a.pdf", large), ("b.pdf", large), ("c.pdf", large))
    assert answer.status_code == 422
    assert file_errors(answer).startswith("Filerna är tillsammans 27,1 MB. Högst 25 MB")
    assert STAND in answer.text
    answer = state(house, *((f"{n}.pdf", sample_files.pdf()) for n in range(6)))
    assert answer.status_code == 422
    assert file_errors(answer).startswith("Ni har valt 6 filer. Högst 5")
    assert STAND in answer.text
    assert lying(house) == []


def test_much_more_is_not_received_at_all(house: House) -> None:
    answer = state(house, ("a.pdf", b"%PDF-1.7" + b"%" * 60 * MEBIBYTE))
    assert answer.status_code == 413
    assert "välj färre och mindre filer" in answer.text


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("seat", "path"), [("RS.handler", "/note_meeting"), ("RS.handler", "/fly"), ("SEK.region", "/propose/lapse")]
)
def test_a_form_without_a_field_for_files_takes_no_more_than_before(house: House, seat: str, path: str) -> None:
    answer = post(house, seat, house.path("dialogue", path), [("a.pdf", sample_files.pdf(extra=b"%" * 3 * MEBIBYTE))])
    assert answer.status_code == 413


@pytest.mark.one_database
def test_a_visitor_who_is_not_signed_in_may_not_send_much(house: House) -> None:
    large = [("a.pdf", sample_files.pdf(extra=b"%" * 3 * MEBIBYTE))]
    answer = post(house, "public", house.path("dialogue", "/state_position"), large)
    assert answer.status_code == 413
    assert "Det är för stort" in answer.text
    assert lying(house) == []


def test_a_text_in_place_of_a_file_is_nothing(open_house: House) -> None:
    path = open_house.path("dialogue", "/state_position")
    data = (
        Page(open_house.client("RS.handler").get(path).text).standing() | FILLED | {"attachments": "../../etc/passwd"}
    )
    assert open_house.client("RS.handler").post(path, data=data).status_code == 302
    assert open_house.ask(lambda: session.scalar(select(func.count(Attachment.id)))) == 0


# --- A form that comes back -----------------------------------------------------------------------------------------


def test_chosen_files_must_be_chosen_again_and_the_page_says_so(house: House) -> None:
    answer = state(house, ("underlag.pdf", sample_files.pdf()), ("bild.png", sample_files.png()), text="")
    assert answer.status_code == 422
    assert file_errors(answer) == (
        "Välj filerna på nytt: underlag.pdf, bild.png. De följde inte med när sidan kom tillbaka."
    )
    assert "Två saker behöver rättas" in answer.text
    assert lying(house) == []


def test_one_bad_file_among_good_ones_means_all_are_chosen_again(house: House) -> None:
    answer = state(house, ("underlag.pdf", sample_files.pdf()), ("tom.pdf", b""))
    assert file_errors(answer) == (
        "Filen tom.pdf är tom. Välj en annan fil. Välj därefter alla filer på nytt, även dem som gick bra."
    )


def test_without_files_nothing_is_said_of_files(house: House) -> None:
    answer = state(house, text="")
    assert answer.status_code == 422
    assert file_errors(answer) == ""


def test_a_text_that_only_the_trail_refuses_takes_the_files_away_again(open_house: House) -> None:
    stale = Page(open_house.client("RS.handler").get(open_house.path("dialogue", "/state_position")).text).standing()
    assert state(open_house, ("a.pdf", sample_files.pdf())).status_code == 302
    path = open_house.path("dialogue", "/state_position")
    answer = post(open_house, "RS.handler", path, [("b.pdf", sample_files.pdf())], **stale | FILLED)
    assert answer.status_code == 409
    assert STAND in answer.text
    assert len(lying(open_house)) == 1


def test_when_the_disk_is_full_a_page_says_so_and_nothing_is_done(open_house: House) -> None:
    directory(open_house).write_text("no directory")
    answer = state(open_house, ("a.pdf", sample_files.pdf()))
    assert answer.status_code == 503
    assert "Filerna kunde inte sparas" in answer.text
    assert STAND in answer.text
    assert open_house.ask(lambda: session.scalar(select(func.count(Attachment.id)))) == 0
    assert state(open_house).status_code == 302


class Unhurried(BytesIO):
    """A body that arrives slowly: whenever a piece is read, somebody else wants to write."""

    def __init__(self, content: bytes, database: str) -> None:
        super().__init__(content)
        self.database = database
        self.writes = 0

    def readinto(self, buffer: Any, /) -> int:
        other = sqlite3.connect(self.database, timeout=0, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
            self.writes += 1
        finally:
            other.close()
        return super().readinto(buffer)


@pytest.mark.one_database
def test_no_writer_waits_while_a_file_is_on_its_way(open_house: House) -> None:
    settings: Settings = open_house.app.config["SETTINGS"]
    file = sample_files.pdf(extra=b"%" * 2 * MEBIBYTE)
    head = b'--x\r\nContent-Disposition: form-data; name="attachments"; filename="a.pdf"\r\n\r\n'
    body = Unhurried(head + file + b"\r\n--x--\r\n", settings.database_url.removeprefix("sqlite:///"))
    answer = open_house.client("RS.handler").post(
        open_house.path("dialogue", "/state_position"),
        input_stream=body,
        content_length=len(body.getvalue()),
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 422  # the text is missing
    assert body.writes > 10


# --- Who may have them ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def furnished(databases: Databases, stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A copy of the stage where each case has a file whose name tells its case."""

    def furnish() -> None:
        for key, number in stage.numbers.items():
            found = cases.get(number, viewer=person("SEK.region"))
            assert found
            case, _seen = found
            stand = cases.positions(case)[-1]
            file = check(f"{mark(key)}.pdf", BytesIO(sample_files.pdf(extra=f"% {key}\n".encode())))
            with actions.stored([file], directory(house)) as laid:
                actions.attach(case.id, f"position:{stand.id}", laid, by=person("TYR.approver"), at=instant(TODAY))
        session.commit()

    with house_in(databases, stage, tmp_path_factory.mktemp("furnished"), "furnished") as house:
        house.ask(furnish)
        yield house


def addresses(house: House) -> dict[str, str]:
    """The address of each case's file."""

    def ask() -> dict[str, str]:
        rows = session.execute(select(Attachment.name, Attachment.id))
        return {name.partition("]")[0].strip("["): str(id) for name, id in rows}

    ids: dict[str, str] = house.ask(ask)
    return {key: house.path(key, f"/attachments/{id}") for key, id in ids.items()}


@pytest.mark.one_database
@pytest.mark.parametrize("seat", [*SEATS, "public"])
def test_a_file_is_had_by_those_who_see_the_whole_case_and_is_no_page_for_others(furnished: House, seat: str) -> None:
    browser = furnished.client(seat)
    found = addresses(furnished)
    assert set(found) == set(PHASES)
    for key, path in found.items():
        answer = browser.get(path)
        wanted = 302 if seat == "public" else 200 if expected(seat, key) == FULL else 404
        assert answer.status_code == wanted, (seat, key)
        assert (f"% {key}\n".encode() in answer.data) is (wanted == 200), (seat, key)
        if wanted == 404:
            assert mark(key) not in answer.text
            assert mark(key) not in browser.get(furnished.path(key)).text


def test_a_file_is_not_had_through_another_case(furnished: House) -> None:
    browser, found = furnished.client("SEK.region"), addresses(furnished)
    wrong = furnished.path("served", "/attachments/" + found["dialogue"].rpartition("/")[2])
    assert browser.get(wrong).status_code == 404
    assert browser.get(furnished.path("served", "/attachments/99999")).status_code == 404
    assert browser.get(furnished.path("served", f"/attachments/{2**70}")).status_code == 404
    assert browser.post(found["served"]).status_code == 405


def test_a_file_that_has_been_changed_is_not_handed_out(open_house: House) -> None:
    state(open_house, ("underlag.pdf", sample_files.pdf()))
    browser = open_house.client("RS.handler")
    (url,) = links(browser.get(open_house.path("dialogue")).text).values()
    (file,) = lying(open_house)
    file.write_bytes(sample_files.pdf(extra=b"% another stand"))
    for _gone_too in range(2):
        answer = browser.get(url)
        assert answer.status_code == 500
        assert "Kontakta sekretariatet" in answer.text
        assert len(open_house.ask(lambda: queries.missing(directory(open_house)))) == 1
        with open_house.database():
            result = open_house.app.test_cli_runner().invoke(args=["verify"])
        assert (result.exit_code, result.output.count("attachment 1: its file")) == (1, 1)
        file.unlink(missing_ok=True)
