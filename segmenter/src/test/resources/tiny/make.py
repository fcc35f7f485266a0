"""Makes the tiny model of the unit tests: the contract of a model folder in a few kB, with graphs whose answers can be
told by eye. Blue is water, white is cloud, black is shadow. Needs the onnx package.

  python make.py      writes encoder.onnx, decoder.onnx and model.json beside this file

Encoder: the embedding's first three channels are red, green and blue averaged over 16 x 16 pixels (as normalised), the
others zero. wet and heat logits grow with blue minus red; box sides are 0.125 everywhere.
Decoder: token 0 is the embedding's wet logit, plus a bump of +6 (wet) or -6 (dry) with a radius of 10 pixels around each
point, minus the distance from the box for cells outside it, plus the prior mask. Tokens 1 to 3 are the same, higher by
1, 2 and 3; predicted IoU is 0.9, 0.5, 0.8, 0.6.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

HERE = Path(__file__).parent
MEAN, STD = [120.0, 125.0, 130.0], [64.0, 64.0, 64.0]


def constant(name, value):
    return numpy_helper.from_array(np.asarray(value, np.float32), name)


def integers(name, *value):
    return numpy_helper.from_array(np.asarray(value, np.int64), name)


def value(name, *shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def write(name, nodes, inputs, outputs, initialisers):
    graph = helper.make_graph([helper.make_node(op, i, [o], **a) for op, i, o, a in nodes], name, inputs, outputs, initialisers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model, full_check=True)
    save(model, HERE / f"{name}.onnx")


def encoder():
    copy = np.zeros((256, 3, 1, 1))
    copy[[0, 1, 2], [0, 1, 2]] = 1
    heads = np.zeros((6, 3, 1, 1))
    heads[0, :, 0, 0], heads[1, :, 0, 0] = [-2, 0, 2], [-1, 0, 1]
    # levels of 0 and 255 are near -2 and +2: white passes 6 - 4.5 on the sum of the channels, black likewise below
    sky = np.array([[1, 1, 1], [-1, -1, -1]], float)[:, :, None, None]
    write(
        "encoder",
        [
            ("AveragePool", ["image"], "p16", {"kernel_shape": [16, 16], "strides": [16, 16]}),
            ("AveragePool", ["image"], "p4", {"kernel_shape": [4, 4], "strides": [4, 4]}),
            ("Conv", ["p16", "copy"], "embedding", {}),
            ("Conv", ["p16", "heads", "heads_bias"], "maps", {}),
            ("Conv", ["p4", "sky_weight", "sky_bias"], "sky", {}),
        ],
        [value("image", "batch", 3, 512, 512)],
        [value("embedding", "batch", 256, 32, 32), value("maps", "batch", 6, 32, 32), value("sky", "batch", 2, 128, 128)],
        [constant("copy", copy), constant("heads", heads), constant("heads_bias", [-2, 1, 0.125, 0.125, 0.125, 0.125]),
         constant("sky_weight", sky), constant("sky_bias", [-4.5, -4.5])],
    )


def decoder():
    # [1,1,128,128] with the pixel at the centre of each column and row
    centre = np.arange(128, dtype=np.float32) * 4 + 1.5
    nodes = [
        ("Conv", ["embedding", "wet", "wet_bias"], "coarse", {}),
        ("Resize", ["coarse", "", "scales"], "base", {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}),
        ("Unsqueeze", ["point_labels", "to_cells"], "label", {}),  # [N,P,1,1]
        ("Gather", ["point_coords", "zero"], "px", {"axis": 2}),  # [N,P]
        ("Gather", ["point_coords", "one_index"], "py", {"axis": 2}),
        ("Unsqueeze", ["px", "to_cells"], "x", {}),
        ("Unsqueeze", ["py", "to_cells"], "y", {}),
        ("Sub", ["columns", "x"], "dx", {}),  # [N,P,1,128]
        ("Sub", ["rows", "y"], "dy", {}),  # [N,P,128,1]
        ("Mul", ["dx", "dx"], "dx2", {}),
        ("Mul", ["dy", "dy"], "dy2", {}),
        ("Add", ["dx2", "dy2"], "d2", {}),
        ("Mul", ["d2", "narrow"], "exponent", {}),
        ("Exp", ["exponent"], "bell", {}),
    ]
    equal = lambda n: [("Equal", ["label", f"label{n}"], f"is{n}b", {}), ("Cast", [f"is{n}b"], f"is{n}", {"to": TensorProto.FLOAT})]
    nodes += equal(0) + equal(1) + equal(2) + equal(3)
    nodes += [
        ("Sub", ["is1", "is0"], "sign", {}),
        ("Mul", ["bell", "sign"], "bumps", {}),
        ("Neg", ["dx"], "left0", {}), ("Relu", ["left0"], "left", {}), ("Neg", ["dy"], "above0", {}), ("Relu", ["above0"], "above", {}),
        ("Relu", ["dx"], "right", {}), ("Relu", ["dy"], "below", {}),
        ("Add", ["left", "above"], "out2", {}), ("Add", ["right", "below"], "out3", {}),
        ("Mul", ["out2", "is2"], "outside2", {}), ("Mul", ["out3", "is3"], "outside3", {}),
        ("Add", ["outside2", "outside3"], "outside", {}),
        ("Mul", ["bumps", "height"], "tall", {}),
        ("Sub", ["tall", "outside"], "said", {}),
        ("ReduceSum", ["said", "points_axis"], "prompted", {"keepdims": 1}),  # [N,1,128,128]
        ("Add", ["base", "prompted"], "one", {}),
        ("Unsqueeze", ["has_mask_input", "behind"], "has", {}),
        ("Mul", ["mask_input", "has"], "prior", {}),
        ("Add", ["one", "prior"], "token0", {}),
        ("Add", ["token0", "steps"], "masks", {}),
        ("Mul", ["has_mask_input", "zero_float"], "none", {}),
        ("Unsqueeze", ["none", "one_axis"], "none1", {}),
        ("Add", ["none1", "ious"], "iou_predictions", {}),
    ]
    wet = np.zeros((1, 256, 1, 1))
    wet[0, [0, 2], 0, 0] = [-2, 2]
    write(
        "decoder",
        nodes,
        [value("embedding", 1, 256, 32, 32), value("point_coords", "n", "p", 2), value("point_labels", "n", "p"),
         value("mask_input", "n", 1, 128, 128), value("has_mask_input", "n")],
        [value("masks", "n", 4, 128, 128), value("iou_predictions", "n", 4)],
        [constant("wet", wet), constant("wet_bias", [-2]), constant("scales", [1, 1, 4, 4]), constant("columns", centre[None, None, None]),
         constant("rows", centre[None, None, :, None]), constant("narrow", -1 / (2 * 10**2)), constant("height", 6),
         *(constant(f"label{n}", n) for n in range(4)), constant("steps", np.arange(4)[None, :, None, None]),
         constant("ious", [[0.9, 0.5, 0.8, 0.6]]), constant("zero_float", 0),
         integers("to_cells", 2, 3), integers("behind", 1, 2, 3), integers("one_axis", 1), integers("points_axis", 1),
         numpy_helper.from_array(np.int64(0), "zero"), numpy_helper.from_array(np.int64(1), "one_index")],
    )


def card():
    sha = lambda name: hashlib.sha256((HERE / name).read_bytes()).hexdigest()
    (HERE / "model.json").write_text(json.dumps({
        "name": "tiny", "version": "1", "licence": "Apache-2.0",
        "files": {role: {"path": f"{role}.onnx", "sha256": sha(f"{role}.onnx")} for role in ("encoder", "decoder")},
        "input_size": 512, "mask_stride": 4, "embedding": [256, 32, 32],
        "normalisation": {"mean": MEAN, "std": STD},
        "sensors": ["painted"], "prompts": ["points", "boxes", "mask"],
        "thresholds": {"mask": 0.0, "cloud": 0.0, "shadow": 0.0},
        "detector": {"no_water": 0.35, "wet_points": 5, "wet_least": 0.2, "wet_apart": 6, "dry_points": 3, "dry_below": 0.1,
                     "dry_depth": 2, "dry_apart": 8, "boxes": 12, "box_least": 0.15, "box_nms": 0.5},
        "metrics": {}, "training_data": [],
    }, indent=2) + "\n")


if __name__ == "__main__":
    encoder()
    decoder()
    card()
