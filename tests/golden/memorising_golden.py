"""Makes memorising_golden.json: tickets and a re-initialised network under wrong labels, in JAX.

    pip install jax && python tests/golden/memorising_golden.py 1 2 3 4 > tests/golden/memorising_golden.json

A fifth of the 55,000 training labels is replaced by another class, 15,000 iterations a round, half of each hidden layer and a quarter
of the output layer pruned six times and rewound. All random numbers are NumPy's, so only means over seeds can be compared. For each
seed: test accuracies in percent after the last iteration, the ticket's by round and the re-initialised network's after the last one.
"""

import gzip
import json
import pathlib
import sys

import jax
import jax.numpy as jnp
import numpy as np

SHAPES = [(784, 300), (300, 100), (100, 10)]
RATES = [0.5, 0.5, 0.25]
ROUNDS, ITERATIONS, BATCH = 6, 15_000, 60
# The standard deviation of a normal distribution that is cut off at two of them.
CUT_OFF = 0.87962566103423978
DATA = pathlib.Path(__file__).parents[2] / "assets" / "mnist"


def read(name, header):
    return np.frombuffer(gzip.open(DATA / f"{name}-ubyte.gz").read(), np.uint8, offset=header)


def mnist(part):
    images = read(f"{part}-images-idx3", 16).reshape(-1, 784).astype(np.float32) / 255
    return images, read(f"{part}-labels-idx1", 8).astype(np.int32)


def first_weights(random):
    def layer(shape):
        values = random.standard_normal(shape)
        while (far := np.abs(values) > 2).any():
            values[far] = random.standard_normal(far.sum())
        return (values / CUT_OFF * np.sqrt(2 / sum(shape))).astype(np.float32)

    return [layer(shape) for shape in SHAPES]


def logits(parameters, masks, images):
    weights, biases = parameters
    for layer, (weight, bias, mask) in enumerate(zip(weights, biases, masks)):
        images = images @ (weight * mask) + bias
        images = jax.nn.relu(images) if layer < 2 else images
    return images


def loss(parameters, masks, images, labels):
    chosen = jnp.take_along_axis(jax.nn.log_softmax(logits(parameters, masks, images)), labels[:, None], 1)
    return -jnp.mean(chosen)


@jax.jit
def epoch(state, masks, images, labels, batches):
    """Adam with the step size 0.0012 over these batches."""

    def step(state, batch):
        parameters, first, second, count = state
        gradient = jax.grad(loss)(parameters, masks, images[batch], labels[batch])
        count += 1
        first = jax.tree.map(lambda old, new: 0.9 * old + 0.1 * new, first, gradient)
        second = jax.tree.map(lambda old, new: 0.999 * old + 0.001 * new * new, second, gradient)

        def moved(value, mean, square):
            return value - 0.0012 * mean / (1 - 0.9**count) / (jnp.sqrt(square / (1 - 0.999**count)) + 1e-8)

        return (jax.tree.map(moved, parameters, first, second), first, second, count), None

    return jax.lax.scan(step, state, batches)[0]


def train(weights, masks, images, labels, random):
    parameters = ([jnp.array(weight) for weight in weights], [jnp.zeros(shape[1]) for shape in SHAPES])
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    state, done = (parameters, zeros, zeros, jnp.float32(0)), 0
    while done < ITERATIONS:
        batches = random.permutation(len(labels))[: len(labels) // BATCH * BATCH].reshape(-1, BATCH)
        batches = batches[: ITERATIONS - done]
        state, done = epoch(state, masks, images, labels, jnp.array(batches)), done + len(batches)
    return state[0]


def pruned(parameters, masks):
    def layer(weight, mask, rate):
        alive = np.flatnonzero(mask)
        smallest = np.argsort(np.abs(np.array(weight).ravel()[alive]), kind="stable")
        left = mask.ravel().copy()
        left[alive[smallest[: int(len(alive) * rate + 0.5)]]] = 0
        return left.reshape(mask.shape)

    return [layer(*one) for one in zip(parameters[0], masks, RATES)]


def accuracy(parameters, masks, images, labels):
    return 100 * float(jnp.mean(jnp.argmax(logits(parameters, masks, images), 1) == labels))


def trial(seed):
    random = np.random.default_rng(seed + 1000)
    (images, labels), test = mnist("train"), mnist("t10k")
    kept = random.permutation(len(labels))[5_000:]
    images, labels = jnp.array(images[kept]), labels[kept].copy()
    wrong = random.permutation(len(labels))[: len(labels) // 5]
    labels[wrong] = (labels[wrong] + random.integers(1, 10, len(wrong))) % 10
    labels = jnp.array(labels)
    first, masks = first_weights(random), [np.ones(shape, np.float32) for shape in SHAPES]
    ticket = []
    for number in range(ROUNDS + 1):
        if number == ROUNDS:
            # Before the ticket's last training, as a draw from the same stream.
            reinit = accuracy(train(first_weights(random), masks, images, labels, random), masks, *test)
        parameters = train(first, masks, images, labels, random)
        ticket.append(round(accuracy(parameters, masks, *test), 2))
        if number < ROUNDS:
            masks = pruned(parameters, masks)
    left = sum(int(mask.sum()) for mask in masks)
    return {"seed": seed, "weights": left, "ticket": ticket, "reinit": round(reinit, 2)}


print(json.dumps([trial(int(seed)) for seed in sys.argv[1:]], indent=1))
