"""Writes a model folder from a checkpoint of the Segment Anything family, and vectors that hold the Java code to SamPredictor.

  python family.py --type vit_b --checkpoint FILE --name NAME --licence LICENCE --source TEXT --out DIR
  python family.py --type vit_b --out DIR/model --vectors DIR/vectors            random weights: proves the way, segments nothing
  python family.py --type tiny --out ../src/test/resources/family/model --vectors ../src/test/resources/family/vectors

Needs requirements-family.txt beside requirements.txt (see README.md). S is the side of the input (1024; tiny: 128), C the
channels of the embedding (256; tiny: 32), s = S / 16.

  encoder.onnx  image [B,3,S,S] normalised, zeros beyond the picture -> embedding [B,C,s,s]
  decoder.onnx  embedding [1,C,s,s], point_coords [N,P,2] pixels of the input, point_labels [N,P], mask_input [N,1,4s,4s],
                has_mask_input [N] -> masks [N,4,4s,4s] logits, iou_predictions [N,4]

Token 0 of a decoder's answer is SamPredictor's with multimask_output=False, tokens 1 to 3 are those with True. Weights are float32 under
their own names; a graph whose weights pass 2 GB (vit_h) has them in a file beside it (encoder.onnx.data).

vectors.json lists pictures drawn here and, for each, questions in its pixels and SamPredictor's answers: logits and embeddings are
little-endian float32, row-major.
"""

import argparse
import hashlib
import json
import math
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn as nn
from PIL import Image, ImageDraw
from segment_anything import SamPredictor, sam_model_registry
from segment_anything.modeling import ImageEncoderViT, MaskDecoder, PromptEncoder, Sam, TwoWayTransformer

from served import decode, dense_rows

MEAN, STD = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]
PATCH, SEED = 16, 5
PROTOBUF_LIMIT = 1_900_000_000  # bytes; a protobuf ends at 2^31
# A point one pixel off must change the logits by far more than the 1e-3 of their standard deviation that the Java test allows.
MOVED = 3e-3


# ------------------------------------------------------------------------------------------------- models
def tiny(size=128, channels=32):
    """Segment Anything as small as it gets: one block with windows (the last ones padded), one without."""
    grid = size // PATCH
    return Sam(
        image_encoder=ImageEncoderViT(depth=2, embed_dim=32, img_size=size, mlp_ratio=2, norm_layer=partial(nn.LayerNorm, eps=1e-6), num_heads=2,
                                      patch_size=PATCH, qkv_bias=True, use_rel_pos=True, global_attn_indexes=(1,), window_size=3, out_chans=channels),
        prompt_encoder=PromptEncoder(embed_dim=channels, image_embedding_size=(grid, grid), input_image_size=(size, size), mask_in_chans=8),
        mask_decoder=MaskDecoder(num_multimask_outputs=3, transformer=TwoWayTransformer(depth=2, embedding_dim=channels, mlp_dim=64, num_heads=4),
                                 transformer_dim=channels, iou_head_depth=3, iou_head_hidden_dim=channels),
        pixel_mean=MEAN, pixel_std=STD,
    )


@torch.no_grad()
def randomise(sam):
    """Weights under which every part of the network counts: as they are initialised, position codes are zeros and attention is even."""
    rng = torch.Generator().manual_seed(SEED)
    normal = lambda p: torch.randn(p.shape, generator=rng)
    for name, p in sam.named_parameters():
        if "embed" in name or "token" in name and p.shape[0] <= 4:  # pos_embed, tokens and labels
            p.copy_(normal(p) * (0.2 if "pos_embed" in name else 1))
        elif "rel_pos" in name:
            p.copy_(normal(p) * 0.2)
        elif p.dim() == 1:  # biases, and norms with their weights around 1
            p.copy_(normal(p) * 0.1 + (1 if name.endswith("weight") else 0))
        else:
            fan_in = p.shape[0] if "upscaling" in name else p[0].numel()
            sharp = 2 if "q_proj" in name or "k_proj" in name else 1
            p.copy_(normal(p) * (sharp / math.sqrt(fan_in)))
    sam.prompt_encoder.pe_layer.positional_encoding_gaussian_matrix.copy_(normal(sam.prompt_encoder.pe_layer.positional_encoding_gaussian_matrix))
    return sam


def build(kind, checkpoint):
    if checkpoint:
        sam = sam_model_registry[kind]()
        sam.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True))
    else:
        sam = randomise(tiny() if kind == "tiny" else sam_model_registry[kind]())
    return sam.eval().requires_grad_(False)


