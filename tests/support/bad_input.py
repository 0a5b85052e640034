"""What is sent wrong on purpose, and how the form comes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from escalation.db import session
from tests.support.app import turn_to
from tests.support.page import Page
from tests.support.rows import row_counts
from tests.support.sample_cases import TODAY
from tests.support.stage import House

IDENTITY = "19121212-1212"
SIGNED_IN = {"login_session", "sign_in_log"}
"""The tables that get a row without an act of a person."""


@contextmanager
def unchanged(house: House) -> Iterator[None]:
    """Whatever is sent to ``house`` meanwhile, no table has a row more or less at the end."""
    before = house.ask(row_counts)
    yield
    after = house.ask(row_counts)
    assert {name for name, rows in after.items() if rows != before[name]} <= SIGNED_IN


def refused(house: House, seat: str, path: str, sent: dict[str, Any]) -> Page:
    """The form as it comes back: 422, and a summary that leads to each sentence."""
    answer = house.client(seat).post(path, data=sent)
    assert answer.status_code == 422
    page = Page(answer.text)
    summary = page.by_id("fel")
    assert summary is not None
    assert "rättas" in summary.text
    to_fields = [link for link in page.links() if link.startswith("#") and link != "#innehall"]
    assert to_fields
    assert [link for link in to_fields if page.by_id(link[1:]) is None] == []
    return page


NO_SUCH_DAY = "Datumet finns inte. Skriv det som 2026-11-23."

FORMS: dict[str, tuple[str, str, str, str]] = {
    # what -> who, on which case, at which address, on which day
    "serve": ("SEK.region", "intake", "/serve", ""),
    "propose reject": ("SEK.region", "intake", "/propose/reject", ""),
    "ask_completion": ("SEK.region", "intake", "/ask_completion", ""),
    "complete": ("TYR.handler", "completion", "/complete", ""),
    "comment_principle": ("RS.handler", "bypass_review", "/comment_principle", ""),
    "grant_principle": ("TSG.chair", "bypass_review", "/grant_principle", "2026-11-25"),
    "refuse_principle": ("SEK.region", "bypass_review", "/refuse_principle", "2026-12-10"),
    "acknowledge": ("RS.handler", "served", "/acknowledge", ""),
    "withdraw": ("TYR.approver", "served", "/withdraw", ""),
    "keep_open": ("RS.approver", "withdrawn", "/keep_open", ""),
    "state_position": ("KSON.handler", "dialogue", "/state_position", ""),
    "note_meeting": ("TYR.handler", "dialogue", "/note_meeting", ""),
    "propose settlement": ("TYR.handler", "dialogue", "/propose/settlement", ""),
    "propose extension": ("RS.approver", "dialogue", "/propose/extension", ""),
    "propose pause": ("RS.handler", "dialogue", "/propose/pause", ""),
    "propose lift_early": ("TYR.approver", "dialogue", "/propose/lift_early", ""),
    "propose interim": ("RS.handler", "dialogue", "/propose/interim", ""),
    "propose back_to_dialogue": ("RS.handler", "forgotten", "/propose/back_to_dialogue", ""),
    "pause": ("SEK.region", "dialogue", "/pause", ""),
    "end_pause": ("RS.approver", "paused", "/end_pause", ""),
    "declare_impasse": ("TYR.approver", "late", "/declare_impasse", ""),
    "answer": ("RS.approver", "impasse", "/answer/1", ""),
    "lift": ("SEK.municipal", "forgotten", "/lift", ""),
    "propose lapse": ("TSG.chair", "asked", "/propose/lapse", ""),
    "accept_file": ("SEK.region", "received", "/accept_file", ""),
    "schedule": ("SEK.region", "preparation", "/schedule", ""),
    "refer": ("TSG.chair", "preparation", "/refer", ""),
    "answer_referral": ("CONSULT", "referred", "/answer_referral", ""),
    "take_off": ("TSG.chair", "scheduled", "/take_off", ""),
    "decide": ("SEK.region", "scheduled", "/decide", "2026-12-18"),
    "accept_recommendation": ("RS.approver", "recommendation_out", "/accept_recommendation", ""),
    "refuse_recommendation": ("RS.approver", "recommendation_out", "/refuse_recommendation", ""),
    "adjust": ("VIS.chair", "minuted_top", "/adjust", ""),
    "send_back": ("VIS.deputy", "minuted_top", "/send_back", ""),
    "correct_decision": ("SEK.region", "minuted_top", "/correct_decision", ""),
    "report_task": ("RS.handler", "implementation", "/report_task", ""),
    "confirm_done": ("TYR.approver", "reported", "/confirm_done", ""),
    "report_breach": ("TYR.approver", "reported", "/report_breach", ""),
    "review_rejection": ("TSG.chair", "asked_review", "/review_rejection", ""),
    "reopen": ("SEK.region", "asked_again", "/reopen", ""),
    "ask_reopening": ("TYR.approver", "closed", "/ask_reopening", ""),
    "refuse_reopening": ("SEK.region", "asked_again", "/refuse_reopening", ""),
    "turn": ("SEK.region", "served", "/turn", ""),
    "hear split": ("SEK.region", "dialogue", "/hear/split", ""),
    "link": ("TYR.handler", "dialogue", "/link", ""),
    "add_register_number": ("RS.registrar", "received", "/add_register_number", ""),
    "notes": ("RS.handler", "dialogue", "/notes", ""),
}

NO_MOVES = {"add_register_number", "link", "notes"}
"""They are no moves of the case: no act makes them stale."""

MOVES_AND_PROPOSALS = pytest.mark.parametrize("what", [what for what in FORMS if what not in NO_MOVES])


def set_day(house: House, day: str) -> None:
    """Move the demo's clock. Everybody signs in anew: sessions do not outlive so long a time."""
    house.browsers.clear()

    def move() -> None:
        turn_to(dt.date.fromisoformat(day) if day else TODAY)
        session.commit()

    house.ask(move)
