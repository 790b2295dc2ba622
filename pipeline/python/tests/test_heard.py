"""The package as a notebook uses it: tables of every library, runs, privacy, errors."""

import datetime
import json
import subprocess
import sys
import threading
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import heard

SAMPLES = Path(__file__).resolve().parents[3] / "data-samples"
SAID = [
    "They never ring when they are late, and mum sits waiting.",
    "My carer Denise Hartley is kind. Ring me on 0161 496 0123.",
    None,
    "n/a",
    "Never the same face twice; café au lait is beyond them 🙂 but they are always on time.",
]


@pytest.fixture(scope="module")
def coder() -> heard.Coder:
    return heard.Coder()


def themes(row: dict) -> set[str]:
    return {coding["theme"] for coding in row["codings"]}


def test_a_polars_frame_comes_back_as_one(coder: heard.Coder) -> None:
    coded = coder.code(pl.DataFrame({"comment": SAID, "n": range(5)}))
    assert isinstance(coded, pl.DataFrame)
    rows = coded.to_dicts()
    assert [row["response_id"] for row in rows] == [f"1-{n}" for n in range(1, 6)]
    assert "communication" in themes(rows[0])
    assert rows[2]["status"] == rows[3]["status"] == "no_content"
    assert {"continuity", "punctuality"} <= themes(rows[4])
    # Offsets count characters, whatever their bytes.
    for row in rows:
        for segment in row["segments"]:
            assert row["text"][segment["start"] : segment["end"]] == segment["text"]


def test_every_library_gets_the_same(coder: heard.Coder) -> None:
    expected = pa.table(coder.code(pl.DataFrame({"comment": SAID}))).to_pylist()
    table = pa.table({"comment": SAID})
    large = table.cast(pa.schema([("comment", pa.large_string())]))
    for given in (table, table.to_batches()[0], large, large.to_reader()):
        coded = coder.code(given)
        assert isinstance(coded, pa.Table)
        assert coded.to_pylist() == expected
    frame = coder.code(pd.DataFrame({"comment": SAID}))
    assert isinstance(frame, pd.DataFrame)
    assert list(frame["text"]) == [row["text"] for row in expected]
    assert coder.code(pl.LazyFrame({"comment": SAID})).height == 5
    assert pl.DataFrame({"comment": SAID}).map_rows(lambda row: (len(row[0] or ""),)).height == 5


def test_polars_maps_batches_by_the_same_coder(coder: heard.Coder) -> None:
    frame = pl.LazyFrame({"id": ["a", "b", "c", "d", "e"], "comment": SAID})
    schema = pl.DataFrame(coder.schema().empty_table()).schema
    coded = frame.map_batches(lambda part: coder.code(part, "comment", id="id"), schema=schema)
    counted = coded.select("response_id", pl.col("codings").list.len().alias("codes")).collect()
    assert counted["response_id"].to_list() == ["a", "b", "c", "d", "e"]
    assert counted["codes"].sum() > 2


def test_nothing_identified_comes_out(coder: heard.Coder) -> None:
    table = pa.table(
        {"said": SAID[:2], "who": ["Denise Hartley", "B"], "ward": ["Ring 0161 496 0123", "West"]}
    )
    coded = coder.code(table, "said", respondent="who", by=["ward"], secret="only ours")
    printed = json.dumps(coded.to_pylist(), default=str)
    for name in ("Denise", "Hartley", "496 0123"):
        assert name not in printed
    assert "[PERSON 1]" in printed and "[PHONE 1]" in printed
    again = coder.code(table, "said", respondent="who", secret="only ours")
    other = coder.code(table, "said", respondent="who", secret="another")
    ids = [t["respondent_id"].to_pylist() for t in (coded, again, other)]
    assert ids[0] == ids[1] and not set(ids[0]) & set(ids[2])


def test_people_in_a_breakdown_are_told_apart_in_tables_and_refused_in_batches(coder: heard.Coder) -> None:
    managers = ["Denise Hartley", "Kwame Mensah", "Denise Hartley", None, "Kwame Mensah"]
    table = pa.table({"comment": SAID, "manager": managers, "area": ["Marlpool"] * 5})
    chunks = pa.concat_tables([table.slice(0, 2), table.slice(2)])
    for given in (table, chunks, chunks.to_reader(), pl.DataFrame(table), table.to_pandas()):
        coded = pl.DataFrame(coder.code(given, by=["manager", "area"]))
        assert coded["by_manager"].to_list() == ["[PERSON 1]", "[PERSON 2]", "[PERSON 1]", None, "[PERSON 2]"]
        assert coded["by_area"].unique().to_list() == ["Marlpool"]
    parts = table.to_batches(max_chunksize=2)
    with pytest.raises(ValueError, match="row 1 of the column `manager`.*secret") as refused:
        list(coder.batches(parts, "comment", by="manager"))
    assert "Denise" not in str(refused.value)
    coded = pa.Table.from_batches(coder.batches(parts, "comment", by="manager", secret="ours"))
    marks = coded["by_manager"].to_pylist()
    assert marks[0] == marks[2] != marks[1] == marks[4] and marks[3] is None
    assert coded.equals(coder.code(table, by="manager", secret="ours").combine_chunks())
    assert set(marks).isdisjoint(coder.code(table, by="manager", secret="theirs")["by_manager"].to_pylist()[:3])


