"""Prints the numbers that the network's tests compare with; they read `pytorch.txt` beside this file, which holds them:
`python lab-support/tests/pytorch.py > lab-support/tests/pytorch.txt`.

Needs torch and numpy, which nothing else in the project does. PyTorch computes in 64 bits; each number is
printed as the nearest 32-bit float. The tests make the same inputs with the formulas of `wave` and `images`.
"""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.set_default_dtype(torch.float64)

ACTIVATIONS = {
    "Linear": nn.Identity(),
    "ReLU": nn.ReLU(),
    "LeakyReLU": nn.LeakyReLU(),
    "ELU": nn.ELU(),
    "GELU": nn.GELU(),
    "SiLU": nn.SiLU(),
    "Sigmoid": nn.Sigmoid(),
    "Tanh": nn.Tanh(),
    "Softmax": nn.Softmax(dim=-1),
}

OPTIMIZERS = {
    "SGD(0.1)": lambda p: torch.optim.SGD(p, lr=0.1),
    "SGD(0.1), momentum 0.9": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "SGD(0.1), Nesterov momentum 0.9": lambda p: torch.optim.SGD(
        p, lr=0.1, momentum=0.9, nesterov=True
    ),
    "SGD(0.1), weight decay 0.1": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.1),
    "SGD(0.1), Nesterov momentum 0.9, weight decay 0.1": lambda p: torch.optim.SGD(
        p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1
    ),
    "RMSprop(0.001)": lambda p: torch.optim.RMSprop(p, lr=0.001, alpha=0.9, eps=1e-7),
    "RMSprop(0.1), rho 0.8, epsilon 0.01, weight decay 0.1": lambda p: torch.optim.RMSprop(
        p, lr=0.1, alpha=0.8, eps=0.01, weight_decay=0.1
    ),
    "Adam(0.001)": lambda p: torch.optim.Adam(p, lr=0.001, eps=1e-7),
    "Adam(0.1), beta_1 0.8, beta_2 0.9, epsilon 0.01": lambda p: torch.optim.Adam(
        p, lr=0.1, betas=(0.8, 0.9), eps=0.01
    ),
    "Adam(0.1), as before, weight decay 0.1": lambda p: torch.optim.Adam(
        p, lr=0.1, betas=(0.8, 0.9), eps=0.01, weight_decay=0.1
    ),
    "AdamW(0.1), as before, weight decay 0.1": lambda p: torch.optim.AdamW(
        p, lr=0.1, betas=(0.8, 0.9), eps=0.01, weight_decay=0.1
    ),
}


def wave(first, *shape):
    """Numbers from -1 to 1 that look like chance, from index `first` on."""
    i = torch.arange(first, first + math.prod(shape))
    return ((37 * i * i + 11 * i + 7) % 101 / 50 - 1).reshape(shape)


def images():
    """Four images of 2 x 3 pixels, and their labels."""
    pixels = (torch.arange(24) * 37 + 11) % 256
    return pixels.reshape(4, 2, 3) / 255, torch.tensor([2, 0, 1, 2])


def show(name, tensor):
    numbers = tensor.detach().flatten().numpy().astype(np.float32)
    print(f"  {name}: [{', '.join(map(str, numbers))}]")


def dense():
    """A dense layer of 2 inputs and 3 outputs on a batch of 2, and the gradients of sum(dy * y)."""
    for name, activation in ACTIVATIONS.items():
        x, w, b, dy = wave(0, 2, 2), wave(4, 3, 2), wave(10, 3), wave(13, 2, 3)
        for tensor in (x, w, b):
            tensor.requires_grad_()
        y = activation(F.linear(x, w, b))
        y.backward(dy)
        print(f"dense, {name}")
        for label, tensor in [("y", y), ("dw", w.grad), ("db", b.grad), ("dx", x.grad)]:
            show(label, tensor)


def batch_norm():
    """Batch normalization on two batches of 4: sum(dy * y) of the second is sent back."""
    for layer, shape in [(nn.BatchNorm1d(3), (4, 3)), (nn.BatchNorm2d(2), (4, 2, 3, 1))]:
        numbers = math.prod(shape)
        layer.weight.data = wave(100, layer.num_features)
        layer.bias.data = wave(200, layer.num_features)
        layer(wave(0, *shape))
        x = wave(numbers, *shape).requires_grad_()
        y = layer(x)
        y.backward(wave(2 * numbers, *shape))
        print(f"batch normalization, {list(shape[1:])}")
        for label, tensor in [("y", y), ("dw", layer.weight.grad), ("db", layer.bias.grad), ("dx", x.grad)]:
            show(label, tensor)
        show("running_mean", layer.running_mean)
        show("running_var", layer.running_var)
        show("without learning", layer.eval()(wave(0, *shape)))


def layer_norm():
    """Layer normalization of a batch of 4, images of shape 3 and of shape 2 x 3 x 1: sum(dy * y) is sent back."""
    for shape in [(3,), (2, 3, 1)]:
        n, layer = math.prod(shape), nn.LayerNorm(shape)
        layer.weight.data, layer.bias.data = wave(100, *shape), wave(200, *shape)
        x = wave(0, 4, *shape).requires_grad_()
        y = layer(x)
        y.backward(wave(4 * n, 4, *shape))
        print(f"layer normalization, {list(shape)}")
        for label, tensor in [("y", y), ("dw", layer.weight.grad), ("db", layer.bias.grad), ("dx", x.grad)]:
            show(label, tensor)


