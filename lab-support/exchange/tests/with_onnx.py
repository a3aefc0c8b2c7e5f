"""Runs networks that the lab has written as ONNX, for `peers.rs` beside this file. Needs onnx, onnxruntime and numpy.

`python with_onnx.py DIR`: of each `DIR/NAME.onnx`, the format is checked, the shape of every tensor inferred, and what it
answers to `DIR/NAME.in.npy` compared with `DIR/NAME.out.npy`, all images at once and one by one.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

for path in sorted(Path(sys.argv[1]).glob("*.onnx")):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    bare = onnx.ModelProto.FromString(model.SerializeToString())
    del bare.graph.value_info[:]
    inferred = onnx.shape_inference.infer_shapes(bare, check_type=True, strict_mode=True, data_prop=True).graph

    def shape(value):
        return [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]

    shapes = {value.name: shape(value) for value in [*inferred.value_info, *inferred.output]}
    for node in inferred.node:
        assert all(shapes.get(name) for name in node.output), (path.name, node.name, shapes)
    for value in [*model.graph.value_info, *model.graph.output]:
        known = shapes[value.name]
        assert known[1:] == shape(value)[1:], (path.name, value.name, known, shape(value))
    images, outputs = (np.load(path.with_suffix(f".{part}.npy")) for part in ("in", "out"))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 2
    session = onnxruntime.InferenceSession(path, options)
    (first,), (last,) = session.get_inputs(), session.get_outputs()
    assert (first.name, first.shape[0], last.shape[0]) == ("input", "batch", "batch"), path.name
    assert last.name == ("probabilities" if "softmax" in path.name else "logits"), path.name
    together = session.run(None, {"input": images})[0]
    alone = np.concatenate([session.run(None, {"input": image[None]})[0] for image in images])
    assert together.shape == outputs.shape, (path.name, together.shape, outputs.shape)
    difference = max(abs(together - outputs).max(), abs(alone - outputs).max())
    print(f"{path.stem}: {len(model.graph.node)} nodes, largest difference {difference:.1e}")
    assert difference < 1e-4, path.name
