# Spark on this machine, for scripts/spark. Sourced after prepare.sh and python.sh.

# Makes a Python with pyspark and fetches Spark's connectors, each once; sets SPARK_PYTHON and SPARK_JARS.
need_spark() {
  need_spark_java
  need_pyspark
  need_spark_jars
}

need_spark_java() {
  local version
  version=$("${JAVA_HOME:+$JAVA_HOME/bin/}java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' || true)
  case ${version:-none} in
    11 | 17) ;;
    *)
      say "Spark 3.5 needs Java 11 or 17, found ${version:-none}: install it (Debian: apt-get install" \
        "openjdk-17-jre-headless), or set JAVA_HOME."
      exit 1
      ;;
  esac
}

need_pyspark() {
  local folder=$root/.cache/spark/python
  install_requirements spark/requirements.txt "$folder" "about 320 MB"
  SPARK_PYTHON=$folder/bin/python
  export SPARK_PYTHON
}

# Into a folder that is named after the content of spark/pom.xml, and only once it is whole.
need_spark_jars() {
  local sum building=$root/.cache/spark/building
  sum=$(sha256sum <"$root/spark/pom.xml")
  SPARK_JARS=$root/.cache/spark/jars-${sum:0:8}
  export SPARK_JARS
  if [ -d "$SPARK_JARS" ]; then return; fi
  if ! command -v mvn >/dev/null; then
    say "Maven is missing: install it (Debian: apt-get install maven)."
    exit 1
  fi
  say "Fetching Spark's connectors (about 20 MB)…"
  rm -rf "$building"
  mkdir -p "$building"
  if ! timeout 900 mvn --batch-mode --quiet -f "$root/spark/pom.xml" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$building" >"$building.log" 2>&1; then
    tail -n 20 "$building.log" >&2
    exit 1
  fi
  mv -T "$building" "$SPARK_JARS"
}

# run_spark ARGUMENT…
run_spark() { PYTHONPATH=$root/spark "$SPARK_PYTHON" -m guildhall_spark "$@"; }

# Lets the game's own lander land the log, and makes a small world first if there is none.
land_game() {
  local said
  if ! said=$(game land --once 2>&1); then
    if [[ $said != *' is empty: '* ]]; then
      say "$said"
      exit 1
    fi
    make_world
    said=$(game land --once)
  fi
  say "The game's own lander has ${said%%:*}"
}

game() { LOG_LEVEL=warn node "$root/dist/main.js" "$@"; }

# A server that plays for some seconds, with every mutation. It lands what it has when it ends.
make_world() {
  local log=$root/.cache/spark/world.log server url=''
  say "The topic ${KAFKA_TOPIC:-guildhall} has no log yet: making a small world…"
  PORT=0 LOG_LEVEL=info LOG_FORMAT=json ROLES=api,projector,lander node "$root/dist/main.js" serve >"$log" 2>&1 &
  server=$!
  # shellcheck disable=SC2064 # this process
  trap "kill $server 2>/dev/null || true" EXIT
  until url=$(grep -o -m 1 'http://127[^ "]*/graphql' "$log") && curl -sf "${url%graphql}readyz" >/dev/null; do
    if ! kill -0 "$server" 2>/dev/null; then
      cat "$log" >&2
      exit 1
    fi
    sleep 0.2
  done
  game load --url "$url" --players 40 --concurrency 16 --duration 10s --verify >&2
  kill "$server"
  wait "$server" || true
  trap - EXIT
}
