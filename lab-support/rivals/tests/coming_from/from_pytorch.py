"""The column for PyTorch. Runs as it stands where PyTorch does, on images made of noise."""

import os
import tempfile

import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, TensorDataset, random_split

os.chdir(tempfile.mkdtemp())
images, y = torch.randint(0, 256, (600, 28, 28), dtype=torch.uint8), torch.randint(0, 10, (600,))
# [normalize]
x = images / 255.0

x_test, y_test = x[:100], y[:100]
# [standardize]
standardized = (x - 0.286) / 0.353

# [split]
learn, validation = random_split(TensorDataset(x, y), [0.9, 0.1])

assert (len(learn), len(validation)) == (540, 60)
# [seed]
torch.manual_seed(42)

# [describe]
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))

# [neurons]
layer = nn.Linear(784, 128, bias=False)
nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")

# [convolution]
network = nn.Sequential(nn.Conv2d(1, 16, 3, stride=2, padding=1), nn.ReLU(), nn.MaxPool2d(2))

assert network(x[:, None]).shape == (600, 16, 7, 7)
block, h = nn.Linear(128, 128), torch.zeros(4, 128)
# [residual]
h = h + F.relu(block(h))

# [regularize]
h = nn.Dropout(0.3)(nn.BatchNorm1d(128)(h))

assert h.shape == (4, 128)
# [compile]
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
loss_of = nn.CrossEntropyLoss()

# [sgd]
sgd = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

# [adamw]
adamw = torch.optim.AdamW(model.parameters(), lr=0.001, weight_decay=0.01)

# [fit]
for epoch in range(10):
    for images, labels in DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True):
        optimizer.zero_grad()
        loss_of(model(images), labels).backward()
        optimizer.step()

# [schedule]
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=38)

# [clip]
norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)

# [class weight]
weighted = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 1, 1, 1, 1, 1, 2, 1, 1, 1]))

assert weighted(model(x), y).isfinite()
# [average]
averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.99), use_buffers=True)

# [evaluate]
model.eval()
with torch.no_grad():
    accuracy = (model(x_test).argmax(1) == y_test).float().mean()

# [logits]
logits = model(x_test).detach()

assert logits.shape == (100, 10)
# [probabilities]
predictions = model(x_test).softmax(1)

# [class]
label = predictions[0].argmax().item()

assert 0 <= label < 10
# [top k]
share = (predictions.topk(2).indices == y_test[:, None]).any(1).float().mean()

# [layer]
values = model[:3](x_test)

assert values.shape == (100, 128)
# [freeze]
model[1].requires_grad_(False)

assert sum(p.numel() for p in model.parameters() if p.requires_grad) == 1_290
from safetensors.torch import load_file, save_file
# [save]
save_file(model.state_dict(), "clothes.safetensors")
model.load_state_dict(load_file("clothes.safetensors"), strict=True)

assert torch.equal(model(x_test), logits)
