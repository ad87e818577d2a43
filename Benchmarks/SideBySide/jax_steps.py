"""The same steps in JAX: one jitted function for the whole step, its draws included, with donated buffers, one thread.

Recurrences are `lax.scan`. The random numbers are JAX's own, and so are the numbers that come out; the work is the same.
"""

from __future__ import annotations

import math
import os

from server import Repeat, one_thread, serve

one_thread()
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
from jax import lax, random  # noqa: E402

import names  # noqa: E402
from language import Choice  # noqa: E402

ACTIVATIONS = {"tanh": jnp.tanh, "relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid, "none": lambda x: x,
               "gelu": lambda x: jax.nn.gelu(x, approximate=False)}


# Tasks: (inputs, outputs, what is drawn once, draw(key, once) -> x, y)

def regression(o: Choice):
    rows, batch = o.whole("rows"), o.whole("batch")
    a, b, c = random.split(random.key(1), 3)
    A = random.normal(a, (10, 10)) / math.sqrt(10)
    X = o.number("scale") * random.normal(b, (rows, 10))
    once = (X, X @ A + o.number("noise") * random.normal(c, (rows, 10)))

    def draw(key, once):
        i = random.randint(key, (batch,), 0, rows)
        return once[0][i], once[1][i]

    return 10, 10, once, draw


