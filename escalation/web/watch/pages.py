"""What the health page says: jobs by their names, counts in words, recipients as seats, not as people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from escalation.accounts import queries as accounts
from escalation.nudges.models import Mail
from escalation.rules.guide import ENDS
from escalation.watch.queries import Health, JobHealth, Light
from escalation.web.format import at, date_long
from escalation.web.language import _, ngettext, own

JOBS = {
    "sweep": _l("Påminnelser"),
    "deliver": _l("Utskick av post"),
    "integrity": _l("Kontroll av ärenden"),
}


@dataclass(frozen=True)
class Page:
    """The health page. ``facts`` and ``refusals`` for the macro ``facts``, the last three for ``plainlist``."""

    lead: str
    jobs: Sequence[dict[str, Any]]
    facts: Sequence[tuple[str, str]]
    refusals: Sequence[tuple[str, str]]
    failed: Sequence[dict[str, str]]
    uncertain: Sequence[dict[str, str]]
    without_ball: Sequence[dict[str, str]]


def health(found: Health, refusals: Mapping[str, int]) -> Page:
    """The clock, the mail and the cases in words, and how often a question ended outside the ladder."""
    seats = _seats({mail.recipient for mail in (*found.failed, *found.uncertain)})
    return Page(
        lead=" ".join(_problems(found)) or _("Allt fungerar."),
        jobs=[_job(job) for job in found.jobs],
        facts=[
            (_("Väntar på att skickas"), _reminders(found.waiting)),
            (_("Kom inte fram"), _letters(len(found.failed))),
            (_("Osäkert om de kom fram"), _letters(len(found.uncertain))),
            (_("Ärenden utan boll"), str(len(found.without_ball))),
        ],
        refusals=[(_(ENDS[end].heading), str(times)) for end, times in refusals.items() if end in ENDS],
        failed=[_mail(mail, seats) for mail in found.failed],
        uncertain=[_mail(mail, seats) for mail in found.uncertain],
        without_ball=[{"label": number, "url": url_for("cases.case", number=number)} for number in found.without_ball],
    )


def lights(found: Health) -> dict[str, Any]:
    """The same as words of ``Light``, without a number of anything: {"status": "red", "mail": "green", …}."""
    mail = Light.RED if found.failed else Light.AMBER if found.uncertain else Light.GREEN
    return {
        "status": found.light.value,
        "jobs": {job.job: job.light.value for job in found.jobs},
        "mail": mail.value,
        "cases": (Light.RED if found.without_ball else Light.GREEN).value,
    }


def counted(counts: Mapping[str, Any]) -> str:
    """What a run counted (``watch.actions``): "43 ärenden, 3 påminnelser, 0 fel". Of zeros only "0 fel"."""
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
            (found.without_ball, _cases_without_ball(len(found.without_ball))),
        )
        if is_so
    ]


def _job(job: JobHealth) -> dict[str, Any]:
    run = job.last_run
    return {
        "name": JOBS[job.job],
        "often": _often(job),
        "light": job.light.value,
        "is_late": job.light is Light.RED,
        "ok_at": at(job.ok_at) if job.ok_at else _("Aldrig"),
        "error": job.error,
        "last_run": at(run.started_at) if run else "",
        "counts": counted(job.counts),
        "is_broken": run is not None and not run.ok,
    }


def _often(job: JobHealth) -> str:
    return ngettext("varje minut", "var %(num)s:e minut", int(job.interval.total_seconds() // 60))


def _mail(mail: Mail, seats: Mapping[int, str]) -> dict[str, str]:
    return {
        "label": seats[mail.recipient],
        "text": date_long(mail.day),
        "note": own(mail.last_error),
    }


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


def _cases_without_ball(count: int) -> str:
    return ngettext("%(num)s ärende saknar boll.", "%(num)s ärenden saknar boll.", count)
