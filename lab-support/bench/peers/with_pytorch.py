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

    def build(self, network, optimizer, batch_size):
        torch.manual_seed(network["seed"])
        layers = network["layers"]
        modules, channels, side, width = [], 1, 28, None
        for layer in layers:
            kind = layer["layer"]
            if kind == "Flatten":
                modules.append(nn.Flatten())
                width = channels * side * side
            elif kind == "Conv2D":
                modules.append(nn.Conv2d(channels, layer["filters"], layer["kernel"]))
                channels, side = layer["filters"], side - layer["kernel"] + 1
            elif kind == "MaxPooling2D":
                modules.append(nn.MaxPool2d(layer["size"]))
                side //= layer["size"]
            else:
                modules.append(nn.Linear(width, layer["units"]))
                width = layer["units"]
            if layer.get("activation") == "ReLU":
                modules.append(nn.ReLU())
        self.model = nn.Sequential(*modules)
        self.inputs = self.images, self.test_images
        if any(layer["layer"] == "Conv2D" for layer in layers):
            self.inputs = tuple(images.unsqueeze(1) for images in self.inputs)
        parameters = self.model.parameters()
        if "Adam" in optimizer:
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
