#!/usr/bin/env python3
"""Writes Tests/NetworksTests/Fixtures/*.json: what a Seq2Seq must compute, from an implementation of its own.

NumPy in float64, written from the equations and not from the Swift. Its gradients are checked here against central
differences of its own loss, so that a fixture can be trusted when the Swift disagrees with it.

    python3 Scripts/seq2seq_fixtures.py
"""

import json
import pathlib

import numpy as np

PAD, SOS, EOS = 0, 1, 2
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/NetworksTests/Fixtures"


class PaperGRU:
    """Keras's first GRU: gates z, r, h; hard sigmoid; reset before the product; z = 1 holds."""

    gates = ["update", "reset", "candidate"]

    @staticmethod
    def shapes(inputs, units):
        return {"kernel": (inputs, 3 * units), "recurrent": (units, 3 * units), "bias": (1, 3 * units)}

    @staticmethod
    def forward(p, x, h):
        n = h.shape[1]
        w, u, b = p["kernel"], p["recurrent"], p["bias"][0]
        z = np.clip(0.2 * (x @ w[:, :n] + h @ u[:, :n] + b[:n]) + 0.5, 0, 1)
        r = np.clip(0.2 * (x @ w[:, n:2 * n] + h @ u[:, n:2 * n] + b[n:2 * n]) + 0.5, 0, 1)
        c = np.tanh(x @ w[:, 2 * n:] + (r * h) @ u[:, 2 * n:] + b[2 * n:])
        return z * h + (1 - z) * c, (x, h, z, r, c)

    @staticmethod
    def backward(p, saved, dh, g):
        """Adds to g the gradients by the parameters; returns those by the input and by the old state."""
        x, h, z, r, c = saved
        n = h.shape[1]
        w, u = p["kernel"], p["recurrent"]
        slope = lambda s: 0.2 * ((s > 0) & (s < 1))
        dac = dh * (1 - z) * (1 - c**2)
        drh = dac @ u[:, 2 * n:].T
        daz = dh * (h - c) * slope(z)
        dar = drh * h * slope(r)
        da = np.concatenate([daz, dar, dac], axis=1)
        g["kernel"] += x.T @ da
        g["bias"] += da.sum(axis=0, keepdims=True)
        g["recurrent"][:, :n] += h.T @ daz
        g["recurrent"][:, n:2 * n] += h.T @ dar
        g["recurrent"][:, 2 * n:] += (r * h).T @ dac
        dh_old = dh * z + drh * r + daz @ u[:, :n].T + dar @ u[:, n:2 * n].T
        return da @ w.T, dh_old


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


class ResetAfterGRU:
    """PyTorch's GRU: gates z, r, h; logistic; two biases; reset after the product; z = 1 holds."""

    gates = ["update", "reset", "candidate"]

    @staticmethod
    def shapes(inputs, units):
        return {"kernel": (inputs, 3 * units), "recurrent": (units, 3 * units), "bias": (1, 3 * units),
                "recurrentBias": (1, 3 * units)}

    @staticmethod
    def forward(p, x, h):
        n = h.shape[1]
        a, q = x @ p["kernel"] + p["bias"][0], h @ p["recurrent"] + p["recurrentBias"][0]
        z, r = sigmoid(a[:, :n] + q[:, :n]), sigmoid(a[:, n:2 * n] + q[:, n:2 * n])
        c = np.tanh(a[:, 2 * n:] + r * q[:, 2 * n:])
        return z * h + (1 - z) * c, (x, h, z, r, c, q[:, 2 * n:])

    @staticmethod
    def backward(p, saved, dh, g):
        x, h, z, r, c, q = saved
        dac = dh * (1 - z) * (1 - c**2)
        daz = dh * (h - c) * z * (1 - z)
        dar = dac * q * r * (1 - r)
        da, dq = np.concatenate([daz, dar, dac], axis=1), np.concatenate([daz, dar, dac * r], axis=1)
        g["kernel"] += x.T @ da
        g["bias"] += da.sum(axis=0, keepdims=True)
        g["recurrent"] += h.T @ dq
        g["recurrentBias"] += dq.sum(axis=0, keepdims=True)
        return da @ p["kernel"].T, dh * z + dq @ p["recurrent"].T


