# Builds the pages of web/. Sourced after prepare.sh, from the project's folder.

# Their packages are separate from the server's, and more than those: the server does not wait for them.
build_pages() {
  mkdir -p .cache
  (
    # A test and a start may want them at once. Without flock (macOS), run one after the other.
    if command -v flock >/dev/null; then flock 9; fi
    install_packages web
    if ! pages_are_built; then bundle_pages; fi
  ) 9>.cache/web.lock
}

pages_are_built() {
  local stamp=web/dist/.built
  [ -f "$stamp" ] && [ -z "$(find web/* -name node_modules -prune -o -name dist -prune -o -newer "$stamp" -print -quit)" ]
}

# Built in another folder first, so that a running server never serves half of them.
bundle_pages() {
  local fresh=.cache/web
  say "Building the pages…"
  without_secrets npx vite build web --outDir "../$fresh" --emptyOutDir --logLevel warn >&2
  touch "$fresh/.built"
  rm -rf web/dist
  mv "$fresh" web/dist
}
