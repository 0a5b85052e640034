"""Content of the pages of accounts: the ladder and the demo's roles for signing in, memberships, and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from escalation.accounts import queries
from escalation.accounts.models import LoginSession, Membership, Viewer
from escalation.rules.glossary import GLOSSARY, inside
from escalation.rules.ladder import Step
from escalation.rules.main_agreement import body_steps, main_agreement
from escalation.rules.situation import StepKind
from escalation.web import security
from escalation.web.format import working_days
from escalation.web.language import _, joined
from escalation.web.parts import Holder, Stair
from escalation.web.resumed_forms import Carried


@dataclass(frozen=True)
class Card:
    """A role of the demo. ``person``: whose it is, where several have the role; ``read``: the card read aloud."""

    membership_id: int
    place: str
    part: str
    about: str
    person: str
    read: str


@dataclass(frozen=True)
class SignInPage:
    """The page where people sign in. ``cards``: the demo's roles under headings; none outside of a demo.

    ``carried``: a form that was sent after the session had ended.
    """

    steps: Sequence[Stair]
    cards: Sequence[tuple[str, Sequence[Card]]]
    carried: Carried | None
    contact: str
    just_chosen: bool


@dataclass(frozen=True)
class ActAsPage:
    """The person's memberships by name, and a form that goes on with the choice."""

    memberships: Sequence[tuple[int, str]]
    demo_is_open: bool
    contact: str
    carried: Carried | None


@dataclass(frozen=True)
class SessionsPage:
    """The person's open sessions; ``here`` is the id of this one."""

    sessions: Sequence[LoginSession]
    here: int


@dataclass(frozen=True)
class PasswordPage:
    """The page where a password is chosen for an address."""

    email: str


def sign_in_page(carried: Carried | None, *, just_chosen: bool) -> SignInPage:
    """All that the page shows beside its form."""
    memberships = queries.demo_memberships() if security.one_click_is_open() else ()
    return SignInPage(_steps(), _cards(memberships), carried, contact(), just_chosen)


def act_as_page(viewer: Viewer, carried: Carried | None) -> ActAsPage:
    """All that the page shows."""
    return ActAsPage(
        memberships=[(row.id, queries.acting_name(row, _)) for row in queries.memberships(viewer.user_id or 0)],
        demo_is_open=security.one_click_is_open(),
        contact=contact(),
        carried=carried,
    )


def contact() -> str:
    """How to reach the person who runs the site; empty where the settings do not say."""
    return security.settings().contact


def _cards(memberships: Sequence[Membership]) -> list[tuple[str, Sequence[Card]]]:
    """The cards of the parties, and those of all others."""
    if not memberships:
        return []
    bodies = [_(step.name) for step in body_steps().values()]
    offices = joined([_("Sekretariatet"), *map(inside, bodies), _("de som läser")])
    names = {membership.id: queries.acting_name(membership, _) for membership in memberships}
    groups: list[tuple[str, list[Card]]] = [(_("Parterna"), []), (offices, [])]
    shown: set[str] = set()
    # In the order of the page, so that the second card of a name says whose it is.
    for membership in sorted(memberships, key=lambda m: m.party_code is None):
        name, person = names[membership.id], membership.user.name
        place, part = queries.place_and_part(membership, _)
        card = Card(
            membership_id=membership.id,
            place=place,
            part=part,
            about=_(GLOSSARY[membership.role].definition),
            person=person if [*names.values()].count(name) > 1 else "",
            read=f"{name}, {person}" if name in shown else name,
        )
        groups[membership.party_code is None][1].append(card)
        shown.add(name)
    return [*groups]


def _steps() -> list[Stair]:
    """The steps of the main agreement's ladder, for a reader who does not know it yet."""
    return [_step(step, is_first=number == 0) for number, step in enumerate(main_agreement().ladder.steps)]


def _step(step: Step, *, is_first: bool) -> Stair:
    main = main_agreement()
    tag, out = _("Ett eller två möten"), ""
    match step.kind:
        case StepKind.DIALOGUE:
            tag = working_days(main.ladder.workdays("D7", step.no, urgent=False))
            out = _("Parterna löser frågan själva. De flesta ärenden slutar här.")
        case StepKind.OFFICIALS_BODY:
            out = _("Tjänstepersoner från båda sidor bereder och rekommenderar.")
        case StepKind.POLITICAL_BODY:
            out = _("Politiker från region och kommuner avgör och tolkar %(agreement)s.", agreement=main.name)
    holder = Holder(_("Ni börjar här"), mine=True) if is_first else None
    return Stair("open", tag, _(step.name), out=out, holder=holder)
