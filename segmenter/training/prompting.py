"""What the network is asked in training, and how far it obeys.

  python prompting.py --weights CHECKPOINT --photographs DIR     clicks and edits on the dev split

A mask that is all water whatever is asked makes prompts useless, so most answers here cannot be known without the prompt:
  auto    what the detector asks, the frame, or a few places -> all water, as it is served
  box     a box -> the water inside it
  point   one wet point -> the water body or the region under it (tokens 1-3, least loss); token 0: all water
  click   a mask on the screen and clicks -> where they say so changed, and nothing else. The mask is the network's own answer, the same
          with whole regions wrong, or the truth; the change one that only a click can explain (a region turned over) or the truth itself.
          Up to four rounds go before, each with the last answer on the screen and a click in a large error.
A stage says how many of the asks are not drawn into the mask prompt, so that their tokens alone must tell.
"""

import argparse
import json
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from scipy import ndimage

from data import photographs, regions, square
from detector import auto_prompts, has_water
from model import load
from prompts import FRAME, all_water, box_prompt, components, pack, pick
from running import add_options, ended_by_a_sentence, machine

LIMIT = 10.0  # of the logits of a mask prompt


@dataclass
class Ask:
    """One prompt set of picture `of` with the answer that is wanted. Masks are [h,w] at stride 4."""

    of: int
    kind: str
    points: list
    labels: list
    target: np.ndarray  # float
    seen: np.ndarray  # float: weight of each cell in the loss of the whole
    near: np.ndarray = None  # float: where the loss looks closer
    body: np.ndarray = None  # float: what tokens 1-3 compete for
    screen: np.ndarray = None  # float logits
    where: np.ndarray = field(default=None)  # bool: what has to change
    draw: bool = True  # it into the mask prompt, as every ask is that is served


# ------------------------------------------------------------------------------------------------- regions
def blob(h, w, rng):
    """A closed smooth shape that follows nothing -> bool [h,w]"""
    radius = math.exp(rng.uniform(math.log(0.03), math.log(0.22)))
    stretch = math.exp(rng.normal(0, 0.35))
    y, x = (np.arange(h) + 0.5)[:, None] / h - rng.random(), (np.arange(w) + 0.5)[None] / w - rng.random()
    x, y = x * stretch, y / stretch
    angle, edge = np.arctan2(y, x), 1.0
    for k in range(1, 6):
        edge = edge + rng.normal(0, 0.3 / k) * np.cos(k * angle + rng.uniform(0, 2 * math.pi))
    return np.hypot(x, y) < radius * np.clip(edge, 0.25, 2)


def region_to_turn(labels, screen, rng, least=0.001, most=0.15):
    """A region of the picture, a shape that follows nothing, or a body of the mask, less what already is as asked -> bool [h,w], wet; or None"""
    h, w = screen.shape
    for _ in range(8):
        kind, y, x = rng.random(), rng.integers(h), rng.integers(w)
        if kind < 0.7:
            part = labels[rng.integers(len(labels))]
            found = part == part[y, x]
        elif kind < 0.9:
            found = blob(h, w, rng)
        else:
            body, _ = ndimage.label(screen == screen[y, x])
            found = body == body[y, x]
        if least <= found.mean() <= most:
            wet = screen[found].mean() < 0.5
            found = found & (screen != wet)
            if found.mean() >= 0.7 * least:
                return found, bool(wet)
    return None


def inner_point(mask, rng):
    """Half the time the deepest place of a bool mask, else one of its deeper half"""
    if rng.random() < 0.5:
        y, x = deepest(mask)
        return (x + 0.5) / mask.shape[1], (y + 0.5) / mask.shape[0]
    return pick(mask, 1, rng, 1.0)[0]


def deepest(mask):
    """The pole of a bool mask: the place farthest from its edge -> row, column"""
    ys, xs = np.nonzero(mask)
    y0, x0 = ys.min(), xs.min()
    depth = ndimage.distance_transform_edt(np.pad(mask[y0 : ys.max() + 1, x0 : xs.max() + 1], 1))[1:-1, 1:-1]
    y, x = np.unravel_index(depth.argmax(), depth.shape)
    return y + y0, x + x0


