# shellcheck shell=bash disable=SC2154,SC2034 # scripts/stack sets some of it, and reads some of it
# A setting is the environment's value, else what the service was last started with, else its default. While
# it runs, what it runs with comes first: STACK_DIR alone is enough to find a stack and its ports again.

declare -A expected=(
  [port]="a port number"
  [seconds]="a number of seconds"
  [heap]="a size such as 768m or 2g"
  [bytes]="a size such as 512mb or 2gb"
  [word]="letters, digits and . _ ~ - alone"
  [flag]="yes or no"
  [path]='a path without , ; : " \ $ % @'
)
declare -A setting_owner setting_kind setting_default setting_text ignored
setting_names=()

# Where the services listen, and how they find each other. docker/render names containers instead.
LISTEN=127.0.0.1 HDFS_HOST=127.0.0.1 DATANODE_HOST=127.0.0.1 METASTORE_HOST=127.0.0.1 PRESTO_HOST=127.0.0.1
PRESTO_CONSOLE=false # the log goes to a file alone

load_settings() {
  owner=stack
  setting STACK_DIR "$project/data/stack" path "folder of this stack; each stack has its own"
  marker=$STACK_DIR/.guildhall-stack
  setting STACK_CACHE "$project/.cache/stack" path "jars, shared by all stacks"
  setting STACK_START_WAIT 120 seconds "longest wait for an answer after a start"
  setting STACK_STOP_WAIT 30 seconds "longest wait for an end before SIGKILL"
  setting STACK_APT yes flag "as root, install missing Debian packages"
  for owner in "${services[@]}"; do
    # shellcheck source=/dev/null
    source "$project/stack/${file_of[$owner]:-$owner/service}"
  done
}

# setting NAME DEFAULT KIND TEXT, read from the service file of $owner. Empty means the default.
setting() {
  local name=$1 default=$2 kind=$3 given recorded value
  given=${!name:-$2}
  setting_names+=("$name")
  setting_owner[$name]=$owner setting_kind[$name]=$kind
  setting_default[$name]=$default setting_text[$name]=$4
  value=$given
  if [[ $owner != stack ]]; then
    recorded=$(recorded_setting "$name") || recorded=$default
    if [[ ! -v $name ]]; then
      value=$recorded
    elif running_pid "$owner" >/dev/null && [[ $given != "$recorded" ]]; then
      value=$recorded
      ignored[$owner]+=" $name=$given"
    fi
  fi
  [[ $kind != path ]] || value=$(realpath -m -- "$value")
  check_value "$name" "$kind" "$value"
  declare -g "$name=$value"
}

check_value() {
  local name=$1 kind=$2 value=$3
  case $kind in
    port) [[ $value =~ ^[1-9][0-9]{0,4}$ ]] && ((value < 65536)) ;;
    seconds) [[ $value =~ ^[1-9][0-9]{0,5}$ ]] ;;
    heap) [[ $value =~ ^[1-9][0-9]*[kKmMgG]$ ]] ;;
    bytes) [[ $value =~ ^[0-9]+([kKmMgG][bB]?)?$ ]] ;;
    word) [[ $value =~ ^[A-Za-z0-9._~-]*$ ]] ;; # needs no quoting in redis.conf or in a URL
    flag) [[ $value = yes || $value = no ]] ;;
    # These mean something in a class path, a properties file, redis.conf, a log pattern or our templates.
    path) [[ ! $value =~ [[:cntrl:],\;:\"\\\$%@] ]] ;;
  esac || fail "$name: expected ${expected[$kind]}, got '$value'"
}

recorded_setting() {
  local file
  file=$(service_dir "$owner")/settings
  [[ -f $file ]] && sed -n "s/^$1=//p" "$file" | grep . # prints nothing: it fails
}

# Defaults are not recorded, so that one that follows another setting goes on following it.
record_settings() {
  local service=$1 name
  for name in "${setting_names[@]}"; do
    [[ ${setting_owner[$name]} = "$service" && ${!name} != "${setting_default[$name]}" ]] || continue
    printf '%s=%s\n' "$name" "${!name}"
  done >"$(service_dir "$service")/settings"
}

tell_ignored() {
  [[ -z ${ignored[$1]:-} ]] || say "$1: runs without${ignored[$1]}; scripts/stack restart $1 takes that over"
}

# port_settings SERVICE: the names of its settings that are ports.
port_settings() {
  local name
  for name in "${setting_names[@]}"; do
    [[ ${setting_owner[$name]} != "$1" || ${setting_kind[$name]} != port ]] || printf '%s\n' "$name"
  done
}

ports_of() {
  local name list=
  for name in $(port_settings "$1"); do list+=,${!name}; done
  printf '%s' "${list#,}"
}

describe_ports() { printf '127.0.0.1:%s' "$(ports_of "$1")"; }

check_ports_distinct() {
  local service name
  local -A taken
  for service; do
    for name in $(port_settings "$service"); do
      [[ ! -v taken[${!name}] ]] || fail "$name and ${taken[${!name}]} are the same port, ${!name}"
      taken[${!name}]=$name
    done
  done
}

# render SERVICE FOLDER/TEMPLATE: copies that file of stack/ to conf/TEMPLATE of the service, with each @NAME@
# replaced.
render() {
  local service=$1 target text name value SERVICE_DIR # the last is for the templates, as @SERVICE_DIR@
  SERVICE_DIR=$(service_dir "$service")
  target=$SERVICE_DIR/conf/${2#*/}
  text=$(<"$project/stack/$2")
  while [[ $text =~ @([A-Z_]+)@ ]]; do
    name=${BASH_REMATCH[1]}
    [[ -v $name ]] || fail "stack/$2: @$name@ is no setting"
    value=${!name}
    [[ $2 != *.xml ]] || value=$(in_xml "$value")
    text=${text//"@$name@"/"$value"}
  done
  mkdir -p -- "${target%/*}"
  printf '%s\n' "$text" >"$target"
}

in_xml() { sed 's/&/\&amp;/g; s/</\&lt;/g' <<<"$1"; }
