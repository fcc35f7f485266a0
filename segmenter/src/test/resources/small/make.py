"""Makes the small model of the fine-tuning tests: a real Segment Anything decoder with few channels and random weights
(seed 0), on the tiny model's kind of encoder. Blue is water to the detector; the decoder knows nothing yet. Needs torch
and onnx, see segmenter/training.

  python make.py      writes encoder.onnx, decoder.onnx and model.json beside this file

Input 128 x 128, embedding 32 x 8 x 8: the first three channels are red, green and blue averaged over 16 x 16 pixels, the
next 27 a fixed mixture of these and of the finer averages. Decoder weights are kept in half precision, as riada-lite has
them.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, checker, helper, numpy_helper, save

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[3] / "training"))
import model as sam  # noqa: E402

CHANNELS, SIDE, SIZE, HIDDEN = 32, 8, 128, 64
sam.EMBED = CHANNELS
MEAN, STD = [120.0, 125.0, 130.0], [64.0, 64.0, 64.0]


class Decoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        sam.MlpBlock.__init__.__defaults__ = (HIDDEN,)
        sam.DECODER_PARAMETERS = AnyNumber()
        self.prompt_encoder, self.mask_decoder = sam.PromptEncoder(), sam.MaskDecoder()

    def forward(self, embedding, point_coords, point_labels, mask_input, has_mask_input):
        sparse, dense = self.prompt_encoder((point_coords + 0.5) / SIZE, point_labels, mask_input, has_mask_input)
        return self.mask_decoder(embedding, self.prompt_encoder.dense_pe(SIDE, SIDE), sparse, dense)


class AnyNumber:
    """The recipe asserts riada-lite's own number of parameters."""

    def __eq__(self, other):
        return True


def halve(path):
    model = onnx.load(path)
    casts, renamed = [], {}
    for init in model.graph.initializer:
        if init.data_type == TensorProto.FLOAT and len(init.dims) > 0:
            init.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(init).astype(np.float16), init.name))
            renamed[init.name] = init.name + "/float"
            casts.append(helper.make_node("Cast", [init.name], [init.name + "/float"], name=init.name + "/Cast", to=TensorProto.FLOAT))
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = renamed.get(name, name)
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    save(model, path)


def decoder():
    torch.manual_seed(0)
    graph = Decoder().eval()
    with torch.no_grad():
        for weight in graph.mask_decoder.parameters():
            weight.add_(0.05 * torch.randn_like(weight))  # the exporter keeps one of equal weights, and of its name no other
    args = (torch.randn(1, CHANNELS, SIDE, SIDE), torch.rand(3, 5, 2) * SIZE, torch.tensor([[1, 0, 2, 3, -1]] * 3).float(), torch.zeros(3, 1, 4 * SIDE, 4 * SIDE), torch.zeros(3))
    names = ["embedding", "point_coords", "point_labels", "mask_input", "has_mask_input"]
    sets, slots = {0: "sets"}, {0: "sets", 1: "points"}
    torch.onnx.export(graph, args, HERE / "decoder.onnx", input_names=names, output_names=["masks", "iou_predictions"], opset_version=17, dynamo=False, do_constant_folding=False,
                      dynamic_axes={"point_coords": slots, "point_labels": slots, "mask_input": sets, "has_mask_input": sets, "masks": sets, "iou_predictions": sets})
    halve(HERE / "decoder.onnx")


def constant(name, value):
    return numpy_helper.from_array(np.asarray(value, np.float32), name)


def value(name, *shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def encoder():
    rng = np.random.default_rng(0)
    mix = rng.normal(0, 0.3, (CHANNELS, 3, 4, 4))
    mix[:3] = 0
    mix[[0, 1, 2], [0, 1, 2]] = 1 / 16
    heads = np.zeros((6, 3, 1, 1))
    heads[0, :, 0, 0], heads[1, :, 0, 0] = [-2, 0, 2], [-1, 0, 1]
    nodes = [
        ("AveragePool", ["image"], "p16", {"kernel_shape": [16, 16], "strides": [16, 16]}),
        ("AveragePool", ["image"], "p4", {"kernel_shape": [4, 4], "strides": [4, 4]}),
        ("Conv", ["p4", "mix"], "embedding", {"strides": [4, 4]}),
        ("Conv", ["p16", "heads", "heads_bias"], "maps", {}),
        ("Conv", ["p4", "sky_weight", "sky_bias"], "sky", {}),
    ]
    graph = helper.make_graph(
        [helper.make_node(op, i, [o], **a) for op, i, o, a in nodes], "encoder", [value("image", "batch", 3, SIZE, SIZE)],
        [value("embedding", "batch", CHANNELS, SIDE, SIDE), value("maps", "batch", 6, SIDE, SIDE), value("sky", "batch", 2, 4 * SIDE, 4 * SIDE)],
        [constant("mix", mix), constant("heads", heads), constant("heads_bias", [-2, 1, 0.125, 0.125, 0.125, 0.125]),
         constant("sky_weight", np.zeros((2, 3, 1, 1))), constant("sky_bias", [-9, -9])])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(made, full_check=True)
    save(made, HERE / "encoder.onnx")


def card():
    sha = lambda name: hashlib.sha256((HERE / name).read_bytes()).hexdigest()
    (HERE / "model.json").write_text(json.dumps({
        "name": "small", "version": "1", "licence": "Apache-2.0",
        "files": {role: {"path": f"{role}.onnx", "sha256": sha(f"{role}.onnx")} for role in ("encoder", "decoder")},
        "input_size": SIZE, "mask_stride": 4, "embedding": [CHANNELS, SIDE, SIDE],
        "normalisation": {"mean": MEAN, "std": STD},
        "sensors": ["aerial-rgb", "vv"], "prompts": ["points", "box", "mask"],
        "thresholds": {"mask": 0.0, "cloud": 0.0, "shadow": 0.0},
        "detector": {"no_water": 0.35, "wet_points": 5, "wet_least": 0.2, "wet_apart": 2, "dry_points": 3, "dry_below": 0.1,
                     "dry_depth": 1, "dry_apart": 2, "boxes": 12, "box_least": 0.15, "box_nms": 0.5},
        "metrics": {}, "training_data": [],
    }, indent=2) + "\n")


if __name__ == "__main__":
    encoder()
    decoder()
    card()