def cross_entropy():
    """The mean loss of two rows, and its gradient."""
    labels = torch.tensor([2, 0])
    logits = (4 * wave(0, 2, 3)).requires_grad_()
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    print("cross-entropy from logits")
    show("loss", loss)
    show("gradient", logits.grad)
    logits = (4 * wave(0, 2, 3)).requires_grad_()
    loss = F.cross_entropy(logits, labels, label_smoothing=0.2)
    loss.backward()
    print("cross-entropy from logits, label smoothing 0.2")
    show("loss", loss)
    show("gradient", logits.grad)
    logits = (4 * wave(0, 2, 3)).requires_grad_()
    weights = torch.tensor([3.0, 1.0, 0.5])
    loss = (weights[labels] * F.cross_entropy(logits, labels, reduction="none")).mean()
    loss.backward()
    print("cross-entropy from logits, class weights 3, 1, 0.5")
    show("loss", loss)
    show("gradient", logits.grad)
    probabilities = torch.tensor([[0.5, 0.2, 0.3], [0.6, 0.3, 0.1]]).requires_grad_()
    loss = F.nll_loss(probabilities.log(), labels)
    loss.backward()
    print("cross-entropy from probabilities")
    show("loss", loss)
    show("gradient", probabilities.grad)


def three_steps():
    """[1, -2, 3] after three steps with the gradients [0.5, -0.25, 0.125] * 1, 2, 3."""
    for name, make in OPTIMIZERS.items():
        weight = nn.Parameter(torch.tensor([1.0, -2.0, 3.0]))
        optimizer = make([weight])
        for step in (1, 2, 3):
            weight.grad = step * torch.tensor([0.5, -0.25, 0.125])
            optimizer.step()
        print(f"three steps, {name}")
        show("weight", weight)


def muon():
    """Filters of 2 x 2 after three steps; PyTorch wants them as a matrix, and computes with 16 bits in between."""
    for filters, channels in [(2, 1), (5, 1)]:
        weight = nn.Parameter(wave(0, filters, channels * 4))
        optimizer = torch.optim.Muon(
            [weight], lr=0.1, momentum=0.9, weight_decay=0.1, adjust_lr_fn="match_rms_adamw"
        )
        for step in (1, 2, 3):
            weight.grad = wave(100 * step, filters, channels * 4)
            optimizer.step()
        print(f"Muon, {filters} filters")
        show("weight", weight)


def schedules():
    """The learning rate in five epochs of two steps each, from a rate of 1."""
    for name, make, per_epoch in [
        ("step", lambda o: torch.optim.lr_scheduler.StepLR(o, 2, 0.5), True),
        ("cosine", lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 10), False),
        ("one cycle", lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 1, 10, cycle_momentum=False), False),
    ]:
        optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1)
        schedule, rates = make(optimizer), []
        for step in range(10):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if step < 9 and (step % 2 == 1 or not per_epoch):
                schedule.step()
        print(f"schedule, {name}")
        print(f"  rates: {rates}")


def network(activation):
    """2 x 3 -> 6 -> 5 -> 3, its parameters one `wave` from end to end."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(6, 5), activation, nn.Linear(5, 3))
    first = 0
    for parameter in model.parameters():
        parameter.data = wave(first, *parameter.shape)
        first += parameter.numel()
    return model


def logits():
    """What the network answers to the first two images, with each activation in its hidden layer."""
    for name, activation in ACTIVATIONS.items():
        print(f"logits, {name}")
        show("images 0 and 1", network(activation)(images()[0])[:2])


def trajectory():
    """The loss before each of five steps on the whole batch, and both biases after them.

    Biases don't decay.
    """
    x, labels = images()
    for name, make in OPTIMIZERS.items():
        model = network(nn.Tanh())
        weights = [p for p in model.parameters() if p.ndim > 1]
        biases = [p for p in model.parameters() if p.ndim == 1]
        optimizer = make([{"params": weights}, {"params": biases, "weight_decay": 0}])
        losses = []
        for _ in range(5):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), labels)
            losses.append(loss.item())
            loss.backward()
            optimizer.step()
        print(f"trajectory, {name}")
        show("losses", torch.tensor(losses))
        show("1.bias", model[1].bias)
        show("3.bias", model[3].bias)


def averaged():
    """As `trajectory` with SGD(0.1) and momentum 0.9, but the weights' running mean: both biases after five steps."""
    x, labels = images()
    model = network(nn.Tanh())
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.8))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(5):
        optimizer.zero_grad()
        F.cross_entropy(model(x), labels).backward()
        optimizer.step()
        average.update_parameters(model)
    print("averaged, SGD(0.1), momentum 0.9, memory 0.8")
    show("loss", F.cross_entropy(average(x), labels))
    show("1.bias", average.module[1].bias)
    show("3.bias", average.module[3].bias)


