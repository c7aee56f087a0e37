# shellcheck shell=bash disable=SC2154 # settings: load_settings
# Processes: started in a session of their own, recorded before they run, signalled only if the record holds.
# The record is "pid start-time boot-id": a pid alone may belong to somebody else by the time it is used.

# identity PID: what tells this process from a later one of the same number.
identity() {
  local stat fields
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  read -r -a fields <<<"${stat##*) }" # the name before it may hold blanks and brackets
  # Z: dead, only not collected yet. With other threads left it is still dying, and still holds its ports.
  [[ ${fields[0]} != Z ]] || ((fields[17] > 1)) || return 1
  printf '%s %s' "${fields[19]}" "$(</proc/sys/kernel/random/boot_id)"
}

record_pid() {
  local file
  file=$(service_dir "$1")/pid
  printf '%s %s\n' "$2" "$(identity "$2")" >"$file.new"
  mv -- "$file.new" "$file"
}

# running_pid SERVICE: prints the pid of the process that we started, or fails.
running_pid() {
  local file pid recorded
  file=$(service_dir "$1")/pid
  [[ -f $file ]] || return 1
  read -r pid recorded <"$file"
  [[ $(identity "$pid") = "$recorded" ]] || return 1
  printf '%s' "$pid"
}

state_of() {
  if running_pid "$1" >/dev/null; then
    printf running
  elif [[ -f $(service_dir "$1")/pid ]]; then
    printf died # `down` removes the record
  else
    printf 'not running'
  fi
}

memory_of() { awk '/^VmRSS/ { printf "%d MB", $2 / 1024 }' "/proc/$1/status" 2>/dev/null || printf -- -; }

# spawn SERVICE COMMAND…: the output goes to log/out.log. The subshell records itself and then becomes the
# command, so no moment exists in which a service runs without a record. setsid keeps Ctrl-C away from it.
spawn() {
  local service=$1 dir
  shift
  dir=$(service_dir "$service")
  rm -f -- "$dir/pid"
  trim_log "$dir/log/out.log"
  (
    cd -- "$dir" || exit
    record_pid "$service" "$BASHPID"
    close_inherited
    exec setsid -- "$@" </dev/null >>log/out.log 2>&1
  ) &
  wait_for 5 test -f "$dir/pid" || fail "$service: could not be started"
}

# Neither our lock nor a pipe of our caller may live as long as the service.
close_inherited() {
  local fd
  for fd in /proc/"$BASHPID"/fd/*; do
    fd=${fd##*/}
    ((fd < 3)) || eval "exec $fd>&-"
  done
}

# Output is appended by the service itself, so it is only cut between two runs.
trim_log() {
  [[ ! -f $1 || $(stat -c %s -- "$1") -lt 10000000 ]] || mv -- "$1" "$1.old"
}

# wait_for SECONDS COMMAND…: until it succeeds, or fails after that time.
wait_for() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

wait_until_answers() {
  local service=$1
  wait_for "$STACK_START_WAIT" answers_or_died "$service"
  if ! running_pid "$service" >/dev/null; then
    say "$service: ended while starting"
    return 1
  fi
  "${service}_answers" || { say "$service: no answer within $STACK_START_WAIT s"; return 1; }
}

answers_or_died() { ! running_pid "$1" >/dev/null || "${1}_answers"; }

stop_process() {
  local service=$1 pid
  if pid=$(running_pid "$service"); then
    say "$service: stopping, pid $pid"
    kill -TERM "$pid"
    kill -CONT "$pid" 2>/dev/null || true # a paused one (fault tests do that) could not end
    if ! wait_for "$STACK_STOP_WAIT" has_ended "$service"; then
      say "$service: still there after $STACK_STOP_WAIT s: SIGKILL"
      running_pid "$service" >/dev/null && kill -KILL "$pid"
      wait_for 10 has_ended "$service" || fail "$service: pid $pid survives SIGKILL"
    fi
  fi
  rm -f -- "$(service_dir "$service")/pid"
}

has_ended() { ! running_pid "$1" >/dev/null; }

# check_ports SERVICE: refuses to start beside something that listens there already.
check_ports() {
  local name
  for name in $(port_settings "$1"); do
    ! port_taken "${!name}" || fail "$1: port ${!name} is taken$(holder "${!name}"); set $name to another"
  done
}

# shellcheck disable=SC2016 # the inner bash expands $1
port_taken() { timeout 2 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"' _ "$1" 2>/dev/null; }

holder() {
  local users
  users=$(ss -Hltnp "sport = :$1" 2>/dev/null | grep -o -m 1 '"[^"]*",pid=[0-9]*') || return 0
  printf ' by %s' "$users" | tr -d '"' | tr , ' '
}

# show_logs SERVICE LINES
show_logs() {
  local file
  while read -r file; do
    [[ ! -s $file ]] || { printf '==> %s <==\n' "$file"; tail -n "$2" -- "$file"; }
  done < <(log_files "$1")
}

log_files() { compgen -G "$(service_dir "$1")/log/*.log" || true; }
