"""The start page of each group: the five moments of domain/10 § 10.6, on the demo's day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, scoped_session

from escalation import clock, demo
from escalation.accounts import actions as accounts
from escalation.accounts import queries as account_queries
from escalation.accounts.models import Membership, User
from escalation.agreements.models import Interpretation, Provision
from escalation.cases import overview, queries
from escalation.cases import patterns as cases_patterns
from escalation.cases.models.case import Case
from escalation.cases.overview import CaseFilter
from escalation.db import db
from escalation.nudges.models import Mail, MailState
from escalation.rules.situation import ClosingReason, Outcome, Phase, ProposalKind
from escalation.watch.runs import note_call
from escalation.web.cases import lists, words
from tests.support.app import turn_to
from tests.support.facts import PRINCIPLED, REJECT
from tests.support.rows import copy_case
from tests.support.stories import StoryFactory

Database = scoped_session[Session]
Arrive = Callable[..., str]
pytestmark = pytest.mark.one_database  # what both databases answer is shown of the lists
TODAY = demo.DEMO_DAY
C01, C09, C12, C13, C15 = "ESK-2026-0031", "ESK-2026-0033", "ESK-2026-0020", "ESK-2026-0036", "ESK-2026-0034"
C02, C05, C11, C14 = "ESK-2025-0019", "ESK-2026-0009", "ESK-2026-0013", "ESK-2026-0025"
C23 = "ESK-2026-0030"
C07, C16, C19 = "ESK-2026-0006", "ESK-2026-0039", "ESK-2026-0038"
C17, C18, C20, C21, C22 = "ESK-2026-0035", "ESK-2026-0040", "ESK-2026-0041", "ESK-2026-0028", "ESK-2026-0027"

GROUPS = (
    "Handläggare, Tyresö",
    "Handläggare, Region Stockholm",
    "Ordförande i styrgruppen",
    "Ledamot i styrgruppen",
    "Ordförande i VIS",
    "Ledamot i VIS",
    "Chef för sekretariatet, från Storsthlm",
    "Revisor",
)


@pytest.fixture
def database_url(demo_database_url: str) -> str:
    return demo_database_url


def membership(name: str) -> Membership:
    found = db.session.scalars(select(Membership).join(User).where(User.name == name)).first()
    assert found is not None, name
    return found


@pytest.fixture
def opens(app: Flask, client: FlaskClient, session: Database) -> Arrive:
    """Sign in by one click as the person of the demo, open a page, and give its HTML."""

    def arrive(name: str, address: str = "/") -> str:
        here = {"REMOTE_ADDR": "127.0.0.1", "SERVER_NAME": "127.0.0.1"}
        signed_in = client.post(f"/sign_in_demo/{membership(name).id}", environ_base=here)
        assert signed_in.status_code == 302
        answer = client.get(address)
        assert answer.status_code == 200
        return answer.text

    return arrive


def text_of(html: str) -> str:
    """What a reader reads, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").split())


def part(html: str, heading_id: str) -> str:
    """The section under a heading, as text."""
    found = re.search(rf'<section[^>]*aria-labelledby="{heading_id}".*?</section>', html, re.S)
    assert found, f"no section {heading_id}"
    return text_of(found.group())


def row_of(html: str, number: str) -> str:
    """The row, card or line of a table that carries the case's number, as text."""
    rows = [r for r in re.findall(r"<(?:li|tr)\b[^>]*>.*?</(?:li|tr)>", html, re.S) if number in r]
    assert rows, f"{number} is on no row"
    return text_of(rows[0])


def card_of(html: str, lane: str, number: str) -> str:
    """The card of a case in a lane of the board, as text."""
    found = re.search(rf"{number}.*?(?=ESK-|$)", part(html, lane))
    assert found, f"{number} is not in {lane}"
    return found.group()


def open_at_step(step: int, cited: str = "") -> set[str]:
    """The numbers of the open cases at a step, of those that cite a provision where one is named."""
    auditor = account_queries.viewer_for(membership("Revisor"))
    items = overview.overviews(auditor, TODAY, CaseFilter(is_open=True, step=step))
    return {s.case.number for s in items if not cited or cited in s.provisions.values()}


