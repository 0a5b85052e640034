"""What a letter says, in the words of the glossary, for every ball that the ladder knows."""

from __future__ import annotations

import datetime as dt

import pytest

from escalation.cases.models.course import Ball
from escalation.rules.glossary import ACTS, DEADLINES, HOLDERS
from escalation.rules.nudge_plan import PLAN, NudgeKind
from escalation.rules.waits import FUTURE, BallRow, BallRule
from escalation.watch.letters import COUNTED, WHY, WHY_FOR_AN_EMPTY_SEAT, YEARLY, Item, item, letter

RULES = {rule for rules in FUTURE.values() for rule in rules}
TODAY = dt.date(2026, 11, 26)


def ball(rule: BallRule, due_on: dt.date = TODAY) -> Ball:
    holder = rule.holder.format(body="TSG", next_body="VIS")
    return Ball(begins_on=TODAY, act=rule.act, holder=holder, due_on=due_on, deadline_key=rule.due)


def shown(held: Ball, following: Ball | None = None, kind: NudgeKind = NudgeKind.N0) -> Item:
    return item(
        "ESK-2026-0033",
        BallRow(held.begins_on, held.act, held.holder, held.due_on, held.deadline_key),
        kind=kind,
        is_holder=True,
        deadline=None,
        following=following,
        bodies={"TSG": "styrgruppen", "VIS": "VIS"},
        today=TODAY,
        base_url="https://trappan.example.se/",
    )


def rule_of(act: str, due: str) -> BallRule:
    return next(rule for rule in RULES if (rule.act, rule.due) == (act, due))


def test_every_act_and_every_last_day_of_the_ladder_has_its_words() -> None:
    for rule in RULES:
        key = rule.due.partition("+")[0]
        assert ACTS[rule.act].definition
        assert DEADLINES[key]
        assert key in COUNTED or key.startswith("D")
        assert rule.after is None or rule.holder.partition(":")[0] in HOLDERS


def test_every_step_of_the_plan_is_a_row_and_says_why() -> None:
    assert [row.kind for row in PLAN] == list(NudgeKind)
    for texts in (WHY, WHY_FOR_AN_EMPTY_SEAT, YEARLY):
        assert set(texts) == set(NudgeKind)


def test_only_the_last_step_of_the_plan_does_not_say_that_more_people_are_reminded() -> None:
    prepare = ball(rule_of("prepare", "material"))
    goes_on = [kind for kind in NudgeKind if "fler" in shown(prepare, kind=kind).otherwise]
    assert goes_on == list(NudgeKind)[:-1]


def test_the_day_of_a_meeting_and_working_days_on_top_of_a_date_are_named_as_such() -> None:
    assert shown(ball(rule_of("decide", "meeting"))).computed == "Mötet: mötets dag."
    assert shown(ball(rule_of("force", "F+10"))).computed.endswith(", och 10 arbetsdagar till.")


def test_the_next_holder_is_an_office_by_its_name_and_a_party_without_one() -> None:
    force = ball(rule_of("force", "D7c+10"))
    assert shown(force, force).otherwise == (
        "Från 26 november 2026 gäller: Ordföranden i VIS väljer hur ärendet går vidare."
    )
    position = ball(rule_of("position", "D5"))
    assert shown(force, position).otherwise.endswith("gäller: En av parterna lämnar ståndpunkt.")


def test_with_no_row_to_come_the_case_stays_and_says_so() -> None:
    assert shown(ball(rule_of("prepare", "material"))).otherwise.startswith("Ärendet ligger kvar")


@pytest.mark.parametrize(("days", "subject"), [(0, "besluta på mötet"), (-1, "försenat, besluta på mötet")])
def test_the_subject_names_number_act_and_day_and_says_when_it_is_late(days: int, subject: str) -> None:
    decide = shown(ball(rule_of("decide", "meeting"), TODAY + dt.timedelta(days)))
    written = letter([decide], today=TODAY, trail_size=48, trail_head="ab" * 32)
    assert written.subject == f"Trappan ESK-2026-0033: {subject}, senast {decide.due_on}"


def test_a_letter_that_only_tells_what_has_happened_asks_for_nothing() -> None:
    ended = Ball(begins_on=TODAY, act="ended_by_silence", holder="everybody", due_on=TODAY, deadline_key="D15b")
    written = letter([shown(ended), shown(ended)], today=TODAY, trail_size=48, trail_head="ab" * 32)
    assert written.subject == "Trappan: något har hänt i 2 ärenden"
    assert "behöver dig" not in written.text


def test_a_letter_as_it_is_read() -> None:
    decide = shown(ball(rule_of("decide", "meeting")), kind=NudgeKind.N3)
    assert letter([decide], today=TODAY, trail_size=48, trail_head="ab12").text == (
        "Hej!\n"
        "\n"
        "Ett ärende i Trappan behöver dig.\n"
        "\n"
        "ESK-2026-0033\n"
        "-------------\n"
        "Att göra:       Besluta på mötet\n"
        "Senast:         26 november 2026\n"
        "Öppna ärendet:  https://trappan.example.se/cases/ESK-2026-0033\n"
        "\n"
        "Varför du: Dagen har passerat. Det är du som ska göra det, eller den som du ersätter.\n"
        "Så räknades dagen: Mötet: mötets dag.\n"
        "Om inget händer: Ärendet ligger kvar tills det är gjort, och påminnelserna går till fler.\n"
        "\n"
        "--\n"
        "Trappan, ärendehanteraren för eskaleringstrappan i HÖK § 7.1.\n"
        "Brevet innehåller inget ur ärendet. Det går inte att svara på brevet.\n"
        "Spåret den 26 november 2026: 48 händelser, kontrollsumma ab12.\n"
    )
