"""python -m guildhall_spark [land [--types A,B] [--follow] | report | compare | sql TEXT]"""

import argparse
import sys

from pyspark.errors import AnalysisException, ParseException
from pyspark.sql import SparkSession

from .comparison import Comparison
from .events import EventTypes
from .lander import Landed, Lander
from .log import first_line
from .problem import Problem
from .report import Report
from .services import check_services
from .session import open_session
from .settings import Settings

FOLLOW_MS = 5000

# The most rows that are printed.
ROWS_MAX = 1000


def main() -> int:
    """The exit code: 1 if something is not as it should be, or the tables differ."""
    arguments = parse()
    try:
        settings = Settings()
        check_services(settings)
        return run(arguments, open_session(settings), settings)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/spark", description="The log and the lake, by Spark.")
    parser.set_defaults(command="all", types=[], follow=False)
    commands = parser.add_subparsers(dest="command", metavar="VERB")
    land = commands.add_parser(
        "land", help="land the log as Parquet on HDFS, judged by the chain rule in SQL"
    )
    land.add_argument(
        "--types", type=type_names, help="only these event types: SwordBought,GuildJoined; default: all"
    )
    land.add_argument("--follow", action="store_true", help="go on; default: land all there is, then end")
    commands.add_parser("report", help="what sold, over the game's own Delta table")
    commands.add_parser("compare", help="ask both tables for the same figures, by Spark SQL and by Presto")
    sql = commands.add_parser("sql", help="ask Spark SQL, which sees the Hive metastore's tables")
    sql.add_argument("text")
    arguments = parser.parse_args()
    arguments.command = arguments.command or "all"
    arguments.types = arguments.types or []
    return arguments


def type_names(text: str) -> list[str]:
    known = sorted(EventTypes.read())
    names = [name for name in text.split(",") if name]
    wrong = [name for name in names if name not in known]
    if wrong or not names:
        raise argparse.ArgumentTypeError(
            f"expected some of {', '.join(known)}, got {', '.join(wrong) or 'none'}"
        )
    return names


def run(arguments: argparse.Namespace, spark: SparkSession, settings: Settings) -> int:
    everything = arguments.command == "all"
    if everything or arguments.command == "land":
        run_land(Lander(spark, settings, arguments.types), arguments.follow)
    if everything or arguments.command == "report":
        run_report(Report(spark, settings))
    if everything or arguments.command == "compare":
        return run_comparison(Comparison(spark, settings))
    if arguments.command == "sql":
        run_sql(spark, arguments.text)
    return 0


def run_land(lander: Lander, follow: bool) -> None:
    rows = 0

    def show(landed: Landed) -> None:
        nonlocal rows
        rows += landed.rows
        void = landed.commits - landed.effective
        print(
            f"batch {landed.batch}: records {landed.start} to {landed.end - 1}, {landed.effective} commits"
            f" happened, {void} did not, {landed.rows} rows in {landed.seconds:.1f} s",
            flush=True,
        )

    lander.run(show, FOLLOW_MS if follow else None)
    print(
        f"{rows} rows landed in this run; all of them: {lander.folder.rows_url}, in Hive {lander.table.name}",
        flush=True,
    )


def run_report(report: Report) -> None:
    for title, rows in (
        ("Sales by sword", report.sales()),
        ("Sales by region", report.regions()),
        ("Funnel, in players", report.funnel()),
    ):
        print(title)
        rows.show(ROWS_MAX, truncate=False)


def run_comparison(comparison: Comparison) -> int:
    print(f"The same figures, of the events up to offset {comparison.last}:")
    for line in comparison.lines():
        print(line)
    if len(set(comparison.lasts.values())) > 1:
        print(f"not compared is what one table alone has so far; their last offsets: {comparison.lasts}")
    if comparison.agree:
        print("the tables agree, event type by event type")
        return 0
    for line in comparison.differences():
        print(f"DIFFERS  {line}")
    return 1


def run_sql(spark: SparkSession, text: str) -> None:
    try:
        spark.sql(text).show(ROWS_MAX, truncate=False)
    except (AnalysisException, ParseException) as error:
        raise Problem(f"Spark SQL: {first_line(error)}") from error


if __name__ == "__main__":
    sys.exit(main())
