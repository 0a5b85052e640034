#!/bin/sh
# Bring the database to the newest schema and fill it: reference data and, in demo mode, the demo.
# Does nothing when the last time was after the last change of the code.
set -eu

instance=${INSTANCE_DIR:-instance}
stamp=$instance/.ready-$(printf '%s' "$TRAPPAN_MODE ${DATABASE_URL:-}" | cksum | cut -d ' ' -f 1)
if [ -f "$stamp" ] && { [ -n "${DATABASE_URL:-}" ] || [ -f "$instance/trappan.sqlite" ]; } &&
    [ -z "$(find escalation migrations config.py -name __pycache__ -prune -o -type f -newer "$stamp" -print)" ]; then
    exit 0
fi

echo "Preparing the database ..."
flask() { .venv/bin/python -m flask --app wsgi "$@"; }
flask db upgrade
flask setup
if [ "$TRAPPAN_MODE" = demo ]; then
    flask demo
fi
touch "$stamp"
