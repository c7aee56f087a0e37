# shellcheck shell=bash
# Apache Bench, for scripts/ab. Sourced after prepare.sh.

# Finds ab; on Debian installs it if run by root.
need_ab() {
  if command -v ab >/dev/null; then return; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "Installing apache2-utils…"
    apt-get update -qq >&2 || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends apache2-utils >/dev/null || true
    if command -v ab >/dev/null; then return; fi
  fi
  say "ab (Apache Bench) is missing: install it (Debian: apt-get install apache2-utils; Fedora: httpd-tools; macOS has it)."
  exit 1
}