def largest_error(guess, target, seen, rng=None):
    """-> bool region, wet; None where nothing is wrong. With rng now and then another of the large ones."""
    best = None
    for wet, wrong in ((1, target & ~guess & seen), (0, guess & ~target & seen)):
        label, n = ndimage.label(wrong)
        if n:
            sizes = np.bincount(label.ravel()).astype(float)
            sizes[0] = 0
            i = int(rng.choice(len(sizes), p=sizes / sizes.sum())) if rng is not None and rng.random() < 0.3 else int(sizes.argmax())
            size = sizes[i] * (1 if rng is None else math.exp(rng.normal(0, 0.3)))
            if best is None or size > best[0]:
                best = size, label == i, wet
    return None if best is None or best[1].sum() < 2 else best[1:]


# ------------------------------------------------------------------------------------------------- asking
def automatic(maps, side):
    points, labels = auto_prompts(maps, side)
    return [((x + 0.5) / side, (y + 0.5) / side) for x, y in points], labels


def first_asks(i, s, maps, rng):
    """Of picture i: auto, box, and a point where there is water"""
    water, seen, bodies, size = s.water, s.seen, s.bodies, 4 * s.water.shape[0]
    points, labels = automatic(maps, size) if rng.random() < 0.6 else all_water(water, seen, rng)
    out = [Ask(i, "auto", list(points), list(labels), water, seen)]
    (points, labels), target, near = box_prompt(water, seen, bodies, rng)
    out.append(Ask(i, "box", list(points), list(labels), target, seen, near))
    if bodies:
        body, _ = bodies[rng.integers(min(5, len(bodies)))]
        point, wanted = inner_point(body, rng), water * body
        if rng.random() < 0.25:
            part = s.regions[rng.integers(2)]
            part = part == part[int(point[1] * part.shape[0]), int(point[0] * part.shape[1])]
            wanted = part.astype(np.float32) if part.mean() > 0.004 else wanted
        out.append(Ask(i, "point", [point], [1], water, seen, body=wanted))
    return out


def click_ask(i, s, own, rng):
    """A mask on the screen (own: the network's automatic answer, logits) and what the operator wants of it"""
    water, seen = s.water, s.seen
    frame = rng.random() < 0.75
    points, labels = (list(FRAME[0]), list(FRAME[1])) if frame else ([], [])
    kind = rng.choice(["edit own", "fix own", "fix broken", "edit true", "nothing"], p=[0.25, 0.3, 0.25, 0.1, 0.1])
    ask = Ask(i, "click", points, labels, water, seen, where=np.zeros(water.shape, bool))
    if kind.endswith("own"):
        ask.screen = own
    if kind == "fix broken":
        ask.screen = broken(own, s.regions, rng)
    if kind == "edit true":
        ask.screen = ((water * 2 - 1) * rng.uniform(2, 8)).astype(np.float32)
        if rng.random() < 0.5:
            ask.screen = ndimage.gaussian_filter(ask.screen, rng.uniform(0.5, 2))
    if kind.startswith("edit"):
        screen = ask.screen > 0
        ask.target = (screen.astype(np.float32) if rng.random() < 0.5 else water).copy()
        labelled = s.regions
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            turned = region_to_turn(labelled, screen, rng)
            if turned is None or (turned[0] & ask.where).any():
                continue
            region, wet = turned
            ask.target[region] = wet
            ask.where |= region
            ask.points.append(inner_point(region, rng))
            ask.labels.append(int(wet))
    if not ask.where.any():
        click(ask, rng)
    if not ask.points:
        ask.points, ask.labels = list(FRAME[0]), list(FRAME[1])
    return ask


def broken(own, labels, rng):
    """The network's answer with up to three regions of the picture, shapes or bodies of its own turned over. On pictures that train it errs
    little; on those it has not seen, whole fields and roofs are wrong, and one click should set each right. -> float32 logits"""
    out = own.copy()
    for _ in range(rng.choice([1, 2, 3])):
        turned = region_to_turn(labels, out > 0, rng, 0.004, 0.3)
        if turned:
            region, wet = turned
            out[region] = np.abs(out[region]) * (1 if wet else -1)
    return ndimage.gaussian_filter(out, rng.uniform(0.3, 1.2)).astype(np.float32)


def click(ask, rng):
    """One more click of the operator, where the screen is wrong"""
    target = ask.target > 0.5
    found = largest_error(np.zeros_like(target) if ask.screen is None else ask.screen > 0, target, ask.seen > 0, rng)
    if found and found[0].sum() >= 6:
        region, wet = found
        ask.points.append(inner_point(region, rng))
        ask.labels.append(wet)
        ask.where |= region


