"""Reads and writes idx and safetensors files through NumPy, and knows where they lie.

idx          magic number and dimensions, big-endian; then the bytes
safetensors  length of the header; the header, JSON; then the bytes, all little-endian
"""

import gzip
import json
import math
import pathlib
import struct

import numpy as np

ORIGINALS = "/usr/share/datasets/fashion-mnist"  # of Debian's package dataset-fashion-mnist
EXAMPLES_DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
SHIPPED_IMAGES = 2000  # how many test images lie there
IDX_UINT8 = 0x08  # the third byte of an idx file's magic number; the fourth is the rank


def add_folders(parser):
    """Gives an argparse parser the two folders that both scripts have."""
    parser.add_argument(
        "--data",
        type=pathlib.Path,
        default=ORIGINALS,
        help="folder of the original idx files, gzipped or not (default: %(default)s)",
    )
    parser.add_argument(
        "--output",
        type=pathlib.Path,
        default=EXAMPLES_DATA,
        help="folder to write to (default: examples/data)",
    )


def read_idx(path):
    """Returns the uint8 array in `path`, or in `path`.gz where only that exists."""
    packed = not pathlib.Path(path).exists()
    with gzip.open(f"{path}.gz") if packed else open(path, "rb") as file:
        content = file.read()
    zeros, kind, rank = struct.unpack_from(">HBB", content)
    if zeros != 0 or kind != IDX_UINT8:
        raise ValueError(f"{path}: not an idx file of bytes")
    shape = struct.unpack_from(f">{rank}I", content, 4)
    return np.frombuffer(content, np.uint8, math.prod(shape), 4 + 4 * rank).reshape(shape)


def write_idx(path, array):
    header = struct.pack(f">HBB{array.ndim}I", 0, IDX_UINT8, array.ndim, *array.shape)
    pathlib.Path(path).write_bytes(header + array.astype(np.uint8).tobytes())


def write_safetensors(path, tensors, metadata):
    """Writes float32 arrays by name, and a metadata dictionary of strings to strings."""
    header, end = {"__metadata__": metadata}, 0
    for name, array in tensors.items():
        begin, end = end, end + array.nbytes
        header[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # the data begins at a multiple of 8, as the format asks
    data = b"".join(array.astype("<f4").tobytes() for array in tensors.values())
    pathlib.Path(path).write_bytes(struct.pack("<Q", len(text)) + text + data)


def read_safetensors(path):
    """Returns the float32 arrays of a file that `write_safetensors` made, by name."""
    content = pathlib.Path(path).read_bytes()
    start = 8 + struct.unpack_from("<Q", content)[0]
    header = json.loads(content[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = np.frombuffer(content[start + begin : start + end], "<f4")
        tensors[name] = values.reshape(entry["shape"])
    return tensors
