"""The text of a letter to one person, in Swedish. It says only what is true when the letter is sent.

For each case it gives the number, the act, the last day and a link, and says why the person gets the letter, how the
day was counted and what happens if the act is not done. It gives no title, name or other content of a case (E27, E29).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from escalation.cases.models.course import Ball, Deadline
from escalation.rules.glossary import ACTS, DEADLINES, HOLDERS, inside
from escalation.rules.main_agreement import main_agreement, step_of_body
from escalation.rules.nudge_plan import PLAN, NudgeKind
from escalation.rules.waits import BallRow
from escalation.rules.yearly import Duty

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"

WHY: dict[NudgeKind, tuple[str, ...]] = {
    # to those who are waited for or stand in for them; to those whom the nudge has climbed to
    NudgeKind.N0: ("Ärendet väntar på dig, eller på den som du ersätter.",),
    NudgeKind.N3: ("Dagen har passerat. Det är du som ska göra det, eller den som du ersätter.",),
    NudgeKind.N4: (
        "Dagen passerade för minst fem arbetsdagar sedan. Samma påminnelse går till närmaste chef i ärendet.",
        "Dagen passerade för minst fem arbetsdagar sedan. Du är chef för den som skulle ha gjort det, "
        "och ombeds se till att det blir gjort.",
    ),
    NudgeKind.N5: (
        "Dagen passerade för minst tio arbetsdagar sedan. Samma påminnelse går till alla som kan föra ärendet vidare.",
        "Dagen passerade för minst tio arbetsdagar sedan. Du är en av dem som kan föra ärendet vidare.",
    ),
}

WHY_FOR_AN_EMPTY_SEAT: dict[NudgeKind, str] = {
    # to those who get the letter because no one holds the seat that is waited for (E25)
    NudgeKind.N0: "Ärendet väntar på någon, och ingen är utsedd.",
    NudgeKind.N3: "Dagen har passerat, och ingen är utsedd att göra det.",
    NudgeKind.N4: "Dagen passerade för minst fem arbetsdagar sedan, och ingen är utsedd att göra det.",
    NudgeKind.N5: "Dagen passerade för minst tio arbetsdagar sedan, och ingen är utsedd att göra det.",
}

YEARLY: dict[NudgeKind, tuple[str, str]] = {
    # the same, of what § 6 asks for every year
    NudgeKind.N0: ("Det är nu det ska göras, och du är en av dem som ser till det.", "Ingen är utsedd att göra det."),
    NudgeKind.N3: ("Dagen har passerat, och det är inte inskrivet.", "Dagen har passerat, och ingen är utsedd."),
    NudgeKind.N4: (
        "Dagen passerade för minst fem arbetsdagar sedan. Samma påminnelse går till sekretariatets chef.",
        "Dagen passerade för minst fem arbetsdagar sedan. Du ombeds se till att det blir gjort.",
    ),
    NudgeKind.N5: (
        "Dagen passerade för minst tio arbetsdagar sedan. Samma påminnelse går till ordföranden i {body}.",
        "Dagen passerade för minst tio arbetsdagar sedan. Du ombeds se till att det blir gjort.",
    ),
}

BESIDE: dict[str, tuple[str, str]] = {
    # what has a letter of its own, most of it beside the ball: why it is sent at first, and what happens if it
    # never comes; {more} is filled in while the reminders climb
    "say_on": (
        "Ingen part har gjort något i ärendet på 20 arbetsdagar. Er part tillfrågas om den går vidare.",
        "Svarar ingen part, och gör ingen något i ärendet, kan två personer från olika sidor, regionens och "
        "kommunernas, avsluta det. Anmälaren kan sedan ta upp det en gång, utan prövning, inom tolv månader. Dagarna "
        "är förvalda av systemet.",
    ),
    "object": (
        "Ärendet har återkallats. Er part kan invända. Det är er beslutsfattare som gör det.",
        "Invänder ingen avslutas ärendet som återkallat när dagen har passerat. Dagen är förvald av systemet, inte av "
        "överenskommelsen.",
    ),
    "answer_referral": (
        "Du, eller den som du ersätter, har fått en remiss i ärendet.",
        "Ärendet väntar inte på svaret. Beredningen går vidare utan det.",
    ),
    "comment_hearing": (
        "Er part hörs om något som avses i ärendet. Det är frivilligt att yttra sig.",
        "Det avgörs när tiden är ute, eller tidigare om alla har yttrat sig.",
    ),
    "after_hearing": (
        "Tiden för parterna att yttra sig är ute, och det är ni som avgör.",
        "Ärendet går vidare som förut. Det som parterna hördes om går att besluta så länge ärendet är i samma läge.",
    ),
    "confirm_part": (
        "Er part är namngiven i ärendet och har inte svarat på om den deltar. Ni namnger handläggare.",
        "Ärendet väntar inte på svaret. Den som är tillfrågad om att anmäla tillsammans med andra står inte bakom "
        "anmälan innan den har svarat.",
    ),
    "answer_registration": (
        "En part har begärt att få delta i ärendet som berörd, och det är ni som svarar.",
        "Ärendet väntar inte på svaret, men parten läser inte ärendet innan ni har svarat.",
    ),
    "ended_by_silence": (
        "Du är med i ärendet. Ingen tog det vidare inom svarstiden.",
        "Den part som inte har svarat har inte godtagit något, och kan ta ärendet till nästa steg till och med den "
        "dagen. Dagen är förvald av systemet, inte av överenskommelsen.",
    ),
    "answer_reopening": (
        "En part har begärt att det avslutade ärendet tas upp igen, och det är du som avgör.",
        "Ärendet är avslutat till dess att någon har svarat{more}.",
    ),
}

COUNTED: dict[str, str] = {
    # last days that are no count of working days from an act
    "F": "den senare av parternas tid att välja väg och fem arbetsdagar efter den gemensamma beskrivningen",
    "material": "följer av mötets dag",
    "meeting": "mötets dag",
    "minutes_meeting": "organets första möte femton arbetsdagar efter att protokollet skulle ha justerats",
    "task": "den dag som beslutades för uppgiften",
    "confirm": "10 arbetsdagar från att den sista uppgiften rapporterades",
}


@dataclass(frozen=True)
class Item:
    """One case or one yearly job in a letter. All values are text for the reader."""

    number: str
    act: str
    due_on: str
    is_late: bool
    link: str
    why: str
    computed: str
    otherwise: str
    is_case: bool = True
    has_happened: bool = False


@dataclass(frozen=True)
class Letter:
    """Subject and text, ready to be put in a message."""

    subject: str
    text: str


def item(
    number: str,
    wait: BallRow,
    *,
    kind: NudgeKind,
    is_holder: bool,
    is_instead: bool = False,
    deadline: Deadline | None,
    following: Ball | None,
    bodies: Mapping[str, str],
    today: dt.date,
    base_url: str,
    if_silent: tuple[dt.date, int] | None = None,
) -> Item:
    """One case as a letter shows it.

    ``wait`` is what the case waits for, ``deadline`` the deadline that gave its last day, ``bodies`` the names of the
    bodies by code, ``following`` the ball that begins next. ``is_instead``: the reader gets the letter because the seat
    that is waited for is empty. ``if_silent``: the day on which silence ends the case, and how many working days the
    parties that did not answer have from then on (T28b, T29c).
    """
    beside = BESIDE.get(wait.act)
    return Item(
        number=number,
        act=ACTS[wait.act].definition,
        due_on=in_words(wait.due_on),
        is_late=wait.due_on < today,
        link=f"{base_url.rstrip('/')}/cases/{number}",
        why=beside[0]
        if beside and is_holder and kind is NudgeKind.N0
        else WHY_FOR_AN_EMPTY_SEAT[kind]
        if is_instead
        else WHY[kind][0 if is_holder else 1],
        computed=_computed(wait, deadline),
        otherwise=beside[1].format(more=_more(kind))
        if beside
        else _if_silent(*if_silent)
        if if_silent
        else _otherwise(following, bodies, kind),
        has_happened=wait.act == "ended_by_silence",
    )


def yearly(duty: Duty, *, kind: NudgeKind, is_holder: bool, today: dt.date, base_url: str) -> Item:
    """A yearly job of § 6 as a letter shows it (R30)."""
    body = step_of_body(duty.job.office.partition(":")[2])
    return Item(
        number=f"Årlig uppföljning {duty.year}",
        act=duty.job.to_do,
        due_on=in_words(duty.due_on),
        is_late=duty.due_on < today,
        link=f"{base_url.rstrip('/')}/follow_up",
        why=YEARLY[kind][0 if is_holder else 1].format(body=inside(body.name if body else duty.job.office)),
        computed=f"{main_agreement().name} {duty.job.provision} säger att det ska göras varje år. "
        "Dagen är förvald av systemet.",
        otherwise=f"Det står kvar tills sekretariatet har skrivit in att det är gjort{_more(kind)}.",
        is_case=False,
    )


def letter(items: Sequence[Item], *, today: dt.date, trail_size: int, trail_head: str) -> Letter:
    """The letter that carries the items, in order. The trail's size and head make its reader a witness."""
    text = (
        _environment()
        .get_template("mail/nudge.txt")
        .render(
            items=items, today=in_words(today), trail_size=trail_size, trail_head=trail_head, agreement=main_agreement()
        )
    )
    return Letter(_subject(items), text)