def test_columns_say_more_about_a_row(coder: heard.Coder) -> None:
    table = pa.table(
        {
            "text": ["The time that they come"],
            "asked": ["What could be better about your care?"],
            "day": [datetime.date(2026, 3, 1)],
            "who": ["Daughter"],
            "quote": [False],
            "score": [4],
            "area": ["North"],
        }
    )
    coded = coder.code(
        table, question="asked", date="day", who="who", may_quote="quote", rating="score", by="area"
    )
    [row] = coded.to_pylist()
    assert row["polarity"] == "improve"
    assert row["submitted_on"] == datetime.date(2026, 3, 1)
    assert (row["respondent_type"], row["may_quote"], row["rating"]) == ("family", False, 4.0)
    assert row["by_area"] == "North"
    assert coder.schema(by="area") == coded.schema


def test_threads_and_batches_change_nothing() -> None:
    said = [f"{text or ''} Week {n}." for n in range(2000) for text in SAID]
    ids = [f"r{n}" for n in range(len(said))]
    table = pa.table({"comment": said, "id": ids})
    one = heard.Coder(threads=1).code(table, id="id")
    many = heard.Coder(threads=4)
    assert many.code(table, id="id").equals(one)
    parts = many.batches(table.to_batches(max_chunksize=777), "comment", id="id")
    assert pa.Table.from_batches(parts).combine_chunks().equals(one.combine_chunks())


def test_other_threads_of_python_go_on(coder: heard.Coder) -> None:
    table = pa.table({"comment": [f"{SAID[0]} {n}" for n in range(20_000)]})
    ticks, done = [], threading.Event()

    def tick() -> None:
        while not done.wait(0.001):
            ticks.append(1)

    clock = threading.Thread(target=tick)
    clock.start()
    coder.code(table)
    done.set()
    clock.join()
    assert len(ticks) > 20


def test_days_are_read_from_dates_times_and_text(coder: heard.Coder) -> None:
    day = datetime.date(2026, 12, 25)
    noon = datetime.datetime(2026, 12, 25, 12)
    for days in (
        pa.array([day]),
        pa.array([noon]),
        pa.array([noon], pa.timestamp("us", "Europe/London")),
        pa.array(["25/12/2026"]),
        pa.array(["2026-12-25T12:00:00"]),
    ):
        coded = coder.code(pa.table({"comment": SAID[:1], "day": days}), "comment", date="day")
        assert coded["submitted_on"].to_pylist() == [day]


def test_an_id_that_comes_twice_far_apart_is_refused(coder: heard.Coder) -> None:
    ids = [str(n) for n in range(9000)]
    ids[8500] = "5"
    table = pa.table({"comment": ["They are late."] * 9000, "id": ids})
    with pytest.raises(ValueError, match="row 8501 of the column `id` comes a second time"):
        coder.code(table, "comment", id="id")


def test_what_is_wrong_is_said(coder: heard.Coder) -> None:
    table = pa.table({"comment": SAID, "id": ["a", "b", "a", "d", "e"]})
    with pytest.raises(ValueError, match="did you mean `comment`"):
        coder.code(table, "coment")
    with pytest.raises(ValueError, match="row 3 of the column `id` comes a second time"):
        coder.code(table, "comment", id="id")
    with pytest.raises(ValueError, match="secret"):
        coder.code(table, "comment", respondent="id")
    with pytest.raises(ValueError, match="which column holds the comments"):
        coder.code(pa.table({"a": ["x"], "b": ["y"]}))
    with pytest.raises(TypeError, match="is no table"):
        coder.code(["a comment"])
    with pytest.raises(ValueError, match="no_such"):
        heard.Coder("no_such")
    with pytest.raises(ValueError, match="unknown field `supress`"):
        heard.run(SAMPLES / "bolton", supress="nhs")