class LSTM:
    """Gates i, f, c, o; one bias; no peepholes. Its state is h with the memory m beside it."""

    gates = ["input", "forget", "candidate", "output"]

    @staticmethod
    def shapes(inputs, units):
        return {"kernel": (inputs, 4 * units), "recurrent": (units, 4 * units), "bias": (1, 4 * units)}

    @staticmethod
    def forward(p, x, state):
        n = state.shape[1] // 2
        h, m = state[:, :n], state[:, n:]
        a = x @ p["kernel"] + h @ p["recurrent"] + p["bias"][0]
        i, f, c, o = sigmoid(a[:, :n]), sigmoid(a[:, n:2 * n]), np.tanh(a[:, 2 * n:3 * n]), sigmoid(a[:, 3 * n:])
        new = f * m + i * c
        return np.concatenate([o * np.tanh(new), new], axis=1), (x, state, i, f, c, o, new)

    @staticmethod
    def backward(p, saved, d, g):
        x, state, i, f, c, o, new = saved
        n = new.shape[1]
        h, m = state[:, :n], state[:, n:]
        dh, dm = d[:, :n], d[:, n:] + d[:, :n] * o * (1 - np.tanh(new)**2)
        da = np.concatenate([dm * c * i * (1 - i), dm * m * f * (1 - f), dm * i * (1 - c**2),
                             dh * np.tanh(new) * o * (1 - o)], axis=1)
        g["kernel"] += x.T @ da
        g["bias"] += da.sum(axis=0, keepdims=True)
        g["recurrent"] += h.T @ da
        return da @ p["kernel"].T, np.concatenate([da @ p["recurrent"].T, dm * f], axis=1)


class SimpleRNN:
    """h' = tanh(x W + h U + b)."""

    gates = ["candidate"]

    @staticmethod
    def shapes(inputs, units):
        return {"kernel": (inputs, units), "recurrent": (units, units), "bias": (1, units)}

    @staticmethod
    def forward(p, x, h):
        new = np.tanh(x @ p["kernel"] + h @ p["recurrent"] + p["bias"][0])
        return new, (x, h, new)

    @staticmethod
    def backward(p, saved, dh, g):
        x, h, new = saved
        da = dh * (1 - new**2)
        g["kernel"] += x.T @ da
        g["bias"] += da.sum(axis=0, keepdims=True)
        g["recurrent"] += h.T @ da
        return da @ p["kernel"].T, da @ p["recurrent"].T


