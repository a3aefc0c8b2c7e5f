"""The column for Keras. Runs as it stands where Keras does; `load_data` finds FASHION_MNIST_DIR in place of a download."""

import os
import pathlib
import tempfile

import numpy as np

home = pathlib.Path(tempfile.mkdtemp())
os.environ["KERAS_HOME"] = str(home)
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
if folder := os.environ.get("FASHION_MNIST_DIR"):
    (home / "datasets/fashion-mnist").mkdir(parents=True)
    for file in pathlib.Path(folder).glob("*.gz"):
        (home / "datasets/fashion-mnist" / file.name).symlink_to(file.resolve())
os.chdir(home)

import keras
from keras import Input, Sequential, layers
from keras.callbacks import CSVLogger, EarlyStopping, LambdaCallback
from keras.datasets import fashion_mnist
from keras.layers import Add, BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D, Normalization, Softmax
from keras.losses import SparseCategoricalCrossentropy
from keras.metrics import SparseTopKCategoricalAccuracy

# [load]
(x, y), (x_test, y_test) = fashion_mnist.load_data()

# [shape]
n, height, width = x.shape

assert (n, height, width) == (60_000, 28, 28)
few, few_test = slice(0, 600), slice(0, 100)
x, y, x_test, y_test = x[few], y[few], x_test[few_test], y_test[few_test]
pixels = x / 255.0
# [normalize]
x = x / 255.0

# [test]
x_test = x_test / 255.0

# [standardize]
standardized = Normalization(mean=0.286, variance=0.353**2)(x)

assert abs(float(keras.ops.mean(standardized))) < 0.1
# [seed]
keras.utils.set_random_seed(42)

# [describe]
model = Sequential([Input((28, 28)), Flatten(), Dense(128, activation="relu"), Dense(10)])

# [neurons]
layer = Dense(128, activation="relu", kernel_initializer="he_uniform", use_bias=False)

network = Sequential([Input((784,)), layer])
assert network.count_params() == 100_352
# [convolution]
conv = Conv2D(16, 3, strides=2, padding="same", activation="relu")
network = Sequential([Input((28, 28, 1)), conv, MaxPooling2D(2)])

assert network.output_shape == (None, 7, 7, 16)
block, inputs = Dense(128, activation="relu"), Input((128,))
# [residual]
outputs = Add()([inputs, block(inputs)])

# [regularize]
outputs = Dropout(0.3)(BatchNormalization()(outputs))

# [summary]
model.summary()

# [compile]
model.compile("adam", SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])

# [sgd]
optimizer = keras.optimizers.SGD(0.01, momentum=0.9)

# [adamw]
optimizer_with_decay = keras.optimizers.AdamW(0.001, weight_decay=0.01)

# [fit]
history = model.fit(x, y, epochs=10, batch_size=32)

other = Sequential([Input((28, 28)), Flatten(), Dense(10)])
other.compile(optimizer, SparseCategoricalCrossentropy(from_logits=True))
# [validate]
other.fit(x, y, epochs=2, validation_split=0.1)

# [stop early]
stop = EarlyStopping(patience=5, restore_best_weights=True)
other.fit(x[:540], y[:540], epochs=20, validation_data=(x[540:], y[540:]), callbacks=[stop])

# [schedule]
rate = keras.optimizers.schedules.CosineDecay(0.001, decay_steps=38)

# [augment]
augment = Sequential([layers.RandomTranslation(2 / 28, 2 / 28), layers.RandomFlip("horizontal")])

assert augment(x[:2, :, :, None]).shape == (2, 28, 28, 1)
# [clip]
optimizer = keras.optimizers.Adam(rate, global_clipnorm=1.0)

other.compile(optimizer, SparseCategoricalCrossentropy(from_logits=True))
# [class weight]
other.fit(x, y, epochs=2, class_weight={k: 2.0 if k == 6 else 1.0 for k in range(10)})

# [average]
optimizer = keras.optimizers.Adam(use_ema=True, ema_momentum=0.99)

# [callback]
other.fit(x, y, epochs=2, callbacks=[LambdaCallback(on_epoch_end=lambda epoch, logs: print(logs["loss"]))])

# [history]
losses = history.history["loss"]

assert losses[9] < losses[0]
# [csv]
logger = CSVLogger("history.csv")

other.fit(x, y, epochs=1, callbacks=[logger])
# [evaluate]
loss, accuracy = model.evaluate(x_test, y_test)

# [logits]
logits = model.predict(x_test)

assert logits.shape == (100, 10)
# [probabilities]
predictions = Sequential([model, Softmax()]).predict(x_test)

# [class]
label = np.argmax(predictions[0])

assert 0 <= label < 10
# [top k]
metric = SparseTopKCategoricalAccuracy(k=2)

assert 0 <= float(metric(y_test, predictions)) <= 1
# [layer]
values = keras.Model(model.inputs, model.layers[1].output).predict(x_test)

assert values.shape == (100, 128)
# [weights]
weights = model.get_weights()
model.set_weights(weights)

# [freeze]
model.layers[1].trainable = False

assert sum(weight.numpy().size for weight in model.trainable_weights) == 1_290
# [json]
text = model.to_json()
same = keras.models.model_from_json(text)

# [save]
model.save("clothes.keras")
model = keras.models.load_model("clothes.keras")

assert np.allclose(model.predict(x_test), logits, atol=1e-5)
