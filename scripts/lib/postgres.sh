# shellcheck shell=bash
# PostgreSQL 15, which the benchmarks compare with. Sourced after prepare.sh.

# Finds its programs; on Debian installs it if run by root, without starting Debian's own cluster.
need_postgres() {
  local programs=/usr/lib/postgresql/15/bin
  if [ -x "$programs/postgres" ]; then return; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "Installing postgresql-15…"
    apt-get update -qq >&2 || true
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
      printf 'create_main_cluster = false\n' >/etc/postgresql-common/createcluster.conf
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-15 >/dev/null || true
    if [ -x "$programs/postgres" ]; then return; fi
  fi
  say "PostgreSQL 15 is missing in $programs: install it (Debian: apt-get install postgresql-15)."
  exit 1
}
