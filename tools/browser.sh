#!/bin/sh
# See to it that there is a Chromium for the browser tests; where there can be none they are skipped.
set -eu

for name in chromium-headless-shell chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then
        exit 0
    fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium ..."
    apt-get update -qq
    # The shell draws the same pages for less than half the work; where it is not packaged the whole browser serves.
    for package in chromium-headless-shell chromium; do
        if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null; then
            exit 0
        fi
    done
fi
echo "No Chromium here (on Debian: sudo apt-get install chromium-headless-shell): the browser tests will be skipped." >&2
