"""Who sees what of each case of the stage, and who may do what in it, as tables that the tests of pages ask.

They are written from the specification (``domain/02``, ``domain/05``) and ask nothing of the product's queries.
"""

from __future__ import annotations

from tests.support.sample_cases import ENDED, PHASES
from tests.support.stage import BODY_SEATS, CENTRE, PARTY_SEATS, SEATS, House

EVERYBODY = (*SEATS, "public")
WRITERS = {seat for seat in PARTY_SEATS if seat.endswith((".handler", ".approver"))}
SECRETARIAT = {"SEK.region", "SEK.municipal"}
CHAIRS = {seat for seat in BODY_SEATS if seat.endswith((".chair", ".deputy"))}
ACTORS = WRITERS | SECRETARIAT | CHAIRS | {"CONSULT"}
FULL, STUB, TITLE, NOTHING = "full", "stub", "title and status", "nothing"

SEES = {
    # who: before T8, step 1, step 2, step 3
    "initiator": (FULL, FULL, FULL, FULL),
    "respondent": (NOTHING, FULL, FULL, FULL),
    "affected": (NOTHING, FULL, FULL, FULL),
    "other party": (NOTHING, NOTHING, TITLE, TITLE),
    "TSG": (STUB, STUB, FULL, FULL),
    "VIS": (NOTHING, NOTHING, TITLE, FULL),
    "SEK": (FULL, FULL, FULL, FULL),
    "AUDITOR": (FULL, FULL, FULL, FULL),
    "CONSULT": (NOTHING, NOTHING, NOTHING, NOTHING),
    "ADMIN": (NOTHING, NOTHING, NOTHING, NOTHING),
    "centre": (NOTHING, NOTHING, NOTHING, NOTHING),
    "public": (NOTHING, NOTHING, NOTHING, NOTHING),
}

NEVER_SERVED = {"intake", "completion", "rejected", "asked_review"}
WAITS_FOR_CHAIR = {"late", "forgotten", "asked", "withdrawn", "asked_review"}
"""Which way it goes on, whether a withdrawn one is kept, whether a rejection stands: the steering group's chair or
deputy decides on it, and reads it whole meanwhile, though the group does not have it."""

PARTS = {"TYR": "initiator", "RS": "respondent", "KSON": "affected", "SOL": "other party"}


def expected(seat: str, key: str) -> str:
    """What the specification lets the seat see of the case."""
    place = "centre" if seat == CENTRE else seat.partition(".")[0]
    if key == "between" and place in {"RS", "KSON"}:
        place = "SOL"
    if key == "between" and place == "VIS":
        return NOTHING  # never on that ladder
    if key == "referred" and place == "CONSULT":
        return FULL  # its group has been asked for an opinion
    if key == "bypass_review" and place == "TSG":
        return FULL  # its chair tries whether the case may begin there
    if key in WAITS_FOR_CHAIR and seat in TSG_CHAIRS:
        return FULL
    column = 0 if key in NEVER_SERVED else PHASES[key][0]
    return SEES[PARTS.get(place, place)][column]


BOTH = {"TYR.handler", "TYR.approver", "RS.handler", "RS.approver"}
RESPONDENT = {"RS.handler", "RS.approver"}
APPROVERS = {"TYR.approver", "RS.approver"}
STANDS = BOTH | {"KSON.handler", "KSON.approver"}
TSG_CHAIRS = {"TSG.chair", "TSG.deputy"}
VIS_CHAIRS = {"VIS.chair", "VIS.deputy"}
BETWEEN_WRITERS = {"TYR.handler", "TYR.approver"}
FILER = {"TYR.approver"}
OUTSIDERS = {"SOL.handler", "SOL.approver"}


def offered(*kinds: str) -> dict[str, set[str]]:
    """The proposals that both sides may offer."""
    return {f"propose/{kind}": BOTH for kind in kinds}


UNDECIDED = {
    "hear/supersede": SECRETARIAT, "hear/join": SECRETARIAT, "hear/split": SECRETARIAT, "turn": SECRETARIAT,
}  # fmt: skip
"""What has been sent to the respondent and not been decided may be joined to another, or be another's lead; and what it
is about may turn out to be something else, or the law may change so that the question is gone."""

WITH_A_BODY = UNDECIDED | {
    **offered("settlement", "pause", "interim"), "state_position": STANDS, "pause": SECRETARIAT, "withdraw": FILER,
}  # fmt: skip
"""What is open as long as a body has the case and has decided nothing."""

MAY_ASK_IN = {"ask_to_register": OUTSIDERS}
"""What a body has and has not decided is known to the other parties, which may ask to take part."""

IN_DIALOGUE = WITH_A_BODY | {
    **offered("extension", "lift_early"), "note_meeting": BOTH, "hear/call_up": TSG_CHAIRS,
}  # fmt: skip

IN_IMPASSE = WITH_A_BODY | offered("back_to_dialogue")
TIME_IS_OUT = {"ask_to_pursue": SECRETARIAT | TSG_CHAIRS}

