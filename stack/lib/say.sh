# shellcheck shell=bash
# What a person reads. Announcements and errors go to standard error: the output belongs to `status`, `logs`
# and `env`.

say() { printf '%s\n' "$*" >&2; }

fail() {
  printf 'scripts/stack: %s\n' "$*" >&2
  exit 1
}

usage_error() {
  printf 'scripts/stack: %s\nscripts/stack --help tells what there is.\n' "$*" >&2
  exit 2
}
