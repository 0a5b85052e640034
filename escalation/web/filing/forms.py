"""The pages of a filing as forms: each field is a fact of domain/04 § 4.2, kept in the draft under its own name.

A form checks shape and the rules of its own page; the verb checks the rest. Each field of a page with errors is kept
by itself, so that no text is lost by an error in another field.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField

from escalation.accounts.models import Role, Viewer
from escalation.cases.models.case import CONSEQUENCES
from escalation.parties.models import OrgUnit, Party
from escalation.rules import privacy
from escalation.rules.glossary import GLOSSARY
from escalation.rules.main_agreement import main_agreement
from escalation.rules.privacy import Doubt, HitKind
from escalation.rules.situation import PRINCIPLE_TEST
from escalation.web.forms import (
    CONTROL,
    Checks,
    Day,
    Form,
    Radios,
    Select,
    Words,
    checks,
    choices,
    day,
    files,
    long_text,
    radios,
    select,
    text,
    tick,
)
from escalation.web.language import _

TOO_LONG = 4000

KEPT = 20_000
"""The longest text that a draft keeps: five times what any field may hold when it is filed."""

ELSEWHERE: Mapping[str, Mapping[str, str]] = {
    # a choice on the first page that leads out of filing -> the answers of the guide that say where
    "person": {"matter": "person"},
    "change": {"matter": "change"},
    "crisis": {"matter": "reading", "obstacle": "crisis"},
    "unsure": {"matter": "unsure"},
}


@dataclass(frozen=True)
class Doubted:
    """A doubt about a text of the page: its field, and the words that may point out a person."""

    field: Field
    doubt: Doubt

    @property
    def mark(self) -> str:
        """The fingerprint of this finding: a text that changes is asked about again."""
        words = self.field.data[self.doubt.start : self.doubt.end]
        return hashlib.sha256(f"{self.field.name}\0{words}".encode()).hexdigest()[:16]


class PageForm(Form):
    """One page of a draft. ``word`` names it.

    ``version`` and ``base`` describe the draft as the page was opened, so that of two windows each keeps the fields
    that only it has changed. ``clashes`` are the fields that both have changed.
    """

    word = ""

    version = HiddenField()
    base = HiddenField()
    sure = tick(_l("Ja, det här är inget personnummer och inga andra uppgifter om en enskild person"))
    sure_because = text(_l("Därför att"), subject=_l("Skälet"), it=_l("det"), most=300)

    def __init__(self, facts: Mapping[str, Any], version: int) -> None:
        super().__init__(data={name: self.read(name, value) for name, value in facts.items() if name != "sure"})
        for name in ("sure", "sure_because"):  # they are last on the page, and so in the summary of errors
            self._fields[name] = self._fields.pop(name)
        self.answered: dict[str, Any] = facts.get("sure", {}).get(self.word, {})
        self.clashes: list[str] = []
        if not self.is_submitted():
            self.opened_on(facts, version)
            self.sure.data = bool(self.answered)
            self.sure_because.data = self.answered.get("because", "")

    def read(self, name: str, value: Any) -> Any:
        """A kept value as its field holds it."""
        is_day = getattr(getattr(type(self), name, None), "field_class", None) is Day
        return dt.date.fromisoformat(value) if is_day and value else value

    def opened_on(self, facts: Mapping[str, Any], version: int) -> None:
        """Note the state of the draft as the page is shown."""
        self.version.data = str(version)
        self.base.data = json.dumps({field.name: fingerprint(facts.get(field.name)) for field in self.facts})

    @property
    def opened_with(self) -> dict[str, str]:
        """The fingerprints of the draft's values as the page was opened; none if the note is broken."""
        try:
            noted = json.loads(self.base.data or "{}")
        except ValueError:
            return {}
        return noted if isinstance(noted, dict) else {}

    @property
    def facts(self) -> list[Field]:
        """The fields whose values the draft keeps."""
        return [field for field in self if field.name not in {"version", "base", "sure", "sure_because", "q"}]

    @property
    def texts(self) -> list[Field]:
        """Those of them that a person writes in."""
        return [field for field in self.facts if field.type in {"StringField", "TextAreaField"}]

    @property
    def version_seen(self) -> int:
        """The draft's version when the page was opened; a broken one counts as stale."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1

    def may_be_kept(self, field: Field) -> bool:
        """Whether a value, right or wrong, may lie in the draft: no identity number, nothing that cannot be read."""
        if field in self.texts:
            written = field.data or ""
            certain = any(hit.kind is HitKind.CERTAIN for hit in privacy.scan(written[:KEPT]))
            return len(written) <= KEPT and not CONTROL.search(written) and not certain
        if isinstance(field, Day):
            return field.data is not None or not any(field.raw_data or ())
        if isinstance(field, (Select, Radios, Checks)):
            offered: Iterable[Any] = field.iter_choices()
            values = {str(choice.value) for choice in offered}
            chosen = field.data if isinstance(field, Checks) else [field.data] if field.data else []
            return {str(value) for value in chosen or ()} <= values
        return True

    def values_to_keep(self) -> dict[str, Any]:
        """The values for the draft, as plain JSON; a field whose value may not be kept is left out."""
        return {field.name: as_json(field.data) for field in self.facts if self.may_be_kept(field)}

    @property
    def doubted(self) -> list[Doubted]:
        """The texts that a person has to look at again before the page is left."""
        return [Doubted(field, doubt) for field in self.texts for doubt in privacy.doubts((field.data or "")[:KEPT])]

    def sureness(self) -> dict[str, Any]:
        """The answer to the doubts, as the draft keeps it; empty where there are none, or no answer."""
        if not self.doubted or not self.sure.data or not self.sure_because.data:
            return {}
        return {"because": self.sure_because.data, "marks": sorted({d.mark for d in self.doubted})}

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape, the page's own rules, and an answer to every doubt."""
        ok = bool(super().validate(extra_validators))
        self.check()
        if not {d.mark for d in self.doubted} <= set(self.sureness().get("marks", ())):
            if self.sure.data:
                self.refuse("sure_because", _("Skriv varför det inte är uppgifter om en enskild person."))
            else:
                self.refuse(
                    "sure", _("Något i texten kan peka ut en person. Ta bort det, eller svara att det inte är så.")
                )
        return ok and not self.errors

    def check(self) -> None:
        """The rules of this page; a page without rules has none."""


