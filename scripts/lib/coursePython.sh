# shellcheck shell=bash disable=SC2154 # root: who sources this
# The Python of the course's design, which benchmarks compare with. Sourced after prepare.sh and python.sh, whose
# make_venv it uses.

# Makes a Python with what benchmarks/peers/requirements.txt lists, once for each version of that file, and sets
# COURSE_PYTHON to it.
need_course_python() {
  local folder=$root/.cache/course/python requirements=$root/benchmarks/peers/requirements.txt stamp wanted
  stamp=$folder/.installed
  wanted=$(cksum <"$requirements")
  if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    say "Installing Python packages of benchmarks/peers/requirements.txt (10 MB)…"
    rm -rf "$folder"
    mkdir -p "${folder%/*}"
    make_venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$requirements" >&2
    printf '%s' "$wanted" >"$stamp"
  fi
  COURSE_PYTHON=$folder/bin/python
  export COURSE_PYTHON
}
