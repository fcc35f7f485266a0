"""Measures a model folder through ONNX Runtime, as it is served.

  python evaluate.py all --model ../models/riada-lite --photographs DIR --tiles DIR --patches DIR [--variant int8] [--write] [--failures FILE]

  aerial     automatic masks on the photographs' dev split: mean and pooled IoU at each picture's own size
  simulator  automatic masks on simulator tiles of other seeds, over what the model calls valid
  change     satellite patches of other events: flood is the water after it that was none before, pooled IoU for each sensor
  sky        clouds laid over both: cloud and shadow found, clear ground lost, flood under thick cloud that is called dry;
             and which thresholds find enough and lose least
  dry        water seen where there is none: windows without water of dev photographs, tiles without water
  detector   boxes of water bodies over 0.1 % of the frame: AP at IoU 0.5, recall of those over 1 %
  prompts    a box around each water body -> water in the box; a point in it -> the body, best and chosen by predicted IoU

--variant measures one of the model's variants instead of float32. --write puts the figures into model.json, a variant's beside its files.
--failures draws the four simulator tiles that went worst: picture, truth, answer.
"""

import argparse
import itertools
import json
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch
import torch.nn.functional as F
from PIL import Image

from data import DIM, HIDES, SHADOW, VEIL, lay_clouds, patches, photographs, square, tiles
from detector import auto_prompts, bodies, box_iou, has_water, sigmoid
from model import SIZE
from prompts import components, pick


FIND = 0.95  # of cloud and shadow pixels: a cloud called dry ground ends an alert, clear ground called cloud only waits


class Served:
    def __init__(self, folder, threads=2, variant="fp32"):
        self.card = json.loads((Path(folder) / "model.json").read_text())
        files = self.card["files"] | ({} if variant == "fp32" else self.card["variants"][variant]["files"])
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        load = lambda part: ort.InferenceSession(str(Path(folder) / files[part]["path"]), options, providers=["CPUExecutionProvider"])
        self.encoder, self.decoder = load("encoder"), load("decoder")

    def encode(self, image):
        """uint8 RGB of any size -> embedding [1,256,32,32], maps [6,32,32], sky [2,128,128]"""
        embedding, maps, sky = self.encoder.run(None, {"image": square(image)[None].numpy()})
        return embedding, maps[0], sky[0]

    def decode(self, embedding, sets):
        """Prompt sets of equal length in pixels -> masks [N,4,128,128], iou [N,4]"""
        n = len(sets)
        coords, labels = (np.array(v, np.float32) for v in zip(*sets))
        return self.decoder.run(None, {"embedding": embedding, "point_coords": coords, "point_labels": labels,
                                       "mask_input": np.zeros((n, 1, 128, 128), np.float32), "has_mask_input": np.zeros(n, np.float32)})

    def automatic(self, embedding, maps):
        """-> logits [128,128]; far below zero everywhere if the detector sees no water"""
        if not has_water(maps):
            return np.full((128, 128), -20, np.float32)
        return self.decode(embedding, [auto_prompts(maps)])[0][0, 0]

    def valid(self, sky, shape, cloud=None, shadow=None):
        t = self.card["thresholds"]
        return ~((up(sky[0], shape) > (t["cloud"] if cloud is None else cloud)) | (up(sky[1], shape) > (t["shadow"] if shadow is None else shadow)))


def up(logits, shape):
    return F.interpolate(torch.from_numpy(logits)[None, None], shape, mode="bilinear", align_corners=False)[0, 0].numpy()


def overlap(a, b):
    return int((a & b).sum()), int((a | b).sum())


def share(a, b):
    i, u = overlap(a, b)
    return i / u if u else 1.0


def row(pairs):
    """[(intersection, union)] -> mean and pooled IoU, each with the 95 % interval of a bootstrap over the pictures"""
    i, u = np.array(pairs, float).T
    ious = np.where(u > 0, i / np.maximum(u, 1), 1)
    drawn = np.random.default_rng(0).integers(len(pairs), size=(2000, len(pairs)))
    interval = lambda values: np.percentile(values, [2.5, 97.5]).round(4).tolist()
    return {"images": len(pairs), "mean_iou": round(float(ious.mean()), 4), "mean_interval": interval(ious[drawn].mean(1)),
            "pooled_iou": round(float(i.sum() / u.sum()), 4), "pooled_interval": interval(i[drawn].sum(1) / np.maximum(u[drawn].sum(1), 1))}