def fingerprint(value: Any) -> str:
    """A fingerprint of a field's value; None and an empty choice have the same."""
    return hashlib.sha256(json.dumps(value or "").encode()).hexdigest()[:12]


def as_json(value: Any) -> Any:
    """A field's value as JSON: days as ISO text, nothing as an empty text."""
    return value.isoformat() if isinstance(value, dt.date) else "" if value is None else value


class MatterForm(PageForm):
    """1: the matter, and whether it belongs on this ladder (§ 4.1, § 4.4)."""

    word = "matter"

    token = HiddenField()
    matter = radios(_l("Vad gäller det?"), need=_l("Välj vad det gäller."))
    agreement = HiddenField()

    def __init__(self, facts: Mapping[str, Any], version: int) -> None:
        super().__init__(facts, version)
        self.matter.choices = choices(
            [
                ("reading", _("Vi läser en bestämmelse på olika sätt")),
                ("deviation", _("En part gör inte det som är överenskommet")),
                ("conflict", _("Två överenskommelser eller rutiner säger olika saker")),
                ("person", _("En enskild persons vård, placering eller plan")),
                ("change", _("Vi vill ändra en text")),
                ("crisis", _("Något som pågår i en krisorganisation")),
                ("unsure", _("Vi är osäkra")),
            ]
        )
        self.hints = {
            "reading": _("Oenighet om tolkning. Går till trappan."),
            "deviation": _("Avsteg från åtagande. Går till trappan."),
            "conflict": _("Går till trappan. Dokumentens ägare får yttra sig."),
            "person": _("Går inte till trappan. Vi visar vem som kan hjälpa till."),
            "change": _("Går till samrådsgruppen som förvaltar överenskommelsen."),
            "crisis": _("Tas där så länge krisen pågår (%(agreement)s 4).", agreement=main_agreement().name),
            "unsure": _("Vi visar vem ni kan fråga. Ingen anmälan görs."),
        }

    @property
    def facts(self) -> list[Field]:
        """The token belongs to the page, not to the draft; an agreement comes along only from the guide."""
        return [self.matter, *([self.agreement] if self.agreement.data else [])]


def _weight(name: str, need: Words) -> Select:
    made: Select = select(_l(GLOSSARY[name].label), need=need)
    return made


