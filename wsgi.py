"""The application for a WSGI server and for ``flask --app wsgi``: ``app``.

When the settings or the database refuse a start, the reason is one sentence on standard error and the
process ends with status 1.
"""

from __future__ import annotations

import os
import sys

from config import SettingsRefused
from escalation.app import create_app, refuse_other_schema

try:
    app = create_app()
    if not os.environ.get("FLASK_RUN_FROM_CLI"):  # commands ask for themselves: one of them brings the schema
        refuse_other_schema(app)
except SettingsRefused as refused:
    print(f"Trappan does not start. {refused}", file=sys.stderr)  # noqa: T201 (there is no logger yet)
    sys.exit(1)
