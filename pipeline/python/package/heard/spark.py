"""Heard on Spark: comments are coded by the cluster that holds them.

    import heard.spark

    coded = heard.spark.code(df, text="comment", id="comment_id", by=["trust"])
    coded.write.parquet("coded")
    heard.spark.collect("coded", out="heard-out", by=["trust"])

Each worker opens the models once and codes batch by batch (``mapInArrow``). A row is de-identified in the
worker that reads it, in one step with the coding: what leaves that step, and all that can be shuffled,
cached or written after it, is de-identified. Of the columns that were not named nothing is read.

The package must be installed on the workers as on the driver: ``pip install heard-*.whl pyarrow``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from . import Coder, Run
from . import collect as collect_rows

__all__ = ["code", "collect"]

#: The coders of this process, by how they were opened: a worker serves many tasks.
_OPEN: dict[tuple[Any, ...], Coder] = {}


def _coder(how: tuple[Any, ...]) -> Coder:
    if how not in _OPEN:
        codebook, model, redact, providers = how
        # Spark runs as many workers as there are cores.
        _OPEN[how] = Coder(codebook, model, redact=redact, providers=providers, threads=1)
    return _OPEN[how]


class _Work:
    """What goes to the workers: names of columns, and how to open a coder."""

    def __init__(self, how: tuple[Any, ...], text: str, columns: dict[str, Any]) -> None:
        self.how, self.text, self.columns = how, text, columns

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        return _coder(self.how).batches(batches, self.text, **self.columns)


def code(
    df: Any,
    text: str = "comment",
    *,
    id: str,
    codebook: str | Sequence[str] = "home-care",
    model: str | Sequence[str] = "fast",
    redact: str = "standard",
    providers: Sequence[str] = (),
    respondent: str | None = None,
    question: str | None = None,
    asked: str | None = None,
    date: str | None = None,
    wave: str | None = None,
    rating: str | None = None,
    who: str | None = None,
    may_quote: str | None = None,
    by: Sequence[str] = (),
    secret: str | None = None,
) -> Any:
    """Codes a Spark DataFrame: n rows in, n rows out, as a DataFrame with Heard's columns.

    The arguments are those of :class:`heard.Coder` and :meth:`heard.Coder.code`. ``id`` is needed:
    rows have no number of their own on a cluster. Ids pass through as they are, so they must name
    nobody. Join other columns on ``response_id`` afterwards. ``secret`` is needed where a column of
    ``by`` names people (the job ends with a sentence that says so): no worker knows whom the others
    have met, and with the same secret all give the same person the same mark.
    """
    from pyspark.sql.pandas.types import from_arrow_schema

    by = [by] if isinstance(by, str) else list(by)
    columns: dict[str, Any] = {
        "id": id,
        "respondent": respondent,
        "question": question,
        "date": date,
        "wave": wave,
        "rating": rating,
        "who": who,
        "may_quote": may_quote,
    }
    read = dict.fromkeys([text, *filter(None, columns.values()), *by])
    columns |= {"asked": asked, "by": by, "secret": secret}

    def freeze(words: str | Sequence[str]) -> Any:
        return words if isinstance(words, str) else tuple(words)

    how = (freeze(codebook), freeze(model), redact, tuple(providers))
    # Opened here too: what is wrong with it is told at once, and not by a worker.
    schema = from_arrow_schema(_coder(how).schema(by))
    return df.select(*read).mapInArrow(_Work(how, text, columns), schema)


def collect(coded: Any, out: str = "heard-out", **settings: Any) -> Run:
    """Tables, charts and the report from what Spark coded, made by the code that makes them locally.

    coded: a path that this computer can read, of the Parquet files that were written from what
        :func:`code` gave, or the DataFrame itself where it is small enough for this computer's memory.
    settings: as for :func:`heard.collect`.
    """
    return collect_rows(coded.toArrow() if hasattr(coded, "toArrow") else coded, out, **settings)
