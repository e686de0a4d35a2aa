"""Training steps of the Seq2Seq in JAX (jit, the paper's GRU), timed on request.

Arguments and conversation as in torch_step.py. Teacher-forced, Adam (optax), mean cross-entropy.
"""

import json
import sys
import time

import jax
import jax.numpy as jnp
import optax

units, words, batch, encoder_steps, decoder_steps = map(int, sys.argv[1:6])
keys = iter(jax.random.split(jax.random.PRNGKey(0), 16))


def uniform(*shape):
    return jax.random.uniform(next(keys), shape, minval=-0.08, maxval=0.08)


def layer():
    return {"w": uniform(units, 3 * units), "u": uniform(units, 3 * units), "b": uniform(3 * units)}


parameters = {
    "encoder": layer(), "decoder": layer(),
    "encoder_embedding": uniform(words, units), "decoder_embedding": uniform(words, units),
    "kernel": uniform(units, words), "bias": jnp.zeros(words),
}


def gru(p, x, h):
    xz, xr, xh = jnp.split(x, 3, -1)
    uz, ur, uh = jnp.split(p["u"], 3, -1)
    z = jnp.clip(0.2 * (xz + h @ uz) + 0.5, 0, 1)
    r = jnp.clip(0.2 * (xr + h @ ur) + 0.5, 0, 1)
    return z * h + (1 - z) * jnp.tanh(xh + (r * h) @ uh)


def run(p, embedding, tokens, state):
    x = embedding[tokens.T] @ p["w"] + p["b"]

    def one(h, x):
        h = gru(p, x, h)
        return h, h

    return jax.lax.scan(one, state, x)


def loss(p, inputs, fed, targets):
    state, _ = run(p["encoder"], p["encoder_embedding"], inputs, jnp.zeros((batch, units)))
    _, outputs = run(p["decoder"], p["decoder_embedding"], fed, state)
    logits = outputs @ p["kernel"] + p["bias"]
    return optax.softmax_cross_entropy_with_integer_labels(logits, targets.T).mean()


adam = optax.adam(1e-3)
state = adam.init(parameters)
inputs = jax.random.randint(next(keys), (batch, encoder_steps), 1, words)
fed, targets = (jax.random.randint(next(keys), (batch, decoder_steps), 1, words) for _ in range(2))


@jax.jit
def step(parameters, state):
    value, gradients = jax.value_and_grad(loss)(parameters, inputs, fed, targets)
    updates, state = adam.update(gradients, state)
    return optax.apply_updates(parameters, updates), state, value


for _ in range(3):
    parameters, state, value = step(parameters, state)
    value.block_until_ready()
print(json.dumps({"version": jax.__version__}), flush=True)
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        start = time.perf_counter()
        parameters, state, value = step(parameters, state)
        value.block_until_ready()
        times.append((time.perf_counter() - start) * 1e3)
    print(json.dumps(times), flush=True)
