"""The list of cases, filtered, fifty at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from escalation.accounts.models import Role, Viewer
from escalation.cases import overview as cases_overview
from escalation.cases.overview import CaseFilter
from escalation.cases.sight import READS_ALL
from escalation.parties import queries as party_queries
from escalation.parties.models import OrgUnit
from escalation.rules.ladder import load, shipped
from escalation.rules.main_agreement import main_agreement
from escalation.rules.situation import Phase
from escalation.web.cases.rows import row
from escalation.web.forms import Form, choices, select, text, tick
from escalation.web.language import _
from escalation.web.parts import Row

PAGE_SIZE = 50


STOCKHOLM = "STO"
"""The party that is divided into districts; its own list can be asked for one."""


class ListForm(Form):
    """What the list is to show. Sent by GET, so that its address can be kept and passed on."""

    q = text(_l("Ärendenummer, ert diarienummer eller ord i rubriken"), subject=_l("Sökningen"), most=100)
    status = select(_l("Läge"), choices=choices([("", _l("Alla")), ("open", _l("Öppna")), ("closed", _l("Avslutade"))]))
    step = select(_l("Steg"))
    district = select(_l("Stadsdel"))
    waits = tick(_l("Bara det som väntar på oss"))
    two_texts = tick(_l("Bara det som hänvisar till två texter, till den årliga dialogen"))

    def __init__(self, asked: Mapping[str, str], viewer: Viewer, districts: Sequence[OrgUnit] = ()) -> None:
        super().__init__(asked)
        if viewer.role not in READS_ALL:
            del self.two_texts
        self.district.choices = choices([("", _l("Alla")), *((unit.code, unit.name) for unit in districts)])
        self.step.choices = choices([("", _l("Alla")), *((str(no), f"{no}. {name}") for no, name in _step_names())])

    @property
    def case_filter(self) -> CaseFilter:
        is_open = {"open": True, "closed": False}.get(self.status.data)
        step = int(self.step.data) if self.step.data else None
        return CaseFilter(
            text=self.q.data or "",
            is_open=is_open,
            step=step,
            waits=bool(self.waits.data),
            district=self.district.data or "",
            two_texts="two_texts" in self and bool(self.two_texts.data),
        )

    @property
    def arguments(self) -> dict[str, Any]:
        """What an address must carry to ask for the same again."""
        return {f.name: "y" if f.data is True else f.data for f in self if f.data}


@dataclass(frozen=True)
class ListPage:
    """What ``cases/cases.html`` shows beside the drafts: rows, how many there are in all, and the pages around."""

    form: ListForm
    open: list[Row]
    closed: list[Row]
    total: int
    is_filtered: bool
    nothing: str
    page: int
    pages: int
    earlier: str | None
    later: str | None


def list_page(viewer: Viewer, today: dt.date, asked: Mapping[str, str]) -> ListPage:
    """The list: open cases by the day that is next, then closed ones, fifty at a time."""
    form = ListForm(asked, viewer, party_queries.districts_on(today) if viewer.party == STOCKHOLM else ())
    if not form.validate():
        return ListPage(form, [], [], 0, True, "", page=1, pages=1, earlier=None, later=None)
    case_filter = form.case_filter
    total = cases_overview.count(viewer, today, case_filter)
    pages = max(1, -(-total // PAGE_SIZE))
    wanted = asked.get("page", "")
    page = min(max(int(wanted), 1), pages) if wanted.isdecimal() and len(wanted) < 9 else 1
    items = cases_overview.overviews(viewer, today, case_filter, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    rows = [(s.case.phase is Phase.CLOSED, row(s, viewer, today, by_act=False)) for s in items]

    def address(other: int) -> str | None:
        return url_for("cases.cases", **form.arguments, page=other) if 1 <= other <= pages else None

    return ListPage(
        form=form,
        open=[shown for is_closed, shown in rows if not is_closed],
        closed=[shown for is_closed, shown in rows if is_closed],
        total=total,
        is_filtered=case_filter != CaseFilter(),
        nothing=_nothing(viewer),
        page=page,
        pages=pages,
        earlier=address(page - 1),
        later=address(page + 1),
    )


def _step_names() -> list[tuple[int, str]]:
    """The steps by number, each under the names that the ladders give it, the main agreement's first."""
    names: dict[int, dict[str, None]] = {}
    for ladder in (main_agreement().ladder, *map(load, shipped())):
        for step in ladder.steps:
            names.setdefault(step.no, {})[_(step.name)] = None
    return [(no, ", ".join(names[no])) for no in sorted(names)]


def _nothing(viewer: Viewer) -> str:
    """What an empty list says to who has asked for no case in particular."""
    if viewer.role is Role.COORDINATING_CENTRE:
        return _(
            "Ni är inte insläppta i något ärende just nu. En part kan släppa in er i ett ärende medan det är i det "
            "lokala steget."
        )
    return _("Det finns inga ärenden som ni kan se.")
