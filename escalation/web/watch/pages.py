"""Content of the health page: jobs by their names, counts in words, recipients as seats, not as people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from escalation.accounts import queries as accounts
from escalation.nudges.models import Mail
from escalation.rules.guide import ENDS
from escalation.rules.workdays import swedish_day
from escalation.watch.health import Health, JobHealth, Light, Vitals
from escalation.web.format import date_and_time, date_long
from escalation.web.language import _, in_swedish, ngettext
from escalation.web.parts import Line

JOBS = {
    "sweep": _l("Påminnelser"),
    "deliver": _l("Utskick av post"),
    "integrity": _l("Kontroll av ärenden"),
}


@dataclass(frozen=True)
class Run:
    """A job in words: how often it runs, how it stands, and its last runs."""

    name: str
    often: str
    light: str
    is_late: bool
    ok_at: str
    error: str
    last_run: str
    counts: str
    is_broken: bool


@dataclass(frozen=True)
class Letter:
    """A letter by its recipient's seat, its day, and what happened to it."""

    id: int
    label: str
    text: str
    note: str


@dataclass(frozen=True)
class HealthPage:
    """The health page. A person has to deal with ``failed`` and ``uncertain`` letters."""

    lead: str
    jobs: Sequence[Run]
    facts: Sequence[tuple[str, str]]
    refusals: Sequence[tuple[str, str]]
    failed: Sequence[Letter]
    uncertain: Sequence[Letter]
    delayed: Sequence[Letter]
    settled: Sequence[Letter]
    without_ball: Sequence[Line]


def health(found: Health, refusals: Mapping[str, int], *, holds_invented: bool) -> HealthPage:
    """The clock, the mail and the cases in words, and how often a question ended outside the ladder.

    ``holds_invented``: this is no demo, and examples that an earlier release wrote are still in its database.
    """
    problems = _problems(found)
    if holds_invented:
        problems.append(
            _(
                "Databasen innehåller påhittade exempel (tolkningar, möten eller överenskommelser). "
                "Be den som driver webbplatsen köra kommandot flask remove-invented."
            )
        )
    seats = _seats({mail.recipient for mail in (*found.failed, *found.uncertain, *found.delayed, *found.settled)})
    return HealthPage(
        lead=" ".join(problems) or _("Allt fungerar."),
        jobs=[_job(job) for job in found.jobs],
        facts=[
            (_("Väntar på att skickas"), _reminders(found.waiting)),
            (_("Försöks igen sedan mer än en timme"), _letters(len(found.delayed))),
            (_("Kom inte fram"), _letters(len(found.failed))),
            (_("Osäkert om de kom fram"), _letters(len(found.uncertain))),
            (_("Ärenden utan boll"), str(len(found.without_ball))),
        ],
        refusals=[(_(ENDS[end].heading), str(times)) for end, times in refusals.items() if end in ENDS],
        failed=[_mail(mail, seats) for mail in found.failed],
        uncertain=[_mail(mail, seats) for mail in found.uncertain],
        delayed=[_mail(mail, seats) for mail in found.delayed],
        settled=[_settled(mail, seats) for mail in found.settled],
        without_ball=[Line(number, url_for("cases.case", number=number)) for number in found.without_ball],
    )


def lights(found: Vitals) -> dict[str, Any]:
    """The vitals as words of ``Light``, without a number of anything: {"status": "red", "mail": "green", …}."""
    return {
        "status": found.light.value,
        "jobs": {job: light.value for job, light in found.jobs.items()},
        "mail": found.mail.value,
        "cases": found.cases.value,
    }


