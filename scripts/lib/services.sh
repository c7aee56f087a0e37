# shellcheck shell=bash disable=SC2154 # root: who sources this
# The services of scripts/stack that the server uses. Sourced after prepare.sh.

# The metastore is for Spark; Presto needs it in any case.
stack_services=(kafka redis hdfs metastore presto)

# Starts them, and sets what the server needs to find them.
use_stack() {
  local lines
  "$root/scripts/stack" up "${stack_services[@]}"
  lines=$("$root/scripts/stack" env "${stack_services[@]}")
  set -a
  eval "$lines"
  set +a
}

# They outlive the server and take 2 GB.
how_to_stop_stack() {
  local folder='' script=scripts/stack
  if [ "$(pwd -P)" != "$root" ]; then script=$(printf %q "$root/scripts/stack"); fi
  [ -z "${STACK_DIR:-}" ] || folder="STACK_DIR=$(printf %q "$(realpath -m -- "$STACK_DIR")") "
  printf 'The services of scripts/stack are still running. To stop them: %s%s down' "$folder" "$script"
}