def ask_model(model, embedding, asks):
    """-> masks [N,4,h,w], predicted IoU [N,4], where the embedding is"""
    device, of = embedding.device, torch.tensor([a.of for a in asks])
    none = np.zeros(asks[0].target.shape, np.float32)
    screen = torch.from_numpy(np.stack([none if a.screen is None else np.clip(a.screen, -LIMIT, LIMIT) for a in asks]))[:, None]
    has = torch.tensor([float(a.screen is not None) for a in asks])
    draw = torch.tensor([float(a.draw) for a in asks], device=device)
    return model.decode(embedding[of.to(device)], *pack([(a.points, a.labels) for a in asks], device), screen.to(device), has.to(device), draw)


def leave_undrawn(asks, share, rng):
    for a in asks:
        a.draw = share == 0 or rng.random() >= share


@torch.no_grad()
def clicks_of(model, embedding, samples, maps, each, rng, undrawn=0.0):
    """`each` click asks a picture, after some rounds of clicking; a share `undrawn` of them by tokens alone"""
    starts = [Ask(i, "auto", *(automatic(m, 4 * s.water.shape[0]) if rng.random() < 0.5 else FRAME), s.water, s.seen) for i, (s, m) in enumerate(zip(samples, maps))]
    own = ask_model(model, embedding, starts)[0][:, 0].cpu().numpy()
    asks = [click_ask(i, s, own[i], rng) for i, s in enumerate(samples) for _ in range(each)]
    leave_undrawn(asks, undrawn, rng)
    for _ in range(rng.choice([0, 1, 2, 4], p=[0.4, 0.25, 0.2, 0.15])):
        answers = ask_model(model, embedding, asks)[0][:, 0].cpu().numpy()
        for a, m in zip(asks, answers):
            a.screen, a.where = m, np.zeros(m.shape, bool)
            click(a, rng)
    for a in asks:
        reach = max(3, a.where.shape[0] // 24)
        a.near = a.seen * (ndimage.binary_dilation(a.where, iterations=reach) if a.where.any() else np.ones(a.where.shape, bool))
    return asks


# ------------------------------------------------------------------------------------------------- measuring
def accept(before, after, point, wet, reach=3):
    """Of an answer to a click only what changed at the click, the surer the farther from it: beyond 1/16 of the side each 1/8 takes one logit
    more. Where the clicked cell is not wet, or dry, as asked, it and those that touch it are: logits [h,h] x 2, fractions -> logits"""
    h, w = before.shape
    y, x = int(point[1] * h), int(point[0] * w)
    far = np.hypot(*np.ogrid[-y : h - y, -x : w - x]) / h
    changed = ((after > 0) != (before > 0)) & (np.abs(after) >= (far - 1 / 16) * 8)
    label, _ = ndimage.label(changed, structure=np.ones((3, 3)))
    here = np.unique(label[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1])
    out = np.where(np.isin(label, here[here > 0]), after, before).astype(np.float32)
    if (out[y, x] > 0) != bool(wet):
        around = out[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2]
        around[(around > 0) != bool(wet)] = 8.0 if wet else -8.0
    return out


def share(a, b):
    u = (a | b).sum()
    return float((a & b).sum() / u) if u else 1.0


@torch.no_grad()
def measure(model, pictures, seed=0, clicks=10):
    """pictures [(name, uint8 RGB, bool water)] -> mean IoU at stride 4 after corrections of the automatic mask (whole answers, and only what
    changed at the click accepted), the same for discs without a model, and as if each click set its whole error right (as far as clicks can come), and of single clicks that turn a region over: share of clicked
    cells that obey, of asked cells that change, of others that change."""
    device = next(model.parameters()).device
    rows, edits = {"clicks": [], "accepted": [], "discs": [], "whole_errors": []}, {"whole": [], "accepted": []}
    grid = np.mgrid[:128, :128]
    for n, (_, image, water) in enumerate(pictures):
        x = square(image)
        embedding, maps, _ = model.encode(x[None].to(device))
        maps = maps[0].cpu().numpy()
        truth = F.interpolate(torch.from_numpy(water)[None, None].float(), (128, 128), mode="area")[0, 0].numpy() > 0.5
        seen, rng = np.ones_like(truth), np.random.default_rng((seed, n))
        start = list(map(list, automatic(maps, 512) if has_water(maps) else FRAME))
        first = model.decode(embedding, *pack([start], device))[0][0, 0].cpu().numpy()

        def ask(points, labels, screen):
            logits = torch.from_numpy(np.clip(screen, -LIMIT, LIMIT))[None, None].to(device)
            return model.decode(embedding, *pack([(points, labels)], device), logits, torch.ones(1, device=device))[0][0, 0].cpu().numpy()

        for way in rows:
            screen, row, points, labels = first, [share(first > 0, truth)], list(FRAME[0]), list(FRAME[1])
            for _ in range(clicks):
                error = largest_error(screen > 0, truth, seen)
                if error:
                    y, x0 = deepest(error[0])
                    point = (x0 + 0.5) / 128, (y + 0.5) / 128
                    if way == "discs":
                        screen = np.where(np.hypot(grid[0] - y, grid[1] - x0) < 5, 8.0 if error[1] else -8.0, screen)
                    elif way == "whole_errors":
                        screen = np.where(error[0], 8.0 if error[1] else -8.0, screen)
                    else:
                        points, labels = points + [point], labels + [error[1]]
                        answer = ask(points, labels, screen)
                        screen = accept(screen, answer, point, error[1]) if way == "accepted" else answer
                row.append(share(screen > 0, truth))
            rows[way].append(row)
        for _ in range(4):
            turned = region_to_turn(regions(x), first > 0, rng, 0.002)
            if turned:
                region, wet = turned
                y, x0 = deepest(region)
                point = (x0 + 0.5) / 128, (y + 0.5) / 128
                whole = ask(FRAME[0] + [point], FRAME[1] + [int(wet)], first)
                for way, answer in (("whole", whole), ("accepted", accept(first, whole, point, wet))):
                    changed = (answer > 0) != (first > 0)
                    edits[way].append(((answer[y, x0] > 0) == wet, changed[region].mean(), changed[~region].mean()))
    at = [0, 1, 3, 5, 10]
    out = {way: dict(zip(at, np.mean(r, 0)[at].round(4).tolist())) for way, r in rows.items()}
    return out | {"edits": {"n": len(edits["whole"]), **{k: np.mean(v, 0).round(4).tolist() for k, v in edits.items()}}}


@torch.no_grad()
def measure_bodies(model, pictures):
    """Each body over 0.1 % of the frame: box -> water in the box; pole -> the body, best of three and chosen by predicted IoU. At stride 4."""
    device, boxed, best, chosen = next(model.parameters()).device, [], [], []
    for _, image, water in pictures:
        embedding, _, _ = model.encode(square(image)[None].to(device))
        truth = F.interpolate(torch.from_numpy(water)[None, None].float(), (128, 128), mode="area")[0, 0].numpy() > 0.5
        for k, (body, box) in enumerate(components(truth, 0.001)):
            x0, y0, x1, y1 = (round(v * 128) for v in box)
            guess = model.decode(embedding, *pack([([box[:2], box[2:]], [2, 3])], device))[0][0, 0].cpu().numpy() > 0
            boxed.append(share(guess[y0:y1, x0:x1], truth[y0:y1, x0:x1]))
            if k == 0:
                y, x = deepest(body)
                masks, ious = model.decode(embedding, *pack([([((x + 0.5) / 128, (y + 0.5) / 128)], [1])], device))
                masks, ious = masks.cpu(), ious.cpu()
                each = [share(masks[0, t].numpy() > 0, body) for t in (1, 2, 3)]
                best.append(max(each))
                chosen.append(each[int(ious[0, 1:].argmax())])
    return {"box": round(float(np.mean(boxed)), 4), "point_best": round(float(np.mean(best)), 4), "point_chosen": round(float(np.mean(chosen)), 4)}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--weights", type=Path, required=True, help="checkpoint or model folder")
    ap.add_argument("--photographs", required=True)
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--tokens-alone", action="store_true", help="ask with the published architecture's tokens, nothing drawn into the mask prompt")
    add_options(ap, workers=False)
    a = ap.parse_args()
    device, _ = machine(a)
    model, dev = load(a.weights).to(device).eval(), photographs(a.photographs, "dev")
    if a.tokens_alone:
        model.prompt_encoder.STRENGTH = 0.0
    print(json.dumps(measure(model, dev, a.seed) | measure_bodies(model, dev)))


if __name__ == "__main__":
    with ended_by_a_sentence():
        main()
