"""Works on the lake's table with programs that are not ours; prints JSON.

readers.py read TABLE APP_ID   by deltalake, and by DuckDB over the files that deltalake says count
readers.py optimize TABLE      rewrites the small files
readers.py checkpoint TABLE    writes a checkpoint
readers.py append TABLE        appends one row that no event made
readers.py restore TABLE N     makes the table as it was at version N
"""

import json
import sys

import duckdb
from deltalake import DeltaTable, QueryBuilder, write_deltalake

SUMS = """
    SELECT count(*) AS "rows",
           coalesce(sum(CASE WHEN type = 'PlayerRegistered' THEN gold END), 0) AS start,
           coalesce(sum(CASE WHEN type = 'GoldGranted' THEN amount END), 0) AS granted,
           coalesce(sum(CASE WHEN type = 'SwordBought' THEN price END), 0) AS spent
    FROM {events}"""


def ask(table: DeltaTable, sql: str) -> list[dict]:
    found = QueryBuilder().register("events", table).execute(sql).read_all()
    columns = [found.column(name).to_pylist() for name in found.column_names]
    return [dict(zip(found.column_names, row)) for row in zip(*columns)]


def by_deltalake(table: DeltaTable) -> dict:
    [sums] = ask(table, SUMS.format(events="events"))
    rows = ask(table, "SELECT * FROM events ORDER BY log_offset, event_index")
    for row in rows:
        for name in ("appended_at", "written_at"):
            row[name] = round(row[name].timestamp() * 1000)
    # A filter too: readers skip files by it.
    some = ask(table, "SELECT player FROM events WHERE type = 'SwordBought' AND price >= 60 ORDER BY log_offset")
    return {"sums": sums, "rows": rows, "dear": [row["player"] for row in some]}


def by_duckdb(table: DeltaTable) -> dict:
    files = table.file_uris()
    result = duckdb.sql(SUMS.format(events="read_parquet($files, union_by_name = true)"), params={"files": files})
    [row] = result.fetchall()
    sums = dict(zip(result.columns, row))
    return {"sums": {name: int(value) for name, value in sums.items()}}


def read(table: DeltaTable, app_id: str) -> dict:
    return {
        "version": table.version(),
        "transaction": table.transaction_version(app_id),
        "files": len(table.file_uris()),
        "columns": [field.name for field in table.schema().fields],
        "history": [
            {"version": commit["version"], "operation": commit["operation"], "by": commit.get("engineInfo")}
            for commit in table.history()
        ],
        "deltalake": by_deltalake(table),
        "duckdb": by_duckdb(table),
    }


def optimize(table: DeltaTable) -> dict:
    done = table.optimize.compact()
    return {"removed": done["numFilesRemoved"], "added": done["numFilesAdded"]}


def checkpoint(table: DeltaTable) -> dict:
    table.create_checkpoint()
    return {"version": table.version()}


def append(table: DeltaTable) -> dict:
    row = QueryBuilder().register("events", table).execute("SELECT * FROM events ORDER BY log_offset DESC LIMIT 1")
    write_deltalake(table, row.read_all(), mode="append")
    return {"version": DeltaTable(table.table_uri).version()}


def restore(table: DeltaTable, version: str) -> dict:
    table.restore(int(version))
    return {"version": DeltaTable(table.table_uri).version()}


commands = {"read": read, "optimize": optimize, "checkpoint": checkpoint, "append": append, "restore": restore}

if __name__ == "__main__":
    name, path, *rest = sys.argv[1:]
    json.dump(commands[name](DeltaTable(path), *rest), sys.stdout)
