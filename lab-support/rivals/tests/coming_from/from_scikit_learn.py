"""The column for scikit-learn. Runs as it stands where scikit-learn does, on images made of noise."""

import warnings

import numpy as np
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report, confusion_matrix, top_k_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

warnings.simplefilter("ignore")
random = np.random.default_rng(1)
images, y = random.integers(0, 256, (600, 28, 28)), np.arange(600) % 10
# [normalize]
x = images / 255.0

# [split]
learn, validation = train_test_split(x, test_size=0.1, shuffle=False)

assert (len(learn), len(validation)) == (540, 60)
# [rows]
x = x.reshape(-1, 784)

x_test, y_test = x[:100], y[:100]
# [describe]
model = MLPClassifier((128,), random_state=42, max_iter=10, batch_size=32)

# [logistic regression]
regression = LogisticRegression()

# [sgd]
other = MLPClassifier((128,), solver="sgd", learning_rate_init=0.01, momentum=0.9, max_iter=2)

other.fit(x, y)
# [fit]
model.fit(x, y)

# [stop early]
stopping = MLPClassifier((128,), early_stopping=True, validation_fraction=0.1, n_iter_no_change=5)

stopping.fit(x, y)
# [history]
losses = model.loss_curve_

assert losses[-1] < losses[0]
# [evaluate]
accuracy = model.score(x_test, y_test)

# [probabilities]
predictions = model.predict_proba(x_test)

# [class]
label = model.predict(x_test)[0]

assert 0 <= label < 10
# [top k]
share = top_k_accuracy_score(y_test, predictions, k=2)

# [confusion]
confusion = confusion_matrix(y_test, model.predict(x_test))

assert confusion.sum() == 100
# [report]
report = classification_report(y_test, model.predict(x_test))

# [ensemble]
voted = VotingClassifier([("a", model), ("b", regression)], voting="soft").fit(x, y).predict(x_test)

assert len(voted) == 100
# [weights]
weights, biases = model.coefs_, model.intercepts_

assert weights[0].shape == (784, 128)