def message(written: Letter, *, sender: str, recipient: str, message_id: str, at: dt.datetime) -> EmailMessage:
    """The message as it leaves. Raises ValueError for an address that no header or server takes."""
    recipient.encode("ascii")
    made = EmailMessage()
    made["From"] = f"Trappan <{sender}>"
    made["To"] = recipient
    made["Subject"] = written.subject
    made["Date"] = format_datetime(at)
    made["Message-ID"] = message_id
    made["Auto-Submitted"] = "auto-generated"
    made["Content-Language"] = "sv"
    made.set_content(written.text, cte="quoted-printable")
    return made


def message_id(recipient: int, day: dt.date, base_url: str) -> str:
    """The Message-ID of a recipient's letter of a day: the same each time it is made."""
    return f"<nudge.{recipient}.{day.isoformat()}@{host(base_url)}>"


def host(base_url: str) -> str:
    """The name under which the site is reached, as mail writes it."""
    return urlsplit(base_url).hostname or "localhost"


def in_words(day: dt.date) -> str:
    """A day as Swedes write it: 22 september 2026."""
    return format_date(day, "d MMMM y", locale="sv")


def _subject(items: Sequence[Item]) -> str:
    if len(items) > 1 and all(item.has_happened for item in items):
        return f"Trappan: något har hänt i {len(items)} ärenden"
    if len(items) > 1:
        what = "ärenden" if all(item.is_case for item in items) else "saker"
        return f"Trappan: {len(items)} {what} behöver dig"
    only = items[0]
    if only.has_happened:
        return f"Trappan {only.number}: {only.act[:1].lower()}{only.act[1:]}"
    lead = "försenat, " if only.is_late else ""
    name = only.number if only.is_case else only.number[:1].lower() + only.number[1:]
    return f"Trappan {name}: {lead}{only.act[:1].lower()}{only.act[1:]}, senast {only.due_on}"


