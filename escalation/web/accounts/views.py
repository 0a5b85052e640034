"""Signing in and out, choosing a role, a person's own sessions, and the two pages that the law requires."""

from __future__ import annotations

from math import ceil

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from escalation import clock
from escalation.accounts import actions, queries
from escalation.accounts import sessions as login_sessions
from escalation.accounts.models import TokenPurpose
from escalation.db import session
from escalation.web import access, errors, language, resumed_forms, security
from escalation.web.accounts import pages
from escalation.web.accounts.forms import AbsenceForm, SetPasswordForm, SignInForm
from escalation.web.forms import LARGEST
from escalation.web.language import _, ngettext
from escalation.web.resumed_forms import Carried

blueprint = Blueprint("accounts", __name__)

JUST_CHOSEN = "password_chosen"
"""In the cookie from a chosen password to the next sign-in page, which says so once."""

Page = str | Response | tuple[str, int]


@blueprint.route("/sign_in", methods=["GET", "POST"])
def sign_in() -> Page:
    """Sign in with address and password; in the demo one card per role."""
    form = SignInForm()
    if form.validate_on_submit():
        token = login_sessions.sign_in(
            form.email.data or "",
            form.password.data or "",
            at=clock.now(),
            address=_address(),
            leaving=access.token_here(),
        )
        session.commit()
        return _enter(token)
    return _sign_in_page(form)


@blueprint.post("/sign_in_demo/<id:membership_id>")
def sign_in_demo(membership_id: int) -> Page:
    """Sign in as a demo role with one click. 404 wherever a click must not be enough."""
    if not security.one_click_is_open():
        abort(404)
    token = login_sessions.sign_in_demo(membership_id, at=clock.now(), address=_address(), leaving=access.token_here())
    session.commit()
    return _enter(token)


@blueprint.post("/sign_out")
def sign_out() -> Response:
    """End the session, in the database too, so that a copy of the cookie is worth nothing."""
    login_sessions.sign_out(access.signed_in().token, at=clock.now())
    session.commit()
    cookie.clear()
    return redirect(url_for("accounts.sign_in"))


@blueprint.route("/act_as", methods=["GET", "POST"])
def act_as() -> Page:
    """Act as another of the person's own memberships."""
    if request.method == "POST":
        chosen = _row_id(request.form.get("membership_id"))
        login_sessions.act_as(access.signed_in().session_id, chosen)
        session.commit()
        if carried := resumed_forms.brought():
            mine = queries.memberships(access.current_viewer().user_id or 0)
            g.viewer = next(queries.viewer_for(row, _) for row in mine if row.id == chosen)
            return _resume(carried)
        return redirect(f"{request.script_root}/")
    return _act_as_page(None)


@blueprint.get("/sessions")
def sessions() -> str:
    """The person's open sessions."""
    here = access.signed_in()
    page = pages.SessionsPage(queries.open_sessions(here.viewer.user_id or 0, at=clock.now()), here.session_id)
    return render_template("accounts/sessions.html", page=page)


@blueprint.post("/end_session/<id:session_id>")
def end_session(session_id: int) -> Response:
    """End one of the person's own sessions."""
    login_sessions.end_session(session_id, user_id=access.current_viewer().user_id or 0, at=clock.now())
    session.commit()
    return redirect(url_for("accounts.sessions"))


@blueprint.route("/absence", methods=["GET", "POST"])
def absence() -> Page:
    """Say on which days the person is away, so that the substitute is reminded instead."""
    mine = queries.membership(access.current_viewer().membership_id or 0)
    form = AbsenceForm(today=clock.today(), absent_from=mine.absent_from, absent_until=mine.absent_until)
    if form.validate_on_submit():
        actions.set_absence(mine.id, first=form.absent_from.data, last=form.absent_until.data)
        session.commit()
        return redirect(url_for("start.start"))
    return render_template("accounts/absence.html", form=form), 422 if form.errors else 200


@blueprint.route("/set_password/<token>", methods=["GET", "POST"])
def set_password(token: str) -> Page:
    """Choose a password by the link in an account mail, once."""
    link = queries.link(token, TokenPurpose.SET_PASSWORD, at=clock.now())
    if link is None:
        raise actions.LinkExpired
    form = SetPasswordForm(about=(link.user.email, link.user.name))
    if form.validate_on_submit():
        actions.redeem_link(token, form.password.data or "", at=clock.now())
        session.commit()
        cookie[JUST_CHOSEN] = True
        return redirect(url_for("accounts.sign_in"))
    shown = render_template("accounts/set_password.html", form=form, page=pages.PasswordPage(link.user.email))
    return shown, 422 if form.errors else 200


@blueprint.get("/accessibility")
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("accounts/accessibility.html")


@blueprint.get("/privacy")
def privacy() -> str:
    """How personal data are processed."""
    return render_template("accounts/privacy.html")


@blueprint.post("/choose_language")
def choose_language() -> Response:
    """Read on in another language, on the same page."""
    wanted = request.form.get("language", "")
    if wanted not in language.LANGUAGES:
        abort(422)
    back = access.safe_next(request.form.get("next")) or f"{request.script_root}/"
    return language.remember(redirect(back), wanted)


@blueprint.app_errorhandler(access.SessionOver)
def _session_over(_problem: access.SessionOver) -> tuple[str, int]:
    """A form came after the session had ended (401): the sign-in page carries it along."""
    session.rollback()
    return _sign_in_page(SignInForm(None), resumed_forms.taken())[0], 401


@blueprint.app_errorhandler(access.OpenedAsAnother)
def _opened_as_another(_problem: access.OpenedAsAnother) -> tuple[str, int]:
    """A form came that was opened as another membership: nothing of it is done, and all of it is kept."""
    return _other_role_page(resumed_forms.taken())


