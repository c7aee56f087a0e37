# shellcheck shell=bash disable=SC2154 # settings: load_settings; project: scripts/stack
# What a service needs on this machine: commands from Debian, jars from Maven. Once there, no network is used.

java=${JAVA_HOME:+$JAVA_HOME/bin/}java

# need COMMAND PACKAGE: installs the package if that is allowed, else says what to install.
need() {
  local command=$1 package=$2
  command -v "$command" >/dev/null && return
  if [[ $STACK_APT = yes && $EUID = 0 ]] && command -v apt-get >/dev/null; then
    apt_install "$package"
    hash -r
  fi
  command -v "$command" >/dev/null || fail "$command is missing; as root: apt-get install $package"
}

# need_java OLDEST
need_java() {
  local version
  [[ -z ${JAVA_HOME:-} || -x $java ]] || fail "JAVA_HOME: there is no $java"
  need "$java" default-jre-headless
  version=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p')
  ((${version:-0} >= $1)) ||
    fail "$java: expected Java $1 or newer, found ${version:-none}; JAVA_HOME chooses another"
}

# A Debian package of a server starts it at once, on the port that we want: policy-rc.d forbids it meanwhile.
# With systemd it is kept from starting at the next boot too.
apt_install() (
  local package=$1 policy=/usr/sbin/policy-rc.d log=$STACK_CACHE/apt.log
  say "installing $package with apt-get"
  mkdir -p -- "$STACK_CACHE"
  lock_cache
  if [[ ! -e $policy ]]; then
    trap 'rm -f -- "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  export DEBIAN_FRONTEND=noninteractive
  if ! { wait_for 60 apt_update && apt_get_install "$package"; } >"$log" 2>&1; then
    tail -n 20 -- "$log" >&2
    fail "$package could not be installed"
  fi
  [[ ! -d /run/systemd/system ]] || systemctl disable --quiet "$package" 2>/dev/null || true
)

apt_update() { timeout 300 apt-get update; } # fails at once while another apt-get holds its lock

apt_get_install() {
  timeout 900 apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$1"
}

# Two stacks may start at once; the first fills the cache for both.
lock_cache() {
  exec {cache_fd}>"$STACK_CACHE/lock"
  flock -w 900 "$cache_fd" || fail "another scripts/stack has been filling $STACK_CACHE for 15 minutes"
}

# jar_folder SERVICE: named after the content of its pom.xml, so a changed pom gets a new folder
# and a stack that runs from the old one is left alone.
jar_folder() {
  local sum
  sum=$(sha256sum <"$project/stack/$1/pom.xml")
  printf '%s/%s-%s/lib' "$STACK_CACHE" "$1" "${sum:0:8}"
}

fill_jars() {
  local service=$1
  [[ -d $(jar_folder "$service") ]] && return # it gets this name only when it is complete
  need mvn maven
  mkdir -p -- "$STACK_CACHE"
  (
    lock_cache
    [[ -d $(jar_folder "$service") ]] || build_jars "$service"
  )
}

build_jars() {
  local service=$1 building=$STACK_CACHE/$1.building target
  target=$(jar_folder "$service")
  rm -rf -- "$building"
  mkdir -p -- "$building"
  cp -- "$project/stack/$service/pom.xml" "$building/"
  say "$service: copying its jars from Maven's cache, or fetching them"
  copy_jars "$building" --offline || copy_jars "$building" || {
    tail -n 20 -- "$building/mvn.log" >&2
    fail "$service: its jars are not in Maven's cache and could not be fetched"
  }
  mv -T -- "$building" "${target%/lib}"
}

copy_jars() {
  local folder=$1
  shift
  timeout 900 mvn --batch-mode --quiet "$@" -f "$folder/pom.xml" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$folder/lib" >"$folder/mvn.log" 2>&1
}
