"""Forms of the register: searching it, and confirming that an interpretation may be public."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from escalation.web.forms import Form, text, tick


class SearchForm(Form):
    """A word, a number or a provision's code."""

    q = text(_l("Sök på ord eller bestämmelse"), subject=_l("Sökningen"), most=200)


class PublishForm(Form):
    """The one statement that only a person can make."""

    is_secrecy_reviewed = tick(
        _l("Jag har läst texterna och prövat sekretessen"),
        need=_l("Pröva sekretessen innan tolkningen publiceras."),
        hint=_l("Ingen enskild nämns eller går att känna igen. Namnen som hittades står under ”Om publiceringen”."),
    )
