"""Heard: what people say about their care as evidence, on your own computer. No text leaves it.

    import heard, polars as pl

    coder = heard.Coder(codebook="home-care", model="fast")
    coded = coder.code(pl.DataFrame({"comment": ["They never ring when they are late."]}))
    coded["codings"]

A table goes in and a table comes out, with a row for each of its rows: the de-identified words, who
speaks, sentiment, themes with the words that show them, outcomes, quantities and flags. Tables cross by
the Arrow C data interface, without a copy; Python's lock is released meanwhile.
"""

from __future__ import annotations

import json as _json
import os as _os
import sys as _sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import _heard
from ._heard import Coded, __version__

__all__ = ["Coded", "Coder", "Run", "__version__", "collect", "deidentify", "evaluate", "run"]

# A parser of office files, and a run that the page starts, are processes of their own.
_heard.is_called([_sys.executable, "-m", "heard"])

#: Python's words for what becomes of an earlier run in a folder.
_EARLIER = {(False, False): "keep", (True, False): "replace", (False, True): "go on"}


def _list(one_or_more: str | Sequence[str]) -> list[str]:
    return [one_or_more] if isinstance(one_or_more, str) else [str(one) for one in one_or_more]


def _table(table: Any) -> Any:
    """What speaks the Arrow C stream interface, from what nearly does."""
    if hasattr(table, "__arrow_c_stream__"):
        return table
    if hasattr(table, "collect"):  # a polars LazyFrame
        return table.collect()
    if hasattr(table, "__arrow_c_array__"):
        import pyarrow

        return pyarrow.table([pyarrow.record_batch(table)])
    if isinstance(table, dict):
        import pyarrow

        return pyarrow.table(table)
    return table


def _like(table: Any, coded: Coded) -> Any:
    """The coded table in the library of the table that was given."""
    library = type(table).__module__.partition(".")[0]
    if library == "polars":
        import polars

        return polars.DataFrame(coded)
    if library == "pandas":
        import pyarrow

        return pyarrow.table(coded).to_pandas()
    if library == "pyarrow" or isinstance(table, dict):
        import pyarrow

        return pyarrow.table(coded)
    return coded


