"""The application for a WSGI server and for ``flask --app wsgi``: ``app``.

When the settings or the database refuse a start, the reason is one sentence on standard error and the
process ends with status 1.
"""

from __future__ import annotations

import sys

from config import SettingsRefused
from escalation.app import create_app

try:
    app = create_app()
except SettingsRefused as refused:
    print(f"Trappan does not start. {refused}", file=sys.stderr)  # noqa: T201 (there is no logger yet)
    sys.exit(1)
