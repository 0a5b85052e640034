"""Which health centres a case has been opened to, on its page, and the two forms with which that begins and ends."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, url_for
from flask_babel import lazy_gettext as _l

from escalation.accounts.models import Viewer
from escalation.cases import guests
from escalation.cases.models.case import Case
from escalation.cases.models.parties import CaseGuest
from escalation.cases.sight import current_guests
from escalation.web.access import current_viewer
from escalation.web.cases import words
from escalation.web.format import date_long
from escalation.web.forms import Form, choices, radios
from escalation.web.language import _, in_swedish


class LetInForm(Form):
    """Which coordinating health centre of the own party is let in. ``no_centre`` is shown where there is none."""

    centre = radios(_l("Vem ska släppas in?"), need=_l("Välj vem som ska släppas in."))

    def __init__(self, case: Case) -> None:
        super().__init__()
        party = current_viewer().party
        people = guests.candidates(case, current_viewer())
        self.no_centre = (
            _("Er samordnande vårdcentral är redan insläppt i ärendet.")
            if any(g.party_code == party for g in current_guests(case))
            else _(
                "Det finns ingen samordnande vårdcentral hos er att släppa in. Den behöver först ett eget konto i "
                "Trappan."
            )
        )
        self.centre.choices = choices([(str(m.id), name) for m, name in people], lang="sv")

    @property
    def chosen(self) -> int:
        """The membership that has been chosen."""
        return int(self.centre.data)


def to_let_in(case: Case) -> Case:
    """The case, for who may let a health centre in now; 404 for everybody else."""
    return case if guests.may_let_in(case, current_viewer()) else abort(404)


def to_show_out(case: Case, guest_id: int) -> CaseGuest:
    """Who has been let in, for who may end that; 404 for everybody else, and for another case's."""
    mine = [g for g in current_guests(case) if guests.may_show_out(case, g, current_viewer())]
    return next((g for g in mine if g.id == guest_id), None) or abort(404)


def name_of(let_in: CaseGuest) -> str:
    """The name under which the health centre signs in."""
    return in_swedish(let_in.membership.user.name)


@dataclass(frozen=True)
class GuestLine:
    """A health centre that reads the case; ``url``: where its access is ended, for the one who may."""

    text: str
    by: str
    name: str
    url: str


def guest_lines(case: Case, viewer: Viewer) -> list[GuestLine]:
    """The health centres that read the case although they belong to none of its parties, for all who see it whole."""
    names = words.names_in(case)
    return [
        GuestLine(
            text=_(
                "Samordnande vårdcentral: %(name)s kan läsa ärendet och skriva ner möten sedan %(day)s, "
                "så länge det är i den lokala dialogen.",
                name=name_of(g),
                day=date_long(g.let_in_at),
            ),
            by=_("Insläppt av %(who)s.", who=names.get(g.party_code, g.party_code)),
            name=name_of(g),
            url=url_for("cases.show_out", number=case.number, guest_id=g.id)
            if guests.may_show_out(case, g, viewer)
            else "",
        )
        for g in current_guests(case)
    ]
