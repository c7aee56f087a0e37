# shellcheck shell=bash
# Which services of scripts/stack the server uses. Sourced, from the project's folder.

# Presto brings the metastore with it.
stack_services=(kafka redis hdfs presto)

# Starts them and sets what the server needs to find them.
use_stack() {
  local lines
  scripts/stack up "${stack_services[@]}"
  lines=$(scripts/stack env "${stack_services[@]}")
  set -a
  eval "$lines"
  set +a
}
