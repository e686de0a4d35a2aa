#!/usr/bin/env python3
"""Writes Tests/AnalysesTests/Fixtures/statistics.json: what SciPy and statsmodels say.

    pip install scipy statsmodels
    python3 Scripts/statistics_fixtures.py
"""

import json
import pathlib

import numpy as np
import scipy
import statsmodels
from scipy.stats import fisher_exact, hypergeom, percentileofscore
from statsmodels.stats.multitest import multipletests

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/AnalysesTests/Fixtures/statistics.json"


def overlap(common, first, second, units):
    chance = hypergeom(units, first, second)
    table = [[common, first - common], [second - common, units - first - second + common]]
    return {
        "common": common, "first": first, "second": second, "units": units, "expected": float(chance.mean()),
        "deviation": float(chance.std()), "pValue": float(fisher_exact(table).pvalue),
    }


def null(effect, draws):
    return {
        "effect": effect, "draws": draws, "mean": float(np.mean(draws)), "deviation": float(np.std(draws, ddof=1)),
        "percentile": float(percentileofscore(draws, effect, kind="mean")),
        "low": float(np.quantile(draws, 0.025)), "high": float(np.quantile(draws, 0.975)),
    }


if __name__ == "__main__":
    rng = np.random.default_rng(5)
    pValues = [
        [0.01, 0.04, 0.03, 0.005], [0.5], [0.2, 0.2, 0.9, 0.001, 0.001],
        np.round(rng.uniform(size=20) ** 3, 6).tolist(),
    ]
    OUT.write_text(json.dumps({
        "scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
        "overlaps": [
            overlap(*sizes) for sizes in
            [(8, 16, 16, 32), (11, 16, 16, 32), (6, 16, 16, 32), (0, 3, 4, 10), (3, 3, 4, 10), (8, 8, 8, 256), (60, 128, 100, 256)]
        ],
        "holm": [{"pValues": p, "adjusted": multipletests(p, method="holm")[1].tolist()} for p in pValues],
        "nulls": [null(0.4, [0.1, 0.2, 0.4, 0.4, 0.5]), null(1.25, np.round(rng.normal(size=200), 4).tolist())],
    }) + "\n")
    print(OUT)
