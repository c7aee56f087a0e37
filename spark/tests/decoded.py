"""Says what each record is, a line of hexadecimal digits: for comparison with the game's decoder."""

import json
import sys

from guildhall_spark.events import EventTypes
from guildhall_spark.records import Commit, Genesis, Unreadable, decode

for line in sys.stdin:
    try:
        record = decode(bytes.fromhex(line), EventTypes())
    except Unreadable:
        print(json.dumps("unreadable"))
        continue
    if isinstance(record, Commit):
        print(
            json.dumps(
                [record.seen, record.at, len(record.links), [event.version for event in record.events]]
            )
        )
    else:
        print(
            json.dumps([record.log_id, record.realm, record.lag_max] if isinstance(record, Genesis) else None)
        )
