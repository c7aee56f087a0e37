# shellcheck shell=bash disable=SC2154 # settings: load_settings; project: scripts/stack
# What a service needs on this machine: commands from Debian, jars from Maven. Once there, no network is used.

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
fetch_limit=3600 # seconds: Presto's 700 MB over a slow line

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

# java_opens PACKAGE…: the options, a line each, that open these to reflection. "MODULE/PACKAGE" if not java.base.
java_opens() {
  local package
  # shellcheck disable=SC2048 # a list of words
  for package in $*; do
    [[ $package = */* ]] || package=java.base/$package
    printf -- '--add-opens=%s=ALL-UNNAMED\n' "$package"
  done
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
  flock -w "$fetch_limit" "$cache_fd" ||
    fail "another scripts/stack has been filling $STACK_CACHE for $((fetch_limit / 60)) minutes"
}

# jar_folder FOLDER: named after the content of stack/FOLDER/pom.xml (and of Java sources beside it), so a changed pom
# gets a new folder and a stack that runs from the old one is left alone.
jar_folder() {
  local sum sources=()
  mapfile -t sources < <(compgen -G "$project/stack/$1/*.java")
  sum=$(cat -- "$project/stack/$1/pom.xml" "${sources[@]}" | sha256sum)
  printf '%s/%s-%s/lib' "$STACK_CACHE" "$1" "${sum:0:8}"
}

# plugin_folder FOLDER: what the pom names as zip is unpacked there.
plugin_folder() {
  local lib
  lib=$(jar_folder "$1")
  printf '%s/plugin' "${lib%/lib}"
}

# class_path FOLDER: our own classes, compiled from *.java there, come before the jars.
class_path() {
  local lib
  lib=$(jar_folder "$1")
  printf '%s/classes:%s/*' "${lib%/lib}" "$lib"
}

# fill_jars FOLDER SIZE: SIZE is what there is to fetch if Maven's own cache is empty, for the reader.
fill_jars() {
  local folder=$1 size=$2
  [[ -d $(jar_folder "$folder") ]] && return # it gets this name only when it is complete
  need mvn maven
  mkdir -p -- "$STACK_CACHE"
  (
    lock_cache
    [[ -d $(jar_folder "$folder") ]] || build_jars "$folder" "$size"
  )
}

build_jars() {
  local folder=$1 size=$2 building=$STACK_CACHE/$1.building target
  target=$(jar_folder "$folder")
  rm -rf -- "$building"
  mkdir -p -- "$building"
  cp -- "$project/stack/$folder/pom.xml" "$building/"
  say "$folder: copying its jars from Maven's cache"
  copy_jars "$building" --offline || {
    say "$folder: they are not all there; fetching $size"
    copy_jars "$building"
  } || {
    tail -n 20 -- "$building/mvn.log" >&2
    fail "$folder: its jars are not in Maven's cache and could not be fetched"
  }
  compile_java "$folder" "$building"
  ! declare -F "${folder}_finish_jars" >/dev/null || "${folder}_finish_jars" "$building"
  mv -T -- "$building" "${target%/lib}"
}

# With Eclipse's compiler, which the pom names: javac is not part of every Java.
compile_java() {
  local folder=$1 building=$2 sources=() jars
  mapfile -t sources < <(compgen -G "$project/stack/$folder/*.java")
  ((${#sources[@]})) || return 0
  jars=$(printf '%s:' "$building"/lib/*.jar)
  "$java" -cp "$jars" org.eclipse.jdt.internal.compiler.batch.Main -17 -nowarn -cp "$jars" \
    -d "$building/classes" "${sources[@]}" >&2 || fail "$folder: ${sources[*]} could not be compiled"
}

# copy_jars BUILDING [Maven option…]
copy_jars() {
  local building=$1 goal=dependency:copy-dependencies
  run_maven "$@" "$goal" -DincludeScope=runtime -DexcludeTypes=zip -DoutputDirectory="$building/lib" || return 1
  ! grep -q '<type>zip</type>' "$building/pom.xml" ||
    run_maven "$@" dependency:unpack-dependencies -DincludeTypes=zip -DoutputDirectory="$building/plugin"
}

run_maven() {
  local building=$1 maven
  shift
  timeout "$fetch_limit" mvn --batch-mode -f "$building/pom.xml" "$@" >"$building/mvn.log" 2>&1 &
  maven=$!
  while ! wait_for 15 has_finished "$maven"; do tell_fetched "$building"; done
  wait "$maven"
}

has_finished() { ! kill -0 "$1" 2>/dev/null; }

# Long silence looks like a hang: which file Maven is at, and how many came before it.
tell_fetched() {
  local log=$1/mvn.log now
  now=$(sed -n 's|.*Downloading from .*/||p' "$log" | tail -n 1)
  [[ -z $now ]] || say "  $(grep -c 'Downloaded from' "$log") files fetched, now $now"
}
