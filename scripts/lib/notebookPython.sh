# shellcheck shell=bash disable=SC2154 # root: who sources this
# The Python of the notebook. Sourced after prepare.sh and python.sh, whose install_requirements it uses.

# Makes a Python with what notebooks/requirements.txt lists, once for each version of that file, and sets
# NOTEBOOK_PYTHON to it.
need_notebook_python() {
  local folder=$root/.cache/notebook/python
  install_requirements notebooks/requirements.txt "$folder" "600 MB" need_python_311
  NOTEBOOK_PYTHON=$folder/bin/python
}

# The packages need it.
need_python_311() {
  if "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then return; fi
  say "$("$1" --version) is too old: install Python 3.11 or newer."
  exit 1
}