# ------------------------------------------------------------------------------------------------- figures
def aerial(m, photos, sims, pairs):
    pairs, lost = [], []
    for _, image, water in photos:
        e, maps, sky = m.encode(image)
        pairs.append(overlap(up(m.automatic(e, maps), water.shape) > 0, water))
        lost.append(1 - m.valid(sky, water.shape).mean())
    return {**row(pairs), "called_cloud_or_shadow": round(float(np.mean(lost)), 4)}


def simulator(m, photos, sims, pairs):
    pairs, clear, hidden = [], np.zeros(2), np.zeros(2)
    for _, image, water, cloud, shadow in sims:
        e, maps, sky = m.encode(image)
        valid = m.valid(sky, water.shape)
        pairs.append(overlap((up(m.automatic(e, maps), water.shape) > 0) & valid, water & valid))
        clear += (valid & ~cloud & ~shadow).sum(), (~cloud & ~shadow).sum()
        hidden += (~valid & (cloud | shadow)).sum(), (cloud | shadow).sum()
    return {**row(pairs), "clear_ground_valid": round(clear[0] / clear[1], 4), "cloud_and_shadow_found": round(hidden[0] / max(1, hidden[1]), 4)}


def failures(m, sims, n=4):
    """The simulator tiles that went worst: picture, truth and answer side by side, water in blue, what is not valid in grey -> image"""
    rows = []
    for name, image, water, cloud, shadow in sims:
        e, maps, sky = m.encode(image)
        valid = m.valid(sky, water.shape)
        wet = (up(m.automatic(e, maps), water.shape) > 0) & valid
        if (water & valid).sum() > 2000:
            rows.append((share(wet, water & valid), name, image, water, ~(cloud | shadow), wet, valid))
    paint = lambda image, wet, valid: np.where(wet[..., None], image // 2 + np.array([0, 40, 127], np.uint8), np.where(valid[..., None], image, image // 3 + 80))
    worst = sorted(rows, key=lambda r: r[0])[:n]
    for iou, name, *_ in worst:
        print(f"  {name}: IoU {iou:.2f}")
    return np.concatenate([np.concatenate([image, paint(image, water, clear), paint(image, wet, valid)], 1)[::2, ::2] for _, _, image, water, clear, wet, valid in worst])


def change(m, photos, sims, pairs):
    out = {}
    for kind in ("s2", "s1"):
        rows = []
        for _, images, flood in pairs:
            after, before = (up(m.automatic(*m.encode(images[f"{kind}_{when}"])[:2]), flood.shape) > 0 for when in ("after", "before"))
            rows.append(overlap(after & ~before, flood))
        if rows:
            out[kind] = row(rows)
    return out


def sky(m, photos, sims, pairs):
    rng, cases = np.random.default_rng(7), []
    for _, image, water, *truth in photos + sims[::3] + [(n, images["s2_after"], flood) for n, images, flood in pairs[::6]]:
        x = F.interpolate(torch.from_numpy(image.copy()).permute(2, 0, 1)[None].float(), (SIZE, SIZE), mode="bilinear", antialias=True)[0]
        wet = F.interpolate(torch.from_numpy(water)[None, None].float(), (SIZE, SIZE), mode="area")[0, 0].numpy() > 0.5
        x, alpha, shade = (t.numpy() for t in lay_clouds(x, rng))
        cloud, shadow = alpha > HIDES, (shade > SHADOW) & (alpha <= HIDES)
        clear = (alpha < VEIL / 2) & (shade < DIM / 2)
        if truth:
            cloud, clear = cloud | truth[0], clear & ~truth[0] & ~truth[1]
            shadow = (shadow | truth[1]) & ~cloud
        e, maps, s = m.encode(x.round().transpose(1, 2, 0).astype(np.uint8))
        water = up(m.automatic(e, maps), (SIZE, SIZE)) > 0
        cases.append((up(s[0], (SIZE, SIZE)), up(s[1], (SIZE, SIZE)), cloud, shadow, clear, wet & cloud, wet & cloud & ~water))

    def at(t_cloud, t_shadow):
        sums = np.zeros(8)
        for c, s, cloud, shadow, clear, flood, missed in cases:
            gone = (c > t_cloud) | (s > t_shadow)
            sums += (cloud & gone).sum(), cloud.sum(), (shadow & gone).sum(), shadow.sum(), (clear & gone).sum(), clear.sum(), (missed & ~gone).sum(), flood.sum()
        names = ("cloud_found", "shadow_found", "clear_ground_lost", "flood_under_cloud_called_dry")
        figures = {k: round(float(v), 4) for k, v in zip(names, sums[::2] / sums[1::2])}
        return figures | {"cloud_or_shadow_found": round(float((sums[0] + sums[2]) / (sums[1] + sums[3])), 4)}

    steps = np.arange(-3.5, 0.1, 0.5)
    table = [(t, at(*t)) for t in itertools.product(steps.tolist(), steps.tolist())]
    enough = sorted((r for r in table if r[1]["cloud_or_shadow_found"] >= FIND), key=lambda r: r[1]["clear_ground_lost"])
    print(f"  cloud and shadow thresholds that find {FIND} and lose least clear ground:")
    for t, figures in enough[:3]:
        print("   ", t, figures)
    t = m.card["thresholds"]
    return {"images": len(cases), **at(t["cloud"], t["shadow"])}


def dry(m, photos, sims, pairs):
    """The share of pixels called water and valid in dry pictures, and the share of pictures with over 0.5 % of it"""
    windows = []
    for _, image, water in photos:
        side = min(water.shape) * 2 // 5
        corners = [(y, x) for y in range(0, water.shape[0] - side + 1, side // 2) for x in range(0, water.shape[1] - side + 1, side // 2)]
        none = [image[y : y + side, x : x + side] for y, x in corners if not water[y : y + side, x : x + side].any()]
        windows += none[:: max(1, len(none) // 2)][:2]
    out = {}
    for name, images in (("aerial_windows", windows), ("simulator_tiles", [image for _, image, water, *_ in sims if water.mean() < 0.0005])):
        false = []
        for image in images:
            e, maps, s = m.encode(image)
            false.append(((up(m.automatic(e, maps), (SIZE, SIZE)) > 0) & m.valid(s, (SIZE, SIZE))).mean())
        if false:
            out[name] = {"images": len(false), "false_water": round(float(np.mean(false)), 4), "over_half_a_percent": round(float(np.mean(np.array(false) > 0.005)), 4)}
    return out


def no_water(m, photos, sims, pairs):
    """Largest wet probability of dry pictures and of wet ones: what NO_WATER parts"""
    top = lambda image: float(sigmoid(m.encode(image)[1][0]).max())
    wet = sorted(top(p[1]) for p in photos + sims if p[2].mean() > 0.005)
    none = sorted(top(p[1]) for p in sims if p[2].mean() < 0.0005)
    print("  largest wet, pictures with water, lowest ten:", np.round(wet[:10], 3), "without, highest ten:", np.round(none[-10:], 3))
    return {}


def detector(m, photos, sims, pairs):
    """Area under precision by recall (PASCAL VOC 2010) on the photographs; a box on a smaller body counts neither way"""
    ranked, sizes, found = [], [], []
    for _, image, water in photos:
        e, maps, _ = m.encode(image)
        whole = components(water, 0)
        truth = [(box, body.mean()) for body, box in whole if body.mean() > 0.001]
        tiny = [box for body, box in whole if body.mean() <= 0.001]
        left = list(truth)
        sizes += [share for _, share in truth]
        for box, score in bodies(maps, m.automatic(e, maps)) if has_water(maps) else []:
            best = max(left, key=lambda t: box_iou(box, t[0]), default=None)
            if best and box_iou(box, best[0]) >= 0.5:
                left.remove(best)
                found.append(best[1])
                ranked.append((score, True))
            elif all(box_iou(box, t) < 0.5 for t in tiny):
                ranked.append((score, False))
    met = np.cumsum([good for _, good in sorted(ranked, key=lambda r: -r[0])])
    precision = np.maximum.accumulate((met / np.arange(1, len(met) + 1))[::-1])[::-1]
    gained = np.diff(met, prepend=0)
    large = lambda shares: int(sum(s > 0.01 for s in shares))
    return {"bodies": len(sizes), "large": large(sizes), "ap50": round(float((precision * gained).sum() / len(sizes)), 4),
            "recall_large": round(large(found) / large(sizes), 4)}


def prompts(m, photos, sims, pairs):
    rng = np.random.default_rng(0)
    out = {}
    for part, items in (("aerial", photos), ("simulator", sims[::3])):
        in_box, best, chosen, predicted = [], [], [], []
        for _, image, water, *_ in items:
            low = F.interpolate(torch.from_numpy(water)[None, None].float(), (128, 128), mode="area")[0, 0].numpy() > 0.5
            bodies = components(low, 0.01)[:5]
            if not bodies:
                continue
            e = m.encode(image)[0]
            for body, box in bodies:
                x0, y0, x1, y1 = (v * SIZE - 0.5 for v in box)
                cut = np.zeros_like(low)
                cut[round(box[1] * 128) : round(box[3] * 128), round(box[0] * 128) : round(box[2] * 128)] = True
                masks, _ = m.decode(e, [([(x0, y0), (x1, y1)], [2, 3])])
                in_box.append(share(masks[0, 0] > 0, low & cut))
                ((x, y),) = pick(body, 1, rng, 1.0)
                masks, iou = m.decode(e, [([(x * SIZE - 0.5, y * SIZE - 0.5)], [1])])
                each = [share(masks[0, i] > 0, body) for i in (1, 2, 3)]
                best.append(max(each))
                chosen.append(each[int(iou[0, 1:].argmax())])
                predicted.append(abs(iou[0, 1:].max() - chosen[-1]))
        if best:
            out[part] = {"bodies": len(best), "box_to_water_in_box": round(float(np.mean(in_box)), 4), "point_to_body_best": round(float(np.mean(best)), 4),
                         "point_to_body_chosen": round(float(np.mean(chosen)), 4), "iou_prediction_error": round(float(np.mean(predicted)), 4)}
    return out


FIGURES = {f.__name__: f for f in (aerial, simulator, change, sky, dry, no_water, detector, prompts)}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("figure", choices=["all", *FIGURES])
    ap.add_argument("--model", type=Path, required=True)
    ap.add_argument("--photographs", required=True)
    ap.add_argument("--tiles", help="folder with dev/ of simulator tiles")
    ap.add_argument("--patches", help="folder of satellite patches before and after floods")
    ap.add_argument("--variant", default="fp32")
    ap.add_argument("--write", action="store_true")
    ap.add_argument("--failures", type=Path)
    a = ap.parse_args()
    if a.failures and not a.tiles:
        ap.error("--failures draws simulator tiles: name their folder with --tiles")
    torch.set_num_threads(2)
    m, photos, sims = Served(a.model, variant=a.variant), photographs(a.photographs, "dev"), tiles(Path(a.tiles) / "dev") if a.tiles else []
    pairs = patches(a.patches, "dev") if a.patches else []
    found = {}
    for name, figure in FIGURES.items():
        if a.figure in ("all", name) and (sims or name != "simulator"):
            found[name] = figure(m, photos, sims, pairs)
            print(name, json.dumps(found[name]), flush=True)
    if a.write:
        path = a.model / "model.json"
        card = json.loads(path.read_text())
        of = card if a.variant == "fp32" else card["variants"][a.variant]
        of["metrics"] = of.get("metrics", {}) | {k: v for k, v in found.items() if v}
        path.write_text(json.dumps(card, indent=2) + "\n")
    if a.failures:
        Image.fromarray(failures(m, sims).astype(np.uint8)).save(a.failures, quality=85)


if __name__ == "__main__":
    main()
