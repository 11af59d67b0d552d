"""Makes training_golden.json: gradient descent, momentum, warm-up and dropout by given masks, in PyTorch and in double
precision.

    pip install torch && python tests/golden/training_golden.py > tests/golden/training_golden.json

Inputs are made by arithmetic that any language repeats exactly, so that only results are stored.
"""

import json
import torch

SIZES = [784, 40, 20, 10]
BATCH, STEPS = 24, 12


class Numbers:
    """x <- 48271 x mod (2^31 - 1); uniform on [-1, 1)."""

    def __init__(self, seed):
        self.x = seed

    def next(self):
        self.x = self.x * 48271 % 2147483647
        return self.x

    def uniform(self):
        return (self.next() >> 7) / 2.0**23 - 1.0


def tensor(values, *shape):
    return torch.tensor(values, dtype=torch.float64).reshape(*shape)


def case(name, density, seed, rate, momentum=None, warmup=0, dropout=False):
    numbers = Numbers(seed)
    masks, weights, biases = [], [], []
    for i, o in zip(SIZES, SIZES[1:]):
        weights.append(tensor([numbers.uniform() / 8 for _ in range(i * o)], o, i))
        biases.append(tensor([numbers.uniform() / 64 for _ in range(o)], o))
        masks.append(tensor([1.0 if (numbers.next() >> 11) < density * 2.0**20 else 0.0 for _ in range(i * o)], o, i))
    images, labels = [], []
    for _ in range(BATCH * STEPS):
        for pixel in range(784):
            r = numbers.next()
            images.append((r >> 3) % 256 if r % 5 == 0 and pixel % 7 != 0 else 0)
        labels.append(numbers.next() % 10)
    x, y = tensor(images, BATCH * STEPS, 784) / 255.0, torch.tensor(labels)
    weights = [(w * m).requires_grad_() for w, m in zip(weights, masks)]
    biases = [b.requires_grad_() for b in biases]
    parameters = weights + biases
    if momentum is None:
        optimizer = torch.optim.Adam(parameters, lr=rate)
    else:
        optimizer = torch.optim.SGD(parameters, lr=rate, momentum=momentum)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda it: min(1.0, (it + 1) / max(warmup, 1)))
    losses = []
    for step in range(STEPS):
        h, rows = x[step * BATCH : (step + 1) * BATCH], slice(step * BATCH, (step + 1) * BATCH)
        # A quarter of the hidden units of each image is dropped, the rest scaled up.
        scales = [
            tensor([0.0 if numbers.next() % 4 == 0 else 4.0 / 3.0 for _ in range(BATCH * units)], BATCH, units)
            for units in SIZES[1:3]
        ]
        for k, (w, b, m) in enumerate(zip(weights, biases, masks)):
            h = h @ (w * m).T + b
            if k < 2:
                h = torch.relu(h) * (scales[k] if dropout else 1.0)
        loss = torch.nn.functional.cross_entropy(h, y[rows])
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        optimizer.step()
        schedule.step()
    ends = [w * m for w, m in zip(weights, masks)] + biases
    return {
        "name": name,
        "density": density,
        "seed": seed,
        "rate": rate,
        "momentum": momentum,
        "warmup": warmup,
        "dropout": dropout,
        "losses": losses,
        "norms": [p.norm().item() for p in ends],
        "samples": [sample(p) for p in ends],
    }


def sample(t):
    """Every 97th number, at most 30 of those that are not zero, with their places."""
    flat = t.detach().reshape(-1)
    places = [i for i in range(0, flat.numel(), 97 if flat.numel() > 1000 else 1) if flat[i] != 0][:30]
    return [[i, flat[i].item()] for i in places]


cases = []
for k, density in enumerate([1.0, 0.5, 0.15]):
    cases += [
        case("sgd", density, 11 + k, 0.1, momentum=0.0),
        case("momentum", density, 21 + k, 0.05, momentum=0.9),
        case("warmup", density, 31 + k, 4e-3, warmup=8),
        case("momentum-warmup", density, 41 + k, 0.1, momentum=0.75, warmup=20),
        case("dropout", density, 51 + k, 1.2e-3, dropout=True),
        case("sgd-dropout", density, 61 + k, 0.1, momentum=0.0, dropout=True),
    ]
print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")