@blueprint.errorhandler(login_sessions.SignInRefused)
def _refused(refused: login_sessions.SignInRefused) -> tuple[str, int]:
    """One sentence for every reason but haste. The log of the attempt is kept, so it is committed."""
    session.commit()
    form = SignInForm()
    seconds = ceil(refused.wait.total_seconds())
    if seconds:
        sentence = (
            ngettext(
                "Vänta %(num)s minut och försök igen.",
                "Vänta %(num)s minuter och försök igen.",
                ceil(seconds / 60),
            )
            if seconds > 60
            else _("Vänta %(seconds)s sekunder och försök igen.", seconds=seconds)
        )
        form.refuse("password", _("För många försök har misslyckats.") + " " + sentence)
        return _sign_in_page(form)[0], 429
    form.refuse("password", _("Adressen eller lösenordet stämmer inte. Kontrollera båda och försök igen."))
    return _sign_in_page(form)


@blueprint.errorhandler(actions.LinkExpired)
def _expired(_problem: actions.LinkExpired) -> tuple[str, int]:
    return errors.page(
        404,
        _("Länken gäller inte längre"),
        " ".join(
            [
                _("En länk kan användas en gång och inom tre dagar. Be den som driver webbplatsen om en ny."),
                *([_("Kontakt: %(contact)s.", contact=contact)] if (contact := pages.contact()) else []),
            ]
        ),
        [(_("Logga in"), url_for("accounts.sign_in"))],
    )


@blueprint.errorhandler(login_sessions.NotADemoRole)
def _no_demo(_problem: login_sessions.NotADemoRole) -> tuple[str, int]:
    return errors.page(
        404,
        _("Rollen finns inte i demon"),
        _("Demon har startats om sedan du öppnade sidan. Välj en roll på nytt."),
        [(_("Välj roll"), url_for("accounts.sign_in"))],
    )


@blueprint.errorhandler(login_sessions.NotYourMembership)
def _not_yours(_problem: login_sessions.NotYourMembership) -> tuple[str, int]:
    return errors.page(
        404,
        _("Rollen finns inte"),
        _("Du har inte den rollen. Välj en av dina egna."),
        [(_("Byt roll"), url_for("accounts.act_as"))],
    )


def _sign_in_page(form: SignInForm, carried: Carried | None = None) -> tuple[str, int]:
    page = pages.sign_in_page(carried or resumed_forms.brought(), just_chosen=cookie.pop(JUST_CHOSEN, False))
    return render_template("accounts/sign_in.html", form=form, page=page), 422 if form.errors else 200


def _act_as_page(carried: Carried | None) -> str:
    """The person's memberships, to choose from; a form that was carried along goes on with the choice."""
    return render_template("accounts/act_as.html", page=pages.act_as_page(access.current_viewer(), carried))


def _resume(carried: Carried) -> Page:
    """Show the carried form with one button that sends it; only as the membership under which it was opened."""
    if carried.opened_as not in {"", str(access.current_viewer().membership_id or "")}:
        return _other_role_page(carried)
    return render_template("accounts/resume.html", page=carried)


def _other_role_page(carried: Carried | None) -> tuple[str, int]:
    """Refuse a form that was opened in another role (409), with its texts and a button to change back."""
    viewer = access.current_viewer()
    opened_as = carried.opened_as if carried else ""
    mine = {str(row.id): queries.acting_name(row, _) for row in queries.memberships(viewer.user_id or 0)}
    if opened_as in mine:
        text = _(
            "Du öppnade formuläret som %(was)s och agerar nu som %(now)s. Inget har sparats.",
            was=mine[opened_as],
            now=viewer.name,
        )
        text += " " + (
            _("Byt tillbaka, så får du se det du skrev och kan skicka det.")
            if carried and carried.sealed
            else _("Kopiera det du skrev innan du byter tillbaka: det är för långt för att följa med.")
        )
    elif opened_as:
        text = _("Formuläret öppnades i en roll som du inte har. Inget har sparats.")
    else:
        text = _(
            "Du har flera roller, och sidan säger inte i vilken du öppnade den. Inget har sparats. "
            "Öppna den på nytt och skicka en gång till."
        )
    return errors.page(
        409,
        _("Formuläret öppnades i en annan roll") if opened_as else _("Öppna sidan på nytt"),
        text,
        [(_("Byt roll"), url_for("accounts.act_as")), (_("Till startsidan"), url_for("start.start"))],
        typed=carried.texts if carried else None,
        template="accounts/other_role.html",
        carried=carried,
        was=(opened_as, mine[opened_as]) if opened_as in mine else None,
    )


def _enter(token: str) -> Page:
    """Go to the page that was asked for; a person with several memberships chooses one first."""
    person = access.enter(token)
    mine = queries.memberships(person.viewer.user_id or 0)
    several = len(mine) > 1
    if carried := resumed_forms.brought():
        g.viewer = person.viewer
        if several and not carried.opened_as:
            return _act_as_page(carried)
        if (was := next((row for row in mine if str(row.id) == carried.opened_as), None)) is not None:
            login_sessions.act_as(person.session_id, was.id)
            session.commit()
            g.viewer = queries.viewer_for(was, _)
        return _resume(carried)
    wanted = access.safe_next(request.args.get("next"))
    start = url_for("accounts.act_as") if several else f"{request.script_root}/"
    return redirect(wanted or start)


def _address() -> str:
    return (request.remote_addr or "")[:64]


def _row_id(typed: str | None) -> int:
    digits = typed or ""
    if not (digits.isascii() and digits.isdigit() and len(digits) < 11 and int(digits) <= LARGEST):
        raise login_sessions.NotYourMembership
    return int(digits)
