"""python -m guildhall_spark land [--types A,B] [--follow] | report | sql TEXT"""

import argparse
import sys
from typing import NoReturn

from .lander import Landed, Lander
from .problem import Problem
from .report import Report
from .session import open_session
from .settings import Settings

FOLLOW_MS = 5000

# The most rows that `sql` prints.
ROWS_MAX = 1000


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/spark", description="The log and the lake, by Spark.")
    commands = parser.add_subparsers(dest="command", required=True)
    land = commands.add_parser("land", help="land the log as Parquet on HDFS, judged by the chain rule in SQL")
    land.add_argument("--types", default="", help="only these event types: SwordBought,GuildJoined; default: all")
    land.add_argument("--follow", action="store_true", help="go on; default: land all there is, then end")
    commands.add_parser("report", help="what sold, over the game's own Delta table")
    sql = commands.add_parser("sql", help="ask Spark SQL, which sees the Hive metastore's tables")
    sql.add_argument("text")
    arguments = parser.parse_args()
    try:
        settings = Settings()
        spark = open_session(settings)
        if arguments.command == "land":
            run_land(Lander(spark, settings, [name for name in arguments.types.split(",") if name]), arguments.follow)
        elif arguments.command == "report":
            run_report(Report(spark, settings))
        else:
            spark.sql(arguments.text).show(ROWS_MAX, truncate=False)
    except Problem as problem:
        fail(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)


def run_land(lander: Lander, follow: bool) -> None:
    rows = 0

    def show(landed: Landed) -> None:
        nonlocal rows
        rows += landed.rows
        void = landed.commits - landed.effective
        print(
            f"batch {landed.batch}: records {landed.start} to {landed.end - 1}, {landed.effective} commits happened, "
            f"{void} did not, {landed.rows} rows in {landed.seconds:.1f} s",
            flush=True,
        )

    lander.run(show, FOLLOW_MS if follow else None)
    print(f"{rows} rows landed in this run; all of them: {lander.settings.rows}, in Hive {lander.table}")


def run_report(report: Report) -> None:
    for title, rows in (("Sales by sword", report.sales()), ("Sales by region", report.regions()), ("Funnel, in players", report.funnel())):
        print(title)
        rows.show(ROWS_MAX, truncate=False)


def fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(1)


main()
