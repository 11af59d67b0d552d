"""Makes lenet_golden.json: losses, gradients and weights of LeNet-300-100 in PyTorch, in double precision.

    pip install torch && python tests/golden/lenet_golden.py > tests/golden/lenet_golden.json

Inputs are made by arithmetic that any language repeats exactly (a multiplicative generator modulo 2^31 - 1), so that
only results are stored. Float64, so that what is compared is our float32 kernels' error and nothing else's.
"""

import json
import torch

SIZES = [784, 300, 100, 10]


class Numbers:
    """x <- 48271 x mod (2^31 - 1); uniform on [-1, 1) as float32 arithmetic would give it."""

    def __init__(self, seed):
        self.x = seed

    def next(self):
        self.x = self.x * 48271 % 2147483647
        return self.x

    def uniform(self):
        return (self.next() >> 7) / 2.0**23 - 1.0

    def list(self, n, scale):
        return [self.uniform() * scale for _ in range(n)]


def case(density, batch, steps, seed):
    numbers = Numbers(seed)
    masks, weights, biases = [], [], []
    for i, o in zip(SIZES, SIZES[1:]):
        scale = 2.0 ** round(torch.log2(torch.tensor((6.0 / (i + o)) ** 0.5)).item())
        weights.append(torch.tensor(numbers.list(i * o, scale), dtype=torch.float64).reshape(o, i))
        biases.append(torch.tensor(numbers.list(o, 2.0**-6), dtype=torch.float64))
        keep = [1.0 if (numbers.next() >> 11) < density * 2.0**20 else 0.0 for _ in range(i * o)]
        masks.append(torch.tensor(keep, dtype=torch.float64).reshape(o, i))
    # Bytes as in MNIST: four in five are zero, some pixels are dark in the whole batch.
    images, labels = [], []
    for _ in range(steps * batch):
        row = []
        for pixel in range(784):
            r = numbers.next()
            row.append((r >> 3) % 256 if r % 5 == 0 and pixel % 7 != 0 else 0)
        images.append(row)
        labels.append(numbers.next() % 10)
    x = torch.tensor(images, dtype=torch.float64) / 255.0
    y = torch.tensor(labels)
    weights = [(w * m).requires_grad_() for w, m in zip(weights, masks)]
    biases = [b.requires_grad_() for b in biases]
    optimizer = torch.optim.Adam(weights + biases, lr=1.2e-3, betas=(0.9, 0.999), eps=1e-8)
    result = {"density": density, "batch": batch, "steps": steps, "seed": seed, "losses": []}
    for step in range(steps):
        h = x[step * batch : (step + 1) * batch]
        for k, (w, b, m) in enumerate(zip(weights, biases, masks)):
            h = h @ (w * m).T + b
            h = torch.relu(h) if k < 2 else h
        loss = torch.nn.functional.cross_entropy(h, y[step * batch : (step + 1) * batch])
        optimizer.zero_grad()
        loss.backward()
        result["losses"].append(loss.item())
        if step == 0:
            result["gradient_norms"] = [p.grad.norm().item() for p in weights + biases]
            result["gradient_samples"] = [sample(p.grad) for p in weights + biases]
        optimizer.step()
    result["weight_norms"] = [(w * m).norm().item() for w, m in zip(weights, masks)] + [b.norm().item() for b in biases]
    result["weight_samples"] = [sample(w * m) for w, m in zip(weights, masks)] + [sample(b) for b in biases]
    return result


def sample(t):
    """Every 97th number, at most 40 of those that are not zero, with their places."""
    flat = t.detach().reshape(-1)
    places = [i for i in range(0, flat.numel(), 97 if flat.numel() > 1000 else 1) if flat[i] != 0][:40]
    return [[i, flat[i].item()] for i in places]


print(json.dumps([case(1.0, 60, 20, 1), case(0.5, 60, 20, 2), case(0.21, 60, 20, 3), case(0.036, 17, 20, 4),
                  case(0.012, 60, 20, 5)], indent=0))
