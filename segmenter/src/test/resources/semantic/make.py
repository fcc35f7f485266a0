"""Makes the tiny semantic model of the unit tests: one graph that says where water is. Blue is water. Needs the onnx package.

  python make.py      writes encoder.onnx and model.json beside this file

The water logit of 4 x 4 pixels is 2 (blue - red) - 2 of their means, as normalised.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

HERE = Path(__file__).parent


def encoder():
    value = lambda name, *shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    weight = np.array([-2, 0, 2], np.float32)[None, :, None, None]
    nodes = [helper.make_node("AveragePool", ["image"], ["mean"], kernel_shape=[4, 4], strides=[4, 4]), helper.make_node("Conv", ["mean", "weight", "bias"], ["water"])]
    held = [numpy_helper.from_array(weight, "weight"), numpy_helper.from_array(np.array([-2], np.float32), "bias")]
    graph = helper.make_graph(nodes, "encoder", [value("image", "batch", 3, 512, 512)], [value("water", "batch", 1, 128, 128)], held)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model, full_check=True)
    save(model, HERE / "encoder.onnx")


def card():
    sha = hashlib.sha256((HERE / "encoder.onnx").read_bytes()).hexdigest()
    (HERE / "model.json").write_text(json.dumps({
        "name": "tiny-semantic", "version": "1", "licence": "Apache-2.0", "kind": "semantic",
        "files": {"encoder": {"path": "encoder.onnx", "sha256": sha}},
        "input_size": 512, "mask_stride": 4, "normalisation": {"mean": [120.0, 125.0, 130.0], "std": [64.0, 64.0, 64.0]},
        "sensors": ["painted"], "prompts": [], "thresholds": {"mask": 0.0}, "metrics": {}, "training_data": [],
    }, indent=2) + "\n")


if __name__ == "__main__":
    encoder()
    card()
