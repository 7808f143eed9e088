#!/bin/sh
# A Chromium for the browser tests: the one on the PATH, else Debian's where we are root, else Playwright's own.
# usage: install_chromium.sh PLAYWRIGHT
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq && apt-get install -y -qq chromium >/dev/null && exit 0
fi
"$1" install chromium
