"""What needs a Spark, but no service."""

import random
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from pyspark.sql import SparkSession

from guildhall_spark.chain_rule import effective
from guildhall_spark.folder import MARK, Folder
from guildhall_spark.problem import Problem

LOG = {"logId": "one", "realm": 0, "types": "all"}
COMMITS = "log_offset BIGINT, seen BIGINT, links ARRAY<STRUCT<aggregate: STRING, prev: STRING>>"


def setUpModule():
    global spark
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")


def tearDownModule():
    spark.stop()


class ChainRule(unittest.TestCase):
    def test_sql_says_what_the_rule_says_record_by_record(self):
        for seed in range(4):
            lag_max, commits = 5, history(random.Random(seed), 150)
            with self.subTest(seed=seed):
                frame = spark.createDataFrame(commits, COMMITS)
                found = sorted(row.log_offset for row in effective(spark, frame, lag_max).collect())
                expected = one_by_one(commits, lag_max)
                self.assertGreater(len(expected), 10)
                self.assertLess(len(expected), 140)
                self.assertEqual(found, expected)


def history(chance: random.Random, length: int) -> list[tuple]:
    """Commits of which many claim slots that others claimed, too late, too early, or in time."""

    def commit(offset: int) -> tuple:
        links = [
            (f"player/{name}", chance.choice([None, *range(max(1, offset - 6), offset + 1)]))
            for name in names()
        ]
        return (
            offset,
            max(0, offset + chance.randint(-7, 1)),
            [(name, prev and f"c{prev}") for name, prev in links],
        )

    def names() -> list[str]:
        return chance.sample("abcd", chance.randint(1, 3))

    return [commit(offset) for offset in range(1, length)]


def one_by_one(commits: list[tuple], lag_max: int) -> list[int]:
    """As in docs/architecture.md."""
    claimed: dict[tuple, int] = {}
    happened = []
    for offset, seen, links in commits:
        if not 0 <= offset - seen <= lag_max:
            continue
        won = True
        for slot in links:
            if offset - claimed.get(slot, -lag_max - 1) <= lag_max:
                won = False
            claimed[slot] = offset
        if won:
            happened.append(offset)
    return happened


class TheFolder(unittest.TestCase):
    def setUp(self):
        self._temporary = TemporaryDirectory()
        self.addCleanup(self._temporary.cleanup)
        self.path = Path(self._temporary.name, "job")
        self.folder = Folder(spark, self.path.as_uri())

    def test_is_claimed_once_and_by_the_same_again(self):
        self.folder.claim(LOG)
        self.folder.claim(LOG)
        self.assertTrue(self.path.joinpath(MARK).exists())

    def test_of_another_log_is_refused(self):
        self.folder.claim(LOG)
        with self.assertRaisesRegex(Problem, 'logId "one", this run has "two"; set SPARK_FOLDER'):
            self.folder.claim({**LOG, "logId": "two"})

    def test_of_other_event_types_is_refused(self):
        self.folder.claim(LOG)
        with self.assertRaisesRegex(Problem, r'types "all", this run has \["SwordBought"\]'):
            self.folder.claim({**LOG, "types": ["SwordBought"]})

    def test_that_another_job_wrote_is_refused(self):
        self.path.mkdir()
        self.path.joinpath("part-0.parquet").write_text("rows")
        with self.assertRaisesRegex(Problem, "another job wrote them; set SPARK_FOLDER to a new folder"):
            self.folder.claim(LOG)

    def test_has_one_file_for_a_batch_that_is_landed_twice(self):
        for run in ("first", "second"):
            staged = f"staging/3-{run}"
            spark.range(5).coalesce(1).write.parquet(f"{self.folder.url}/{staged}")
            self.folder.publish(staged, 3)
        names = [path.name for path in self.path.joinpath("events", "batch=3").glob("[!.]*")]
        self.assertEqual(names, ["rows.parquet"])
        self.assertEqual(spark.read.parquet(self.folder.rows_url).count(), 5)

    def test_with_rows_of_a_batch_that_the_checkpoint_does_not_know_is_refused(self):
        self.path.joinpath("events", "batch=0").mkdir(parents=True)
        with self.assertRaisesRegex(Problem, "rows of batch 0"):
            self.folder.landed_batches()

    def test_is_rid_of_what_killed_runs_have_staged_of_landed_batches(self):
        for name in ("1-a", "2-b", "3-c"):
            self.path.joinpath("staging", name).mkdir(parents=True)
        self.folder.remove_staged(2)
        self.assertEqual([path.name for path in self.path.joinpath("staging").iterdir()], ["3-c"])


if __name__ == "__main__":
    unittest.main()