OPEN: dict[str, dict[str, set[str]]] = {
    "intake": {
        "serve": SECRETARIAT, "ask_completion": SECRETARIAT, "propose/reject": SECRETARIAT, "withdraw": FILER,
        "turn": SECRETARIAT,
    },
    "completion": {"complete": {"TYR.handler", "TYR.approver"}, "withdraw": FILER},
    "bypass_review": {
        "comment_principle": RESPONDENT,  # the chair waits until the region has commented, or the day has passed
        "withdraw": FILER,
    },
    "served": IN_DIALOGUE | {"acknowledge": RESPONDENT},
    "dialogue": IN_DIALOGUE,
    "impasse": IN_IMPASSE | {"answer": APPROVERS},
    "received": WITH_A_BODY | MAY_ASK_IN | {"accept_file": SECRETARIAT},
    "preparation": WITH_A_BODY | MAY_ASK_IN | {"schedule": SECRETARIAT, "refer": SECRETARIAT | TSG_CHAIRS},
    "referred": WITH_A_BODY | MAY_ASK_IN | {
        "schedule": SECRETARIAT, "refer": SECRETARIAT | TSG_CHAIRS, "answer_referral": {"CONSULT"},
    },
    "scheduled": UNDECIDED | MAY_ASK_IN | {
        # it stands on a meeting: it is taken off before any clock stops
        **offered("settlement", "interim"), "state_position": STANDS, "withdraw": FILER,
        "take_off": SECRETARIAT | TSG_CHAIRS,
    },
    "minuted": {"adjust": TSG_CHAIRS, "send_back": TSG_CHAIRS, "correct_decision": SECRETARIAT},
    "recommendation_out": {
        **offered("settlement", "pause", "interim"), "pause": SECRETARIAT, "withdraw": FILER,
        "accept_recommendation": APPROVERS, "refuse_recommendation": APPROVERS,
    },
    "remitted": IN_DIALOGUE,
    "received_top": WITH_A_BODY | MAY_ASK_IN | {"accept_file": SECRETARIAT},
    "minuted_top": {"adjust": VIS_CHAIRS, "send_back": VIS_CHAIRS, "correct_decision": SECRETARIAT},
    "implementation": {"report_task": RESPONDENT, "pause": SECRETARIAT, "propose/pause": BOTH},
    "reported": {
        "confirm_done": FILER, "report_breach": FILER, "pause": SECRETARIAT, "propose/pause": BOTH,
    },
    "closed": {"ask_reopening": APPROVERS, "reopen": VIS_CHAIRS},
    "rejected": {},
    # The only head took part in the rejection: the steering group's chair tries it anew.
    "asked_review": {"review_rejection": TSG_CHAIRS, "refuse_reopening": TSG_CHAIRS},
    "asked_again": {"reopen": SECRETARIAT, "refuse_reopening": SECRETARIAT},
    "paused": {"end_pause": APPROVERS},
    "withdrawn": {"keep_open": {"RS.approver"} | TSG_CHAIRS},
    # Everybody's time is out: the secretariat may choose, and the steering group's chair.
    "late": {act: who for act, who in IN_DIALOGUE.items() if act != "propose/lift_early"} | TIME_IS_OUT | {
        "acknowledge": RESPONDENT, "declare_impasse": APPROVERS | SECRETARIAT | TSG_CHAIRS,
    },
    # The parties have been asked whether they go on, and none of them has answered.
    "asked": {act: who for act, who in IN_DIALOGUE.items() if act != "propose/lift_early"} | {
        "acknowledge": RESPONDENT, "declare_impasse": APPROVERS | SECRETARIAT | TSG_CHAIRS, "pursue": BOTH,
        "propose/lapse": SECRETARIAT | TSG_CHAIRS,
    },
    "lapsed": {"take_up_by_right": FILER, "ask_reopening": APPROVERS, "reopen": SECRETARIAT},
    "forgotten": IN_IMPASSE | TIME_IS_OUT | {"lift": APPROVERS | SECRETARIAT | TSG_CHAIRS},
    "between": {act: who & BETWEEN_WRITERS if who == BOTH else who for act, who in WITH_A_BODY.items()} | {
        "state_position": BETWEEN_WRITERS, "accept_file": SECRETARIAT,
        "ask_to_register": OUTSIDERS | {"RS.handler", "RS.approver", "KSON.handler", "KSON.approver"},
    },
}  # fmt: skip

SHEET = {"impasse", "forgotten"}
"""The cases whose joint statement is being written."""

LIFTED = {key for key, (step, _phase) in PHASES.items() if step > 1} | {"remitted"}
"""Those that have been lifted with one."""

BESIDE = {"summary", "positions", "statement", "add_register_number", "link", "let_in", "notes"}
READ_ONLY = {"summary", "positions"}
"""Pages that take nothing."""


def registers(seat: str) -> bool:
    return seat in PARTY_SEATS and not seat.endswith(".reader")


def read_only_pages(seat: str, key: str) -> dict[str, bool]:
    """The pages of a case that are no acts, and whether the seat has them."""
    sees_all = expected(seat, key) == FULL
    place = seat.partition(".")[0]
    takes_part = sees_all and place in ({"TYR", "NAC"} if key == "between" else {"TYR", "RS", "KSON"})
    return {
        "summary": sees_all,
        "positions": sees_all,
        "statement": sees_all and key in SHEET | LIFTED,
        "add_register_number": takes_part and registers(seat),
        "link": sees_all and (seat in SECRETARIAT or (takes_part and seat in WRITERS)),
        "let_in": (
            takes_part and seat in WRITERS and place in {"RS", "KSON"} and PHASES[key][0] == 1 and key not in ENDED
        ),
        "notes": takes_part and seat in WRITERS,
    }


def asked_beside(seat: str, key: str) -> dict[str, bool]:
    """The one of them that the seat asks for: another in each case, and another from seat to seat."""
    pages = list(read_only_pages(seat, key).items())
    return dict([pages[(list(OPEN).index(key) + EVERYBODY.index(seat)) % len(pages)]])


def address(house: House, key: str, act: str) -> str:
    return house.path(key, f"/answer/{house.stage.open_proposal}" if act == "answer" else f"/{act}")