def test_lp1_tyreso_sees_what_waits_its_day_and_the_working_days_left(opens: Arrive) -> None:
    html = opens("Handläggare, Tyresö")
    assert "Ett ärende väntar på er." in text_of(html)
    row = row_of(html, C01)
    assert row.startswith("30 nov 5 arbetsdagar kvar Rapportera genomförande")
    assert "Uteblivna lokala samverkansmöten i Tyresö" in row
    assert "Ni har bollen" in row


def test_lp1_an_empty_list_says_that_nothing_waits(opens: Arrive) -> None:
    html = opens("Socialchef, Sigtuna")
    assert part(html, "h-mine") == "Väntar på er Inget väntar på er."


def test_lp1_what_is_late_says_so_in_a_word_and_an_icon(opens: Arrive) -> None:
    html = opens("Handläggare, Lidingö")
    row = re.search(r"<li>(?:(?!</li>).)*Justera|<li>(?:(?!</li>).)*justerar protokollet.*?</li>", html, re.S)
    assert row is not None
    assert '<span class="flag" data-kind="late"><svg' in row.group()
    assert "1 arbetsdag sent" in text_of(row.group())
    assert "Försenat" in text_of(row.group())


def test_what_waits_for_others_says_who_was_reminded_when_and_what_comes_next(app: Flask, opens: Arrive) -> None:
    row = row_of(opens("Handläggare, Lidingö"), C22)
    assert "Nästa påminnelse går 27 november, även till chefen för sekretariatet." in row
    assert "Påmint" not in row, "today's letters have not left yet"
    assert app.test_cli_runner().invoke(args=["deliver"]).exit_code == 0
    row = row_of(opens("Handläggare, Lidingö"), C22)
    assert "Påmint 23 november. Nästa påminnelse går 27 november, även till chefen för sekretariatet." in row


def test_a_row_that_waits_for_others_says_who_gets_the_ball_if_they_do_not_act(opens: Arrive) -> None:
    row = row_of(opens("Handläggare, Sigtuna"), C09)
    assert "Stannat, nivå 3" in row
    assert "Händer inget: ordföranden i styrgruppen väljer hur ärendet går vidare från 25 november." in row


def test_lp12_the_day_from_which_we_may_go_up_alone_stands_on_the_row(opens: Arrive) -> None:
    assert "Sedan 28 oktober får ni lyfta ärendet utan motparten." in row_of(opens("Handläggare, Sigtuna"), C09)
    late = row_of(opens("Handläggare, Värmdö"), "ESK-2026-0037")
    assert "Från 22 december får ni lyfta ärendet utan motparten." in late
    impasse = row_of(opens("Handläggare, Haninge"), C13)
    assert "Från 30 november får ni lyfta ärendet med en ensidig beskrivning." in impasse


def test_a_party_that_has_not_acknowledged_reads_what_the_other_side_may_do_then(opens: Arrive) -> None:
    row = row_of(opens("Handläggare, Region Stockholm"), C18)
    assert row.startswith("25 nov 2 arbetsdagar kvar Bekräfta mottagande")
    assert "Bekräftar ni inte får motparten lyfta ärendet utan er från 10 december." in row


def test_lp9_a_proposal_waits_for_the_approver_and_the_handler_reads_so(opens: Arrive) -> None:
    handler = row_of(opens("Handläggare, Vallentuna"), C17)
    assert handler.startswith("27 nov 4 arbetsdagar kvar Svara på förslaget: en uppgörelse")
    assert "Er beslutsfattare svarar." in handler
    html = opens("Socialchef, Vallentuna")
    assert "Er beslutsfattare svarar." not in html
    assert re.search(rf'href="/cases/{C17}/answer/\d+"', html)


def test_who_has_proposed_reads_on_their_row_whom_it_waits_for_and_until_when(opens: Arrive) -> None:
    sentence = "Förslag: väntar på Vallentuna till 27 november."
    assert sentence in row_of(opens("Handläggare, Region Stockholm"), C17)
    assert sentence not in row_of(opens("Handläggare, Vallentuna"), C17), "there the row asks for the answer"


def test_lp16_of_others_only_title_and_status_and_nothing_of_their_local_step(opens: Arrive) -> None:
    html = opens("Handläggare, Tyresö")
    known = part(html, "h-known")
    assert "10 dec VIS beslutar Vem utser samordnande vårdcentral i Norrtälje?" in known
    assert "Samma bestämmelse som ESK-2026-0031." in known
    assert "KSON" not in known
    assert not any(number in html for number in (C09, C13, C17, C18, C20))


