# The Python for the tests that read the lake with other people's programs. Sourced after prepare.sh.

# Independent readers of the lake. Pinned, so that a new version is adopted on purpose.
PYTHON_PACKAGES="deltalake==1.6.6 duckdb==2.0.1"

# Makes a Python with these packages, once, and sets PYTHON to it; on Debian installs python3-venv if run by root.
need_python() {
  if [ -n "${PYTHON:-}" ]; then return; fi
  local folder=.cache/python stamp=.cache/python/.installed
  if [ "$(cat "$stamp" 2>/dev/null)" != "$PYTHON_PACKAGES" ]; then
    say "Installing $PYTHON_PACKAGES in $folder/…"
    rm -rf "$folder"
    make_venv "$folder" "or set PYTHON=/path/to/it to one that has $PYTHON_PACKAGES"
    # shellcheck disable=SC2086 # one word per package
    "$folder/bin/pip" install --quiet --disable-pip-version-check $PYTHON_PACKAGES >&2
    printf '%s' "$PYTHON_PACKAGES" >"$stamp"
  fi
  PYTHON=$PWD/$folder/bin/python
  export PYTHON
}

# install_requirements FILE FOLDER SIZE [CHECK]: makes a Python with what this file of the checkout lists, once for each
# version of the file. CHECK: a function that may refuse the interpreter before anything is installed.
install_requirements() {
  local requirements=$root/$1 folder=$2 stamp=$2/.installed wanted
  wanted=$(cksum <"$requirements")
  if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return; fi
  say "Installing Python packages of $1 ($3)…"
  rm -rf "$folder"
  make_venv "$folder"
  if [ -n "${4:-}" ]; then "$4" "$folder/bin/python"; fi
  "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$requirements" >&2
  printf '%s' "$wanted" >"$stamp"
}

# make_venv FOLDER [OTHERWISE]: makes an environment; if that cannot be, says what to install, or do otherwise.
make_venv() {
  if python3 -m venv "$1" >/dev/null 2>&1; then return; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "Installing python3-venv…"
    apt-get update -qq >&2 || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 python3-venv >/dev/null || true
    rm -rf "$1"
    if python3 -m venv "$1"; then return; fi
  fi
  say "Python with venv is missing: install it (Debian: apt-get install python3-venv)${2:+, $2}."
  exit 1
}
