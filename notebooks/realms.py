"""Realms for one run of the notebook: a server of its own, on nothing that anybody else uses."""

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import redis
import requests
from guildhall_report.presto import ask_presto

ROOT = Path(__file__).parent.parent
MAIN = ROOT / "dist" / "main.js"
LAND_WITHIN = "5s"
STOPS_WITHIN_S = 20


class Failed(Exception):
    """What the user is told; the run ends with 1."""


@dataclass(frozen=True)
class Realm:
    """The settings of the notebook that asks it, and those of its server."""

    notebook: dict
    server: dict

    def audit(self) -> str:
        """Proves the log, the views and the lake; returns what that comes to. Raises Failed with all that is
        wrong."""
        words = ["node", str(MAIN), "audit"]
        done = subprocess.run(words, env=_environment(self.server), capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"the audit found:\n{done.stdout}{done.stderr}".rstrip())
        return done.stdout.rstrip().splitlines()[-1]


@contextmanager
def embedded():
    """Yields a Realm on this machine alone, in a folder that is deleted afterwards."""
    with _folder() as folder:
        settings = {"DATA_DIR": str(folder / "data")}
        with _server(settings, folder) as url:
            yield Realm(
                {"GUILDHALL_URL": url, "GUILDHALL_TABLE": str(folder / "data" / "lake" / "events")}, settings
            )


@contextmanager
def stack():
    """Yields a Realm on the services that scripts/stack has started: a topic, a database of Redis, a folder
    in HDFS and a schema of Presto of its own, all deleted afterwards."""
    services = {name: os.environ[name] for name in ("KAFKA_BROKERS", "WEBHDFS_URL", "HDFS_URL", "PRESTO_URL")}
    name = f"notebook-{secrets.token_hex(4)}"
    settings = {
        **services,
        "KAFKA_TOPIC": name,
        "REDIS_URL": _empty_database(os.environ["REDIS_URL"]),
        "LAKE_FOLDER": f"/{name}",
        "PRESTO_SCHEMA": name.replace("-", "_"),
    }
    try:
        with _folder() as folder:
            settings["DATA_DIR"] = str(folder / "data")
            with _server(settings, folder) as url:
                table = f"{settings['HDFS_URL']}/{name}/events"
                asked = {name: settings[name] for name in ("REDIS_URL", "PRESTO_URL")}
                yield Realm({"GUILDHALL_URL": url, "GUILDHALL_TABLE": table, **asked}, settings)
    finally:
        _delete(settings)


@contextmanager
def _folder():
    folder = Path(tempfile.mkdtemp(prefix="guildhall-notebook-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(settings: dict, folder: Path):
    """A server. Yields its GraphQL address; ends it afterwards."""
    with open(folder / "server.log", "w+", encoding="utf-8") as log:
        server = subprocess.Popen(
            ["node", str(MAIN), "serve"],
            env=_environment({**settings, "PORT": "0", "LAND_WITHIN": LAND_WITHIN}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        try:
            yield _address(server, log)
        finally:
            end(server)


def _environment(settings: dict) -> dict:
    """No other setting of the machine: its data is not this run's."""
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**plain, "LOG_LEVEL": "warn", **settings}


def _address(server: subprocess.Popen, log) -> str:
    said = ""
    for line in server.stdout:
        said += line
        found = re.match(r"\s*GraphQL (http://\S+/graphql)\b", line)
        if found:
            return found[1]
    log.seek(0)
    raise Failed(f"Guildhall did not start:\n{said}{log.read()}".rstrip())


def end(process: subprocess.Popen):
    """SIGTERM, and SIGKILL if that does not help. Idempotent."""
    process.terminate()
    try:
        # Takes what it still prints, so that it does not wait for that.
        process.communicate(timeout=STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _empty_database(url: str) -> str:
    """One that holds nothing yet: the last one is most likely nobody's."""
    parts = urlsplit(url)
    for number in range(15, 0, -1):
        candidate = urlunsplit(parts._replace(path=f"/{number}"))
        with redis.Redis.from_url(candidate) as client:
            if client.dbsize() == 0:
                return candidate
    raise Failed("each of Redis's databases 1 to 15 holds something: empty one (redis-cli -n 15 flushdb)")


def _delete(settings: dict):
    """Whatever cannot be deleted is named, and left."""
    steps = {
        f"the database {urlsplit(settings['REDIS_URL']).path[1:]} of Redis": _delete_views,
        f"the schema hive.{settings['PRESTO_SCHEMA']} of Presto": _delete_schema,
        f"the folder {settings['LAKE_FOLDER']} in HDFS": _delete_lake,
        f"the topic {settings['KAFKA_TOPIC']} of Kafka": _delete_topic,
    }
    for what, step in steps.items():
        try:
            step(settings)
        except Exception as error:
            print(f"scripts/notebook: {what} remains: {error}", file=sys.stderr)


def _delete_views(settings):
    with redis.Redis.from_url(settings["REDIS_URL"]) as client:
        client.flushdb()


def _delete_schema(settings):
    presto, schema = settings["PRESTO_URL"], settings["PRESTO_SCHEMA"]
    views = f"SELECT table_name FROM hive.information_schema.tables WHERE table_schema = '{schema}'"
    _, names = ask_presto(presto, views)
    for (view,) in names:
        ask_presto(presto, f"DROP VIEW hive.{schema}.{view}")
    ask_presto(presto, f"DROP SCHEMA IF EXISTS hive.{schema}")


def _delete_lake(settings):
    url = f"{settings['WEBHDFS_URL']}/webhdfs/v1{settings['LAKE_FOLDER']}"
    parameters = {"op": "DELETE", "recursive": "true", "user.name": "guildhall"}
    requests.delete(url, params=parameters, timeout=30).raise_for_status()


def _delete_topic(settings):
    script = ROOT / "notebooks" / "deleteTopic.mjs"
    words = ["node", str(script), settings["KAFKA_BROKERS"], settings["KAFKA_TOPIC"]]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise Failed(done.stderr.strip())
