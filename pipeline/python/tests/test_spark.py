"""The same codes on a Spark of this machine as without it. Needs Java 17."""

import os
import shutil
import sys
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import heard

pyspark = pytest.importorskip("pyspark")
if shutil.which("java") is None:
    pytest.skip("there is no Java", allow_module_level=True)

# Workers are this Python, and not the one that the shell would find.
os.environ["PYSPARK_PYTHON"] = sys.executable

import heard.spark  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402

SAID = [
    "They never ring when they are late, and mum sits waiting.",
    "My carer Denise Hartley is kind. Ring me on 0161 496 0123.",
    "n/a",
    "Never the same face twice, but they are always on time.",
]


@pytest.fixture(scope="module")
def spark():
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "100")
        .config("spark.sql.shuffle.partitions", "3")
        .getOrCreate()
    )
    yield session
    session.stop()


def test_a_cluster_codes_as_one_computer_does(spark, tmp_path: Path) -> None:
    rows = [(f"c{n}", f"{SAID[n % 4]} {n}", ["North", "South"][n % 2]) for n in range(1500)]
    df = spark.createDataFrame(rows, "id string, comment string, area string").repartition(5)
    heard.spark.code(df, id="id", by="area").write.parquet(str(tmp_path / "coded"))
    far = pl.read_parquet(tmp_path / "coded" / "*.parquet").sort("response_id")
    near = pa.table({"id": [r[0] for r in rows], "comment": [r[1] for r in rows], "area": [r[2] for r in rows]})
    near = pl.DataFrame(heard.Coder().code(near, "comment", id="id", by="area")).sort("response_id")
    # Rows are numbered where they are read; everything else is the same.
    assert far.drop("row").equals(near.drop("row").select(far.drop("row").columns))
    for path in (tmp_path / "coded").iterdir():
        data = path.read_bytes()
        assert b"Denise" not in data and b"496 0123" not in data
    run = heard.spark.collect(tmp_path / "coded", tmp_path / "out", by=["area"])
    assert pq.read_metadata(run.table("responses")).num_rows == 1500
    assert run.report.is_file()


def test_coded_rows_are_joined_and_grouped(spark) -> None:
    rows = [(f"c{n}", SAID[n % 4]) for n in range(40)]
    df = spark.createDataFrame(rows, "id string, comment string")
    coded = heard.spark.code(df, id="id").select("response_id", "status")
    counts = {row["status"]: row["count"] for row in coded.groupBy("status").count().collect()}
    assert counts == {"informative": 30, "no_content": 10}


def test_workers_tell_people_in_a_breakdown_apart_by_a_secret(spark) -> None:
    managers = ["Denise Hartley", "Kwame Mensah", "Zbigniew Kowalski"]
    rows = [(f"c{n}", SAID[0], managers[n % 3]) for n in range(300)]
    df = spark.createDataFrame(rows, "id string, comment string, manager string").repartition(4)
    coded = heard.spark.code(df, id="id", by="manager", secret="ours").select("response_id", "by_manager")
    marks = {int(row["response_id"][1:]): row["by_manager"] for row in coded.collect()}
    assert len(set(marks.values())) == 3
    assert all(marks[n] == marks[n % 3] for n in range(300))
    with pytest.raises(Exception, match="row 1 of the column `manager` holds something personal"):
        heard.spark.code(df, id="id", by="manager").collect()
