#!/usr/bin/env python3
"""Writes Tests/AnalysesTests/Fixtures/selection.json: machines and eliminations by scikit-learn.

    pip install scikit-learn
    python3 Scripts/selection_fixtures.py

`SVC` is solved to tol = 1e-6, so that what it finds is the optimum and not where it stopped. The elimination is the
published one: rounds of `RFE(SVC(kernel="linear", C=1), n_features_to_select=8, step=1)`, after each of which the units
taken are set to zero. Features differ in strength step by step, so that the ranking is identified: on data where any
of many redundant features would do, the order is a matter of the last digits.
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.feature_selection import RFE
from sklearn.svm import SVC

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/AnalysesTests/Fixtures/selection.json"


def machine():
    return SVC(kernel="linear", C=1, tol=1e-6)


def states(rng, labels, strengths):
    """Units with a class difference of their own strength each, squashed as hidden states are; four decimals."""
    centres = rng.normal(size=(labels.max() + 1, len(strengths)))
    centres -= centres.mean(axis=0)
    centres /= np.abs(centres).max(axis=0) + 1e-9
    return np.round(np.tanh(centres[labels] * strengths + 0.5 * rng.normal(size=(len(labels), len(strengths)))), 4)


def case(name, rng, classes, rows, units, strongest, copies=1, rounds=0):
    labels = np.arange(rows) % classes
    strengths = strongest * 0.9 ** np.arange(units)
    x = states(rng, labels, rng.permutation(strengths))
    training, held = slice(0, int(0.7 * rows)), slice(int(0.7 * rows), rows)
    xt, yt, xh, yh = x[training], labels[training], x[held], labels[held]
    if copies > 1:  # As in the published data: one row of the last class many times over.
        first = np.flatnonzero(yt == classes - 1)[0]
        xt = np.concatenate([xt, np.repeat(xt[first:first + 1], copies, axis=0)])
        yt = np.concatenate([yt, np.full(copies, classes - 1)])
    svm = machine().fit(xt, yt)
    # For two classes scikit-learn turns the sign round, so that above zero is the second.
    sign = -1 if classes == 2 else 1
    sets, accuracies = [], []
    a, b = xt.copy(), xh.copy()
    for _ in range(rounds):
        rfe = RFE(machine(), n_features_to_select=8, step=1).fit(a, yt)
        taken = np.flatnonzero(rfe.ranking_ == 1)
        sets.append(taken.tolist())
        accuracies.append(int((rfe.predict(b) == yh).sum()))
        a[:, taken], b[:, taken] = 0, 0
    return {
        "name": name, "units": units, "training": xt.ravel().tolist(), "trainingLabels": yt.tolist(),
        "heldOut": xh.ravel().tolist(), "heldOutLabels": yh.tolist(),
        "weights": (sign * svm.coef_).ravel().tolist(), "biases": (sign * svm.intercept_).tolist(),
        "predictions": svm.predict(xh).tolist(), "sets": sets, "correct": accuracies,
    }


if __name__ == "__main__":
    rng = np.random.default_rng(7)
    cases = [
        case("two classes", rng, 2, 240, 32, 0.6, rounds=2),
        case("two classes that can be separated", rng, 2, 120, 16, 2.5, rounds=1),
        case("copies of one row", rng, 2, 120, 16, 0.5, copies=60, rounds=1),
        case("five classes", rng, 5, 250, 24, 1.5, rounds=1),
    ]
    OUT.write_text(json.dumps({"scikitLearn": sklearn.__version__, "cases": cases}) + "\n")
    print(OUT, OUT.stat().st_size // 1024, "kB")
