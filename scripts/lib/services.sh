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

# start_own_stack FOLDER: another stack on other ports, so that a running one is left alone. It ends with the script.
start_own_stack() {
  export STACK_DIR=${STACK_DIR:-$1}
  export KAFKA_PORT=${KAFKA_PORT:-19092} KAFKA_CONTROLLER_PORT=${KAFKA_CONTROLLER_PORT:-19093}
  export REDIS_PORT=${REDIS_PORT:-16379}
  export HDFS_PORT=${HDFS_PORT:-18020} WEBHDFS_PORT=${WEBHDFS_PORT:-19870}
  export DATANODE_PORT=${DATANODE_PORT:-19866} DATANODE_HTTP_PORT=${DATANODE_HTTP_PORT:-19864}
  export DATANODE_IPC_PORT=${DATANODE_IPC_PORT:-19867}
  export METASTORE_PORT=${METASTORE_PORT:-19083} PRESTO_PORT=${PRESTO_PORT:-18080}
  trap '"$root/scripts/stack" reset >/dev/null' EXIT
  "$root/scripts/stack" reset >/dev/null 2>&1 || true
  use_stack
}

# They outlive the server and take 2 GB.
how_to_stop_stack() {
  local folder='' script=scripts/stack
  if [ "$(pwd -P)" != "$root" ]; then script=$(printf %q "$root/scripts/stack"); fi
  [ -z "${STACK_DIR:-}" ] || folder="STACK_DIR=$(printf %q "$(realpath -m -- "$STACK_DIR")") "
  printf 'The services of scripts/stack are still running. To stop them: %s%s down' "$folder" "$script"
}
