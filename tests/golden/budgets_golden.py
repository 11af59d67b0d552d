"""Makes budgets_golden.json: the paper's protocol in PyTorch at budgets that are no preset's.

    pip install torch && python tests/golden/budgets_golden.py > tests/golden/budgets_golden.json

Plain PyTorch on the real MNIST in assets/mnist: weights times a mask, autograd, torch.optim.Adam. Random numbers are
PyTorch's own, so only means over seeds can be compared. Each budget is named by its fragment, in which the numbers
that matter are read.
"""

import gzip
import json
import pathlib
import torch
import torch.nn.functional as F

SIZES = [784, 300, 100, 10]
# With how many seeds; after few iterations a single network may be a percentage point off, so more there.
BUDGETS = {
    "iterations=300&eval_every=50&rate=0.4&output_rate=0.2&rounds=5": 10,
    "iterations=700&eval_every=100&rate=0.7&output_rate=0.35&rounds=3&batch=100": 3,
    "iterations=2500&eval_every=100&rate=0.6&output_rate=0.3&rounds=3": 3,
}
DATA = pathlib.Path(__file__).parents[2] / "assets" / "mnist"


def read(name, header):
    return torch.frombuffer(bytearray(gzip.open(DATA / f"{name}-ubyte.gz").read()[header:]), dtype=torch.uint8)


def mnist(part):
    images = read(f"{part}-images-idx3", 16).reshape(-1, 784).float() / 255.0
    return images, read(f"{part}-labels-idx1", 8).long()


def glorot(outputs, inputs):
    """Normal, redrawn beyond two standard deviations; variance 2 / (in + out) after that cut."""
    weight = torch.empty(outputs, inputs)
    deviation = (2.0 / (inputs + outputs)) ** 0.5 / 0.87962566103423978
    return torch.nn.init.trunc_normal_(weight, 0.0, deviation, -2 * deviation, 2 * deviation)


def first_weights():
    return [glorot(o, i) for i, o in zip(SIZES, SIZES[1:])]


def forward(x, weights, biases, masks):
    for l, (w, b, m) in enumerate(zip(weights, biases, masks)):
        x = F.linear(x, w * m, b)
        x = F.relu(x) if l < 2 else x
    return x


def accuracy(data, *model):
    with torch.no_grad():
        return (forward(data[0], *model).argmax(1) == data[1]).float().mean().item()


def train(first, masks, data, order, settings):
    """Trains in the given order of batches. Test accuracy at the least validation loss and at the end; last weights."""
    training, validation, test = data
    weights = [(w * m).requires_grad_() for w, m in zip(first, masks)]
    biases = [torch.zeros(o, requires_grad=True) for o in SIZES[1:]]
    optimizer = torch.optim.Adam(weights + biases, lr=1.2e-3)
    least, early = float("inf"), 0.0
    for iteration, rows in enumerate(order, 1):
        optimizer.zero_grad()
        F.cross_entropy(forward(training[0][rows], weights, biases, masks), training[1][rows]).backward()
        optimizer.step()
        if iteration % settings["eval_every"] == 0 or iteration == settings["iterations"]:
            with torch.no_grad():
                loss = F.cross_entropy(forward(validation[0], weights, biases, masks), validation[1]).item()
            if loss < least:
                least, early = loss, accuracy(test, weights, biases, masks)
    return early, accuracy(test, weights, biases, masks), [w.detach() for w in weights]


def batches(count, settings):
    """Batch after batch, reshuffled each epoch, the incomplete one at its end dropped."""
    batch, done = int(settings.get("batch", 60)), 0
    while True:
        order = torch.randperm(count)
        for at in range(0, count - batch + 1, batch):
            if done == settings["iterations"]:
                return
            done += 1
            yield order[at : at + batch]


def prune(weights, masks, settings):
    pruned = []
    for l, (w, m) in enumerate(zip(weights, masks)):
        alive = int(m.sum().item())
        rate = settings["output_rate"] if l == 2 else settings["rate"]
        magnitude = torch.where(m.flatten() > 0, w.abs().flatten(), torch.tensor(float("inf")))
        keep = m.flatten().clone()
        keep[magnitude.argsort()[: int(alive * rate + 0.5)]] = 0.0
        pruned.append(keep.reshape(m.shape))
    return pruned


def run(settings, seed, everything, test):
    torch.manual_seed(seed)
    split = torch.randperm(60000)
    parts = [(everything[0][rows], everything[1][rows]) for rows in (split[5000:], split[:5000])]
    data = (*parts, test)
    first, masks = first_weights(), [torch.ones(o, i) for i, o in zip(SIZES, SIZES[1:])]
    readings = {"ticket": [], "reinit": []}
    for number in range(int(settings["rounds"]) + 1):
        order = list(batches(55000, settings))
        *reading, trained = train(first, masks, data, order, settings)
        readings["ticket"].append(reading)
        if number > 0:
            readings["reinit"].append(train(first_weights(), masks, data, order, settings)[:2])
        masks = prune(trained, masks, settings)
    return readings


def main():
    torch.set_num_threads(1)
    everything, test = mnist("train"), mnist("t10k")
    budgets = []
    for fragment, seeds in BUDGETS.items():
        settings = {k: float(v) for k, v in (pair.split("=") for pair in fragment.split("&"))}
        runs = [run(settings, seed, everything, test) for seed in range(1, seeds + 1)]
        mean = lambda arm: torch.tensor([r[arm] for r in runs]).double().mean(0).tolist()
        means = {arm: mean(arm) for arm in ("ticket", "reinit")}
        budgets.append({"fragment": fragment, "seeds": seeds, **means})
    print(json.dumps({"torch": torch.__version__, "early_and_end": budgets}, indent=1))


main()
