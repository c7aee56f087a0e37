# shellcheck shell=bash disable=SC2154 # root: who sources this
# What every script needs first: Node, the packages, the build. Sourced with root set to the checkout; these functions
# are called from there.

say() { printf '%s\n' "$*" >&2; }

# Node 20.19 is the first with everything that the packages use.
need_node() {
  if ! command -v node >/dev/null; then
    say "Node is missing: install Node 20.19 or newer (https://nodejs.org)."
    exit 1
  fi
  if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number)
    process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
    say "Node $(node --version) is too old: install Node 20.19 or newer."
    exit 1
  fi
}

# Runs other people's programs, npm and build tools, without the settings that hold passwords.
without_secrets() { env -u REDIS_URL -u KAFKA_USERNAME -u KAFKA_PASSWORD "$@"; }

# install_packages [FOLDER]: installs those of its package-lock.json, once for each version of that file.
install_packages() {
  local folder=${1:-.} stamp wanted
  stamp=$folder/node_modules/.installed-lock
  wanted=$(cksum <"$folder/package-lock.json")
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then return; fi
  say "Installing packages${1:+ of $folder/}…"
  without_secrets npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  printf '%s' "$wanted" >"$stamp"
}

# Compiles src/ to dist/ if something there is newer.
build() {
  local stamp=dist/.built
  if [ -f "$stamp" ] && [ -z "$(find src package-lock.json tsconfig*.json -newer "$stamp" -print -quit)" ]; then
    return
  fi
  say "Building…"
  rm -rf dist
  without_secrets npm run --silent build
  touch "$stamp"
}

# The caller's paths are relative to the caller's folder, so the server runs there. By default it keeps its data in the
# checkout, wherever it is called from.
use_default_data() {
  if [ "$(pwd -P)" != "$root" ]; then export DATA_DIR="${DATA_DIR:-$root/data}"; fi
}

# make_absolute NAME…: makes the relative paths in these settings absolute, for a script that changes its folder.
make_absolute() {
  local name
  for name; do
    case ${!name:-/} in /*) ;; *) export "$name=$PWD/${!name}" ;; esac
  done
}

prepare() {
  need_node
  install_packages
  build
}