class Coder:
    """Codebooks and models, opened once; codes any number of tables, from any number of threads.

    codebook: ``home-care``, ``nhs-qdc``, ``outcomes`` or a TOML file; several may be given.
    model: ``fast`` (words alone, tens of thousands of comments a second), ``accurate`` (an encoder reads
        the sentences, hundreds a second), or files made by ``heard train``.
    redact: ``standard``, ``strict`` or ``structured``; see the README.
    providers: names of care providers, which become [PROVIDER A], [PROVIDER B], ... in this order.
    threads: as many as there are cores, unless said otherwise. The result is the same for any number.
    """

    def __init__(
        self,
        codebook: str | Sequence[str] = "home-care",
        model: str | Sequence[str] = "fast",
        *,
        redact: str = "standard",
        providers: Sequence[str] = (),
        threads: int | None = None,
    ) -> None:
        self._coder = _heard.Coder(
            _list(codebook), _list(model), redact, list(providers), threads
        )

    def code(
        self,
        table: Any,
        text: str | None = None,
        *,
        id: str | None = None,
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
        """Codes a table: n rows in, n rows out, in the same order.

        table: a polars or pandas frame, a pyarrow table, batch or reader, a dict of columns, or anything
            with ``__arrow_c_stream__``. What comes back is of the same library (polars, pandas,
            pyarrow), otherwise a :class:`Coded`.
        text: the column of comments. Left out: ``text``, ``comment``, ``comments`` or ``response``, or
            the only column of text.
        id: a column of ids, which become ``response_id`` as they are: they must name nobody, and no two
            may be the same. Left out: rows are numbered from 1.
        respondent: a column that says who answered, where people gave several answers; becomes a
            pseudonym keyed with ``secret``, the same for the same secret.
        question, asked: a column with what was asked, or the words where all were asked the same. Praise
            under "What could be better?" is read otherwise than under "What was good?".
        date, wave, rating, who, may_quote: columns with the day (a date; a time, of which the day in UTC is
            taken; or text with the day first), the
            wave of a survey, a score, who speaks ("daughter", "care worker"), and whether the words may
            be quoted (true or false; a blank is no consent).
        by: columns that results are broken down by, de-identified, as ``by_<name>``. Values that hold a
            name stay apart: ``[PERSON 1]``, ``[PERSON 2]`` in the order in which they first stand in
            the table or, with ``secret``, each with a mark that is the same in every table that was
            coded with the same secret. Tables that are coded apart and put together need one.

        Raises ValueError where a column is missing or does not hold what it should.

        The columns that come out are those of ``responses.parquet`` (see the README), and the lists
        ``segments``, ``codings``, ``measures`` and ``outcomes`` with the columns of the files of those
        names. Whole numbers are int32. ``duplicate_of`` and ``campaign`` need all rows at once:
        :func:`collect` fills them in.
        """
        source = _table(table)
        named = _named(
            text,
            id=id,
            respondent=respondent,
            question=question,
            asked=asked,
            date=date,
            wave=wave,
            rating=rating,
            who=who,
            may_quote=may_quote,
            by=by,
            secret=secret,
        )
        return _like(source, self._coder.code(source, named))

    def batches(self, batches: Iterable[Any], text: str, **columns: Any) -> Iterator[Any]:
        """Codes pyarrow record batches one by one, as they come: for streams and clusters.

        Takes what :meth:`code` takes, with ``text`` named, and gives pyarrow record batches of
        :meth:`schema`. Rows are numbered through all batches. A column of ``by`` that turns out to
        name people needs ``secret``: without one ValueError is raised at the first of them, since
        what other batches hold is not known.
        """
        import pyarrow

        named, first = _named(text, **columns), 1
        for batch in batches:
            coded = self._coder.code(pyarrow.Table.from_batches([batch]), named, first)
            first += len(coded)
            yield from pyarrow.table(coded).to_batches()

    def schema(self, by: Sequence[str] = ()) -> Any:
        """The pyarrow schema of what :meth:`code` gives."""
        import pyarrow

        return pyarrow.table(self._coder.schema(_named(None, by=by))).schema


def _named(
    text: str | None,
    *,
    id: str | None = None,
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
) -> dict[str, Any]:
    """What the columns of a table are, as the engine room takes them."""
    return {**locals(), "by": _list(by)}


def deidentify(
    texts: Any, *, redact: str = "standard", providers: Sequence[str] = ()
) -> Any:
    """Takes personal data out of texts, each by itself: ``"Ring me on [PHONE 1]"``.

    texts: a string, a sequence of strings and None, or a polars, pandas or pyarrow column. What comes
        back is of the same kind and length; placeholders are numbered within each text.
    """
    if isinstance(texts, str):
        return _heard.deidentify([texts], redact, list(providers))[0]
    library = type(texts).__module__.partition(".")[0]
    values = texts.to_pylist() if library == "pyarrow" else list(texts)
    if library == "pandas":
        values = [value if isinstance(value, str) else None for value in values]
    clean = _heard.deidentify(values, redact, list(providers))
    if library == "polars":
        import polars

        return polars.Series(texts.name, clean, dtype=polars.String)
    if library == "pandas":
        import pandas

        return pandas.Series(clean, index=texts.index, name=texts.name)
    if library == "pyarrow":
        import pyarrow

        return pyarrow.array(clean, pyarrow.string())
    return clean


@dataclass(frozen=True)
class Run:
    """A finished run: its folder, what the terminal would have said, whether a threshold was passed."""

    path: Path
    summary: str
    needs_attention: bool

    @property
    def report(self) -> Path:
        """The report."""
        return self.path / "publish" / "report.html"

    def table(self, name: str) -> Path:
        """A table of rows: ``responses``, ``segments``, ``codings``, ``measures``, ``outcomes``."""
        return self.path / "restricted" / f"{name}.parquet"

    def __str__(self) -> str:
        return self.summary


def _settings(settings: dict[str, Any]) -> str:
    for name in ("text", "by", "each", "codebook", "model"):
        if name in settings:
            settings[name] = _list(settings[name])
    return _json.dumps(settings, default=str)


def run(
    inputs: str | _os.PathLike[str] | Sequence[str | _os.PathLike[str]],
    out: str | _os.PathLike[str] = "heard-out",
    *,
    force: bool = False,
    resume: bool = False,
    threads: int | None = None,
    **settings: Any,
) -> Run:
    """The main job: files in, a folder of evidence out, as ``heard run`` does it.

    inputs: files and folders.
    settings: everything that may stand in ``heard.toml``, by the same names: ``text``, ``by``,
        ``codebook``, ``model``, ``invited``, ``suppress``, ``organisation={"name": ...}``, ...

    Raises ValueError, with the sentence that the command line would print.
    """
    files = [inputs] if isinstance(inputs, (str, _os.PathLike)) else list(inputs)
    settings |= {"input": [_os.fspath(file) for file in files], "out": _os.fspath(out)}
    if force and resume:
        raise ValueError("force starts anew and resume goes on: choose one")
    earlier = _EARLIER[force, resume]
    return Run(Path(out), *_heard.do_run(_settings(settings), earlier, threads))


def collect(
    coded: Any,
    out: str | _os.PathLike[str] = "heard-out",
    *,
    codebook: str | Sequence[str] = "home-care",
    model: str | Sequence[str] = "fast",
    force: bool = False,
    **settings: Any,
) -> Run:
    """Makes a run of coded rows: tables, charts, report and everything else that :func:`run` writes.

    coded: what :meth:`Coder.code` or :mod:`heard.spark` made: a table, a pyarrow reader, or the path of a
        Parquet file or of a folder of them (read one after the other, in the order of their names).
    codebook, model: those that it was coded with.
    settings: as for :func:`run`; what concerns the reading of files has no effect.
    """
    settings |= {"input": ["table"], "out": _os.fspath(out)}
    settings |= {"codebook": codebook, "model": model}
    if isinstance(coded, (str, _os.PathLike)):
        import pyarrow.dataset

        coded = pyarrow.dataset.dataset(_os.fspath(coded), format="parquet").scanner(
            use_threads=False
        ).to_reader()
    earlier = "replace" if force else "keep"
    return Run(Path(out), *_heard.do_collect(_table(coded), _settings(settings), earlier))


def evaluate(
    run: Run | str | _os.PathLike[str],
    coded: str | _os.PathLike[str] | Sequence[str | _os.PathLike[str]],
    *,
    codebook: str | None = None,
    ignore_unknown: bool = False,
    providers: str | _os.PathLike[str] | None = None,
) -> dict[str, Any]:
    """How far a run agrees with people's codes, as ``heard evaluate --json`` says it.

    run: a finished run or its folder. coded: spreadsheets that people coded.
    Gives every figure with its 95% interval (``figures``: measure, label, value, low, high), the
    confusions and the calibration; tables and the chart are written to ``restricted/evaluation``.
    """
    folder = run.path if isinstance(run, Run) else Path(run)
    files = [coded] if isinstance(coded, (str, _os.PathLike)) else list(coded)
    return _json.loads(
        _heard.do_evaluate(folder, [Path(f) for f in files], codebook, ignore_unknown, providers)
    )
