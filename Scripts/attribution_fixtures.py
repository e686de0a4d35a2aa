#!/usr/bin/env python3
"""Writes Tests/AnalysesTests/Fixtures/attribution.json: attributions of small random models, in float64.

NumPy, written from the equations and not from the Swift; the cells are those of seq2seq_fixtures.py. Each gradient is
checked here against central differences before it is used.

    pip install numpy scipy
    python3 Scripts/attribution_fixtures.py
"""

import json
import pathlib

import numpy as np
from scipy.stats import norm, pearsonr, spearmanr

from seq2seq_fixtures import EOS, SOS, PaperGRU, ResetAfterGRU, Seq2Seq, numbers

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/AnalysesTests/Fixtures/attribution.json"
TARGETS = ["probability", "logProbability", "logit", "logitDifference", "margin"]
OTHER = 4  # the word of logitDifference


class Question:
    """F(h_t): a target at position T of a decoder that is fed fixed tokens."""

    def __init__(self, model, step, position, tokens, words, target):
        self.model, self.step, self.position = model, step, position
        self.tokens, self.words, self.target = tokens, words, target

    def logits(self, h):
        saved = []
        for p in range(self.step, self.position):
            fed = np.full(len(h), SOS) if p == 0 else self.tokens[:, p - 1]
            x = self.model.p["decoder.embedding"][fed]
            h, s = self.model.cell.forward(self.model.layer(self.model.p, "decoder", 0), x, h)
            saved.append(s)
        return h @ self.model.p["output.kernel"] + self.model.p["output.bias"][0], saved

    def outcome(self, o):
        """The target of each row of logits, and its gradient by them."""
        rows = np.arange(len(o))
        one = np.zeros_like(o)
        one[rows, self.words] = 1
        p = np.exp(o - o.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        own = p[rows, self.words]
        if self.target == "probability":
            return own, own[:, None] * (one - p)
        if self.target == "logProbability":
            return np.log(own), one - p
        if self.target == "logit":
            return o[rows, self.words], one
        others = np.full(len(o), OTHER)
        if self.target == "margin":
            others = np.where(one == 1, -np.inf, o).argmax(axis=1)
        minus = np.zeros_like(o)
        minus[rows, others] = 1
        return o[rows, self.words] - o[rows, others], one - minus

    def value(self, h):
        return self.outcome(self.logits(h)[0])[0]

    def gradient(self, h):
        o, saved = self.logits(h)
        d = self.outcome(o)[1] @ self.model.p["output.kernel"].T
        g = {k: np.zeros_like(v) for k, v in self.model.p.items()}
        for s in reversed(saved):
            _, d = self.model.cell.backward(
                self.model.layer(self.model.p, "decoder", 0), s, d, self.model.layer(g, "decoder", 0))
        return d

    def check(self, h):
        exact = self.gradient(h)
        for unit in range(h.shape[1]):
            e = np.zeros_like(h)
            e[:, unit] = 1e-6
            numeric = (self.value(h + e) - self.value(h - e)) / 2e-6
            assert np.abs(numeric - exact[:, unit]).max() < 1e-6, (self.target, self.step, unit)

    def integrated(self, h, baseline, places, weights):
        total = sum(w * self.gradient(baseline + a * (h - baseline)) for a, w in zip(places, weights))
        return (h - baseline) * total

    def patched(self, h, source):
        effects = np.empty_like(h)
        for unit in range(h.shape[1]):
            edited = h.copy()
            edited[:, unit] = source[:, unit]
            effects[:, unit] = self.value(edited) - self.value(h)
        return effects


def rule(name, n):
    if name == "leftRiemann":
        return np.arange(n) / n, np.full(n, 1 / n)
    x, w = np.polynomial.legendre.leggauss(n)
    return (x + 1) / 2, w / 2


def case(kind, cell, seed, units=5, words=7, rows=4, length=4, position=4):
    rng = np.random.default_rng(seed)
    model = Seq2Seq(cell, units, words, 1, 1, 1.2, rng)
    inputs = np.concatenate(
        [np.full((rows, 1), SOS), rng.integers(3, words, (rows, length)), np.full((rows, 1), EOS)], axis=1)
    _, _, keep = model.run(inputs, np.full((rows, position + 1), EOS), False)
    tokens = np.stack(keep["tokens"], axis=1)
    # Half of the words asked for are those that the model writes.
    asked = np.where(np.arange(rows) % 2 == 0, tokens[:, position - 1], 3 + np.arange(rows) % (words - 3))
    states = keep["decoder_states"][0]
    partners = np.roll(np.arange(rows), -1)
    entries = []
    for step in (0, 2, position):
        h = states[step]
        baselines = {
            "zero": np.zeros_like(h), "meanAtStep": np.broadcast_to(h.mean(axis=0), h.shape),
            "counterfactual": h[partners]}
        for target in TARGETS:
            q = Question(model, step, position, tokens, asked, target)
            q.check(h)
            for (name, baseline), (kind_of_rule, n) in zip(
                    baselines.items(), [("leftRiemann", 50), ("gaussLegendre", 50), ("gaussLegendre", 7)]):
                entries.append({
                    "step": step, "target": target, "baseline": name, "rule": kind_of_rule, "nodes": n,
                    "values": numbers(q.value(h)), "baselineValues": numbers(q.value(baseline)),
                    "integrated": numbers(q.integrated(h, baseline, *rule(kind_of_rule, n))),
                    "gradientTimesState": numbers(h * q.gradient(h)),
                    "firstOrder": numbers((baseline - h) * q.gradient(h)),
                    "patched": numbers(q.patched(h, baseline)),
                })
    o = keep["logits"][position - 1]
    w_bar = np.where(np.arange(words)[None] == asked[:, None], -np.inf, o).argmax(axis=1)
    kernel = model.p["output.kernel"]
    difference = (kernel[:, asked] - kernel[:, w_bar]).T
    saved = keep["decoder"][position - 1][0]
    z, c = saved[2], saved[4]
    return {
        "cell": kind, "units": units, "words": words, "position": position,
        "parameters": {k: numbers(v) for k, v in model.p.items()}, "inputs": inputs.tolist(),
        "asked": asked.tolist(), "partners": partners.tolist(), "entries": entries,
        "direct": {
            "others": w_bar.tolist(), "attributions": numbers(states[position] * difference),
            "carried": numbers(z * states[position - 1] * difference),
            "written": numbers((1 - z) * c * difference),
        },
    }


def correlation(first, second):
    return {
        "first": first, "second": second, "pearson": float(pearsonr(first, second).statistic),
        "spearman": float(spearmanr(first, second).statistic)}


def interval(estimate, draws):
    """Bias-corrected percentiles; draws equal to the estimate count half."""
    draws = np.array(draws)
    below = (draws < estimate).sum() + (draws == estimate).sum() / 2
    shift = 2 * norm.ppf(np.clip(below, 0.5, len(draws) - 0.5) / len(draws))
    low, high = np.quantile(draws, norm.cdf(shift + norm.ppf([0.025, 0.975])))
    return {"estimate": estimate, "draws": draws.tolist(), "low": float(low), "high": float(high)}


if __name__ == "__main__":
    rng = np.random.default_rng(8)
    nodes = {}
    for n in (1, 2, 3, 7, 50, 101):
        places, weights = rule("gaussLegendre", n)
        nodes[n] = {"places": places.tolist(), "weights": weights.tolist()}
    OUT.write_text(json.dumps({
        "cases": [case("gru", PaperGRU, 11), case("resetAfterGRU", ResetAfterGRU, 12)],
        "gaussLegendre": nodes,
        "correlations": [
            correlation([1.0, 2, 3, 4], [2.0, 1, 4, 4]), correlation([3.0, 3, 3, 1, 0, 0], [0.5, 1, -1, 2, 2, 7]),
            correlation(np.round(rng.normal(size=40), 3).tolist(), np.round(rng.normal(size=40) ** 3, 1).tolist()),
        ],
        "intervals": [
            interval(estimate, draws) for draws in [np.round(rng.normal(size=60), 3), np.array([1.0, 1, 2, 3])]
            for estimate in [0.0, 1.0, 0.4, -9.0, 9.0]
        ],
    }, separators=(",", ":")) + "\n")
    print(f"{OUT.name}: {OUT.stat().st_size} bytes")
