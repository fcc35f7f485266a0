"""Teaches prompt encoder and mask decoder to obey their prompts. Encoder, neck and heads stay as they are; their outputs are cached.

  python prompting.py cache --start CHECKPOINT --photographs DIR --tiles DIR     run/cache.pt: augmented views and their embeddings
  python prompting.py train --start CHECKPOINT                                   run/prompts.pt, resumes
  python prompting.py measure --weights CHECKPOINT --photographs DIR             clicks and edits on the dev split

A mask that is all water whatever is asked makes prompts useless, so most targets here cannot be known without the prompt:
  auto   what the detector asks -> all water, as it is served
  box    a box -> the water inside it
  point  a point -> the water body under it (tokens 1-3, least loss)
  edit   the mask on the screen and one click in a region that should be the other way -> that region changed, and nothing else
Each is followed by rounds with the mask of the round before and a click at the centre of the largest error.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from scipy import ndimage
from skimage.segmentation import felzenszwalb
from tqdm import tqdm

from data import Picture, photographs, planes, sample, square, tiles
from detector import auto_prompts, has_water
from model import MEAN, STD, load
from prompts import FRAME, box_prompt, components, inside, pack, pick
from train import RUN, RunningMean, decoder_loss

SIDE = 384  # of the views
VIEWS = {"photographs": 4, "tiles": 1}  # of each picture
STEPS, BATCH, ROUNDS, SAVE_EVERY = 800, 8, 2, 50
RATES = {"prompt_encoder.": 3e-4, "mask_decoder.": 2e-4}


# ------------------------------------------------------------------------------------------------- views
def regions(image):
    """Two labellings of normalised [3,s,s] at stride 4 by colour: small things and large ones -> int16 [2,s/4,s/4], 0.. each"""
    half = F.avg_pool2d(image[None], 2)[0].permute(1, 2, 0).numpy() * STD + MEAN
    return np.stack([felzenszwalb(half / 255, scale=k, sigma=0.8, min_size=m)[::2, ::2] for k, m in ((60, 60), (300, 400))]).astype(np.int16)


@torch.no_grad()
def view(model, picture, side, rng):
    s = sample(picture, side, rng)
    embedding, maps, _ = model.encode(s.image[None])
    return {"embedding": embedding[0].half(), "maps": maps[0].half(), "water": (s.water * 255).round().byte(), "seen": s.seen.bool(), "regions": torch.from_numpy(regions(s.image))}


def cache(a):
    model = load(a.start).eval().to(memory_format=torch.channels_last)
    rng, views = np.random.default_rng(a.seed), []
    photos = [Picture(planes(image, water), False) for _, image, water in photographs(a.photographs, "train")]
    sims = [Picture(planes(image, *masks), True) for _, image, *masks in tiles(Path(a.tiles) / "train")]
    for picture in tqdm([p for p in photos for _ in range(VIEWS["photographs"])] + [p for p in sims for _ in range(VIEWS["tiles"])], mininterval=5):
        views.append(view(model, picture, SIDE, rng))
    torch.save({"photographs": views[: len(photos) * VIEWS["photographs"]], "tiles": views[len(photos) * VIEWS["photographs"] :]}, RUN / "cache.pt")


# ------------------------------------------------------------------------------------------------- asking
def fractions(points, side):
    return [((x + 0.5) / side, (y + 0.5) / side) for x, y in points]


def automatic(maps, side):
    points, labels = auto_prompts(maps, side)
    return fractions(points, side), labels


def region_to_edit(labels, seen, rng, least=0.002, most=0.15):
    """A labelled region, or a shape that follows nothing, -> bool mask or None"""
    h, w = seen.shape
    if rng.random() < 0.2:
        cy, cx, r = rng.random() * h, rng.random() * w, math.exp(rng.uniform(math.log(2.5), math.log(h / 5)))
        y, x = np.mgrid[:h, :w]
        wave = 1 + 0.35 * np.sin(rng.integers(2, 6) * np.arctan2(y - cy, x - cx) + rng.uniform(0, 6.3))
        found = np.hypot(y - cy, x - cx) < r * wave
        return found if found.sum() > 8 else None
    part = labels[rng.integers(2)]
    y, x = rng.integers(h), rng.integers(w)
    found = part == part[y, x]
    return found & seen if seen[y, x] and least <= found.mean() <= most else None


def edit(water, seen, labels, rng, screen=None):
    """One to three regions turned to what the screen does not say; a click in each
    -> (points, labels), target, weight, screen logits; None if no region was found"""
    screen = water > 0.5 if screen is None else screen
    target, near, points, marks = screen.astype(np.float32), np.zeros(water.shape, np.float32), [], []
    for _ in range(rng.choice([1, 1, 2, 3])):
        region = region_to_edit(labels, seen, rng)
        if region is None or (near * region).any():
            continue
        wet = not screen[region].mean() > 0.5
        click = pick(region & (screen != wet), 1, rng, 0.8)
        if not click:
            continue
        target[region] = wet
        points, marks = points + click, marks + [int(wet)]
        near = np.maximum(near, ndimage.binary_dilation(region, iterations=4))
    if not points:
        return None
    logits = (screen * 2.0 - 1) * rng.uniform(2, 8)
    return (points, marks), target, seen * (0.3 + 2.7 * near), logits.astype(np.float32)


def question(v, rng):
    """-> [(points, labels, target, weight, body or None, screen logits or None)]: one of each kind that the view allows"""
    maps, water = v["maps"].float().numpy(), v["water"].numpy() / np.float32(255)
    seen, labels = v["seen"].numpy(), v["regions"].numpy()
    weight = seen.astype(np.float32)
    out = [(*automatic(maps, SIDE), water, weight, None, None)]
    bodies = components((water > 0.5) & seen)
    if rng.random() < 0.55 or not bodies:
        (points, marks), target, near = box_prompt(water, weight, bodies, rng)
        out.append((points, marks, target, near, None, None))
    else:
        body, _ = bodies[rng.integers(min(5, len(bodies)))]
        out.append((pick(body, 1, rng), [1], water * body, weight, water * body, None))
    changed = edit(water, seen, labels, rng)
    if changed:
        (points, marks), target, near, screen = changed
        out.append((points, marks, target, near, None, screen))
    return out


def centre_of_error(guess, target, seen):
    """The deepest place of the largest wrong region -> (x, y) fractions, label; None where nothing is wrong"""
    best = None
    for wet, wrong in ((1, target & ~guess & seen), (0, guess & ~target & seen)):
        label, n = ndimage.label(wrong)
        if n:
            sizes = np.bincount(label.ravel())[1:]
            if best is None or sizes.max() > best[0]:
                best = sizes.max(), wet, label == sizes.argmax() + 1
    if best is None or best[0] < 2:
        return None
    depth = ndimage.distance_transform_edt(np.pad(best[2], 1))[1:-1, 1:-1]
    y, x = np.unravel_index(depth.argmax(), depth.shape)
    return ((x + 0.5) / guess.shape[1], (y + 0.5) / guess.shape[0]), best[1]


# ------------------------------------------------------------------------------------------------- training
def step_loss(model, views, rng):
    sets = [(i, *q) for i, v in enumerate(views) for q in question(v, rng)]
    of, points, marks, target, weight, body, screen = (list(t) for t in zip(*sets))
    embedding = torch.stack([v["embedding"] for v in views]).float()[of]
    seen = torch.stack([v["seen"] for v in views])[of]
    target, weight = torch.from_numpy(np.stack(target)), torch.from_numpy(np.stack(weight).astype(np.float32))
    has_body = torch.tensor([b is not None for b in body])
    body = torch.from_numpy(np.stack([np.zeros_like(target[0]) if b is None else b for b in body]))
    has = torch.tensor([s is not None for s in screen]).float()
    mask = torch.from_numpy(np.stack([np.zeros(target[0].shape, np.float32) if s is None else s for s in screen]))[:, None]
    points, marks, total, parts = [list(p) for p in points], [list(m) for m in marks], 0, {}
    for k in range(ROUNDS + 1):
        masks, ious = model.decode(embedding, *pack(list(zip(points, marks))), mask, has)
        # A point alone is for tokens 1-3; with corrections token 0 answers it too.
        answered = weight if k else weight * (~has_body)[:, None, None]
        total = total + decoder_loss(masks, ious, target, answered + 1e-6, body, has_body, seen.float())
        if k == ROUNDS or (k == 0 and rng.random() < 0.3):
            break
        chosen = torch.where(has_body, ious[:, 1:].argmax(1) + 1, 0)
        mask, has = masks[torch.arange(len(of)), chosen][:, None].detach().clamp(-12, 12), torch.ones(len(of))
        for i in range(len(of)):
            c = centre_of_error(mask[i, 0].numpy() > 0, target[i].numpy() > 0.5, seen[i].numpy())
            if c:
                points[i].append(c[0])
                marks[i].append(c[1])
    return total / (k + 1)


def train(a):
    torch.manual_seed(a.seed)
    held, path = torch.load(RUN / "cache.pt", weights_only=True), RUN / "prompts.pt"
    model = load(a.start).eval()
    model.requires_grad_(False)
    named = [(n, p) for n, p in model.named_parameters() if n.startswith(tuple(RATES))]
    for _, p in named:
        p.requires_grad_(True)
    opt = torch.optim.AdamW([{"params": [p for n, p in named if n.startswith(g)], "base": r} for g, r in RATES.items()], lr=1e-4, weight_decay=0.01)
    mean, first = RunningMean(model), 0
    if path.exists():
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        mean.model.load_state_dict(saved["mean"])
        opt.load_state_dict(saved["optimiser"])
        first = saved["step"]
    bar = tqdm(range(first, STEPS), initial=first, total=STEPS, mininterval=5)
    for step in bar:
        rng = np.random.default_rng((a.seed, 77, step))
        for g in opt.param_groups:
            g["lr"] = g["base"] * min(1, (step + 1) / 40) * (0.5 + 0.5 * math.cos(math.pi * step / STEPS) + 0.01)
        views = [held["photographs"][i] for i in rng.choice(len(held["photographs"]), BATCH // 2, replace=False)]
        views += [held["tiles"][i] for i in rng.choice(len(held["tiles"]), BATCH // 2, replace=False)]
        loss = step_loss(model, views, rng)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for _, p in named], 1.0)
        opt.step()
        mean.update(model, step)
        bar.set_postfix(loss=f"{loss.item():.3f}", refresh=False)
        done = step + 1
        if done % SAVE_EVERY == 0 or done == STEPS:
            part = path.with_suffix(".part")
            torch.save({"model": model.state_dict(), "mean": mean.model.state_dict(), "optimiser": opt.state_dict(), "step": done}, part)
            part.replace(path)


# ------------------------------------------------------------------------------------------------- measuring
@torch.no_grad()
def measure(a):
    """Clicks: mean IoU at stride 4 after 0, 1, 3, 5 and 10 corrections of the automatic mask, beside discs painted at the same kind of click.
    Edits: one click in a region of the truth: does the pixel obey, how much of the region and of the rest changes."""
    model, clicked, painted, edits = load(a.weights).eval(), [], [], []
    for n, (_, image, water) in enumerate(photographs(a.photographs, "dev")):
        x = square(image)
        embedding, maps, _ = model.encode(x[None])
        truth = F.interpolate(torch.from_numpy(water)[None, None].float(), (128, 128), mode="area")[0, 0].numpy() > 0.5
        seen, rng = np.ones_like(truth), np.random.default_rng((a.seed, n))
        points, marks = automatic(maps[0].numpy(), 512) if has_water(maps[0].numpy()) else FRAME
        logits = model.decode(embedding, *pack([(points, marks)]))[0][:, :1]
        disc, grid = logits[0, 0].numpy() > 0, np.mgrid[:128, :128]
        row, control = [share(logits[0, 0].numpy() > 0, truth)], [share(disc, truth)]
        points, marks = list(points), list(marks)
        for _ in range(10):
            c = centre_of_error(logits[0, 0].numpy() > 0, truth, seen)
            if c:
                points, marks = points + [c[0]], marks + [c[1]]
                logits = model.decode(embedding, *pack([(points, marks)]), logits.clamp(-12, 12), torch.ones(1))[0][:, :1]
            row.append(share(logits[0, 0].numpy() > 0, truth))
            c = centre_of_error(disc, truth, seen)
            if c:
                disc = np.where(np.hypot(grid[0] + 0.5 - c[0][1] * 128, grid[1] + 0.5 - c[0][0] * 128) < 5, bool(c[1]), disc)
            control.append(share(disc, truth))
        clicked.append(row)
        painted.append(control)
        start = model.decode(embedding, *pack([(points[:1], marks[:1])]))[0][0, 0].numpy() > 0
        for _ in range(4):
            region = region_to_edit(regions(x), seen, rng)
            if region is None:
                continue
            wet = not start[region].mean() > 0.5
            click = pick(region & (start != wet), 1, rng, 1.0)
            if not click:
                continue
            screen = torch.from_numpy((start * 2.0 - 1).astype(np.float32) * 5)[None, None]
            after = model.decode(embedding, *pack([(click, [int(wet)])]), screen, torch.ones(1))[0][0, 0].numpy() > 0
            asked = region & (start != wet)
            cell = int(click[0][1] * 128), int(click[0][0] * 128)
            edits.append((after[cell] == wet, (after != start)[asked].mean(), (after != start)[~region].mean()))
    at = [0, 1, 3, 5, 10]
    print(json.dumps({"clicks": dict(zip(at, np.mean(clicked, 0)[at].round(3).tolist())), "discs": dict(zip(at, np.mean(painted, 0)[at].round(3).tolist())),
                      "edits": len(edits), "obeys_asked_others": np.mean(edits, 0).round(4).tolist()}))


def share(a, b):
    u = (a | b).sum()
    return float((a & b).sum() / u) if u else 1.0


if __name__ == "__main__":
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("what", choices=["cache", "train", "measure"])
    ap.add_argument("--start", type=Path)
    ap.add_argument("--weights", type=Path)
    ap.add_argument("--photographs")
    ap.add_argument("--tiles")
    ap.add_argument("--seed", type=int, default=0)
    torch.set_num_threads(2)
    arguments = ap.parse_args()
    {"cache": cache, "train": train, "measure": measure}[arguments.what](arguments)
