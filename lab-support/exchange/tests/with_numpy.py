"""Arrays of NumPy, for `peers.rs` beside this file. Needs numpy.

`python with_numpy.py make DIR` writes arrays of several kinds: those in `numpy/` were made so. `python with_numpy.py check DIR`
reads those that the lab has written.
"""

import sys
from pathlib import Path

import numpy as np

counting = np.arange(24).reshape(2, 3, 4)


def make(folder):
    for kind in ["f4", "f8", "u1", "i8", "i4", "u8", "u4", "i2", "u2", "i1"]:
        np.save(folder / f"{kind}.npy", counting.astype(kind))
    np.save(folder / "columns.npy", np.asfortranarray(counting.astype("f4")))
    np.save(folder / "empty.npy", np.zeros((0, 28, 28), "u1"))
    np.save(folder / "scalar.npy", np.float32(7))
    np.save(folder / "bool.npy", counting % 2 == 1)
    np.save(folder / "half.npy", counting.astype("f2"))
    np.save(folder / "swapped.npy", counting.astype(">i4"))
    np.save(folder / "text.npy", np.array(["a", "b"]))
    np.save(folder / "object.npy", np.array([{}, None]), allow_pickle=True)
    np.save(folder / "fractions.npy", np.array([0.5, np.nan, 256, -1]))
    parts = {"x_train": counting.astype("u1"), "y_train": np.array([3, 9]), "x_test": counting.astype("u1")}
    np.savez(folder / "stored.npz", **parts)
    np.savez_compressed(folder / "packed.npz", **parts)
    np.savez(folder / "numbered.npz", counting, counting[0])


def check(folder):
    for kind in ["f4", "f8", "u1", "i8", "i4"]:
        read = np.load(folder / f"{kind}.npy")
        assert read.dtype == kind and (read == counting).all(), kind
    turned = np.load(folder / "turned.npy")
    assert turned.shape == (4, 3, 2) and (turned == counting.T).all()
    with np.load(folder / "images.npz") as parts:
        assert parts["x_train"].shape == (2, 3, 4) and parts["x_train"].dtype == "u1"
        assert (parts["x_train"] == counting).all() and parts["y_train"].tolist() == [3, 9]
        assert parts["x_test"].dtype == "f4" and np.allclose(parts["x_test"], counting / 255)


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](Path(sys.argv[2]))
