# shellcheck shell=bash disable=SC2154 # root: who sources this
# The Python of the course's design, which benchmarks compare with. Sourced after prepare.sh and python.sh, whose
# install_requirements it uses.

# Makes a Python with what benchmarks/peers/requirements.txt lists, once for each version of that file, and sets
# COURSE_PYTHON to it.
need_course_python() {
  local folder=$root/.cache/course/python
  install_requirements benchmarks/peers/requirements.txt "$folder" "10 MB"
  COURSE_PYTHON=$folder/bin/python
  export COURSE_PYTHON
}