class PositionForm(PageForm):
    """3: the events, how the filer reads the provision, and the outcome they want."""

    word = "position"

    title = text(
        _l("Rubrik"),
        subject=_l("Rubriken"),
        most=120,
        need=_l("Skriv en rubrik."),
        hint=_l("Högst 120 tecken, inga namn. Rubriken kan bli offentlig."),
    )
    event_on = day(
        _l("När hände det, eller när märkte ni det?"),
        need=_l("Ange när det hände."),
        hint=_l("Den version av överenskommelsen som gällde då används."),
    )
    event_until = day(
        _l("Till och med, om det har hänt flera gånger"), hint=_l("Lämna tomt om det var en gång, eller pågår än.")
    )
    description = long_text(
        _l("Vad har hänt, när och hur ofta?"),
        subject=_l("Beskrivningen"),
        most=TOO_LONG,
        need=_l("Beskriv vad som har hänt."),
        hint=_l("Beskriv sakligt. Skriv ”vi uppfattar” hellre än ”motparten vägrar”."),
    )
    position = long_text(
        _l("Hur läser ni bestämmelsen?"),
        subject=_l("Ståndpunkten"),
        most=TOO_LONG,
        need=_l("Skriv hur ni läser bestämmelsen."),
        hint=_l("Det här blir er ståndpunkt. Motparten får skriva sin."),
    )
    purpose_statement = long_text(
        _l("Hur bör syftet (1.2) och målen (2.1) vägleda?"),
        least=100,
        most=2000,
        need=_l("Skriv hur syftet och målen bör vägleda."),
        hint=_l(
            "Minst 100 tecken. %(rule)s: syfte och gemensam målsättning ska alltid vara vägledande.",
            rule=main_agreement().ladder_rule,
        ),
    )
    consequence_target_group = _weight("target_group", _l("Välj hur stora konsekvenserna är för målgruppen."))
    consequence_equality = _weight("equality", _l("Välj hur stora konsekvenserna är för en jämlik vård och omsorg."))
    consequence_cost = _weight("cost", _l("Välj hur stora konsekvenserna är för kostnaderna."))
    consequence_staff = _weight("staff", _l("Välj hur stora konsekvenserna är för medarbetarna."))
    tried = long_text(
        _l("Vad har ni redan prövat?"),
        most=2000,
        need=_l("Skriv vad ni har prövat, eller att inget är prövat än."),
        hint=_l("Kontakter och möten, med datum. Skriv roller, inte namn."),
    )
    desired_outcome = long_text(
        _l("Vad vill ni ska gälla?"),
        most=2000,
        need=_l("Skriv vad ni vill ska gälla."),
        hint=_l("En eller två meningar räcker."),
    )

    def __init__(self, facts: Mapping[str, Any], version: int) -> None:
        super().__init__(facts, version)
        scale = [(str(n), _(GLOSSARY[f"consequence_{n}"].label)) for n in range(4)]
        for name in CONSEQUENCES:
            self[f"consequence_{name}"].choices = choices([("", _("Välj")), *scale])

    def check(self) -> None:
        """A period has its end after its beginning."""
        begins, ends = self.event_on.data, self.event_until.data
        if begins and ends and ends < begins:
            self.refuse("event_until", _("Perioden slutar innan den börjar. Rätta en av dagarna."))


