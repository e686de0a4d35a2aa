#!/usr/bin/env python3
"""Writes Tests/AnalysesTests/Fixtures/probing.json: ridge regressions by scikit-learn, clusters by SciPy, rankings and
angles between subspaces by NumPy and SciPy.

    pip install numpy scipy scikit-learn
    python3 Scripts/probing_fixtures.py
"""

import json
import pathlib

import numpy as np
import scipy
import sklearn
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.linalg import subspace_angles
from scipy.spatial.distance import squareform
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/AnalysesTests/Fixtures/probing.json"


def ridge(rng, rows, units, penalty, noise):
    x = np.round(np.tanh(rng.normal(size=(2 * rows, units)) + rng.normal(size=units)), 4)
    y = np.round(x @ rng.normal(size=units) + 3 + noise * rng.normal(size=2 * rows), 4)
    model = Ridge(alpha=penalty, solver="cholesky").fit(x[:rows], y[:rows])
    return {
        "units": units, "penalty": penalty, "training": x[:rows].ravel().tolist(), "targets": y[:rows].tolist(),
        "heldOut": x[rows:].ravel().tolist(), "heldOutTargets": y[rows:].tolist(),
        "weights": model.coef_.tolist(), "intercept": float(model.intercept_),
        "rSquared": r2_score(y[rows:], model.predict(x[rows:])),
    }


def clusters(rng, rows, units, groups, cut):
    sources = rng.normal(size=(rows, groups))
    sign = rng.choice([-1, 1], size=units)
    x = np.round(sources[:, rng.integers(groups, size=units)] * sign + 0.7 * rng.normal(size=(rows, units)), 4)
    distance = 1 - np.abs(np.corrcoef(x.T))
    np.fill_diagonal(distance, 0)
    merges = linkage(squareform(distance, checks=False), "average")
    labels = fcluster(merges, cut, criterion="distance")
    return {
        "units": units, "cut": cut, "states": x.ravel().tolist(), "merges": merges.tolist(),
        "labels": labels.tolist(),
    }


def class_means(rng, rows, units, classes):
    labels = rng.integers(classes, size=rows)
    x = np.round(rng.normal(size=(classes, units))[labels] + rng.normal(size=(rows, units)), 4)
    means = np.stack([x[labels == c].mean(axis=0) for c in range(classes)])
    within = sum(((x[labels == c] - means[c]) ** 2).sum(axis=0) for c in range(classes))
    apart = sum(np.abs(means[a] - means[b]) for a in range(classes) for b in range(a))
    scores = apart / np.sqrt(within / (rows - classes))
    return {"units": units, "states": x.ravel().tolist(), "labels": labels.tolist(), "scores": scores.tolist()}


def angles(rng, units, first, second):
    a = np.linalg.qr(rng.normal(size=(units, first)))[0]
    b = np.linalg.qr(rng.normal(size=(units, second)))[0]
    cosines = np.sort(np.cos(subspace_angles(a, b)))[::-1]
    return {
        "units": units, "first": a.T.ravel().tolist(), "second": b.T.ravel().tolist(), "cosines": cosines.tolist(),
    }


if __name__ == "__main__":
    rng = np.random.default_rng(11)
    fixture = {
        "scikitLearn": sklearn.__version__, "scipy": scipy.__version__,
        "ridge": [ridge(rng, 30, 5, 1.0, 0.5), ridge(rng, 12, 16, 0.1, 0.2), ridge(rng, 40, 1, 3.0, 2.0)],
        "clusters": [clusters(rng, 40, 16, 5, 0.5), clusters(rng, 25, 10, 3, 0.3), clusters(rng, 30, 12, 12, 0.7)],
        "classMeans": [class_means(rng, 40, 6, 2), class_means(rng, 60, 5, 4)],
        "angles": [angles(rng, 6, 2, 2), angles(rng, 8, 1, 3)],
    }
    OUT.write_text(json.dumps(fixture) + "\n")
    print(OUT, OUT.stat().st_size // 1024, "kB")
