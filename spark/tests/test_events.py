import json
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from guildhall_spark.events import EventTypes
from guildhall_spark.problem import Problem

SOLD = {"player": "alice", "swordType": "katana", "price": 75}


class Events(unittest.TestCase):
    def test_every_type_of_the_game_is_known(self):
        types = EventTypes.read()
        self.assertIn("TradeMade", types)
        self.assertIn("sword_type", [field.column for field in types.fields])

    def test_accepts_an_event_that_has_each_field_of_its_type(self):
        types = EventTypes.read()
        self.assertTrue(types.accept("SwordSold", 1, SOLD))
        self.assertTrue(types.accept("SwordSold", 1, {**SOLD, "more": 1}))
        gift = {"player": "alice", "to": "bob", "gold": 1}
        self.assertTrue(types.accept("GiftGiven", 1, {**gift, "swordType": None, "swordPrice": None}))

    def test_does_not_accept_what_it_cannot_read(self):
        types = EventTypes.read()
        self.assertFalse(types.accept("SwordSold", 2, SOLD))
        self.assertFalse(types.accept("SwordForged", 1, SOLD))
        self.assertFalse(types.accept("SwordSold", 1, {"player": "alice", "swordType": "katana"}))
        for price in (None, "75", 7.5, True, [75]):
            with self.subTest(price):
                self.assertFalse(types.accept("SwordSold", 1, {**SOLD, "price": price}))

    def test_names_a_field_of_a_kind_that_it_does_not_know(self):
        with TemporaryDirectory() as folder:
            data = {"properties": {"glow": {"x-kind": "colour"}}}
            Path(folder, "SwordForged.v1.json").write_text(json.dumps({"properties": {"data": data}}))
            with self.assertRaisesRegex(Problem, "the field glow is of the kind colour"):
                EventTypes.read(Path(folder))


if __name__ == "__main__":
    unittest.main()
