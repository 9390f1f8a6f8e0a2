"""Both networks in plain NumPy: the second opinion that the C++ examples are compared with.

Every sum runs in float64 and every layer's result is rounded to float32, the type in which a device
stores it. Parameters are named as in PyTorch's nn.Sequential: position, then "weight" or "bias".
"""

import numpy as np

MEAN, DEVIATION = 0.2860, 0.3530  # of the training pixels, scaled to 0..1


def normalize(pixels):
    """(N, 28, 28) bytes to (N, 1, 28, 28) float32, by the operations of a float32 program."""
    scaled = pixels[:, None].astype(np.float32) / np.float32(255)
    return (scaled - np.float32(MEAN)) / np.float32(DEVIATION)


def linear(x, weight, bias):
    # x is (N, in), weight is (out, in)
    return (x.astype(np.float64) @ weight.T.astype(np.float64) + bias).astype(np.float32)


def conv2d(x, weight, bias, padding=0):
    # x is (N, in, H, W), weight is (out, in, k, k), windows is (N, in, H', W', k, k)
    x = np.pad(x.astype(np.float64), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], axis=(2, 3))
    # sums is (N, H', W', out)
    sums = np.tensordot(windows, weight.astype(np.float64), axes=((1, 4, 5), (1, 2, 3)))
    return (sums + bias).transpose(0, 3, 1, 2).astype(np.float32)


def max_pool2d(x, size):
    n, channels, height, width = x.shape
    return x.reshape(n, channels, height // size, size, width // size, size).max(axis=(3, 5))


def relu(x):
    return np.maximum(x, 0)


def mlp(x, p):
    x = x.reshape(len(x), 784)
    x = relu(linear(x, p["1.weight"], p["1.bias"]))
    x = relu(linear(x, p["3.weight"], p["3.bias"]))
    return linear(x, p["5.weight"], p["5.bias"])


def lenet(x, p):
    x = max_pool2d(relu(conv2d(x, p["0.weight"], p["0.bias"], padding=2)), 2)  # (N, 6, 14, 14)
    x = max_pool2d(relu(conv2d(x, p["3.weight"], p["3.bias"])), 2)  # (N, 16, 5, 5)
    x = x.reshape(len(x), 400)
    x = relu(linear(x, p["7.weight"], p["7.bias"]))
    x = relu(linear(x, p["9.weight"], p["9.bias"]))
    return linear(x, p["11.weight"], p["11.bias"])


FORWARD = {"mlp": mlp, "lenet": lenet}


def logits(network, parameters, pixels, batch=500):
    """The (N, 10) float32 outputs of a network for (N, 28, 28) bytes."""
    parts = [pixels[i : i + batch] for i in range(0, len(pixels), batch)]
    return np.concatenate([FORWARD[network](normalize(part), parameters) for part in parts])


def accuracy(outputs, labels):
    return float(np.mean(outputs.argmax(axis=1) == labels))
