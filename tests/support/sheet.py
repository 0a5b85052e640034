"""Who reads the sheet of the joint statement, and signs in for it."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

Enter = Callable[[str], FlaskClient]

SEES = (
    "SUN.handler",
    "SUN.approver",
    "SUN.registrar",
    "SUN.reader",
    "RS.handler",
    "KSON.handler",
    "SEK.region",
    "AUDITOR",
)