def test_lp21_the_interim_arrangement_in_force_stands_beside(opens: Arrive) -> None:
    aside = part(opens("Handläggare, Tyresö"), "h-under")
    assert "ESK-2026-0031 Kommunens samordnande funktion kallar tillfälligt till mötena." in aside
    assert "Föreslaget av Tyresö i anmälan 24 augusti." in aside


def test_interpretations_of_our_own_provisions_come_first(opens: Arrive, session: Database) -> None:
    old = session.scalars(select(Interpretation).where(Interpretation.number == "VIS-T 2024:1")).one()
    old.provisions = [*old.provisions, *_cited(C01)]
    aside = part(opens("Handläggare, Tyresö"), "h-tolk")
    assert re.findall(r"VIS-T \d+:\d", aside)[0] == "VIS-T 2024:1"
    assert "Samma bestämmelse som ESK-2026-0031" in aside
    assert "VIS-T 2023:1" not in aside  # superseded


def _cited(number: str) -> list[Provision]:
    case = queries.get(number, viewer=account_queries.viewer_for(membership("Revisor")))
    assert case is not None
    return list(queries.provisions(case[0]))


def test_a_paused_case_waits_for_no_one_and_says_until_when(opens: Arrive, session: Database) -> None:
    found = queries.get(C17, viewer=account_queries.viewer_for(membership("Revisor")))
    assert found is not None
    found[0].paused_until = dt.date(2026, 12, 15)
    for proposal in queries.proposals(found[0]):
        proposal.ended_at = clock.now()
    html = opens("Handläggare, Vallentuna")
    assert part(html, "h-mine") == "Väntar på er Inget väntar på er."
    row = row_of(html, C17)
    assert row.startswith("15 dec pausat till")
    assert "Dagarna räknas igen från 15 december." in row


# --- The steering group


def test_st1_the_board_has_five_lanes_and_each_card_its_age_parties_provision_and_ball(opens: Arrive) -> None:
    html = opens("Ledamot i styrgruppen")
    lanes = {id: part(html, id) for id in ("watched", "received", "preparing", "scheduled", "answers")}
    assert all(number in lanes["watched"] for number in (C09, C13, C17))
    assert (
        f"{C09} 59 dagar Tidsbokning för munhälsobedömning Sigtuna till regionen Munhälsa 3 stycke 1 "
        "Stannat, nivå 3 Sekretariatet till 24 nov"
    ) in lanes["watched"]
    assert f"{C13} 25 dagar" in lanes["watched"]
    assert "Inget svar" in lanes["watched"]
    assert f"{C15} 52 dagar" in lanes["received"]
    assert "Nytt Sekretariatet i dag" in lanes["received"]
    assert f"{C07} 187 dagar" in lanes["preparing"]
    assert "Omgång 2 Bordlagt 1 gång" in lanes["preparing"]
    assert C21 in lanes["answers"]
    assert "Försenat Ordföranden i styrgruppen till 20 nov" in lanes["answers"]
    assert C12 not in "".join(lanes.values())


def test_the_steering_group_sees_new_cases_and_its_next_meeting_with_the_days_of_its_papers(opens: Arrive) -> None:
    text = text_of(opens("Ordförande i styrgruppen"))
    here = open_at_step(2)
    assert here >= {C07, C15, C21, C22}
    sentence = f"{words.upper_first(lists.spelled(len(here)))} ärenden är hos er."
    assert f"{sentence} Ett har kommit sedan mötet 6 november. Ni har bollen i ett." in text
    assert "18 dec 2026 Nästa möte , fredag, 19 arbetsdagar kvar" in text
    assert re.search(r"Underlag saknas till \w+ ärenden?\. Underlag senast 4 december\. Utskick 11 december\.", text)
    assert "Därefter: 15 januari 2027" in text


def test_the_steering_group_sees_who_has_answered_its_recommendation_and_what_follows(opens: Arrive) -> None:
    row = row_of(opens("Ordförande i styrgruppen"), C21)
    assert row.startswith("24 nov 1 arbetsdag kvar Upplands Väsby svarar på rekommendationen")
    assert "Regionen ja 17 november. Upplands Väsby har inte svarat." in row
    assert "parterna och sekretariatet får lyfta det obesvarade ärendet från 2 december." in row


