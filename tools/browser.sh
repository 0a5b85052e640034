#!/bin/sh
# See to it that there is a Chromium for the browser tests; where there can be none they are skipped.
# The headless shell draws the same pages for less than half the work; where it cannot be had any Chromium serves.
set -eu

if command -v chromium-headless-shell >/dev/null; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium ..."
    apt="apt-get -qq -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20"
    $apt update || true
    for package in chromium-headless-shell chromium; do
        if DEBIAN_FRONTEND=noninteractive $apt install -y --no-install-recommends "$package" >/dev/null; then
            exit 0
        fi
    done
fi
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then
        exit 0
    fi
done
echo "No Chromium here (on Debian: sudo apt-get install chromium-headless-shell): the browser tests will be skipped." >&2
