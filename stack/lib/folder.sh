# shellcheck shell=bash disable=SC2154 # STACK_DIR and marker: load_settings
# The folder of one stack: STACK_DIR/<service>/{conf,data,log,tmp,pid,settings}.
# A marker file says that the folder is ours; without it nothing is written into it or deleted from it.
# The marker is the lock too, so that `reset` leaves it: a deleted lock file locks nobody out.

service_dir() { printf '%s/%s' "$STACK_DIR" "$1"; }

make_folder() {
  [[ -e $marker ]] && return
  if [[ -d $STACK_DIR && -n $(ls -A -- "$STACK_DIR") ]]; then
    fail "STACK_DIR: $STACK_DIR holds other files; give a new or an empty folder"
  fi
  mkdir -p -- "$STACK_DIR"
  chmod 700 "$STACK_DIR" # configuration in it can hold a password
  printf 'scripts/stack made this folder; its reset deletes the service folders in it.\n' >"$marker"
}

# One run at a time changes a stack. Services must not inherit the lock: see spawn.
lock_folder() {
  exec {lock_fd}<"$marker"
  flock -w 300 "$lock_fd" || fail "another scripts/stack has been working in $STACK_DIR for 5 minutes"
}

delete_service_dir() {
  local dir
  dir=$(service_dir "$1")
  [[ -e $dir ]] || return 0
  [[ -f $marker && -d $dir && ! -L $dir ]] || fail "$dir is not a folder that this script made: not deleted"
  say "$1: deleting $dir"
  rm -rf --one-file-system -- "$dir"
}
