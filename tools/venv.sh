#!/bin/sh
# Make .venv hold what a lock file names, on a machine that has only python3. Does nothing when it does.
# Usage: sh tools/venv.sh requirements.lock | requirements-dev.lock
set -eu

lock=$1
# After each sync the lock files that are satisfied are copied into .venv; the larger one satisfies both.
if cmp -s "$lock" ".venv/$lock" && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

python=${PYTHON3:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Trappan needs Python 3.11 or later as python3 (or name one: PYTHON3=python3.12 make run)." >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$version" >/dev/null
    else
        echo "Python cannot make virtual environments here. On Debian or Ubuntu: sudo apt-get install $version" >&2
        exit 1
    fi
fi

.venv/bin/python -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear .venv
rm -f .venv/requirements.lock .venv/requirements-dev.lock

# uv is quick; it must trust what the system trusts, or it fails behind an inspecting proxy, and must not
# bring a Python of its own. Where it cannot be had, pip does the same slowly.
export UV_SYSTEM_CERTS=1 UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy PIP_DISABLE_PIP_VERSION_CHECK=1
echo "Installing what $lock names into .venv ..."
if .venv/bin/python -m pip install --quiet uv==0.13.9 &&
    .venv/bin/python -m uv pip sync --quiet --python .venv/bin/python --require-hashes "$lock"; then
    :
else
    echo "uv could not do it; pip tries."
    .venv/bin/python -m pip install --quiet --require-hashes --requirement "$lock"
fi
cp requirements.lock .venv/
cp "$lock" .venv/
