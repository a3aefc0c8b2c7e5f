"""The lab's networks in Keras on TensorFlow: `fit` and `predict` on arrays."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import tensorflow as tf
from keras import layers as L

import peer


class Keras:
    def __init__(self, train, test):
        tf.config.threading.set_intra_op_parallelism_threads(peer.THREADS)
        tf.config.threading.set_inter_op_parallelism_threads(peer.THREADS)
        self.images, self.labels = train
        self.test_images, _ = test

    def build(self, layers, optimizer, batch_size):
        keras.utils.set_random_seed(42)
        convolves = any(layer["kind"] == "conv2d" for layer in layers)
        stack = [keras.Input([28, 28, 1] if convolves else [28, 28])]
        for i, layer in enumerate(layers):
            kind, size = layer["kind"], layer.get("size")
            if kind == "flatten":
                stack.append(L.Flatten())
            elif kind == "conv2d":
                stack.append(L.Conv2D(size, 3, activation="relu"))
            elif kind == "maxpool2d":
                stack.append(L.MaxPooling2D(size))
            else:
                last = i == len(layers) - 1
                stack.append(L.Dense(size, activation=None if last else "relu"))
        self.model = keras.Sequential(stack)
        self.inputs = self.images, self.test_images
        if convolves:
            self.inputs = tuple(images[..., None] for images in self.inputs)
        self.model.compile(
            optimizer="adam" if optimizer == "adam" else keras.optimizers.SGD(0.01),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
        self.batch_size = batch_size

    def fit(self):
        self.model.fit(self.inputs[0], self.labels, epochs=1, batch_size=self.batch_size, verbose=0)

    def predict(self):
        # Several times as fast as in batches of 32, the default.
        self.model.predict(self.inputs[1], batch_size=1000, verbose=0)


peer.serve(Keras)