class MeanwhileForm(PageForm):
    """4: the interim arrangement, the parties that take part, and how the case is handled."""

    word = "meanwhile"

    interim_arrangement = long_text(
        _l("Vem gör vad under tiden?"),
        most=1000,
        need=_l("Skriv vem som gör vad under tiden."),
        hint=_l("Ingen patient eller brukare ska märka att frågan prövas."),
    )
    respondents = checks(
        _l("Motpart"),
        need=_l("Välj motpart."),
        hint=_l("Flera bara om frågan är densamma. Skiljer det sig vad som har hänt gör ni en anmälan för var och en."),
    )
    co_initiators = checks(
        _l("Anmäler tillsammans med er"),
        hint=_l(
            "Kom överens först. Ni samordnar. De läser ärendet när det är inskickat, svarar på om de står bakom det, "
            "och ska sedan godkänna det som parterna kommer överens om."
        ),
    )
    affected = checks(_l("Andra parter som kan påverkas"))
    arena = select(_l("Stadsdel i Stockholm, om frågan gäller en"))
    urgency = radios(_l("Hur bråttom är det?"), need=_l("Välj hur bråttom det är."))
    urgency_reason = long_text(_l("Varför är det brådskande?"), subject=_l("Skälet"), it=_l("det"), most=1000)
    principle = radios(
        _l("Vill ni börja på steg 2?"),
        need=_l("Välj ja eller nej."),
        hint=_l(
            "%(rule)s: frågor löses först lokalt, ”såvida dessa inte är av en sådan principiell karaktär att det kan "
            "antas påverka andra parter”.",
            rule=main_agreement().ladder_rule,
        ),
    )
    principle_test = checks(
        _l("Vad stämmer?"),
        hint=_l(
            "Frågorna är våra, inte överenskommelsens. De vägleder och avgör inget. Det talar för principiell karaktär "
            "när frågan är allmän (första eller sista) och rör fler (någon av de två i mitten)."
        ),
    )
    principle_reason = long_text(
        _l("Vilka andra parter kan påverkas, och varför?"),
        subject=_l("Skälet"),
        it=_l("det"),
        most=1000,
        hint=_l("Kryssa i minst en av dem ovan, under Andra parter kan påverkas."),
    )
    handler = select(_l("Handläggare hos er"), need=_l("Välj handläggare."))
    substitute = select(_l("Ersättare"), hint=_l("Får påminnelserna när handläggaren är borta."))
    registry_number = text(
        _l("Ert diarienummer"), most=60, hint=_l("Lämna tomt om ni inte har något än. Det går att lägga till sedan.")
    )

    def __init__(
        self,
        facts: Mapping[str, Any],
        version: int,
        viewer: Viewer,
        parties: Iterable[Party],
        districts: Iterable[OrgUnit],
        people: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(facts, version)
        everyone = list(parties)
        self.own = next(p for p in everyone if p.code == viewer.party)
        others = [(p.code, p.name) for p in everyone if p.code != viewer.party]
        self.respondents.choices = self.co_initiators.choices = self.affected.choices = choices(others)
        units = [(u.code, u.name) for u in districts] if viewer.party in {"STO", "RS"} else []
        self.arena.choices = choices([("", _("Hela staden, eller gäller inte Stockholm")), *units])
        self.asks_arena = bool(units)
        self.urgency.choices = choices([("normal", _("Normalt")), ("urgent", _("Brådskande"))])
        self.principle.choices = choices([("no", _("Nej, börja med lokal dialog")), ("yes", _("Ja"))])
        self.principle_test.choices = choices([(q, _(GLOSSARY[q].label)) for q in PRINCIPLE_TEST])
        self.handler.choices = choices([("", _("Välj person")), *people])
        self.substitute.choices = choices([("", _("Ingen ersättare")), *people])
        self.hints = {
            "urgent": _("Sekretariatet ser önskemålet. De vanliga tiderna gäller tills kortare tider är bestämda."),
            "yes": _("Önskemålet antecknas. Prövningen görs för sig, och tiderna i steg 1 gäller tills dess."),
        }
        if not self.is_submitted():
            self.urgency.data = self.urgency.data or "normal"
            self.principle.data = self.principle.data or "no"
            self.handler.data = self.handler.data or str(viewer.membership_id)
            self.arena.data = self.arena.data or viewer.unit or ""

    def check(self) -> None:
        """Wishes have reasons; no party is on two sides, and no person is their own substitute."""
        if self.urgency.data == "urgent" and not self.urgency_reason.data:
            self.refuse("urgency_reason", _("Skriv varför det är brådskande."))
        if self.principle.data == "yes" and not self.principle_reason.data:
            self.refuse("principle_reason", _("Skriv vilka andra parter som kan påverkas, och varför."))
        if self.principle.data == "yes" and not self.affected.data:
            self.refuse("affected", _("Ange minst en annan part som kan påverkas."))
        respondents, together = set(self.respondents.data or ()), set(self.co_initiators.data or ())
        if together & respondents:
            self.refuse("co_initiators", _("Den som anmäler tillsammans med er är någon annan än ni och motparten."))
        if set(self.affected.data or ()) & (respondents | together):
            self.refuse("affected", _("En berörd part är någon annan än ni, de som anmäler med er och motparten."))
        if self.substitute.data and self.substitute.data == self.handler.data:
            self.refuse("substitute", _("Ersättaren är någon annan än handläggaren."))


class CheckForm(Form):
    """5: what the filer confirms (§ 4.2, fact 17). A handler without delegation leaves it to the approver."""

    version = HiddenField()
    no_personal_data = tick(
        _l("Anmälan innehåller inga personuppgifter om patienter eller brukare"),
        need=_l("Intyga att anmälan inte innehåller personuppgifter."),
    )
    in_scope = tick(
        _l("Frågan gäller inte en enskild person eller en kris, och prövas inte av domstol eller myndighet"),
        need=_l("Intyga att frågan hör hit."),
    )
    delegation = tick(_l("Jag har delegation att anmäla för vår räkning"))
    attachments = files(_l("Bilagor till er läsning av bestämmelsen"))

    def __init__(self, version: int, viewer: Viewer) -> None:
        super().__init__()
        self.viewer = viewer
        self.current = version
        self.refused: list[tuple[str, str]] = []
        if not self.is_submitted():
            self.version.data = str(version)

    @property
    def sends(self) -> bool:
        """Whether the filing itself was asked for; else it goes to the approver."""
        return self.viewer.role is Role.LOCAL_APPROVER or request.form.get("do") == "send"

    @property
    def is_stale(self) -> bool:
        """Whether the draft has changed since the page was opened: then something else was read than is sent."""
        return bool(self.version.data != str(self.current))

    def validate(self, extra_validators: Any = None) -> bool:
        """A handler who files has delegation (T1)."""
        ok = bool(super().validate(extra_validators))
        if self.sends and self.viewer.role is Role.LOCAL_HANDLER and not self.delegation.data:
            self.refuse("delegation", _("Utan delegation skickar ni till er beslutsfattare."))
            return False
        return ok
