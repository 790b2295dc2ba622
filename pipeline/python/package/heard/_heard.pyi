"""The engine room, in Rust. Use the package ``heard``."""

from os import PathLike
from typing import Any

__version__: str

class Coded:
    """A table in memory that every Arrow library can take, by ``__arrow_c_stream__``."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __len__(self) -> int: ...

class Coder:
    def __init__(
        self,
        codebooks: list[str],
        models: list[str],
        redact: str,
        providers: list[str],
        threads_: int | None,
    ) -> None: ...
    def code(
        self, table: Any, named: dict[str, Any], first: int | None = None
    ) -> Coded: ...
    def schema(self, named: dict[str, Any]) -> Coded: ...

def deidentify(
    texts: list[str | None], redact: str, providers: list[str]
) -> list[str | None]: ...
def do_run(json: str, earlier: str, threads: int | None) -> tuple[str, bool]: ...
def do_collect(table: Any, json: str, earlier: str) -> tuple[str, bool]: ...
def do_evaluate(
    dir: str | PathLike[str],
    coded: list[Any],
    codebook: str | None,
    ignore_unknown: bool,
    providers: str | PathLike[str] | None,
) -> str: ...
def call(words: list[str]) -> int: ...
def is_called(words: list[str]) -> None: ...
