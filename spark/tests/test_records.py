"""python -m unittest discover spark/tests, with spark/ on PYTHONPATH"""

import json
import unittest
import zlib

from guildhall_spark.events import EventTypes
from guildhall_spark.records import COMMIT_BYTES_MAX, Commit, Genesis, Unreadable
from guildhall_spark.records import decode as decode_by

COMMIT = {
    "id": "c1",
    "seen": 3,
    "at": 5,
    "on": {"player/alice": None, "guild/knights": "c0"},
    "commands": [
        {"id": "alice/k", "digest": "d", "events": [{"type": "T", "v": 1, "data": {"player": "alice"}}]}
    ],
}


TYPES = EventTypes.read()


def decode(value: "bytes | None"):
    return decode_by(value, TYPES)


def record(value: object) -> bytes:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return b"%08x " % zlib.crc32(text) + text


class Records(unittest.TestCase):
    def test_reads_a_commit(self):
        found = decode(record(COMMIT))
        self.assertEqual(
            found,
            Commit(
                3,
                5,
                [("player/alice", None), ("guild/knights", "c0")],
                [("T", 1, '{"player":"alice"}', False)],
            ),
        )

    def test_reads_a_genesis(self):
        genesis = {"genesis": {"logId": "l", "realm": 0, "lagMax": 16384, "format": 1}}
        self.assertEqual(decode(record(genesis)), Genesis("l", 0, 16384, 1))

    def test_numbers_may_be_written_as_json_allows(self):
        text = json.dumps(COMMIT).replace('"seen": 3', '"seen": 3.0').replace('"at": 5', '"at": 5e0').encode()
        self.assertEqual(decode(record(text))[:2], (3, 5))

    def test_half_of_a_surrogate_pair_is_kept_as_ascii(self):
        found = decode(record({**COMMIT, "on": {"player/\ud800": None}}))
        self.assertEqual(found.links, [("player/\\ud800", None)])

    def test_what_is_not_one_of_our_records_is_void(self):
        void = {
            "a hole": b"",
            "nothing": None,
            "garbage": b"garbage",
            "a wrong checksum": b"00000000 " + json.dumps(COMMIT).encode(),
            "a checksum in capitals": record(COMMIT)[:8].upper() + record(COMMIT)[8:],
            "not JSON": record(b"{"),
            "NaN": record(json.dumps(COMMIT).replace("3", "NaN").encode()),
            "a list": record([]),
            "too long": record({**COMMIT, "more": "x" * COMMIT_BYTES_MAX}),
            "an empty id": record({**COMMIT, "id": ""}),
            "an id of two lines": record({**COMMIT, "id": "a\nb"}),
            "an id of 161 characters": record({**COMMIT, "id": "x" * 161}),
            "an id of 81 characters beyond the first plane": record({**COMMIT, "id": "🗡" * 81}),
            "a negative offset": record({**COMMIT, "seen": -1}),
            "a broken offset": record({**COMMIT, "seen": 1.5}),
            "an offset that is too large": record({**COMMIT, "seen": 2**53}),
            "a text as offset": record({**COMMIT, "seen": "3"}),
            "true as offset": record({**COMMIT, "seen": True}),
            "no aggregate": record({**COMMIT, "on": {}}),
            "a link that is a number": record({**COMMIT, "on": {"player/alice": 5}}),
            "no list of commands": record({**COMMIT, "commands": {}}),
            "a command without digest": record({**COMMIT, "commands": [{"id": "a", "events": []}]}),
            "an event of version 0": record(
                {
                    **COMMIT,
                    "commands": [{"id": "a", "digest": "d", "events": [{"type": "T", "v": 0, "data": {}}]}],
                }
            ),
            "a genesis without log": record({"genesis": {"realm": 0, "lagMax": 1, "format": 1}}),
        }
        for what, value in void.items():
            with self.subTest(what):
                self.assertIsNone(decode(value))

    def test_stops_at_what_python_cannot_read(self):
        deep = (
            b'{"id":"c","seen":0,"at":0,"on":{"a":null},"commands":[],"x":'
            + b"[" * 100_000
            + b"]" * 100_000
            + b"}"
        )
        with self.assertRaises(Unreadable):
            decode(record(deep))


if __name__ == "__main__":
    unittest.main()