def counted(counts: Mapping[str, Any]) -> str:
    """The counts of a run of sweep or delivery: "43 ärenden, 3 påminnelser, 0 fel". Of zeros only "0 fel"."""
    words: dict[str, Callable[[int], str]] = {
        "cases": lambda n: ngettext("%(num)s ärende", "%(num)s ärenden", n),
        "nudges": _reminders,
        "passed": lambda n: ngettext("%(num)s redan passerad", "%(num)s redan passerade", n),
        "bundled": lambda n: ngettext("%(num)s lagd i brev", "%(num)s lagda i brev", n),
        "sent": lambda n: ngettext("%(num)s skickat", "%(num)s skickade", n),
        "retried": lambda n: ngettext("%(num)s försöks igen", "%(num)s försöks igen", n),
        "failed": lambda n: ngettext("%(num)s kom inte fram", "%(num)s kom inte fram", n),
        "uncertain": lambda n: ngettext("%(num)s osäkert", "%(num)s osäkra", n),
        "dropped": lambda n: ngettext("%(num)s behövdes inte", "%(num)s behövdes inte", n),
        "unanswered": lambda n: ngettext("%(num)s avbrutet", "%(num)s avbrutna", n),
        "without_ball": lambda n: ngettext("%(num)s ärende utan boll", "%(num)s ärenden utan boll", n),
        "files_forgotten": lambda n: ngettext("%(num)s lös fil borttagen", "%(num)s lösa filer borttagna", n),
        "unusable": lambda _n: _("e-postservern kunde inte användas"),
        "errors": lambda n: ngettext("%(num)s fel", "%(num)s fel", n),
    }
    return ", ".join(words[key](count) for key, count in counts.items() if count or key == "errors")


def _problems(found: Health) -> list[str]:
    stopped = [str(JOBS[job.job]) for job in found.jobs if job.light is Light.RED]
    late = [str(JOBS[job.job]) for job in found.jobs if job.light is Light.AMBER]
    return [
        sentence
        for is_so, sentence in (
            (stopped, _("Står still: %(jobs)s.", jobs=", ".join(stopped))),
            (late, _("Går sent: %(jobs)s.", jobs=", ".join(late))),
            (found.failed, _("%(letters)s kom inte fram.", letters=_letters(len(found.failed)))),
            (found.uncertain, _uncertain(len(found.uncertain))),
            (found.delayed, _delayed(len(found.delayed))),
            (found.without_ball, _cases_without_ball(len(found.without_ball))),
        )
        if is_so
    ]


def _job(job: JobHealth) -> Run:
    run = job.last_run
    return Run(
        name=str(JOBS[job.job]),
        often=_often(job),
        light=job.light.value,
        is_late=job.light is Light.RED,
        ok_at=date_and_time(job.ok_at) if job.ok_at else _("Aldrig"),
        error=job.error or "",
        last_run=date_and_time(run.started_at) if run else "",
        counts=counted(job.counts),
        is_broken=run is not None and not run.ok,
    )


def _often(job: JobHealth) -> str:
    return ngettext("varje minut", "var %(num)s:e minut", int(job.interval.total_seconds() // 60))


def letter(mail: Mail) -> Letter:
    """One letter in trouble, as the page that settles it names it."""
    return _mail(mail, _seats({mail.recipient}))


def _mail(mail: Mail, seats: Mapping[int, str]) -> Letter:
    return Letter(mail.id, seats[mail.recipient], date_long(mail.day), in_swedish(mail.last_error))


def _settled(mail: Mail, seats: Mapping[int, str]) -> Letter:
    """A letter with who settled it and why; on the command line that is the person who runs the site."""
    assert mail.settled_at is not None
    assert mail.settled_by is not None
    kind, _colon, number = mail.settled_by.partition(":")
    by = _("den som driver webbplatsen")
    if kind == "membership":
        by = accounts.acting_name(accounts.membership(int(number)), _)
    said = {
        "who": by,
        "day": date_long(swedish_day(mail.settled_at)),
        "why": in_swedish(mail.settled_reason),
    }
    return replace(_mail(mail, seats), note=_("Avslutat av %(who)s %(day)s: %(why)s", **said))


def _seats(users: set[int]) -> dict[int, str]:
    """The seats of each user by name; several stand beside each other."""
    held = {user: accounts.memberships(user) for user in users}
    return {
        user: "; ".join(accounts.acting_name(seat, _) for seat in seats) or _("Konto utan roll")
        for user, seats in held.items()
    }


def _reminders(count: int) -> str:
    return ngettext("%(num)s påminnelse", "%(num)s påminnelser", count)


def _letters(count: int) -> str:
    return ngettext("%(num)s brev", "%(num)s brev", count)


def _uncertain(count: int) -> str:
    return ngettext("%(num)s brev är osäkert.", "%(num)s brev är osäkra.", count)


def _delayed(count: int) -> str:
    return ngettext("%(num)s brev väntar på e-postservern.", "%(num)s brev väntar på e-postservern.", count)


def _cases_without_ball(count: int) -> str:
    return ngettext("%(num)s ärende saknar boll.", "%(num)s ärenden saknar boll.", count)