def test_texts_are_deidentified_each_by_itself() -> None:
    clean = heard.deidentify([SAID[1], None, SAID[1]])
    assert clean[0] == clean[2] and clean[1] is None
    assert "[PERSON 1]" in clean[0] and "[PHONE 1]" in clean[0]
    assert heard.deidentify("Write to anna@example.org") == "Write to [EMAIL 1]"
    series = heard.deidentify(pl.Series("said", SAID))
    assert series.name == "said" and series.null_count() == 1
    assert heard.deidentify(pa.array(SAID)).null_count == 1
    assert list(heard.deidentify(pd.Series(SAID, index=[9, 8, 7, 6, 5])).index) == [9, 8, 7, 6, 5]
    assert "[PROVIDER A]" in heard.deidentify("Sunrise Care is good", providers=["Sunrise Care"])


def test_a_run_is_what_the_program_makes(tmp_path: Path) -> None:
    run = heard.run(SAMPLES / "bolton", tmp_path / "out", model="fast")
    assert run.report.is_file() and "answers" in str(run)
    by_hand = tmp_path / "by-hand"
    words = ["run", str(SAMPLES / "bolton"), "--model", "fast", "--out", str(by_hand), "--quiet"]
    subprocess.run([sys.executable, "-m", "heard", *words], check=True)
    for table in ("responses", "codings"):
        assert pq.read_table(run.table(table)).equals(
            pq.read_table(by_hand / "restricted" / f"{table}.parquet")
        )
    with pytest.raises(ValueError, match="already holds a run"):
        heard.run(SAMPLES / "bolton", tmp_path / "out", model="fast")
    assert "complete" in heard.run(SAMPLES / "bolton", tmp_path / "out", model="fast", resume=True).summary
    rows = pq.read_table(run.table("responses"), columns=["response_id", "themes"]).to_pylist()
    coded = tmp_path / "coded.csv"
    lines = [f"{row['response_id']},{';'.join(row['themes'])}" for row in rows]
    coded.write_text("\n".join(["response_id,themes", *lines]), encoding="utf-8")
    found = heard.evaluate(run, coded)
    assert found["compared"] == len(rows)
    f1 = [f for f in found["figures"] if f["measure"] == "micro_f1"]
    assert f1 and f1[0]["value"] == 1.0


def test_office_files_are_parsed_in_a_process_of_their_own(tmp_path: Path) -> None:
    letters = list(SAMPLES.rglob("*.docx")) + list(SAMPLES.rglob("*.xlsx"))
    assert letters, "no office files among the samples"
    run = heard.run(letters[0], tmp_path / "out", model="fast")
    assert pq.read_metadata(run.table("responses")).num_rows > 0


def test_coded_rows_become_a_run(coder: heard.Coder, tmp_path: Path) -> None:
    said = [text for n in range(30) for text in (SAID[0], f"{SAID[4]} {n}", SAID[1])]
    areas = ["North", "South", "East"] * 30
    coded = coder.code(pa.table({"comment": said, "area": areas}), by="area")
    table = heard.collect(coded, tmp_path / "table", by=["area"], each=["area"])
    pq.write_table(coded.slice(0, 40), tmp_path / "part-0.parquet")
    pq.write_table(coded.slice(40), tmp_path / "part-1.parquet")
    (tmp_path / "parts").mkdir()
    for n in (0, 1):
        (tmp_path / f"part-{n}.parquet").rename(tmp_path / "parts" / f"part-{n}.parquet")
    files = heard.collect(tmp_path / "parts", tmp_path / "files", by=["area"], each=["area"])
    for run in (table, files):
        rows = pq.read_table(run.table("responses")).to_pylist()
        assert len(rows) == 90
        # What needs all rows at once is done now.
        assert rows[3]["duplicate_of"] == rows[0]["response_id"]
        shares = pl.read_csv(run.path / "publish" / "tables" / "themes.csv")
        assert shares.height > 20
    assert (table.path / "publish" / "report.html").is_file()
    with pytest.raises(ValueError, match="no table that Heard coded"):
        heard.collect(pa.table({"comment": ["a"]}), tmp_path / "none")
    with pytest.raises(ValueError, match="was coded by"):
        heard.collect(coded, tmp_path / "other", codebook="nhs-qdc")
    with pytest.raises(ValueError, match="same response_id"):
        heard.collect(pa.concat_tables([coded, coded]), tmp_path / "twice")
    assert not list(tmp_path.glob("*.partial"))


def test_the_command_line_ends_with_its_own_codes() -> None:
    def ended(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "heard", *words], capture_output=True, text=True, check=False
        )

    assert ended("--version").stdout.startswith("heard 0")
    wrong = ended("run", "nowhere.csv")
    assert wrong.returncode == 2 and "nowhere.csv" in wrong.stderr