# ------------------------------------------------------------------------------------------------- graphs
class EncoderGraph(nn.Module):
    def __init__(self, sam):
        super().__init__()
        self.image_encoder = sam.image_encoder

    def forward(self, image):
        return self.image_encoder(image)


class DecoderGraph(nn.Module):
    """Prompt encoder and mask decoder with a batch axis over questions: the package's own export knows one question at a time."""

    def __init__(self, sam):
        super().__init__()
        self.prompt_encoder, self.mask_decoder = sam.prompt_encoder, sam.mask_decoder
        self.size = sam.image_encoder.img_size

    def forward(self, embedding, point_coords, point_labels, mask_input, has_mask_input):
        prompts = self.prompt_encoder
        labels = point_labels[..., None]
        empty = (labels == -1).to(embedding.dtype)
        sparse = prompts.pe_layer._pe_encoding((point_coords + 0.5) / self.size) * (1 - empty) + prompts.not_a_point_embed.weight * empty
        for i, label in enumerate(prompts.point_embeddings):
            sparse = sparse + label.weight * (labels == i).to(embedding.dtype)
        has = has_mask_input[:, None, None]
        dense = dense_rows(prompts.mask_downscaling, mask_input) * has + prompts.no_mask_embed.weight * (1 - has)
        return decode(self.mask_decoder, embedding, prompts.get_dense_pe(), sparse, dense)


def write(graph, inputs, names, outputs, axes, file):
    """One ONNX file, with its weights in another where protobuf cannot hold them. Returns the names of the files."""
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        parts = Path(folder) / file.name
        torch.onnx.export(graph.eval(), inputs, parts, input_names=names, output_names=outputs, dynamic_axes=axes, opset_version=17, dynamo=False,
                          do_constant_folding=False)
        model = onnx.load(parts)
    large = sum(len(i.raw_data) for i in model.graph.initializer) > PROTOBUF_LIMIT
    data = file.with_name(file.name + ".data")
    data.unlink(missing_ok=True)
    if large:
        onnx.save(model, file, save_as_external_data=True, all_tensors_to_one_file=True, location=data.name)
        data.chmod(file.stat().st_mode)
    else:
        onnx.save(model, file)
    held = {i.name: list(i.dims) for i in model.graph.initializer}
    want = {k: list(v.shape) for k, v in graph.named_parameters()}
    assert all(held.get(k) == v for k, v in want.items()), "a weight lost its name or shape"
    return [file.name, data.name] if large else [file.name]


def export(sam, out):
    """Returns the files by role."""
    out.mkdir(parents=True, exist_ok=True)
    size, channels = sam.image_encoder.img_size, sam.prompt_encoder.embed_dim
    side = size // PATCH
    files = {}
    files["encoder"] = write(EncoderGraph(sam), (torch.randn(1, 3, size, size),), ["image"], ["embedding"], {"image": {0: "batch"}, "embedding": {0: "batch"}}, out / "encoder.onnx")
    sets, slots = {0: "sets"}, {0: "sets", 1: "points"}
    files["decoder"] = write(
        DecoderGraph(sam),
        (torch.randn(1, channels, side, side), torch.rand(3, 5, 2) * size, torch.tensor([[1, 0, 2, 3, -1]] * 3).float(), torch.zeros(3, 1, 4 * side, 4 * side), torch.zeros(3)),
        ["embedding", "point_coords", "point_labels", "mask_input", "has_mask_input"], ["masks", "iou_predictions"],
        {"point_coords": slots, "point_labels": slots, "mask_input": sets, "has_mask_input": sets, "masks": sets, "iou_predictions": sets}, out / "decoder.onnx")
    roles = {}
    for role, (graph, *data) in files.items():
        roles[role] = entry(out / graph)
        for file in data:
            roles[f"{role}_data"] = entry(out / file)
    return roles


def entry(file):
    with file.open("rb") as f:
        return {"path": file.name, "sha256": hashlib.file_digest(f, "sha256").hexdigest()}


# ------------------------------------------------------------------------------------------------- cards
def card(sam, a, files):
    side = sam.image_encoder.img_size // PATCH
    return {
        "name": a.name, "version": a.version, "licence": a.licence, "files": files,
        "input_size": sam.image_encoder.img_size, "fit": "longest_side", "mask_stride": 4, "embedding": [sam.prompt_encoder.embed_dim, side, side],
        "normalisation": {"mean": MEAN, "std": STD}, "heads": [], "prompts": ["points", "boxes", "mask"], "pad_points": True, "prior_limit": 0,
        "sensors": [], "thresholds": {"mask": sam.mask_threshold}, "metrics": {}, "training_data": [a.source],
        "weights_note": f"{a.source}; exported by segmenter/training/family.py with the package segment-anything 1.0 (Apache-2.0)",
    }