def _computed(wait: BallRow, deadline: Deadline | None) -> str:
    key, _, plus = wait.deadline_key.partition("+")
    if deadline is not None and deadline.workdays is not None:
        counted = f"{deadline.workdays} arbetsdagar från {in_words(deadline.base_on)}"
    else:
        counted = COUNTED.get(key, in_words(wait.due_on))
    return f"{DEADLINES[key]}: {counted}{f', och {plus} arbetsdagar till' if plus else ''}."


def _more(kind: NudgeKind) -> str:
    """The words that say that more people get reminders, while a higher step of the plan is left to send."""
    return "" if kind is PLAN[-1].kind else ", och påminnelserna går till fler"


def _otherwise(following: Ball | None, bodies: Mapping[str, str], kind: NudgeKind) -> str:
    if following is None:
        return f"Ärendet ligger kvar tills det är gjort{_more(kind)}."
    seat, _, body = following.holder.partition(":")
    # A party is not named: the letter says nothing of who is in dispute with whom.
    holder = HOLDERS[seat].label.format(body=bodies.get(body, body)) if seat in HOLDERS else "En av parterna"
    return f"Från {in_words(following.begins_on)} gäller: {holder} {ACTS[following.act].label}."


def _if_silent(day: dt.date, workdays: int) -> str:
    return (
        f"Från {in_words(day)} avslutas ärendet, eller genomförs uppgiften, om ingen har tagit det vidare. "
        f"Den som inte har svarat har inte godtagit något, och kan ta ärendet vidare i {workdays} arbetsdagar till. "
        "Dagarna är förvalda av systemet, inte av överenskommelsen."
    )


@lru_cache
def _environment() -> Environment:
    # Plain text: nothing here is read as HTML.
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=False,  # noqa: S701
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