class Seq2Seq:
    def __init__(self, cell, units, words, encoder_layers, decoder_layers, scale, rng):
        self.cell, self.units, self.words = cell, units, words
        self.width = 2 * units if cell is LSTM else units
        self.depth = {"encoder": encoder_layers, "decoder": decoder_layers}
        shapes = {}
        for side, depth in self.depth.items():
            shapes[f"{side}.embedding"] = (words, units)
            for layer in range(depth):
                for name, shape in cell.shapes(units, units).items():
                    shapes[f"{side}.{layer}.{name}"] = shape
        shapes["output.kernel"] = (units, words)
        shapes["output.bias"] = (1, words)
        # Parameters are stored as float32 in the fixture, so both sides start from the same numbers.
        self.p = {k: rng.uniform(-scale, scale, s).astype(np.float32).astype(np.float64) for k, s in shapes.items()}

    def layer(self, values, side, index):
        prefix = f"{side}.{index}."
        return {k[len(prefix):]: v for k, v in values.items() if k.startswith(prefix)}

    def partner(self, layer):
        return max(0, self.depth["encoder"] - (self.depth["decoder"] - layer))

    def shown(self, d, dx):
        """The gradient by a state, with that by the part of it that other layers see."""
        d = d.copy()
        d[:, :self.units] += dx
        return d

    def run(self, inputs, targets, teacher_forced):
        """The mean cross-entropy over target tokens that are not PAD, and everything computed on the way."""
        rows, steps = targets.shape
        h = [np.zeros((rows, self.width)) for _ in range(self.depth["encoder"])]
        keep = {"encoder": [], "decoder": [], "tokens": [], "fed": [], "logits": []}
        encoder_states = [[s] for s in h]
        for t in range(inputs.shape[1]):
            x = self.p["encoder.embedding"][inputs[:, t]]
            alive = (inputs[:, t] != PAD)[:, None]
            column = []
            for layer in range(len(h)):
                new, saved = self.cell.forward(self.layer(self.p, "encoder", layer), x, h[layer])
                h[layer] = np.where(alive, new, h[layer])
                encoder_states[layer].append(h[layer])
                x = h[layer][:, :self.units]
                column.append((saved, alive))
            keep["encoder"].append(column)
        h = [h[self.partner(layer)] for layer in range(self.depth["decoder"])]
        decoder_states = [[s] for s in h]
        token = np.full(rows, SOS)
        total, count = 0.0, 0
        for t in range(steps):
            keep["fed"].append(token)
            x = self.p["decoder.embedding"][token]
            column = []
            for layer in range(len(h)):
                h[layer], saved = self.cell.forward(self.layer(self.p, "decoder", layer), x, h[layer])
                decoder_states[layer].append(h[layer])
                x = h[layer][:, :self.units]
                column.append(saved)
            keep["decoder"].append(column)
            logits = x @ self.p["output.kernel"] + self.p["output.bias"][0]
            keep["logits"].append(logits)
            log_p = logits - logits.max(axis=1, keepdims=True)
            log_p -= np.log(np.exp(log_p).sum(axis=1, keepdims=True))
            counted = targets[:, t] != PAD
            total -= (log_p[np.arange(rows), targets[:, t]] * counted).sum()
            count += counted.sum()
            chosen = logits.argmax(axis=1)
            keep["tokens"].append(chosen)
            token = targets[:, t] if teacher_forced else chosen
        keep["encoder_states"] = encoder_states
        keep["decoder_states"] = decoder_states
        return total / count, count, keep

    def gradients(self, inputs, targets, teacher_forced):
        """The gradients of exp(mean cross-entropy), the published objective."""
        mean, count, keep = self.run(inputs, targets, teacher_forced)
        g = {k: np.zeros_like(v) for k, v in self.p.items()}
        rows, steps = targets.shape
        dh = [np.zeros((rows, self.width)) for _ in range(self.depth["decoder"])]
        for t in reversed(range(steps)):
            logits = keep["logits"][t]
            p = np.exp(logits - logits.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            p[np.arange(rows), targets[:, t]] -= 1
            dlogits = p * (targets[:, t] != PAD)[:, None] * np.exp(mean) / count
            top = keep["decoder_states"][-1][t + 1][:, :self.units]
            g["output.kernel"] += top.T @ dlogits
            g["output.bias"] += dlogits.sum(axis=0, keepdims=True)
            dx = dlogits @ self.p["output.kernel"].T
            for layer in reversed(range(len(dh))):
                dx, dh[layer] = self.cell.backward(
                    self.layer(self.p, "decoder", layer), keep["decoder"][t][layer], self.shown(dh[layer], dx),
                    self.layer(g, "decoder", layer))
            np.add.at(g["decoder.embedding"], keep["fed"][t], dx)
        de = [np.zeros((rows, self.width)) for _ in range(self.depth["encoder"])]
        for layer, d in enumerate(dh):
            de[self.partner(layer)] = de[self.partner(layer)] + d
        for t in reversed(range(inputs.shape[1])):
            dx = np.zeros((rows, self.units))
            for layer in reversed(range(len(de))):
                saved, alive = keep["encoder"][t][layer]
                # A row that skipped this step hands its gradient to the step before, in every layer, and the layer
                # above it reads the state that was carried over.
                d = self.shown(de[layer], dx)
                dx, carried = self.cell.backward(
                    self.layer(self.p, "encoder", layer), saved, d * alive, self.layer(g, "encoder", layer))
                de[layer] = np.where(alive, carried, d)
                dx = dx * alive
            np.add.at(g["encoder.embedding"], inputs[:, t], dx)
        return np.exp(mean), g, keep


def check_gradients(model, inputs, targets, teacher_forced):
    """Central differences of the loss by every parameter: a fixture is written only if they agree."""
    _, g, _ = model.gradients(inputs, targets, teacher_forced)
    for name, values in model.p.items():
        for index in np.ndindex(values.shape):
            old, step = values[index], 1e-6
            values[index] = old + step
            above = np.exp(model.run(inputs, targets, teacher_forced)[0])
            values[index] = old - step
            below = np.exp(model.run(inputs, targets, teacher_forced)[0])
            values[index] = old
            numeric = (above - below) / (2 * step)
            assert abs(numeric - g[name][index]) < 1e-6 * max(1, abs(numeric)), (name, index, numeric, g[name][index])


class Adam:
    """Kingma & Ba 2015 with Keras's defaults; epsilon is added to the uncorrected root."""

    def __init__(self, p):
        self.m = {k: np.zeros_like(v) for k, v in p.items()}
        self.v = {k: np.zeros_like(v) for k, v in p.items()}
        self.t = 0

    def update(self, p, g, rate=1e-3, b1=0.9, b2=0.999, eps=1e-7):
        self.t += 1
        rate = rate * np.sqrt(1 - b2**self.t) / (1 - b1**self.t)
        for k in p:
            self.m[k] = b1 * self.m[k] + (1 - b1) * g[k]
            self.v[k] = b2 * self.v[k] + (1 - b2) * g[k] ** 2
            p[k] = p[k] - rate * self.m[k] / (np.sqrt(self.v[k]) + eps)


def ragged_rows(rng, rows, words, longest):
    """Inputs padded on the left and targets on the right, of different lengths, one of each at full length."""
    inputs = np.full((rows, longest + 2), PAD)
    targets = np.full((rows, longest + 1), PAD)
    for row in range(rows):
        n = longest if row == 0 else rng.integers(1, longest + 1)
        inputs[row, longest - n:] = [SOS, *rng.integers(3, words, n), EOS]
        m = longest if row == 1 else rng.integers(1, longest + 1)
        targets[row, :m + 1] = [*rng.integers(3, words, m), EOS]
    return inputs, targets


def numbers(array):
    return [float(f"{x:.9g}") for x in np.asarray(array, dtype=np.float64).ravel()]


def passes(model, inputs, targets, teacher_forced):
    loss, g, keep = model.gradients(inputs, targets, teacher_forced)
    return {
        "teacherForced": teacher_forced,
        "loss": float(loss),
        "gradients": {k: numbers(v) for k, v in g.items()},
        "logits": numbers(np.stack(keep["logits"], axis=1)),
        "tokens": np.stack(keep["tokens"], axis=1).ravel().tolist(),
        "encoderStates": [numbers(np.stack(s, axis=1)[..., :model.units]) for s in keep["encoder_states"]],
        "decoderStates": [numbers(np.stack(s, axis=1)[..., :model.units]) for s in keep["decoder_states"]],
        "decoderGates": {
            gate: numbers(np.stack([column[-1][2 + i] for column in keep["decoder"]], axis=1))
            for i, gate in enumerate(model.cell.gates)
        },
    }


def write(name, kind, cell, units, words, encoder_layers, decoder_layers, scale, seed, rows=5, longest=4):
    rng = np.random.default_rng(seed)
    model = Seq2Seq(cell, units, words, encoder_layers, decoder_layers, scale, rng)
    inputs, targets = ragged_rows(rng, rows, words, longest)
    for forced in (True, False):
        check_gradients(model, inputs, targets, forced)
    fixture = {
        "cell": kind, "units": units, "words": words,
        "encoderLayers": encoder_layers, "decoderLayers": decoder_layers,
        "parameters": {k: numbers(v) for k, v in model.p.items()},
        "inputs": inputs.tolist(), "targets": targets.tolist(),
        "passes": [passes(model, inputs, targets, forced) for forced in (True, False)],
    }
    adam, coin, losses = Adam(model.p), [bool(x) for x in rng.integers(0, 2, 10)], []
    for forced in coin:
        loss, g, _ = model.gradients(inputs, targets, forced)
        losses.append(float(loss))
        adam.update(model.p, g)
    fixture["adam"] = {
        "teacherForced": coin, "losses": losses, "parameters": {k: numbers(v) for k, v in model.p.items()},
    }
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
    gates = np.concatenate([np.ravel(p["decoderGates"][g]) for p in fixture["passes"] for g in model.cell.gates])
    print(f"{path.name}: {path.stat().st_size} bytes, loss {losses[0]:.4f}, "
          f"gates at 0 or 1: {np.mean((gates == 0) | (gates == 1)):.2f}")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    # Large parameters, so that some gates are clipped and the slopes at both ends are seen.
    write("gru", "gru", PaperGRU, units=5, words=6, encoder_layers=1, decoder_layers=1, scale=1.5, seed=1)
    write("gru-deep", "gru", PaperGRU, units=3, words=7, encoder_layers=2, decoder_layers=3, scale=1.5, seed=2)
    write("gru-narrow", "gru", PaperGRU, units=4, words=18, encoder_layers=3, decoder_layers=1, scale=1.0, seed=3)
    for kind, cell in [("resetAfterGRU", ResetAfterGRU), ("lstm", LSTM), ("simpleRNN", SimpleRNN)]:
        write(kind, kind, cell, units=5, words=6, encoder_layers=1, decoder_layers=1, scale=1.2, seed=4)
        write(f"{kind}-deep", kind, cell, units=3, words=7, encoder_layers=2, decoder_layers=3, scale=1.2, seed=5)