def weighted():
    """As `trajectory` with SGD(0.1), with class weights 3, 1 and 0.5; each loss is weighted."""
    x, labels = images()
    model, weights, losses = network(nn.Tanh()), torch.tensor([3.0, 1.0, 0.5]), []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        loss = (weights[labels] * F.cross_entropy(model(x), labels, reduction="none")).mean()
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    print("weighted, SGD(0.1), class weights 3, 1, 0.5")
    show("losses", torch.tensor(losses))
    show("1.bias", model[1].bias)
    show("3.bias", model[3].bias)


def standardized():
    """What the network of `logits` with ReLU answers to the first two images, less 0.3 and divided by 0.4."""
    x = (images()[0] - 0.3) / 0.4
    print("standardized")
    show("images 0 and 1", network(nn.ReLU())(x)[:2])


class Add(nn.Module):
    """The end of a residual block of so many layers."""

    def __init__(self, layers):
        super().__init__()
        self.layers = layers


class PaddedConv2d(nn.Conv2d):
    """With TensorFlow's padding SAME: 9 rows and a stride of 2 need a border of 1 on either side, 8 columns one of 1
    on the right.
    """

    def forward(self, x):
        return super().forward(F.pad(x, (0, 1, 1, 1)))


class WithBlocks(nn.Sequential):
    """A sequential network with residual blocks, its layers numbered through."""

    def forward(self, x):
        inputs = []
        for layer in self:
            inputs.append(x)
            x = x + inputs[-1 - layer.layers] if isinstance(layer, Add) else layer(x)
        return x


def convolutions():
    """Networks of convolutions and pooling on four images of 9 x 8 pixels, their parameters one `wave` / 2."""
    pixels = ((torch.arange(4 * 72) * 37 + 11) % 256).reshape(4, 1, 9, 8) / 255
    labels = torch.tensor([2, 0, 1, 2])
    networks = {
        "valid, max pooling, same": [
            nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(3, 2, 2, padding="same"), nn.Tanh(),
            nn.Flatten(), nn.Linear(18, 3),
        ],
        "stride, average pooling, mean of each channel": [
            nn.Conv2d(1, 9, 2, stride=2), nn.AvgPool2d(2, stride=1), nn.Conv2d(9, 8, 2), nn.Sigmoid(),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 3),
        ],
        "many channels": [
            nn.Conv2d(1, 16, 1), nn.Tanh(), nn.Conv2d(16, 24, 3), nn.Tanh(), nn.Conv2d(24, 16, 3, padding="same"),
            nn.MaxPool2d(3, stride=2), nn.Flatten(), nn.Linear(96, 3),
        ],
        "same with a stride, without biases": [
            PaddedConv2d(1, 4, 3, stride=2, bias=False), nn.SiLU(), nn.Flatten(), nn.Linear(80, 3, bias=False),
        ],
        "residual blocks, one inside the other, layer normalization": [
            nn.Conv2d(1, 3, 2, stride=2), nn.Tanh(), nn.Conv2d(3, 3, 3, padding="same"), nn.Tanh(),
            nn.LayerNorm([3, 4, 4]), nn.Conv2d(3, 3, 1), Add(2), nn.Conv2d(3, 3, 3, padding="same"), Add(6),
            nn.ReLU(), nn.Flatten(), nn.Linear(48, 3),
        ],
    }
    for name, layers in networks.items():
        model = WithBlocks(*layers)
        first = 0
        for parameter in model.parameters():
            parameter.data = wave(first, *parameter.shape) / 2
            first += parameter.numel()
        print(f"convolutions, {name}")
        show("images 0 and 1", model(pixels)[:2])
        loss = F.cross_entropy(model(pixels), labels)
        loss.backward()
        show("loss", loss)
        for label, parameter in model.named_parameters():
            gradient = parameter.grad.flatten()
            show(f"slope along {label} {list(parameter.shape)}", (gradient * wave(0, gradient.numel())).sum())


def normalized():
    """A network with batch normalization on these images: five steps on the whole batch, then without learning."""
    pixels = ((torch.arange(4 * 72) * 37 + 11) % 256).reshape(4, 1, 9, 8) / 255
    labels = torch.tensor([2, 0, 1, 2])
    model = nn.Sequential(
        nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.GELU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(27, 3),
        nn.BatchNorm1d(3),
    )
    first = 0
    for parameter in model.parameters():
        parameter.data = wave(first, *parameter.shape) / 2
        first += parameter.numel()
    optimizer, losses = torch.optim.SGD(model.parameters(), lr=0.1), []
    for _ in range(5):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(pixels), labels)
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    print("normalized")
    show("losses", torch.tensor(losses))
    show("images 0 and 1", model.eval()(pixels)[:2])
    show("1.running_mean", model[1].running_mean)
    show("1.running_var", model[1].running_var)


if __name__ == "__main__":
    for part in (
        dense,
        batch_norm,
        layer_norm,
        cross_entropy,
        three_steps,
        muon,
        schedules,
        logits,
        trajectory,
        averaged,
        weighted,
        standardized,
        convolutions,
        normalized,
    ):
        part()
