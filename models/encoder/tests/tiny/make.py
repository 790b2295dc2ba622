"""Reference outputs for the encoder's tests, from numpy and the `tokenizers` package.

    python make.py tiny FOLDER           a tiny random BERT as safetensors, to be packed
    python make.py reference FOLDER OUT  ids, offsets and vectors for a folder of (exported) safetensors

The committed tiny.enc and tiny.json came from: make.py tiny A; example pack A tiny.enc; example pack
--export tiny.enc B; make.py reference B tiny.json. Needs numpy, safetensors, tokenizers.
"""

import json
import math
import pathlib
import sys

import numpy as np
from safetensors.numpy import load_file, save_file
from tokenizers import BertWordPieceTokenizer

PAIRS = [
    ["", "She was late again."],
    ["What could we do better?", "Nothing"],
    ["What was good?", "The CARERS are lovely; they don't rush, don’t hurry & always say 'hello'!"],
    ["", ""],
    ["Café?", "Ünïcode ÉCOLE naïve e\u0301 ﬁne ﬂat Straße İstanbul ΣΊΣΥΦΟΣ 한국어 日本語テキスト ① ½"],
    ["", "care\u200bworker\u00adtea\u000blate\u0000x\ufffdcare\u00a0worker\u2028late\ttea\r\n\u0301late a\u20ddb"],
    ["", "≠ ≥ £12.50 50% @home #care _late_ …–—“quoted” • 👍🏽 👩‍👩‍👧 \U0001fae0 [MA SK] ~`^|\\<>"],
    ["", "a" * 100 + " " + "a" * 101 + " " + "zz" * 20],
    ["How long?", "15 minutes instead of 30, at 7.30pm on 01/02/2024 (NHS no. 943 476 5919)"],
    ["", " ".join(["the carer came late and left early"] * 8)],
]


def erf(x):
    return np.vectorize(math.erf)(x)


def norm(x, w, name):
    mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / np.sqrt(var + 1e-12) * w[name + ".weight"] + w[name + ".bias"]


def dense(x, w, name):
    return x @ w[name + ".weight"].T + w[name + ".bias"]


def forward(w, config, ids, types):
    size = config["hidden_size"] // config["num_attention_heads"]
    e = "embeddings."
    x = w[e + "word_embeddings.weight"][ids] + w[e + "token_type_embeddings.weight"][types]
    x = norm(x + w[e + "position_embeddings.weight"][: len(ids)], w, e + "LayerNorm")
    for layer in range(config["num_hidden_layers"]):
        p = f"encoder.layer.{layer}."
        parts = [dense(x, w, p + "attention.self." + n) for n in ("query", "key", "value")]
        q, k, v = (a.reshape(len(ids), -1, size).transpose(1, 0, 2) for a in parts)
        s = q @ k.transpose(0, 2, 1) / math.sqrt(size)
        s = np.exp(s - s.max(-1, keepdims=True))
        s /= s.sum(-1, keepdims=True)
        mixed = (s @ v).transpose(1, 0, 2).reshape(len(ids), -1)
        x = norm(x + dense(mixed, w, p + "attention.output.dense"), w, p + "attention.output.LayerNorm")
        h = dense(x, w, p + "intermediate.dense")
        h = dense(h * 0.5 * (1 + erf(h / math.sqrt(2))), w, p + "output.dense")
        x = norm(x + h, w, p + "output.LayerNorm")
    return x


def tiny(folder):
    random = np.random.default_rng(4)
    words = "she was late again what could we do better nothing good the care carer lovely they don t rush hurry and always say hello cafe unicode ecole naive fine flat minutes instead of at on nhs no came left early how long tea".split()
    pieces = ["##" + p for p in "s r rs ing ed ly er worker a e i o u n t l d pm m h".split()]
    singles = list("abcdefghijklmnopqrstuvwxyz0123456789!\"#%&'(),-./:;=?@[]_£’“”…–½") + ["日", "本", "語", "ᄒ", "##ᅡ", "##ᆫ", "≥"]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary += [x for x in dict.fromkeys(words + pieces + singles) if x not in vocabulary]
    vocabulary = vocabulary[:200] + [f"[unused{n}]" for n in range(200 - len(vocabulary))]
    config = dict(vocab_size=200, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=72,
                  max_position_embeddings=96, type_vocab_size=2, layer_norm_eps=1e-12, hidden_act="gelu")
    w = {}

    def add(name, *shape, scale=0.25, base=0.0):
        w[name] = (base + scale * random.standard_normal(shape)).astype(np.float32)

    def add_norm(name):
        add(name + ".weight", 32, scale=0.1, base=1.0)
        add(name + ".bias", 32, scale=0.1)

    for name, rows in (("word", 200), ("position", 96), ("token_type", 2)):
        add(f"embeddings.{name}_embeddings.weight", rows, 32)
    add_norm("embeddings.LayerNorm")
    for layer in range(2):
        p = f"encoder.layer.{layer}."
        for name, rows, columns in (("attention.self.query", 32, 32), ("attention.self.key", 32, 32), ("attention.self.value", 32, 32),
                                    ("attention.output.dense", 32, 32), ("intermediate.dense", 72, 32), ("output.dense", 32, 72)):
            add(p + name + ".weight", rows, columns)
            add(p + name + ".bias", rows)
        add_norm(p + "attention.output.LayerNorm")
        add_norm(p + "output.LayerNorm")
    folder.mkdir(parents=True, exist_ok=True)
    save_file(w, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n")


def reference(folder, out):
    config = json.loads((folder / "config.json").read_text())
    w = {name: tensor.astype(np.float64) for name, tensor in load_file(folder / "model.safetensors").items()}
    tokenizer = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)
    rows = []
    for question, text in PAIRS:
        found = tokenizer.encode(question, text) if question else tokenizer.encode(text)
        limit = config["max_position_embeddings"]
        row = dict(question=question, text=text, ids=found.ids, types=found.type_ids,
                   offsets=[list(o) for o in tokenizer.encode(text, add_special_tokens=False).offsets])
        if len(found.ids) <= limit:
            x = forward(w, config, np.array(found.ids), np.array(found.type_ids))
            row["mean"] = [round(float(y), 6) for y in x.mean(0)]
            row["first"] = [round(float(y), 6) for y in x[0]]
            row["last"] = [round(float(y), 6) for y in x[-1]]
        rows.append(row)
    out.write_text("[\n" + ",\n".join(json.dumps(row, ensure_ascii=True) for row in rows) + "\n]\n")


if __name__ == "__main__":
    if sys.argv[1] == "tiny":
        tiny(pathlib.Path(sys.argv[2]))
    else:
        reference(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