def test_the_steering_group_sees_what_time_alone_will_bring_its_chair(opens: Arrive) -> None:
    row = row_of(opens("Ordförande i styrgruppen"), C09)
    assert row.startswith("25 nov om inget händer Ordföranden i styrgruppen väljer hur ärendet går vidare")
    accounts.mark_demo(offset_days=clock.marks().offset_days + 2)
    db.session.commit()
    row = row_of(opens("Ordförande i styrgruppen"), C09)
    assert row.startswith("1 dec 4 arbetsdagar kvar Välj hur ärendet går vidare")


def test_the_steering_group_sees_provisions_that_several_parties_cite(opens: Arrive) -> None:
    patterns = part(opens("Ledamot i styrgruppen"), "h-monster")
    said = re.search(r"HÖK 4\.5 st 2 har åberopats av (\w+) parter på tolv månader (.+?)\.", patterns)
    assert said is not None
    names = re.split(r", | och ", said[2])
    assert {"KSON", "Tyresö", "Täby", "Sundbyberg"} <= set(names)
    assert said[1] == lists.spelled(len(names))
    assert "VIS behandlar en av frågorna 10 december." in patterns
    assert "HÖK 4.5 st 1 har åberopats av två parter på tolv månader" in patterns
    assert "1.4 st 1" not in patterns


def test_a_brief_that_is_not_in_five_working_days_before_its_day_is_flagged(opens: Arrive, session: Database) -> None:
    story = StoryFactory(at_phase=Phase.PREPARATION, at_step=2)
    treatment = story.file.treatment
    assert treatment is not None
    held_on = dt.date(2026, 12, 18)
    treatment.meeting_id = next(m.id for m in story.meetings() if m.held_on == held_on)
    session.commit()
    number = story.case.number
    assert "Underlag saknas" not in card_of(opens("Ledamot i styrgruppen"), "preparing", number)
    accounts.mark_demo(offset_days=clock.marks().offset_days + 4)  # Friday 27 November
    session.commit()
    html = opens("Ledamot i styrgruppen")
    assert "Underlag saknas" in card_of(html, "preparing", number)
    assert "Underlag saknas till " in text_of(html)


# --- The political body


def test_vi2_the_next_meeting_has_the_question_and_both_stands_beside_each_other(opens: Arrive) -> None:
    html = opens("Ledamot i VIS")
    text = text_of(html)
    assert "Ett ärende väntar på ert avgörande. Handlingarna kommer 2 december." in text
    assert "10 dec 2026 Nästa möte , torsdag, 13 arbetsdagar kvar" in text
    assert "Ett ärende är uppsatt, underlaget är inne." in text
    questions = part(html, "h-fragor")
    assert "Frågan på mötet 10 december 2026" in questions
    assert C12 in questions
    assert "Har regionen eller kommunalförbundet rätt att utse den samordnande vårdcentralen" in questions
    assert html.count('<div class="side">') == 2
    assert "Förbundet är beställare" in questions
    assert "Punkt 4.5 lägger ansvaret på regionen" in questions
    assert "Underlaget är inne sedan 18 november Handlingarna skickas ut 2 december" in questions


def test_vi4_the_effect_of_an_answer_is_shown_without_the_local_cases_of_others(opens: Arrive) -> None:
    html = opens("Ledamot i VIS")
    changes = part(html, "h-andrar")
    assert "Norrtälje kommun Norrtälje kommun önskar en ordning, oavsett vem som utser." in changes
    same = words.upper_first(lists.spelled(len(open_at_step(1, "4.5 st 2"))))
    assert f"{same} öppna ärenden till, mellan parterna lokalt, gäller samma bestämmelse." in changes
    assert not any(number in html for number in (C01, C09, C16, C18))
    assert f"{len(open_at_step(1))} ärenden Parterna löser själva" in text_of(html)


