#!/usr/bin/env python3
"""Trains the two example networks on Fashion-MNIST and writes their weights and reference logits.

For each network: NAME.safetensors (float32, named as in nn.Sequential) and NAME_logits.npy, the
outputs for the first 64 test images, which NumPy computes from the written file. The last weights
are kept, not those that did best on the test images.
"""

import argparse
import os
import time

# One thread, or the order of sums and so the weights vary. OpenBLAS reads this when NumPy loads it.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import torch
from torch import nn

import files
import reference

SEED = 1
REFERENCE_IMAGES = 64

NETWORKS = {
    "mlp": lambda: nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 512), nn.ReLU(),
        nn.Linear(512, 512), nn.ReLU(),
        nn.Linear(512, 10),
    ),
    "lenet": lambda: nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),  # (N, 6, 14, 14)
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),  # (N, 16, 5, 5)
        nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(),
        nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, 10),
    ),
}  # fmt: skip
EPOCHS = {"mlp": 25, "lenet": 30}
SHIFT = {"mlp": 0, "lenet": 1}  # pixels; a convolution can make use of shifted images


def augment(x, shift):
    """Mirrors half of the images (N, 1, 28, 28), and moves all by up to `shift` pixels each way."""
    mirrored = torch.rand(len(x), 1, 1, 1) < 0.5
    x = torch.where(mirrored, x.flip(-1), x)
    black = -reference.MEAN / reference.DEVIATION
    x = nn.functional.pad(x, (shift, shift, shift, shift), value=black)
    row, column = torch.randint(0, 2 * shift + 1, (2,)).tolist()
    return x[:, :, row : row + 28, column : column + 28]


def train(name, images, labels):
    """Returns a trained network, given normalized images (N, 1, 28, 28) and labels (N)."""
    torch.manual_seed(SEED)
    network = NETWORKS[name]()
    batch = 100
    steps = EPOCHS[name] * (len(images) // batch)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.002, total_steps=steps)
    for epoch in range(EPOCHS[name]):
        started, total = time.time(), 0.0
        for chosen in torch.randperm(len(images)).split(batch):
            outputs = network(augment(images[chosen], SHIFT[name]))
            loss = nn.functional.cross_entropy(outputs, labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(chosen)
        seconds = time.time() - started
        print(f"{name}: epoch {epoch + 1}, loss {total / len(images):.4f}, {seconds:.1f} s")
    return network


def write(name, network, pixels, labels, folder):
    """Writes weights and reference logits, and prints what the network reaches on test images."""
    path = folder / f"{name}.safetensors"
    weights = {key: value.numpy() for key, value in network.state_dict().items()}
    accuracy = reference.accuracy(reference.logits(name, weights, pixels), labels)
    files.write_safetensors(path, weights, {"network": name, "accuracy": f"{accuracy:.4f}"})

    outputs = reference.logits(name, files.read_safetensors(path), pixels)
    first = outputs[:REFERENCE_IMAGES]
    np.save(folder / f"{name}_logits.npy", first)

    with torch.no_grad():
        torchs = network(torch.from_numpy(reference.normalize(pixels[: len(first)]))).numpy()
    shipped = files.SHIPPED_IMAGES
    accuracy_shipped = reference.accuracy(outputs[:shipped], labels[:shipped])
    print(f"{name}: accuracy {accuracy:.4f} on all {len(labels)} test images")
    print(f"{name}: accuracy {accuracy_shipped:.4f} on the first {shipped}")
    print(f"{name}: logits up to {np.abs(outputs).max():.1f}")
    print(f"{name}: PyTorch and NumPy differ by {np.abs(torchs - first).max():.1e} at most")


def read_data(folder, part):
    """Returns the pixels (N, 28, 28) and labels (N) of "train" or "t10k" as arrays of bytes."""
    pixels = files.read_idx(folder / f"{part}-images-idx3-ubyte")
    return pixels, files.read_idx(folder / f"{part}-labels-idx1-ubyte")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    files.add_folders(parser)
    parser.add_argument("--network", choices=NETWORKS, help="train only this one")
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    pixels, labels = read_data(arguments.data, "train")
    images = torch.from_numpy(reference.normalize(pixels))
    targets = torch.from_numpy(labels.astype(np.int64))
    test_pixels, test_labels = read_data(arguments.data, "t10k")
    for name in [arguments.network] if arguments.network else NETWORKS:
        network = train(name, images, targets)
        write(name, network, test_pixels, test_labels, arguments.output)


if __name__ == "__main__":
    main()
