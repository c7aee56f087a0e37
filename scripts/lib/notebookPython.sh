# shellcheck shell=bash disable=SC2154 # root: who sources this
# The Python of the notebook. Sourced after prepare.sh and python.sh, whose make_venv it uses.

# Makes a Python with what notebooks/requirements.txt lists, once for each version of that file, and sets
# NOTEBOOK_PYTHON to it.
need_notebook_python() {
  local folder=$root/.cache/notebook/python stamp wanted
  stamp=$folder/.installed
  wanted=$(cksum <"$root/notebooks/requirements.txt")
  if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    say "Installing Python packages of notebooks/requirements.txt (600 MB)…"
    rm -rf "$folder"
    make_venv "$folder"
    need_python_311 "$folder/bin/python"
    "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$root/notebooks/requirements.txt" >&2
    printf '%s' "$wanted" >"$stamp"
  fi
  NOTEBOOK_PYTHON=$folder/bin/python
}

# The packages need it.
need_python_311() {
  if "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then return; fi
  say "$("$1" --version) is too old: install Python 3.11 or newer."
  exit 1
}
