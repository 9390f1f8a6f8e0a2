#!/usr/bin/env python3
"""Makes the files of this folder with NumPy and the safetensors package: other people's writers.

Run it in the folder itself. Every value can be told from its index, so a test needs no second copy.
"""

import numpy as np
from safetensors.numpy import save_file

matrix = np.arange(12, dtype=np.float32).reshape(3, 4) / 2  # element (i, j) is (4 i + j) / 2
cube = (
    np.arange(24, dtype=np.int32).reshape(2, 3, 4) - 12
)  # element (i, j, k) is 12 i + 4 j + k - 12
thirds = np.arange(10) % 3 == 0  # every third one is true

np.save("float32.npy", matrix)
np.save(
    "float32_fortran.npy", np.asfortranarray(matrix)
)  # the same matrix, columns first in the file
np.save("int32.npy", cube)
np.save("bool.npy", thirds)
np.save("scalar.npy", np.array(2.5, dtype=np.float32))
np.save("empty.npy", np.zeros((3, 0, 2), dtype=np.float32))

save_file({"matrix": matrix, "cube": cube, "thirds": thirds}, "mixed.safetensors")
save_file(
    {
        "0.weight": matrix,
        "0.bias": np.arange(3, dtype=np.float32),
        "scale": np.array(2.5, dtype=np.float32),
        "nothing": np.zeros((0, 4), dtype=np.float32),
    },
    "metadata.safetensors",
    metadata={"network": "none", "note": 'a "quoted" line\nand ünïcode'},
)
