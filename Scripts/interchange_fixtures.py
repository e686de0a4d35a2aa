#!/usr/bin/env python3
"""Writes Tests/NetworksTests/Fixtures/interchange.json: losses and gradients of batches whose rows exchange units.

PyTorch in float64, the cells written from their equations; the gradients are those of its autograd, which is told nothing of
permutations.

    python3 Scripts/interchange_fixtures.py
"""

import json
import pathlib

import torch

PAD, SOS, EOS = 0, 1, 2
UNITS, WORDS, ROWS = 5, 7, 5
FILE = pathlib.Path(__file__).resolve().parent.parent / "Tests/NetworksTests/Fixtures/interchange.json"
GATES = {"gru": 3, "resetAfterGRU": 3, "lstm": 4, "simpleRNN": 1}


def gru(p, x, h):
    hard = lambda a: (0.2 * a + 0.5).clamp(0, 1)
    (wz, wr, wc), (uz, ur, uc), (bz, br, bc) = (p[k].chunk(3, 1) for k in ("kernel", "recurrent", "bias"))
    z, r = hard(x @ wz + h @ uz + bz), hard(x @ wr + h @ ur + br)
    return z * h + (1 - z) * torch.tanh(x @ wc + (r * h) @ uc + bc)


def reset_after_gru(p, x, h):
    a = (x @ p["kernel"] + p["bias"]).chunk(3, 1)
    q = (h @ p["recurrent"] + p["recurrentBias"]).chunk(3, 1)
    z, r = torch.sigmoid(a[0] + q[0]), torch.sigmoid(a[1] + q[1])
    return z * h + (1 - z) * torch.tanh(a[2] + r * q[2])


def lstm(p, x, state):
    h, m = state.chunk(2, 1)
    i, f, c, o = (x @ p["kernel"] + h @ p["recurrent"] + p["bias"]).chunk(4, 1)
    m = torch.sigmoid(f) * m + torch.sigmoid(i) * torch.tanh(c)
    return torch.cat([torch.sigmoid(o) * torch.tanh(m), m], 1)


def simple_rnn(p, x, h):
    return torch.tanh(x @ p["kernel"] + h @ p["recurrent"] + p["bias"])


CELLS = {"gru": gru, "resetAfterGRU": reset_after_gru, "lstm": lstm, "simpleRNN": simple_rnn}


def part(p, prefix):
    return {k[len(prefix):]: v for k, v in p.items() if k.startswith(prefix)}


def loss(kind, p, inputs, targets, exchanges):
    """The mean cross-entropy over the target tokens, teacher-forced."""
    width = 2 * UNITS if kind == "lstm" else UNITS
    h = torch.zeros(ROWS, width, dtype=torch.float64)
    for t in range(inputs.shape[1]):
        new = CELLS[kind](part(p, "encoder.0."), p["encoder.embedding"][inputs[:, t]], h)
        h = torch.where((inputs[:, t] != PAD)[:, None], new, h)
    left, token, total, count = [h], torch.full((ROWS,), SOS), 0, 0
    for t in range(targets.shape[1]):
        read = h.clone()
        for e in exchanges:
            if e["step"] == t and e["reader"] == "nextStep":
                for block in range(0, width, UNITS):
                    for unit in e["units"]:
                        read[:, block + unit] = left[e["sourceStep"]][e["partners"], block + unit]
        h = CELLS[kind](part(p, "decoder.0."), p["decoder.embedding"][token], read)
        left.append(h)
        seen = h[:, :UNITS].clone()
        for e in exchanges:
            if e["step"] == t + 1 and e["reader"] == "output":
                for unit in e["units"]:
                    seen[:, unit] = h[e["partners"], unit]
        logits = seen @ p["output.kernel"] + p["output.bias"]
        token = targets[:, t]
        alive = token != PAD
        total = total - torch.log_softmax(logits, 1)[torch.arange(ROWS), token][alive].sum()
        count += int(alive.sum())
    return total / count


def numbers(tensor, digits=7):
    return [float(f"{x:.{digits}g}") for x in tensor.detach().ravel().tolist()]


def rows(generator):
    draw = lambda low, high, count: torch.randint(low, high, (count,), generator=generator)
    inputs = torch.zeros(ROWS, 5, dtype=torch.int64)
    targets = torch.zeros(ROWS, 6, dtype=torch.int64)
    for row in range(ROWS):
        n, m = [5, 3, 1, 4, 2][row], [5, 4, 5, 3, 4][row]
        inputs[row, 5 - n:] = draw(3, WORDS, n)
        targets[row, :m] = draw(3, WORDS, m)
        targets[row, m] = EOS
    return inputs, targets


def main():
    # Two permutations that are not their own inverse: a cycle of three and one of five.
    three, five = [1, 2, 0, 3, 4], [2, 3, 4, 0, 1][:ROWS]
    one = lambda units, partners, step, source=None, reader="nextStep": {
        "units": units, "partners": partners, "step": step, "sourceStep": step if source is None else source,
        "reader": reader}
    output = lambda units, partners, step: one(units, partners, step, None, "output")
    cases = [
        [], [one([1, 3], three, 0)], [one([0, 4], five, 2)], [one([1, 2], three, 3), one([4], five, 3)],
        [one([0, 3], five, 3, 1)], [one([2], three, 4, 0), one([1, 4], five, 4, 4)],
        # A row that gives to two.
        [one([0, 1], [1, 1, 3, 3, 0], 2, 1)],
        # What is written sees another row, at the first step, in the midst of them, beside what is read on, and at the last.
        [output([1, 3], three, 1)], [output([0, 4], [1, 1, 3, 3, 0], 2)], [output([0, 2], three, 3), one([4, 1], five, 3, 1)],
        [output([2, 3], five, 6)],
    ]
    fixture = []
    for number, kind in enumerate(CELLS):
        generator = torch.Generator().manual_seed(number)
        inputs, targets = rows(generator)
        shapes = {"kernel": UNITS, "recurrent": UNITS, "bias": 1}
        if kind == "resetAfterGRU":
            shapes["recurrentBias"] = 1
        p = {}
        for side in ("encoder", "decoder"):
            p[f"{side}.embedding"] = (WORDS, UNITS)
            for name, first in shapes.items():
                p[f"{side}.0.{name}"] = (first, GATES[kind] * UNITS)
        p["output.kernel"], p["output.bias"] = (UNITS, WORDS), (1, WORDS)
        # Large enough that some gates of the first cell are clipped.
        p = {k: (torch.rand(s, generator=generator) * 2.4 - 1.2).double().requires_grad_() for k, s in p.items()}
        batches = []
        for exchanges in cases:
            value = loss(kind, p, inputs, targets, exchanges)
            gradients = torch.autograd.grad(value, list(p.values()))
            batches.append({
                "exchanges": exchanges, "crossEntropy": float(value.detach()),
                "gradients": {k: numbers(g) for k, g in zip(p, gradients)},
            })
        fixture.append({
            "cell": kind, "units": UNITS, "words": WORDS, "parameters": {k: numbers(v, 9) for k, v in p.items()},
            "inputs": inputs.tolist(), "targets": targets.tolist(), "batches": batches,
        })
        print(kind, [round(b["crossEntropy"], 4) for b in batches])
    FILE.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
    print(f"{FILE.name}: {FILE.stat().st_size} bytes, PyTorch {torch.__version__}")


if __name__ == "__main__":
    main()
