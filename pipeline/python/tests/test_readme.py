"""The first example of the README runs as it stands."""

import re
from pathlib import Path


def test_the_first_example_runs(capsys) -> None:
    text = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    [example, *_] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "theme" in printed and "Denise" not in printed and "496 0123" not in printed
