"""Names that stand in the data: of bodies, of the main agreement, and of the agreements that a body interprets."""

from __future__ import annotations

from flask import Flask

from escalation.rules.main_agreement import interpreted_agreements, main_agreement, step_of_body
from escalation.web.language import _, joined


def body_name(code: str) -> str:
    """The name of a body in the reader's language; the code of a body that is on no ladder."""
    step = step_of_body(code)
    return _(step.name) if step else code


def register_name() -> str:
    """The heading of the public register: interpretations of which agreements."""
    return _("Tolkningar av %(agreements)s", agreements=joined(interpreted_agreements()))


def unknown_ladder() -> str:
    """The sentence on an agreement whose own ladder is not known."""
    rule = main_agreement().ladder_rule
    return _("Egen trappa okänd; %(rule)s används som mall (vår inställning).", rule=rule)


def register(app: Flask) -> None:
    """Make the names known to the templates."""
    app.jinja_env.globals.update(
        main_agreement=main_agreement, body_name=body_name, register_name=register_name, unknown_ladder=unknown_ladder
    )
