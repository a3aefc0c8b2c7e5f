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

    def build(self, network, optimizer, batch_size):
        keras.utils.set_random_seed(network["seed"])
        layers = network["layers"]
        convolves = any(layer["layer"] == "Conv2D" for layer in layers)
        stack = [keras.Input([28, 28, 1] if convolves else [28, 28])]
        for layer in layers:
            kind, activation = layer["layer"], layer.get("activation", "linear").lower()
            if kind == "Flatten":
                stack.append(L.Flatten())
            elif kind == "Conv2D":
                stack.append(L.Conv2D(layer["filters"], layer["kernel"], activation=activation))
            elif kind == "MaxPooling2D":
                stack.append(L.MaxPooling2D(layer["size"]))
            else:
                stack.append(L.Dense(layer["units"], activation=activation))
        self.model = keras.Sequential(stack)
        self.inputs = self.images, self.test_images
        if convolves:
            self.inputs = tuple(images[..., None] for images in self.inputs)
        self.model.compile(
            optimizer="adam" if "Adam" in optimizer else keras.optimizers.SGD(0.01),
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
