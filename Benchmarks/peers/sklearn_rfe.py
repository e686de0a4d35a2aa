"""Recursive feature elimination by scikit-learn with the published settings, on the rows of a JSON file.

Prints the seconds that it takes to eliminate, in rounds of eight, half of the units, and the held-out accuracy of
the machine on the first round's eight. As published, the solver stops after 300 iterations.
"""
import json
import sys
import time
import warnings

import numpy as np
from sklearn.feature_selection import RFE
from sklearn.svm import SVC

warnings.filterwarnings("ignore")
with open(sys.argv[1]) as file:
    shared = json.load(file)
units, training = shared["units"], shared["training"]
states = np.array(shared["states"]).reshape(-1, units)
labels = np.array(shared["labels"])
left, taken, accuracy = np.arange(units), 0, None
start = time.perf_counter()
while taken < units // 2:
    machine = RFE(SVC(kernel="linear", C=1, max_iter=300), n_features_to_select=8, step=1)
    machine.fit(states[:training][:, left], labels[:training])
    if accuracy is None:
        accuracy = (machine.predict(states[training:][:, left]) == labels[training:]).mean()
    left = left[~machine.support_]
    taken += 8
print(time.perf_counter() - start, accuracy)
