"""The lab's networks in PyTorch: all data in memory as tensors, batches by a permutation of the indices."""

import torch
from torch import nn

import peer


class PyTorch:
    def __init__(self, train, test):
        torch.set_num_threads(peer.THREADS)
        self.images, self.labels = self.tensors(train)
        self.test_images, _ = self.tensors(test)

    def tensors(self, data):
        images, labels = data
        return torch.from_numpy(images), torch.from_numpy(labels.astype("int64"))

    def build(self, layers, optimizer, batch_size):
        torch.manual_seed(42)
        modules, channels, side, width = [], 1, 28, None
        for layer in layers:
            kind, size = layer["kind"], layer.get("size")
            if kind == "flatten":
                modules.append(nn.Flatten())
                width = channels * side * side
            elif kind == "conv2d":
                modules += [nn.Conv2d(channels, size, 3), nn.ReLU()]
                channels, side = size, side - 2
            elif kind == "maxpool2d":
                modules.append(nn.MaxPool2d(size))
                side //= size
            else:
                modules += [nn.Linear(width, size), nn.ReLU()]
                width = size
        # The last layer gives logits.
        self.model = nn.Sequential(*modules[:-1])
        self.inputs = self.images, self.test_images
        if any(layer["kind"] == "conv2d" for layer in layers):
            self.inputs = tuple(images.unsqueeze(1) for images in self.inputs)
        parameters = self.model.parameters()
        if optimizer == "adam":
            self.optimizer = torch.optim.Adam(parameters, fused=True)
        else:
            self.optimizer = torch.optim.SGD(parameters, lr=0.01, fused=True)
        self.batch_size = batch_size
        self.loss = nn.CrossEntropyLoss()

    def fit(self):
        images, _ = self.inputs
        self.model.train()
        for rows in torch.randperm(len(images)).split(self.batch_size):
            self.optimizer.zero_grad()
            self.loss(self.model(images[rows]), self.labels[rows]).backward()
            self.optimizer.step()

    def predict(self):
        self.model.eval()
        with torch.inference_mode():
            self.model(self.inputs[1])


peer.serve(PyTorch)