CARD = """# {name} {version}

A promptable segmenter of the Segment Anything family (Kirillov et al., 2023), {kind}, for `riada segment --point/--box/--everything` and
`riada evaluate`. {what}

| | |
|---|---|
| architecture | {kind}: {encoder:,} parameters in the image encoder, {decoder:,} in the mask decoder, as the package segment-anything 1.0 builds it |
| code of the architecture | Meta Platforms, Inc., Apache-2.0 |
| weights | {source} |
| licence of the weights | {licence} |
| input | the longest side becomes {size} pixels, the rest is zeros |
| files | {files} |

It has no detector and no cloud and shadow heads: it answers where somebody points, but neither finds water by itself nor tells what a cloud hides, so
`riada serve segmenter` refuses it. Nobody has measured it on floods here.
"""


def write_cards(sam, a, files):
    (a.out / "model.json").write_text(json.dumps(card(sam, a, files), indent=2) + "\n")
    count = lambda m: sum(p.numel() for p in m.parameters())
    what = "" if a.checkpoint else "Its weights are random: it proves that the way works and segments nothing. It is not Meta's model."
    (a.out / "README.md").write_text(CARD.format(
        name=a.name, version=a.version, kind=a.type, what=what, encoder=count(sam.image_encoder), decoder=count(sam.mask_decoder), source=a.source,
        licence=a.licence, size=sam.image_encoder.img_size, files=", ".join(f"`{f['path']}`" for f in files.values())))