def test_the_share_of_cases_solved_locally_stands_only_where_one_was_closed_this_year(
    opens: Arrive, session: Database
) -> None:
    """C02 and C11 were settled at step 1; C05 was withdrawn and C14 rejected, and are no answer to the question."""
    filed_on = dt.date(2026, 1, 12)
    StoryFactory(at_phase=Phase.CLOSED, at_step=3, outcome=Outcome.INTERPRET, filed_on=filed_on, event_on=filed_on)
    session.commit()
    closed = session.scalars(select(Case).where(Case.closed_at >= dt.datetime(2026, 1, 1, tzinfo=dt.UTC))).all()
    counted = {c.number for c in closed if c.closing_reason in {*cases_patterns.SOLVED, *cases_patterns.UNSOLVED}}
    here = {c.number for c in closed if c.closing_reason is ClosingReason.SETTLED_LOCAL}
    assert here >= {C02, C11}
    assert not counted & {C05, C14}
    share = part(opens("Ledamot i VIS"), "h-lokalt")
    share_of_all = f"{round(100 * len(here) / len(counted))} % {len(here)} av {len(counted)} ärenden"
    assert f"{share_of_all} som har avslutats i år löstes i steg 1." in share
    accounts.mark_demo(offset_days=clock.marks().offset_days + 60)  # the next year has begun
    session.commit()
    assert "Löser länet mer lokalt?" not in opens("Ledamot i VIS")


# --- The secretariat


def test_se1_the_secretariat_sees_its_own_delays_then_what_is_due_today_then_the_rest(opens: Arrive) -> None:
    html = opens("Chef för sekretariatet, från Storsthlm")
    assert "Sekretariatet, måndag 23 november" in text_of(html)
    duties = part(html, "h-nu")
    named = [C15, C09, C20, C07]
    assert [number for number in re.findall(r"ESK-\d+-\d+", duties) if number in named] == named
    assert "Justera protokollet" not in duties, "two others adjust"
    assert "I dag 23 november 2026 Kontrollera det lyfta ärendet" in duties
    assert "Beslutar ni inte i tid får ordföranden i styrgruppen uppgiften 25 november." in duties
    assert "27 nov 4 arbetsdagar kvar Kontrollera anmälan Inkom fredag 20 november." in duties


def test_se1_what_is_late_with_the_secretariat_is_called_so_by_itself(opens: Arrive, session: Database) -> None:
    turn_to(dt.date(2026, 11, 30))  # the check of C20 was due on 27 November
    session.commit()
    duties = part(opens("Chef för sekretariatet, från Storsthlm"), "h-nu")
    assert "27 nov 1 arbetsdag sent Kontrollera anmälan Försenat hos oss" in duties


def test_se4_what_stands_still_has_level_rule_last_event_and_who_was_reminded_the_worst_first(opens: Arrive) -> None:
    html = opens("Chef för sekretariatet, från Storsthlm")
    table = re.findall(r"<tr><th scope=\"row\".*?</tr>", html, re.S)
    lines = [text_of(line) for line in table]
    first = lines[0]
    assert first.startswith(f"{C09} Sigtuna Nivå 3 Lokala steget slut 27 oktober. 19 arbetsdagar sent")
    assert "En sista dag har passerat . Inget har hänt i sak på länge" in first
    assert re.findall('data-rule="(X\\d+)"', table[0]) == ["X1", "X2"]
    assert "3 september 2026 6 oktober: " in first
    late, still = (next(line for line in lines if line.startswith(number)) for number in (C22, C07))
    assert late.startswith(f"{C22} Lidingö Nivå 1")
    assert still.startswith(f"{C07} Stockholms stad Nivå 1 Lämna underlaget, 4 december")
    levels = [int(level) for level in re.findall(r"Nivå (\d) ", " ".join(lines))]
    assert levels == sorted(levels, reverse=True)


def test_the_secretariat_sees_the_next_days_of_papers_and_cases_without_a_handler(opens: Arrive) -> None:
    html = opens("Chef för sekretariatet, från Storsthlm")
    coming = part(html, "h-kal")
    assert "2 dec 7 arbetsdagar Utskick till mötet i VIS 10 december. Ett ärende är uppsatt." in coming
    assert "4 dec 9 arbetsdagar Underlag till mötet i styrgruppen 18 december. Underlag saknas i" in coming
    running = part(html, "h-drift")
    assert f"Ärenden där en part saknar handläggare {C13}" in running
    assert "Klockan Har inte startats än Senaste körning Inte än" in running


