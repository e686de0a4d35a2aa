#!/usr/bin/env python3
"""Writes Tests/AnalysesTests/Fixtures/dynamics.json: eigenvalues by NumPy, and decoder steps in float64.

    pip install numpy scipy
    python3 Scripts/dynamics_fixtures.py

A step's Jacobian is that of central differences; a fixed point is what `scipy.optimize.fsolve` makes of a state. The
equations are written anew from the papers, and share nothing with the Swift code.
"""

import json
import pathlib

import numpy as np
from scipy.optimize import fsolve

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/AnalysesTests/Fixtures/dynamics.json"


def hard(a):
    return np.clip(0.2 * a + 0.5, 0, 1)


def logistic(a):
    return 1 / (1 + np.exp(-a))


def gru(x, h, p):
    n = len(h)
    a, u = x @ p["kernel"] + p["bias"], p["recurrent"]
    z, r = hard(a[:n] + h @ u[:, :n]), hard(a[n:2 * n] + h @ u[:, n:2 * n])
    return z * h + (1 - z) * np.tanh(a[2 * n:] + (r * h) @ u[:, 2 * n:])


def reset_after_gru(x, h, p):
    n = len(h)
    a, b = x @ p["kernel"] + p["bias"], h @ p["recurrent"] + p["recurrentBias"]
    z, r = logistic(a[:n] + b[:n]), logistic(a[n:2 * n] + b[n:2 * n])
    return z * h + (1 - z) * np.tanh(a[2 * n:] + r * b[2 * n:])


def lstm(x, state, p):
    n = len(state) // 2
    h, m = state[:n], state[n:]
    a = x @ p["kernel"] + p["bias"] + h @ p["recurrent"]
    i, f, c, o = logistic(a[:n]), logistic(a[n:2 * n]), np.tanh(a[2 * n:3 * n]), logistic(a[3 * n:])
    m = f * m + i * c
    return np.concatenate([o * np.tanh(m), m])


def simple_rnn(x, h, p):
    return np.tanh(x @ p["kernel"] + p["bias"] + h @ p["recurrent"])


CELLS = {"gru": (gru, 3, 1), "resetAfterGRU": (reset_after_gru, 3, 1), "lstm": (lstm, 4, 2), "simpleRNN": (simple_rnn, 1, 1)}


def jacobian(f, h):
    step = 1e-6
    columns = [(f(h + step * e) - f(h - step * e)) / (2 * step) for e in np.eye(len(h))]
    return np.array(columns).T


def single(values):
    """Numbers that a 32-bit float holds exactly."""
    return np.asarray(values, dtype=np.float32).astype(np.float64)


def decoder_step(rng, name, layers, units=3, words=5):
    cell, gates, parts = CELLS[name]
    embedding = single(rng.normal(size=(words, units)))
    parameters = []
    for _ in range(layers):
        p = {"kernel": single(rng.normal(size=(units, gates * units))),
             "recurrent": single(0.7 * rng.normal(size=(units, gates * units))),
             "bias": single(0.5 * rng.normal(size=gates * units))}
        if name == "resetAfterGRU":
            p["recurrentBias"] = single(0.5 * rng.normal(size=gates * units))
        parameters.append(p)
    width = parts * units

    def step(state, token):
        x, result = embedding[token], []
        for layer, p in enumerate(parameters):
            new = cell(x, state[layer * width:(layer + 1) * width], p)
            result.append(new)
            x = new[:units]
        return np.concatenate(result)

    tokens = rng.integers(0, words, size=4)
    states = single(rng.uniform(-0.9, 0.9, size=(4, layers * width)))
    tensors = {"decoder.embedding": embedding}
    for layer, p in enumerate(parameters):
        tensors |= {f"decoder.{layer}.{key}": np.atleast_2d(value) for key, value in p.items()}
    # A fixed point: where fsolve gets to from where many steps lead.
    state = states[0]
    for _ in range(300):
        state = step(state, tokens[0])
    point, _, ok, _ = fsolve(lambda h: step(h, tokens[0]) - h, state, full_output=True, xtol=1e-13)
    values = np.linalg.eigvals(jacobian(lambda h: step(h, tokens[0]), point))
    return {
        "cell": name, "layers": layers, "units": units, "words": words,
        "tensors": {key: {"shape": list(value.shape), "values": value.ravel().tolist()} for key, value in tensors.items()},
        "tokens": tokens.tolist(), "states": states.ravel().tolist(),
        "next": np.concatenate([step(h, t) for h, t in zip(states, tokens)]).tolist(),
        "jacobians": [jacobian(lambda h: step(h, t), h).ravel().tolist() for h, t in zip(states, tokens)],
        "fixedPoint": point.tolist() if ok == 1 and np.abs(step(point, tokens[0]) - point).max() < 1e-12 else None,
        "fixedPointEigenvalues": sorted(np.abs(values).tolist(), reverse=True),
    }


def eigen(rng, name, matrix):
    matrix = np.round(matrix, 4)
    values, right = np.linalg.eig(matrix)
    order = sorted(range(len(values)), key=lambda i: (-round(abs(values[i]), 9), -round(values[i].real, 9), -values[i].imag))
    left = np.linalg.inv(right).conj().T
    # |component| of unit vectors: their phase is free.
    return {
        "name": name, "n": len(matrix), "matrix": matrix.ravel().tolist(),
        "real": values.real[order].tolist(), "imaginary": values.imag[order].tolist(),
        "right": np.abs(right / np.linalg.norm(right, axis=0)).T[order].ravel().tolist(),
        "left": np.abs(left / np.linalg.norm(left, axis=0)).T[order].ravel().tolist(),
    }


def main():
    rng = np.random.default_rng(11)
    steps = [decoder_step(rng, name, layers) for name in CELLS for layers in (1, 2)]
    rotation = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    planted = np.diag([0.9, 0.5, -0.4, 0.2, 0.1])
    planted[0, 4] = 0.7
    matrices = [
        eigen(rng, "one number", np.array([[0.85]])),
        eigen(rng, "a pair", np.array([[0.6, -0.7], [0.7, 0.6]])),
        eigen(rng, "no symmetry", rng.normal(size=(7, 7))),
        eigen(rng, "real values, rotated", rotation @ planted @ rotation.T),
        eigen(rng, "as large as a model", rng.normal(size=(16, 16)) / 4),
    ]
    OUT.write_text(json.dumps({"steps": steps, "matrices": matrices}, indent=None) + "\n")
    for step in steps:
        print(step["cell"], step["layers"], "fixed point" if step["fixedPoint"] else "none", step["fixedPointEigenvalues"][:3])


if __name__ == "__main__":
    main()