# ------------------------------------------------------------------------------------------------- vectors
def draw(width, height, seed):
    """Soft ground, a winding river and a few ponds"""
    rng = np.random.default_rng(seed)
    ground = rng.uniform(50, 170, (7, 7, 3)).astype(np.uint8)
    image = Image.fromarray(ground).resize((width, height), Image.BICUBIC)
    pen = ImageDraw.Draw(image)
    river = [(width * t, height * (0.45 + 0.25 * math.sin(5 * t + seed))) for t in np.linspace(-0.1, 1.1, 30)]
    pen.line(river, fill=(70, 90, 120), width=max(3, height // 7), joint="curve")
    for _ in range(4):
        x, y, rx, ry = rng.uniform((0, 0, 0.05, 0.05), (0.9, 0.9, 0.2, 0.2))
        pen.ellipse((x * width, y * height, (x + rx) * width, (y + ry) * height), fill=tuple(int(v) for v in rng.uniform(20, 235, 3)))
    return image


# In fractions of the picture: points x, y and 1 for wet, boxes x0, y0, x1, y1.
POINT, MORE, BOX = (0.31, 0.62, 1), [(0.12, 0.2, 0), (0.81, 0.44, 1), (0.55, 0.9, 1), (0.93, 0.07, 0)], (0.2, 0.3, 0.7, 0.85)
BOXES = [BOX, (0, 0, 0.4, 0.5), (0.55, 0.1, 1, 0.95)]


def questions(width, height):
    """name -> [(points, box, whether the first answer's token 0 is given as prior)]; pixels are whole or end in .5"""
    point = lambda x, y, wet: [round(2 * x * width) / 2, round(2 * y * height) / 2, wet]
    box = lambda x0, y0, x1, y1: [*point(x0, y0, 1)[:2], *point(x1, y1, 1)[:2]]
    one, more = [point(*POINT)], [point(*p) for p in [POINT, *MORE]]
    moved = [[one[0][0] + 1, one[0][1], 1]]
    return {
        "one-point": [(one, None, False)],
        "one-point-moved": [(moved, None, False)],
        "points": [(more, None, False)],
        "box": [([], box(*BOX), False)],
        "box-and-points": [(more[:3], box(*BOX), False)],
        "points-and-mask": [(more[:2], None, True)],
        "box-and-mask": [(one, box(*BOX), True)],
        "three-boxes": [([], box(*b), False) for b in BOXES],
    }


def ask(predictor, asked, prior):
    """-> logits [N,4,m,m], predicted IoU [N,4], masks of token 0 [N,height,width], as SamPredictor gives them"""
    if len(asked) > 1:  # boxes in one call
        boxes = predictor.transform.apply_boxes_torch(torch.tensor([b for _, b, _ in asked], dtype=torch.float), predictor.original_size)
        single, three = (predictor.predict_torch(None, None, boxes, multimask_output=many) for many in (False, True))
        masks, iou, logits = (torch.cat([s, t], 1).numpy() for s, t in zip(single, three))
    else:
        (points, box, with_prior), = asked
        given = dict(point_coords=np.array(points)[:, :2] if points else None, point_labels=np.array(points)[:, 2] if points else None,
                     box=np.array(box) if box else None, mask_input=prior if with_prior else None)
        single, three = (predictor.predict(**given, multimask_output=many) for many in (False, True))
        masks, iou, logits = (np.concatenate([s, t])[None] for s, t in zip(single, three))
    return logits, iou, masks[:, 0]


def write_vectors(sam, a):
    a.vectors.mkdir(parents=True, exist_ok=True)
    size = sam.image_encoder.img_size
    predictor = SamPredictor(sam)
    index = {"model": a.name, "pictures": []}

    def tensor(name, value):
        np.asarray(value, "<f4").tofile(a.vectors / f"{name}.bin")
        return f"{name}.bin"

    for seed, (name, wide, tall) in enumerate([("wide", 2.4, 0.87), ("tall", 0.48, 0.93), ("square", 1, 1)]):
        image = draw(round(wide * size), round(tall * size), seed)
        image.save(a.vectors / f"{name}.png", optimize=True)
        predictor.set_image(np.asarray(Image.open(a.vectors / f"{name}.png").convert("RGB")))
        entry = {"name": name, "picture": f"{name}.png", "embedding": tensor(f"{name}-embedding", predictor.get_image_embedding()), "cases": []}
        answers = {}
        for case, asked in questions(image.width, image.height).items():
            if name != "wide" and case not in ("one-point", "box-and-points", "points-and-mask", "three-boxes"):
                continue
            prior = answers["one-point"][0][0, :1] if answers else None
            logits, iou, masks = answers[case] = ask(predictor, asked, prior)
            cut = f"{name}-{case}.png"
            Image.fromarray(np.where(masks[0], 255, 0).astype(np.uint8)).save(a.vectors / cut, optimize=True)
            entry["cases"].append({
                "name": case, "logits": tensor(f"{name}-{case}", logits), "iou_predictions": iou.tolist(), "first_mask": cut,
                "questions": [{"points": p, "box": b, "prior": f"{name}-one-point.bin" if m else None} for p, b, m in asked]})
            print(f"{name} {case}: logits sd {logits.std():.3f} wet {masks[0].mean():.2f} iou {np.round(iou[0], 2)}")
        if name == "wide":
            before, after = answers["one-point"][0], answers["one-point-moved"][0]
            moved = np.abs(before - after).max((2, 3)) / before.std((2, 3))
            assert (moved > MOVED).all(), f"a point one pixel off changes the masks by {moved} of their deviation only"
            print(f"a point one pixel off changes logits by {np.round(moved, 4)} standard deviations")
        index["pictures"].append(entry)
    (a.vectors / "vectors.json").write_text(json.dumps(index, indent=1) + "\n")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--type", choices=["tiny", "vit_b", "vit_l", "vit_h"], required=True)
    ap.add_argument("--checkpoint", type=Path, help="without one the weights are random, and the name says so")
    ap.add_argument("--name", help="of the model, where there is a checkpoint")
    ap.add_argument("--version", default="1")
    ap.add_argument("--licence", help="of the checkpoint's weights, as its source states it")
    ap.add_argument("--source", help="where the checkpoint comes from")
    ap.add_argument("--out", type=Path, required=True)
    ap.add_argument("--vectors", type=Path, help="where to write pictures and SamPredictor's answers")
    a = ap.parse_args()
    if a.checkpoint and not (a.name and a.licence and a.source):
        ap.error("a checkpoint needs --name, --licence and --source: the card must say whose weights these are")
    if a.checkpoint and a.type == "tiny":
        ap.error("there are no checkpoints of type tiny")
    if not a.checkpoint:
        if a.name or a.licence or a.source:
            ap.error("--name, --licence and --source are a checkpoint's; random weights name themselves")
        a.name = "tiny-random-sam" if a.type == "tiny" else f"random-sam-{a.type.replace('_', '-')}"
        a.licence, a.source = "Apache-2.0", f"random numbers of seed {SEED}, none of Meta's weights"
    sam = build(a.type, a.checkpoint)
    files = export(sam, a.out)
    write_cards(sam, a, files)
    for f in files.values():
        print(f["path"], f"{(a.out / f['path']).stat().st_size / 1e6:.2f} MB")
    if a.vectors:
        write_vectors(sam, a)


if __name__ == "__main__":
    main()
