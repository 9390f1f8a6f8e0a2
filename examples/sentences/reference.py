#!/usr/bin/env python3
"""Writes data/: what the tests compare the tokenizer and the network with.

Tokens are those of the `tokenizers` library, which all-MiniLM-L6-v2 was published with; embeddings are
computed here, in NumPy and float64, from the same file of weights.

  reference.py FOLDER    FOLDER has model.safetensors, config.json, tokenizer.json and vocab.txt
"""
import json
import math
import random
import struct
import sys
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

MAX_TOKENS = 256
TEXTS = [
    "A man is eating food.",
    "Someone is having a meal.",
    "The allocator caches freed blocks; the driver is not asked again.",
    "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.",
    "Où est la bibliothèque, s'il vous plaît ? Déjà vu !",
    "缓存 keeps 内存 near; メモリを再利用する; 메모리를 다시 쓴다",
    "Привет, мир! Γειά σου Κόσμε. שלום עולם. नमस्ते दुनिया",
    "don't can't 3.14159 1,000,000 $9.99 #tag @user e=mc^2 <html> C++20",
    "😀👩‍👩‍👧 emoji, \ttabs\r\nand newlines",
    "",
    "x" * 101,
    "antidisestablishmentarianism " * 70,
]
BLOCKS = [
    (0x20, 0x7E), (0xA0, 0xFF), (0x100, 0x24F), (0x250, 0x2AF), (0x300, 0x36F), (0x370, 0x3FF),
    (0x400, 0x4FF), (0x5D0, 0x5EA), (0x620, 0x64A), (0x905, 0x939), (0xE01, 0xE3A),
    (0x1100, 0x11FF), (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x20A0, 0x20BF), (0x2190, 0x27BF),
    (0x3001, 0x303F), (0x3041, 0x30FF), (0x3400, 0x4DB5), (0x4E00, 0x9FA5), (0xAC00, 0xD7A3),
    (0xE000, 0xE0FF), (0xF900, 0xFA6D), (0xFB00, 0xFB06), (0xFF01, 0xFFEE), (0x1D400, 0x1D4FF),
    (0x1F300, 0x1F64F), (0x20000, 0x200FF),
]
# Characters newer than the library's tables, and such as have changed their category since.
NEWER = "\u0890 \u0898 \u2e52 \U00011950 \U0001e944 \u166d \u1734 \u1885 \ua9bd \U000111c9"
CONTROLS = "\0\t\n\r\v\f\x1b\x7f\x85\xa0\xad\u061c\u200b\u200d\u2028\u2029\u202e\u3000\ufe0f\ufeff\ufffd"


def varied_lines(words, count):
    """Lines that a tokenizer may get wrong, the same ones every time."""
    dice = random.Random(6)

    def character():
        return chr(dice.randint(*dice.choice(BLOCKS)))

    def word():
        text = dice.choice(words)
        return dice.choice([text, text, text.upper(), text.title(), text + dice.choice(words)])

    def accented():
        return "".join(c + dice.choice(["", "", chr(dice.randint(0x300, 0x36F))]) for c in word())

    kinds = [
        lambda: " ".join(word() + dice.choice(["", "", ",", ".", "!", "'s"]) for _ in range(9)),
        lambda: " ".join(accented() for _ in range(3)),
        lambda: "".join(chr(dice.randint(0xC0, 0x24F)) for _ in range(12)),
        lambda: "".join(character() for _ in range(16)),
        lambda: "".join(character() + dice.choice(["", " ", word()]) for _ in range(6)),
        lambda: "".join(word() + dice.choice(CONTROLS) for _ in range(6)),
        lambda: dice.choice("aé中x") * dice.randint(97, 103) + " " + word(),
        lambda: word() + dice.choice(["[SEP]", "[sep]", "[MASK]", "[[PAD]]", "[CLS", "[UNK] "]) + word(),
    ]
    return [kinds[i % len(kinds)]() for i in range(count)]


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        tensors[name] = np.frombuffer(data[begin:end], "<f4").astype(np.float64).reshape(entry["shape"])
    return tensors


def embedding(weights, config, ids):
    """(T,) ids to a vector of length 1."""

    def linear(x, name):
        return x @ weights[name + ".weight"].T + weights[name + ".bias"]

    def norm(x, name):
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(-1, keepdims=True) + config["layer_norm_eps"])
        return x * weights[name + ".weight"] + weights[name + ".bias"]

    erf = np.vectorize(math.erf)
    heads = config["num_attention_heads"]
    of = "embeddings.{}_embeddings.weight".format
    x = weights[of("word")][ids] + weights[of("position")][: len(ids)] + weights[of("token_type")][0]
    x = norm(x, "embeddings.LayerNorm")
    for i in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{i}."
        q, k, v = (
            linear(x, layer + "attention.self." + part).reshape(len(ids), heads, -1).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = q @ k.swapaxes(1, 2) / math.sqrt(q.shape[-1])
        seen = np.exp(scores - scores.max(-1, keepdims=True))
        seen /= seen.sum(-1, keepdims=True)
        attended = (seen @ v).swapaxes(0, 1).reshape(x.shape)
        x = norm(x + linear(attended, layer + "attention.output.dense"),
                 layer + "attention.output.LayerNorm")
        inner = linear(x, layer + "intermediate.dense")
        inner = inner * (1 + erf(inner / math.sqrt(2))) / 2
        x = norm(x + linear(inner, layer + "output.dense"), layer + "output.LayerNorm")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


def main():
    model = Path(sys.argv[1])
    data = Path(__file__).parent / "data"
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    words = [w for w in (model / "vocab.txt").read_text().split("\n") if w.isalpha() and w.isascii()]
    with open(data / "tokens.jsonl", "w") as out:
        newer = [f"a{c}b {c}" for c in NEWER.split(" ")]
        for text in TEXTS + varied_lines(words, 1000) + newer:
            out.write(json.dumps([text, tokenizer.encode(text).ids], separators=(",", ":")) + "\n")
    weights = read_safetensors(model / "model.safetensors")
    config = json.loads((model / "config.json").read_text())
    rows = [embedding(weights, config, tokenizer.encode(text).ids) for text in TEXTS]
    np.save(data / "embeddings.npy", np.array(rows, np.float32))


if __name__ == "__main__":
    main()
