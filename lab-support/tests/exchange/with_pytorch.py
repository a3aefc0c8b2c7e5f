"""Networks of PyTorch, for `main.rs` beside this file. Needs torch and safetensors.

`python with_pytorch.py make DIR` writes each network's weights as PyTorch's users do, and what it answers, to
`DIR/NAME.safetensors` and `DIR/NAME.out.safetensors`: those in `pytorch/` were made so. `python with_pytorch.py check DIR`
reads the weights of the same networks and their answers that the lab has written, as strictly as PyTorch can.
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F


def inputs(channels):
    """Two images of 6 x 5 pixels: numbers from 0 to 1 that look like chance."""
    i = torch.arange(2 * channels * 30)
    return ((37 * i * i + 11 * i + 7) % 101 / 101).reshape(2, channels, 6, 5)


class PaddedConv2d(nn.Conv2d):
    """With TensorFlow's padding SAME: with a stride of 2, 6 rows need a border of 1 below, 5 columns one of 1 on both sides."""

    def forward(self, x):
        return super().forward(F.pad(x, (1, 1, 0, 1)))


class Add(nn.Module):
    """The end of a residual block of so many layers."""

    def __init__(self, layers):
        super().__init__()
        self.layers = layers


class WithBlocks(nn.Sequential):
    """A sequential network with residual blocks, its layers numbered through."""

    def forward(self, x):
        before = []
        for layer in self:
            before.append(x)
            x = x + before[-1 - layer.layers] if isinstance(layer, Add) else layer(x)
        return x


class Named(nn.Module):
    """With a name for each layer, in another order than that in which they are called."""

    def __init__(self):
        super().__init__()
        self.fc2 = nn.Linear(7, 3)
        self.fc1 = nn.Linear(24, 7)
        self.bn1 = nn.BatchNorm2d(3)
        self.conv2 = nn.Conv2d(3, 4, 1)
        self.conv1 = nn.Conv2d(1, 3, 3)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.max_pool2d(F.relu(self.conv2(x)), (2, 2), stride=1)
        return self.fc2(torch.tanh(self.fc1(x.flatten(1))))


class Features(nn.Module):
    """Two parts that are numbered each, with layers that are alike."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 2, 3, padding=1), nn.ReLU(), nn.Conv2d(2, 2, 3, padding=1), nn.ReLU(),
            nn.Conv2d(2, 2, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(nn.Dropout(), nn.Linear(12, 3))

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


class Alike(nn.Module):
    """Two layers that are alike, with names that don't say which comes first."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(30, 4)
        self.b = nn.Linear(4, 4)
        self.a = nn.Linear(4, 4)
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        x = torch.tanh(self.hidden(x.flatten(1)))
        return self.head(torch.tanh(self.a(torch.tanh(self.b(x)))))


def dense():
    return nn.Sequential(nn.Flatten(), nn.Linear(30, 6), nn.ReLU(), nn.Dropout(0.3), nn.Linear(6, 3))


def sequential():
    """Each kind of layer that has weights, with each of its options."""
    return {
        "dense": dense(),
        "convolution": nn.Sequential(
            nn.Conv2d(2, 3, 2), nn.ReLU(), nn.MaxPool2d(2, stride=1), nn.Conv2d(3, 4, 3, padding="same", bias=False),
            nn.BatchNorm2d(4), nn.LeakyReLU(), nn.Flatten(), nn.Linear(48, 3),
        ),
        "stride": nn.Sequential(
            PaddedConv2d(1, 4, 3, stride=2), nn.Tanh(), nn.LayerNorm([4, 3, 3]), nn.AvgPool2d(2, stride=1),
            nn.Conv2d(4, 5, 2, stride=2), nn.SiLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 3), nn.Softmax(1),
        ),
        "norms": nn.Sequential(
            nn.Flatten(), nn.Linear(30, 5, bias=False), nn.BatchNorm1d(5), nn.GELU(), nn.Linear(5, 4), nn.LayerNorm(4),
            nn.ELU(), nn.Linear(4, 3), nn.Sigmoid(),
        ),
        "residual": WithBlocks(
            nn.Conv2d(1, 3, 3, padding="same"), nn.ReLU(), nn.Conv2d(3, 3, 3, padding="same"), nn.BatchNorm2d(3),
            nn.ReLU(), nn.Conv2d(3, 3, 1), Add(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 3),
        ),
    }


def draw(model):
    """Batch normalization as if it had learned something."""
    for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
        if name.endswith("running_var"):
            tensor.data.uniform_(0.5, 2)
        elif tensor.is_floating_point() and tensor.ndim == 1:
            tensor.data.uniform_(-1, 1)
    return model.eval()


def channels(name):
    return 2 if name == "convolution" else 1


def make(folder):
    """Writes the weights and the answers."""
    torch.manual_seed(7)
    networks = {**sequential(), "named": Named(), "features": Features(), "alike": Alike()}
    networks = {name: draw(model) for name, model in networks.items()}
    states = {name: (model.state_dict(), model) for name, model in networks.items()}
    model = networks["dense"]
    states["compiled"] = (torch.compile(model).state_dict(), model)
    states["parallel"] = (nn.DataParallel(networks["norms"]).state_dict(), networks["norms"])
    averaged = torch.optim.swa_utils.AveragedModel(networks["norms"])
    averaged.update_parameters(networks["norms"])
    states["averaged"] = (averaged.state_dict(), networks["norms"])
    for name, dtype in [("half", torch.float16), ("bfloat", torch.bfloat16), ("double", torch.float64)]:
        short = draw(sequential()["convolution"]).to(dtype)
        states[name] = (short.state_dict(), short)
    for name, (state, model) in states.items():
        save_file(state, folder / f"{name}.safetensors")
        several = channels("convolution" if name in ("half", "bfloat", "double") else name)
        with torch.no_grad():
            outputs = model.float()(inputs(several))
        save_file({"outputs": outputs}, folder / f"{name}.out.safetensors")


def check(folder):
    """Reads what the lab has written."""
    for name, model in sequential().items():
        model.load_state_dict(load_file(folder / f"{name}.safetensors"), strict=True)
        with torch.no_grad():
            outputs = model.eval()(inputs(channels(name)))
        difference = (outputs - load_file(folder / f"{name}.out.safetensors")["outputs"]).abs().max().item()
        print(f"{name}: largest difference {difference:.1e}")
        assert difference < 1e-4, name


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](Path(sys.argv[2]))