def test_the_secretariat_sees_a_clock_that_stands_still_and_mail_that_did_not_arrive(
    opens: Arrive, session: Database
) -> None:
    session.add(
        Mail(
            recipient=1, day=TODAY, state=MailState.FAILED, message_id="<1@trappan>", attempts=1,
            next_attempt_at=clock.now(), last_error="550 at rcpt",
        )
    )  # fmt: skip
    hours_ago = clock.now() - dt.timedelta(hours=2)
    note_call("sweep", started_at=hours_ago, finished_at=hours_ago, counts={"cases": 20})
    html = opens("Chef för sekretariatet, från Storsthlm")
    running = part(html, "h-drift")
    assert "Klockan Står still" in running
    assert "Post som inte kom fram 1 brev" in running
    assert "Osäkert om den kom fram Ingen" in running
    assert 'href="/health"' in html


def test_se3_a_rejection_waits_for_an_official_of_the_other_side(opens: Arrive, session: Database) -> None:
    story = StoryFactory(filed_on=dt.date(2026, 11, 19))
    story.day = dt.date(2026, 11, 20)
    story.offer(ProposalKind.REJECT, REJECT, by="SEK.region")
    other = row_of(opens("Chef för sekretariatet, från Storsthlm"), story.case.number)
    assert "Svara också på förslaget: att avvisa anmälan, senast 4 december." in other
    own = row_of(opens("Sekretariatet, från regionen"), story.case.number)
    assert "Kontrollera anmälan" in own
    assert "Svara" not in own


def test_a_consultation_group_sees_what_it_was_asked_and_until_when(opens: Arrive) -> None:
    row = row_of(opens("Ledamot i samrådsgruppen Äldres hälsa"), C23)
    assert row.startswith("4 dec 9 arbetsdagar kvar Svara på remissen")
    assert "Hur är de två överenskommelserna avsedda att läsas tillsammans?" in row
    assert "Regionen till Haninge och Huddinge" in row


def test_who_still_owes_its_part_in_a_case_that_went_past_it_sees_what_and_until_when(
    opens: Arrive, client: FlaskClient, session: Database
) -> None:
    story = StoryFactory(filed_on=dt.date(2026, 11, 16), **PRINCIPLED)
    story.act("claim_principle", by="SEK.region", on=dt.date(2026, 11, 17))
    story.act("comment_principle", by="RS.handler", on=dt.date(2026, 11, 18))
    story.act("grant_principle", by="TSG.chair", on=dt.date(2026, 11, 19))
    session.commit()
    row = row_of(opens("Handläggare, Region Stockholm"), story.case.number)
    assert row.startswith("26 nov 3 arbetsdagar kvar Bekräfta mottagande Ärendet ligger")
    assert "Ärendet ligger hos styrgruppen. Det här väntar på er under tiden." in row
    page = client.get(f"/cases/{story.case.number}").text
    assert "Följa ärendet" not in page


# --- Everybody


def test_a_viewer_without_a_group_sees_the_list(opens: Arrive) -> None:
    html = opens("Revisor")
    assert "<h1>Ärenden</h1>" in html
    assert C09 in html


@pytest.mark.one_database
def test_a_start_page_asks_eight_times_at_most_however_many_cases_there_are(
    app: Flask, client: FlaskClient, opens: Arrive, session: Database
) -> None:
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    def counted(name: str) -> int:
        opens(name)
        asked.clear()
        assert client.get("/").status_code == 200
        return sum(sql.startswith("SELECT") for sql in asked)

    few = {name: counted(name) for name in GROUPS}
    for phase, step in ((Phase.INTAKE, 1), (Phase.SERVED, 1), (Phase.DIALOGUE, 1), (Phase.RECEIVED, 2)):
        for nth in range(12):
            StoryFactory(at_phase=phase, at_step=step, filed_on=dt.date(2026, 8, 28) + dt.timedelta(days=nth % 4))
    session.commit()
    many = {name: counted(name) for name in GROUPS}
    assert many == few
    assert max(many.values()) <= 8, many


# More cases than anybody reads ----------------------------------------------------------------------------------------


def test_the_start_pages_count_right_above_500_cases(opens: Arrive, session: Database) -> None:
    at_vis = session.execute(select(Case).where(Case.number == C12)).scalar_one()
    before = session.scalar(select(func.count(Case.id)).where(Case.phase != Phase.CLOSED, Case.step == 3)) or 0
    copy_case(session, at_vis, 510)
    now = before + 510

    def reads(name: str) -> str:
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", opens(name))).split())

    for name in ("Ordförande i VIS", "Ledamot i styrgruppen", "Chef för sekretariatet, från Storsthlm"):
        assert re.search(rf"Steg 3 (?:Ert steg )?VIS {now} ärenden", reads(name)), name
