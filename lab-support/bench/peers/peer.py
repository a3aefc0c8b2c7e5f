"""What the two peers share: the data set, and the lines in which they are asked and answer."""

import gzip
import json
import os
import sys
import time

import numpy as np

# The cores that everyone who is timed may use.
THREADS = int(os.environ["LAB_THREADS"])


def read(folder, name, header):
    """The bytes of an IDX file behind its header, unpacked if need be."""
    path = os.path.join(folder, name)
    if os.path.exists(path):
        data = open(path, "rb").read()
    else:
        data = gzip.open(path + ".gz").read()
    return np.frombuffer(data, np.uint8, offset=header)


def images(folder, split):
    """Images [n, 28, 28] from 0 to 1 in 32 bits, and their labels [n]."""
    pixels = read(folder, f"{split}-images-idx3-ubyte", 16).reshape(-1, 28, 28)
    return pixels.astype(np.float32) / 255, read(folder, f"{split}-labels-idx1-ubyte", 8)


def serve(make):
    """Answers each request on standard input with the seconds that it took.

    `make(train, test)` returns the peer: an object with `build(network, optimizer, batch_size)`, `fit()` for
    one epoch and `predict()` of the test images.
    """
    folder = sys.argv[1]
    peer = make(images(folder, "train"), images(folder, "t10k"))
    for line in sys.stdin:
        request = json.loads(line)
        start = time.perf_counter()
        if request["do"] == "build":
            peer.build(**request["network"])
        elif request["do"] == "fit":
            peer.fit()
        else:
            peer.predict()
        print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
