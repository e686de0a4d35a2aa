"""Forty-nine figures, seven kinds of seven sizes, each as SVG, PDF and PNG, by matplotlib: prints the seconds of all.

The kinds are those of `Gallery` in bench.
"""
import io
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

SIZE = (640 / 72, 360 / 72)


def wave(count, phase):
    return np.sin((np.arange(count) * 37 % count + phase * 11) * 0.11) + phase


def lines(axes, n):
    for series in range(3):
        axes.plot(np.arange(n), wave(n, series), label=f"series {series}")
    axes.legend()


def scatter(axes, n):
    for series in range(3):
        axes.scatter(wave(n, series), wave(n, series + 3), label=f"series {series}", alpha=0.85)
    axes.legend()


def bars(axes, n):
    values = wave(n, 2)
    axes.bar(np.arange(n), values, yerr=[np.full(n, 0.2)] * 2)


def band(axes, n):
    values = wave(n, 1)
    axes.fill_between(np.arange(n), values - 0.3, values + 0.3, alpha=0.3)
    axes.plot(np.arange(n), values)


def heat_map(axes, n):
    image = axes.imshow(wave(n * 10, 1).reshape(10, n), aspect="auto")
    axes.figure.colorbar(image)


def histogram(axes, n):
    axes.hist(wave(n * 10, 1), bins=20)


def save(figure):
    for axes in figure.axes:
        axes.set_xlabel("Step")
        axes.set_ylabel("Value")
    for form in ("svg", "pdf", "png"):
        figure.savefig(io.BytesIO(), format=form, dpi=144)
    plt.close(figure)


def draw(kind, n):
    figure, axes = plt.subplots(figsize=SIZE)
    kind(axes, n)
    save(figure)


def panels(n):
    figure, grid = plt.subplots(2, 2, figsize=SIZE, sharex=True)
    for number, axes in enumerate(grid.flat):
        axes.plot(np.arange(n), wave(n, number))
        axes.set_title(f"panel {number}")
    save(figure)


# The first figure of a process reads the fonts.
draw(lines, 10)
start = time.perf_counter()
for n in (10, 20, 40, 60, 80, 100, 120):
    for kind in (lines, scatter, bars, band, heat_map, histogram):
        draw(kind, n)
    panels(n)
print(time.perf_counter() - start)
