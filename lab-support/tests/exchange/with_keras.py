"""Networks of Keras, for `main.rs` beside this file. Needs keras with a backend, and safetensors.

`python with_keras.py make DIR` writes each network's weights in the two lines that the lab's messages show, and what it
answers, to `DIR/NAME.safetensors` and `DIR/NAME.out.safetensors`: those in `keras/` were made so.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers
from safetensors.numpy import save_file


def inputs(channels):
    """Those of PyTorch, channel by channel, with the channels last."""
    i = np.arange(2 * channels * 30)
    numbers = ((37 * i * i + 11 * i + 7) % 101 / 101).astype("float32")
    return numbers.reshape(2, channels, 6, 5).transpose(0, 2, 3, 1)


def residual():
    """A functional network."""
    first = layers.Input((6, 5, 1))
    x = before = layers.Conv2D(3, 3, padding="same", activation="relu")(first)
    x = layers.Conv2D(3, 3, padding="same")(x)
    x = layers.LayerNormalization(axis=[1, 2, 3], epsilon=1e-5)(x)
    x = layers.Activation("swish")(x)
    x = layers.Add()([layers.Conv2D(3, 1)(x), before])
    x = layers.GlobalAveragePooling2D()(layers.ReLU()(x))
    return keras.Model(first, layers.Dense(3)(x))


def networks():
    """Each kind of layer that has weights, with each of its options, and what lies behind `Flatten`."""
    return {
        "dense": keras.Sequential([
            layers.Input((6, 5)), layers.Flatten(), layers.Dense(6, "relu"), layers.Dropout(0.3), layers.Dense(3),
        ]),
        "convolution": keras.Sequential([
            layers.Input((6, 5, 2)), layers.Conv2D(3, 2, activation="relu"), layers.MaxPooling2D(2, strides=1),
            layers.Conv2D(4, 3, padding="same", use_bias=False), layers.BatchNormalization(), layers.Activation("gelu"),
            layers.Flatten(), layers.Dense(3),
        ]),
        "stride": keras.Sequential([
            layers.Input((6, 5)), layers.Reshape((6, 5, 1)), layers.Conv2D(4, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.01), layers.AveragePooling2D(2, strides=1), layers.Flatten(),
            layers.BatchNormalization(epsilon=1e-2), layers.Dropout(0.5), layers.Dense(5, "tanh", use_bias=False),
            layers.LayerNormalization(epsilon=1e-5), layers.ELU(), layers.Dense(3), layers.Softmax(),
        ]),
        "residual": residual(),
    }


def make(folder):
    """Writes the weights and the answers."""
    keras.utils.set_random_seed(7)
    for name, model in networks().items():
        rng = np.random.default_rng(7)
        model.set_weights([
            rng.uniform(0.5, 2, w.shape) if w.path.endswith("variance") else rng.uniform(-1, 1, w.shape)
            for w in model.weights
        ])
        path = folder / f"{name}.safetensors"
        save_file({str(i): w for i, w in enumerate(model.get_weights())}, path, {"keras": model.to_json()})
        images = inputs(model.input_shape[3] if len(model.input_shape) == 4 else 1)
        outputs = model.predict(images.reshape(-1, *model.input_shape[1:]), verbose=0)
        save_file({"outputs": outputs}, folder / f"{name}.out.safetensors")


if __name__ == "__main__":
    {"make": make}[sys.argv[1]](Path(sys.argv[2]))
