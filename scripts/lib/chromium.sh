# The browser for the tests in test/browser/. Sourced after prepare.sh.

# Finds Chromium and sets CHROMIUM to it; on Debian installs it if run by root.
need_chromium() {
  if [ -n "${CHROMIUM:-}" ]; then return; fi
  if find_chromium; then return; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "Installing Chromium…"
    apt-get update -qq >&2 || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null || true
    if find_chromium; then return; fi
  fi
  say "Chromium is missing: install it (Debian: apt-get install chromium), or set CHROMIUM=/path/to/it."
  exit 1
}

find_chromium() {
  local name
  for name in chromium chromium-browser google-chrome; do
    if CHROMIUM=$(command -v "$name"); then
      export CHROMIUM
      return 0
    fi
  done
  unset CHROMIUM
  return 1
}
