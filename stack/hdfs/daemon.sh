# shellcheck shell=bash disable=SC2154 # java, project: see stack/lib
# What the name node and the data node have in common.

hdfs_install() {
  need_java 17
  need curl curl
  fill_jars hdfs "about 65 MB"
}

# hdfs_configure SERVICE
hdfs_configure() {
  local file
  for file in core-site.xml hdfs-site.xml log4j.properties logging.properties; do render "$1" "hdfs/$file"; done
  # The pages of their web servers are not in the jars, and without the folders they do not start.
  mkdir -p -- "$(service_dir "$1")"/conf/webapps/{hdfs,datanode}
}

# hdfs_command SERVICE CLASS…: puts the command line into the array `command`.
hdfs_command() {
  local dir
  dir=$(service_dir "$1")
  mapfile -t command < <(java_opens "$hdfs_opens")
  command=("$java" "-Xmx$HDFS_HEAP" -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError -Djava.awt.headless=true
    "-Djava.io.tmpdir=$dir/tmp" "-Djava.util.logging.config.file=$dir/conf/logging.properties"
    -DHADOOP_USER_NAME=guildhall "${command[@]}"
    -cp "$dir/conf:$(jar_folder hdfs)/*" "${@:2}")
}

# Hadoop reaches into these packages of Java by reflection.
hdfs_opens='java.io java.lang java.lang.reflect java.math java.net java.text java.util java.util.concurrent
  java.util.zip sun.security.util sun.security.x509'

# webhdfs PATH?op=… [curl options]: the reply; fails on an error and after 5 s.
webhdfs() {
  curl --silent --fail --location --noproxy '*' --max-time 5 "${@:2}" \
    "http://127.0.0.1:$WEBHDFS_PORT/webhdfs/v1$1"
}
