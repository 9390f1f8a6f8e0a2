#!/usr/bin/env python3
"""Writes the first test images and labels of Fashion-MNIST as the two idx files we ship."""

import argparse

import files


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    files.add_folders(parser)
    arguments = parser.parse_args()
    count = files.SHIPPED_IMAGES
    for kind in ("images-idx3-ubyte", "labels-idx1-ubyte"):
        original = files.read_idx(arguments.data / f"t10k-{kind}")
        files.write_idx(arguments.output / f"t10k-{count}-{kind}", original[:count])


if __name__ == "__main__":
    main()
