"""Whether the services are there, before Spark spends minutes on finding out."""

import socket
from urllib.parse import urlsplit

from .problem import Problem
from .settings import Settings

WITHIN_S = 5


def check_services(settings: Settings) -> None:
    """Raises Problem with the first one at whose address nobody takes connections."""
    _check("Kafka", "KAFKA_BROKERS", settings.brokers.split(","))
    _check("HDFS", "HDFS_URL", [urlsplit(settings.hdfs_url).netloc])
    _check("the Hive metastore", "METASTORE_URL", [urlsplit(settings.metastore_url).netloc])


def _check(what: str, setting: str, addresses: list[str]) -> None:
    """One of several brokers is enough."""
    for address in addresses:
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit():
            raise Problem(f"{setting}: expected host:port, got {address}")
        try:
            socket.create_connection((host, int(port)), WITHIN_S).close()
            return
        except OSError as error:
            reason = error
    raise Problem(
        f"{what} does not answer at {', '.join(addresses)} ({setting}): {reason}; start it: scripts/stack up"
    )
