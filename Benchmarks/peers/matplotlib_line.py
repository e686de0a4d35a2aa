"""A line of a million points as PDF and a cloud of a hundred thousand as SVG, by matplotlib.

Prints the version, and the seconds of each, with the cloud as an image inside the SVG, as ours is.
"""
import io
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

count = 1_000_000
values = (np.arange(count) * 7919 % 1000).astype(float)
values[400_000] = 5000


def seconds(form, draw):
    start = time.perf_counter()
    figure, axes = plt.subplots()
    draw(axes)
    figure.savefig(io.BytesIO(), format=form)
    plt.close(figure)
    return time.perf_counter() - start


# The first figure of a process reads the fonts.
seconds("pdf", lambda axes: axes.plot([0, 1]))
print(
    seconds("pdf", lambda axes: axes.plot(np.arange(count), values)),
    seconds("svg", lambda axes: axes.scatter(values[:100_000], values[::-1][:100_000], rasterized=True)),
)
