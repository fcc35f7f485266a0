"""Writes the vectors that hold the Java code to this code: pictures drawn here and what PyTorch makes of them.

  python vectors.py --checkpoint run/large.pt --out ../src/test/resources/vectors

vectors.json lists everything. A tensor is {"file", "shape", "every"}: the file holds, as little-endian float32, every
`every`-th number (from the first) of the tensor flattened in row-major order. Pictures are read back from their PNG, and the
weights are those of the exported model (half precision, batch norms folded).
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw

from data import fractal, square
from detector import auto_prompts, boxes, has_water
from export import CLOUD, SHADOW, DecoderGraph, deployed
from model import SIZE
from prompting import accept


# The Java test allows 1e-3; a click one pixel off must show well above it.
MOVED = 3e-3


# ------------------------------------------------------------------------------------------------- pictures
def land(rng, tone):
    ground = np.array(tone, np.float32)[:, None, None] + 14 * fractal(SIZE, SIZE, rng, 4, 7).numpy()[None]
    return ground.clip(0, 255).astype(np.uint8).transpose(1, 2, 0)


def paint(image, rng, colour, polygon=None, line=None, width=0, grain=3):
    stencil = Image.new("L", (SIZE, SIZE))
    draw = ImageDraw.Draw(stencil)
    if polygon:
        draw.polygon(polygon, fill=255)
    if line:
        draw.line(line, fill=255, width=width, joint="curve")
    on = np.asarray(stencil)[..., None] > 0
    surface = np.array(colour, np.float32) + grain * fractal(SIZE, SIZE, rng, 8, 2).numpy()[..., None]
    return np.where(on, surface.clip(0, 255).astype(np.uint8), image)


def ring(cx, cy, rx, ry, rng, n=24):
    t = np.linspace(0, 2 * np.pi, n, endpoint=False)
    k = rng.uniform(0.75, 1.2, n)
    return [(float(cx + rx * s * np.cos(a)), float(cy + ry * s * np.sin(a))) for a, s in zip(t, k)]


def draw(kind):
    """river: a muddy river and houses; cloud: a flooded plain under a cloud with its shadow; dry: fields only"""
    rng = np.random.default_rng(["river", "cloud", "dry"].index(kind))
    image = land(rng, (84, 104, 58))
    for _ in range(10):  # fields and houses
        x, y, w, h = (int(v) for v in rng.uniform((0, 0, 12, 12), (480, 480, 110, 80)))
        colour = rng.uniform((90, 80, 50), (170, 150, 100))
        image = paint(image, rng, colour, [(x, y), (x + w, y + 4), (x + w - 3, y + h), (x - 5, y + h)])
    if kind == "river":
        image = paint(image, rng, (44, 62, 78), line=[(-10, 130), (120, 190), (230, 170), (340, 280), (420, 300), (530, 430)], width=70)
        image = paint(image, rng, (40, 58, 74), ring(120, 400, 80, 50, rng))
    if kind == "cloud":
        image = paint(image, rng, (160, 128, 92), ring(250, 300, 230, 150, rng))
        image = paint(image, rng, (60, 80, 50), ring(300, 330, 40, 25, rng))
        shadow = Image.new("L", (SIZE, SIZE))
        ImageDraw.Draw(shadow).polygon(ring(390, 180, 80, 55, rng), fill=255)
        image = np.where(np.asarray(shadow)[..., None] > 0, image * 0.45, image).astype(np.uint8)
        image = paint(image, rng, (236, 238, 240), ring(330, 110, 85, 60, rng), grain=5)
    return image


# ------------------------------------------------------------------------------------------------- vectors
class Writer:
    def __init__(self, out):
        self.out = out

    def tensor(self, name, value, every=1):
        a = np.asarray(value, "<f4")
        a.reshape(-1)[::every].tofile(self.out / f"{name}.bin")
        return {"file": f"{name}.bin", "shape": list(a.shape), "every": every}

    def mask(self, name, value):
        Image.fromarray(np.where(value, 255, 0).astype(np.uint8)).save(self.out / f"{name}.png", optimize=True)
        return f"{name}.png"


def up(logits):
    """[h,w] -> [512,512]"""
    return F.interpolate(logits[None, None], (SIZE, SIZE), mode="bilinear", align_corners=False)[0, 0].numpy()


def corrections(write, side=16, count=32):
    """Pixels clicked on, and logits before and after each click with what `accept` takes of them: [count,3,side,side]. They are quarters, as what is
    asked for straight above a click or beside it is, and clicks lie on the edges of cells, too: equality is met as well."""
    rng = np.random.default_rng(0)
    quarters = lambda: (np.round(4 * rng.uniform(1, 4) * fractal(side, side, rng, 2, 3).numpy()) / 4).astype(np.float32)
    pixel = lambda: float(SIZE / side * (rng.integers(side) + rng.choice([0, 0.5, 0.96875])) - 0.5)
    clicks, planes = [], []
    for _ in range(count):
        x, y, wet = pixel(), pixel(), int(rng.integers(2))
        before, after = quarters(), quarters()
        clicks.append([x, y, wet])
        planes.append((before, after, accept(before, after, ((x + 0.5) / SIZE, (y + 0.5) / SIZE), wet)))
    return {"clicks": clicks, "planes": write.tensor("corrections", planes)}


def prompt_json(coords, labels):
    return {"point_coords": np.asarray(coords, np.float32).tolist(), "point_labels": np.asarray(labels, np.float32).tolist()}


@torch.no_grad()
def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--checkpoint", type=Path, required=True)
    ap.add_argument("--out", type=Path, required=True)
    a = ap.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    model, write = deployed(a.checkpoint), Writer(a.out)
    decoder = DecoderGraph(model).eval()

    def decode(embedding, coords, labels, mask=None):
        n = len(coords)
        given = torch.zeros(n, 1, 128, 128) if mask is None else mask
        return decoder(embedding, torch.tensor(coords).float(), torch.tensor(labels).float(), given, torch.full((n,), float(mask is not None)))

    index = {"thresholds": {"mask": 0.0, "cloud": CLOUD, "shadow": SHADOW}, "pictures": [], "decoder_cases": []}
    kept = {}
    for kind in ("river", "cloud", "dry"):
        Image.fromarray(draw(kind)).save(a.out / f"{kind}.png", optimize=True)
        x = square(np.asarray(Image.open(a.out / f"{kind}.png").convert("RGB")))[None]
        embedding, maps, sky = model.encode(x)
        found, wet = maps[0].numpy(), has_water(maps[0].numpy())
        entry = {
            "name": kind, "picture": f"{kind}.png",
            "image": write.tensor(f"{kind}-image", x, 997), "embedding": write.tensor(f"{kind}-embedding", embedding, 97),
            "maps": write.tensor(f"{kind}-maps", maps), "sky": write.tensor(f"{kind}-sky", sky, 31), "has_water": wet,
            "boxes": [{"box": list(b), "score": s} for b, s in boxes(found)],
        }
        water = np.zeros((SIZE, SIZE), bool)
        if wet:
            coords, labels = auto_prompts(found)
            masks, iou = decode(embedding, [coords], [labels])
            entry["prompts"] = prompt_json([coords], [labels])
            entry["mask_token_0"] = write.tensor(f"{kind}-mask0", masks[0, 0])
            entry["masks"], entry["iou_predictions"] = write.tensor(f"{kind}-masks", masks, 13), iou.tolist()
            water = up(masks[0, 0]) > 0
            kept[kind] = embedding, masks[:, :1]
        entry["water_png"] = write.mask(f"{kind}-water", water)
        entry["valid_png"] = write.mask(f"{kind}-valid", ~((up(sky[0, 0]) > CLOUD) | (up(sky[0, 1]) > SHADOW)))
        index["pictures"].append(entry)
        print(f"{kind}: water {water.mean():.3f} has_water {wet} largest wet {1 / (1 + np.exp(-found[0].max())):.3f}")

    embedding, before = kept["river"]
    cases = {
        "one-point": ([[(200, 180)]], [[1]]),
        "one-point-moved": ([[(201, 180)]], [[1]]),
        "box": ([[(40, 350), (200, 450)]], [[2, 3]]),
        "box-and-points": ([[(40, 350), (200, 450), (120, 400), (60, 360)]], [[2, 3, 1, 0]]),
        "points-and-mask": ([[(120, 400), (300, 60), (0, 0)]], [[0, 1, -1]]),
        "three-boxes": ([[(40, 350), (200, 450)], [(0, 90), (250, 260)], [(300, 0), (511, 200)]], [[2, 3]] * 3),
    }
    outputs = {}
    for name, (coords, labels) in cases.items():
        with_mask = name.endswith("mask")
        masks, iou = outputs[name] = decode(embedding, coords, labels, before if with_mask else None)
        index["decoder_cases"].append({
            "name": name, "picture": "river", **prompt_json(coords, labels), "mask_input": "river-mask0.bin" if with_mask else None,
            "masks": write.tensor(f"case-{name}", masks, 13), "iou_predictions": iou.tolist()})
    moved = (outputs["one-point"][0] - outputs["one-point-moved"][0]).abs().max().item()
    assert moved > MOVED, f"a click one pixel off changes logits by {moved} only"
    print(f"a click one pixel off changes a logit by up to {moved:.3f}")
    index["corrections"] = corrections(write)
    (a.out / "vectors.json").write_text(json.dumps(index, indent=1) + "\n")
    print(f"{sum(f.stat().st_size for f in a.out.iterdir()) / 1e6:.2f} MB in {a.out}")


if __name__ == "__main__":
    main()