def adding(o: Choice):
    length, batch = o.whole("length"), o.whole("batch")
    b = jnp.arange(batch)

    def draw(key, once):
        k = random.split(key, 3)
        v = random.uniform(k[0], (length, batch))
        i = random.randint(k[1], (batch,), 0, length // 2)
        j = random.randint(k[2], (batch,), length // 2, length)
        m = jnp.zeros((length, batch)).at[i, b].set(1).at[j, b].set(1)
        return jnp.stack([v, m], -1), (v[i, b] + v[j, b])[:, None]

    return 2, 1, (), draw


def temporal_order(o: Choice):
    length, batch = o.whole("length"), o.whole("batch")
    b = jnp.arange(batch)

    def draw(key, once):
        k = random.split(key, 5)
        s = random.randint(k[0], (length, batch), 2, 6)
        p = random.randint(k[1], (batch,), length // 10, length // 5)
        q = random.randint(k[2], (batch,), length // 2, 3 * length // 5)
        a = random.randint(k[3], (batch,), 0, 2)
        c = random.randint(k[4], (batch,), 0, 2)
        return jax.nn.one_hot(s.at[p, b].set(a).at[q, b].set(c), 6), 2 * a + c

    return 6, 4, (), draw


def shapes(o: Choice):
    rows, size, batch = o.whole("rows"), o.whole("size"), o.whole("batch")
    a, b = random.split(random.key(1))
    once = (random.normal(a, (rows, 1, size, size)), random.randint(b, (rows,), 0, 4))

    def draw(key, once):
        i = random.randint(key, (batch,), 0, rows)
        return once[0][i], once[1][i]

    return size, 4, once, draw


TASKS = {"regression": regression, "adding": adding, "temporal-order": temporal_order, "shapes": shapes}


# Networks: (parameters, forward(parameters, x) -> outputs)

def uniform(key, shape, bound):
    return random.uniform(key, shape, minval=-bound, maxval=bound)


def linear(key, inputs, outputs):
    a, b = random.split(key)
    bound = 1 / math.sqrt(inputs)
    return {"weight": uniform(a, (outputs, inputs), bound), "bias": uniform(b, (outputs,), bound)}


def apply_linear(p, x):
    return x @ p["weight"].T + p["bias"]


def mlp(o: Choice, inputs, outputs):
    count = o.options["hidden"]
    hidden = [int(count.split("x")[0])] * int(count.split("x")[1]) if "x" in count else [int(n) for n in count.split(",")]
    widths = [inputs, *hidden, outputs]
    keys = random.split(random.key(2), len(widths))
    activation = ACTIVATIONS[o.options["activation"]]

    def forward(layers, x):
        for layer in layers[:-1]:
            x = activation(apply_linear(layer, x))
        return apply_linear(layers[-1], x)

    return [linear(keys[n], widths[n], widths[n + 1]) for n in range(len(widths) - 1)], forward


def rnn(o: Choice, inputs, outputs):
    hidden = o.whole("hidden")
    k = random.split(random.key(2), 5)
    bound = 1 / math.sqrt(hidden)
    activation = ACTIVATIONS[o.options["nonlinearity"]]
    parameters = {"weight_ih": uniform(k[0], (hidden, inputs), bound), "weight_hh": uniform(k[1], (hidden, hidden), bound),
                  "bias_ih": uniform(k[2], (hidden,), bound), "bias_hh": uniform(k[3], (hidden,), bound),
                  "fc": linear(k[4], hidden, outputs)}

    def forward(p, x):
        inner = x @ p["weight_ih"].T + (p["bias_ih"] + p["bias_hh"])  # for all times at once

        def cell(h, row):
            return activation(row + h @ p["weight_hh"].T), None

        last, _ = lax.scan(cell, jnp.zeros((x.shape[1], hidden)), inner)
        return apply_linear(p["fc"], last)

    return parameters, forward


def cnn(o: Choice, side, classes):
    depth, channels, pool, flat = o.whole("depth"), o.whole("channels"), o.whole("pool"), o.options["head"] == "flatten"
    pools = {0: [], 1: [depth // 2], 2: [depth // 3, 2 * depth // 3]}[pool]
    keys = random.split(random.key(2), depth + 1)
    activation = ACTIVATIONS[o.options["activation"]]
    convolutions = []
    for n in range(depth):
        inputs = 1 if n == 0 else channels
        a, b = random.split(keys[n])
        bound = 1 / math.sqrt(9 * inputs)
        # NHWC and HWIO: the order that XLA's convolution on processors likes best
        convolutions.append({"weight": uniform(a, (3, 3, inputs, channels), bound), "bias": uniform(b, (channels,), bound)})
    last = side // 2 ** len(pools)

    def forward(p, x):
        x = jnp.moveaxis(x, 1, 3)
        for n, layer in enumerate(p["convolutions"], 1):
            x = lax.conv_general_dilated(x, layer["weight"], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
            x = activation(x + layer["bias"])
            for _ in range(pools.count(n)):
                x = lax.reduce_window(x, 0.0, lax.add, (1, 2, 2, 1), (1, 2, 2, 1), "VALID") / 4
        return apply_linear(p["fc"], x.reshape(x.shape[0], -1) if flat else x.mean((1, 2)))

    return {"convolutions": convolutions, "fc": linear(keys[-1], channels * (last * last if flat else 1), classes)}, forward


def simplenet(o: Choice, inputs, outputs):
    return mlp(Choice("mlp", {"hidden": f"{o.options['hidden']}x1", "activation": o.options["activation"]}), inputs, outputs)


NETWORKS = {"simplenet": simplenet, "mlp": mlp, "rnn": rnn, "cnn": cnn}


def make_step(name: str) -> Repeat:
    settings = names.Step.of(name)
    inputs, outputs, once, draw = TASKS[settings.task.name](settings.task)
    parameters, forward = NETWORKS[settings.model.name](settings.model, inputs, outputs)

    def loss_of(parameters, x, y):
        out = forward(parameters, x)
        if jnp.issubdtype(y.dtype, jnp.floating):
            return jnp.mean((out - y) ** 2)
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(out), y[:, None], 1))

    def step(parameters, key, once):
        key, mine = random.split(key)
        loss, gradients = jax.value_and_grad(loss_of)(parameters, *draw(mine, once))
        norms = jnp.stack([jnp.sqrt(jnp.sum(g * g)) for g in jax.tree.leaves(gradients)])
        total = jnp.sqrt(jnp.sum(norms * norms))
        factor = jnp.minimum(1.0, 1.0 / (total + 1e-6))
        parameters = jax.tree.map(lambda p, g: p - 0.01 * (g * factor), parameters, gradients)
        return parameters, key, loss, norms, total

    jitted = jax.jit(step, donate_argnums=(0, 1))
    state = [parameters, random.PRNGKey(0)]  # typed keys are slower to pass

    def repeat(count: int) -> None:
        for _ in range(count):
            *state[:], loss, norms, total = jitted(*state, once)
            total.block_until_ready()  # all results come out of one call, so none is left when this one is there

    return repeat


if __name__ == "__main__":
    serve(make_step)
