"""Trains riada-lite: encoder, neck, detector, sky head, prompt encoder and mask decoder together.

  python train.py photographs --photographs DIR                       from ImageNet weights, at 320 px
  python train.py mixed --photographs DIR --tiles DIR                 from the former, photographs and simulator tiles
  python train.py large --photographs DIR --tiles DIR                 from the former, the same at 512 px
  python train.py long --photographs DIR --tiles DIR                  from the former, more of it at 384 px
  python train.py sharp --photographs DIR --tiles DIR [--start M]     from the former (or from model folder M), batch norms folded

A stage is a number of steps. Every step draws its own random numbers from (seed, step), so that a run which was cut off
and resumes from run/STAGE.pt goes on with the same batches. run/STAGE.pt holds weights, their running mean and the optimiser.
"""

import argparse
import copy
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tqdm import tqdm

from data import Picture, batch, photographs, planes, square, tiles
from detector import auto_prompts, has_water
from model import RiadaLite, fold_all, load
from prompts import all_water, box_prompt, components, correct, detector_targets, pack, pick

RUN = Path(__file__).with_name("run")


@dataclass(frozen=True)
class Stage:
    steps: int
    cool: int  # the step at which the learning rate would reach zero; a stage that stops before hands warm weights on
    px: int  # side of the training windows
    rate: float  # multiplies all learning rates
    start: str | None  # the stage whose weights it starts from
    share: float  # of photographs in a batch; the rest are simulator tiles


STAGES = {
    "photographs": Stage(400, 600, 320, 1.0, None, 1.0),
    "mixed": Stage(440, 440, 320, 0.8, "photographs", 0.375),
    "large": Stage(60, 60, 512, 0.6, "mixed", 0.375),
    "long": Stage(420, 420, 384, 1.0, "large", 0.375),
    "sharp": Stage(1300, 1300, 384, 0.5, "long", 0.375),
}
BATCH, DEV_EVERY, SAVE_EVERY = 8, 200, 50
RATES = {"encoder.": 1.5e-4, "prompt_encoder.": 3e-4, "mask_decoder.": 3e-4, "": 6e-4}


# ------------------------------------------------------------------------------------------------- losses
def mask_loss(logit, target, weight):
    """Weighted cross-entropy plus Dice of each mask: [N,h,w] x 3 -> [N]. Targets are soft (share of the stride-4 cell)."""
    w = weight / (weight.sum((1, 2), keepdim=True) + 1e-6)
    # Cells at an edge count twice: half of all wrong pixels lie within a cell of one.
    steep = F.max_pool2d(target[:, None], 3, 1, 1)[:, 0] + F.max_pool2d(-target[:, None], 3, 1, 1)[:, 0]
    bce = (F.binary_cross_entropy_with_logits(logit, target, reduction="none") * w * (1 + steep)).sum((1, 2))
    p = logit.sigmoid()
    return bce + 1 - (2 * (p * target * weight).sum((1, 2)) + 5) / (((p + target) * weight).sum((1, 2)) + 5)


@torch.no_grad()
def iou(logit, target, weight):
    p, t, w = logit > 0, target > 0.5, weight > 0.5
    return ((p & t & w).flatten(-2).sum(-1) + 1e-3) / (((p | t) & w).flatten(-2).sum(-1) + 1e-3)


def decoder_loss(masks, ious, target, weight, body, has_body, seen):
    """Token 0 answers the prompt. Tokens 1-3 compete (least loss) for the water body under the wet point."""
    loss = mask_loss(masks[:, 0], target, weight).mean() + 0.5 * F.mse_loss(ious[:, 0], iou(masks[:, 0], target, weight))
    if has_body.any():
        m, t, w = masks[has_body, 1:], body[has_body], seen[has_body]
        each = torch.stack([mask_loss(m[:, i], t, w) for i in range(3)], 1)
        loss = loss + 0.3 * (each.min(1).values.mean() + 0.05 * each.mean())
        loss = loss + 0.3 * F.mse_loss(ious[has_body, 1:], iou(m, t[:, None].expand_as(m), w[:, None].expand_as(m)))
    return loss


def detector_loss(maps, samples):
    wet, heat, box, weight = (torch.stack(t) for t in zip(*(detector_targets(s.water.numpy(), s.seen.numpy()) for s in samples)))
    p = maps[:, 1].sigmoid().detach()
    loss = F.binary_cross_entropy_with_logits(maps[:, 0], wet)
    loss = loss + 2 * (F.binary_cross_entropy_with_logits(maps[:, 1], heat, reduction="none") * (0.1 + (p - heat).abs())).mean()
    a, b = maps[:, 2:], box
    least = torch.minimum(a, b)
    inter = (least[:, 0] + least[:, 2]) * (least[:, 1] + least[:, 3])
    area = lambda t: (t[:, 0] + t[:, 2]) * (t[:, 1] + t[:, 3])
    overlap = (inter + 1e-4) / (area(a) + area(b) - inter + 1e-4)
    return loss + 0.5 * ((1 - overlap) * weight).sum() / weight.sum().clamp(min=1)


def sky_loss(sky, samples):
    target, weight = torch.stack([s.sky for s in samples]), torch.stack([s.sky_weight for s in samples])[:, None]
    bce = (F.binary_cross_entropy_with_logits(sky, target, reduction="none") * weight).mean()
    p = sky.sigmoid()
    dice = 1 - (2 * (p * target * weight).sum((0, 2, 3)) + 20) / (((p + target) * weight).sum((0, 2, 3)) + 20)
    return 2 * bce + 0.5 * dice.mean()


def prompt_sets(s, maps, rng):
    """Two prompt sets of one picture: all water (half the time as the detector asks), and either a box or one wet point for its body
    -> [(points, labels, target, weight, body or None)]"""
    water, seen = s.water.numpy(), s.seen.numpy()
    size = 4 * water.shape[0]
    bodies = components(water * seen > 0.5)
    if rng.random() < 0.5:
        points, labels = auto_prompts(maps, size)
        points = [((x + 0.5) / size, (y + 0.5) / size) for x, y in points]
    else:
        points, labels = all_water(water, seen, rng)
    out = [(points, labels, water, seen, None)]
    if rng.random() < 0.5:
        (points, labels), target, weight = box_prompt(water, seen, bodies, rng)
        out.append((points, labels, target, weight, None))
    elif bodies:
        body = bodies[rng.integers(min(5, len(bodies)))][0]
        out.append((pick(body, 1, rng), [1], water, seen, water * body))
    else:
        out.append((*all_water(water, seen, rng), water, seen, None))
    return out


def losses(model, images, samples, rng):
    """-> total loss, {name: value} for the progress line"""
    embedding, maps, sky = model.encode(images)
    found = maps.detach().numpy()
    sets = [(b, *q) for b, s in enumerate(samples) for q in prompt_sets(s, found[b], rng)]
    of, points, labels, target, weight, body = zip(*sets)
    target, weight = torch.from_numpy(np.stack(target)), torch.from_numpy(np.stack(weight))
    has_body = torch.tensor([b is not None for b in body])
    body = torch.from_numpy(np.stack([target[0] * 0 if b is None else b for b in body]))
    seen = torch.stack([samples[b].seen for b in of])
    each = embedding[list(of)]
    masks, ious = model.decode(each, *pack(list(zip(points, labels))))
    loss = decoder_loss(masks, ious, target, weight, body, has_body, seen)
    hit = iou(masks[::2, 0].detach(), target[::2], weight[::2]).mean().item()
    if rng.random() < 0.25:  # a second round as an operator has it: the mask on the screen and a few corrections
        low = masks[:, :1].detach().clamp(-10, 10)
        again = [correct(list(p), list(l), m, t, w, rng) for p, l, m, t, w in zip(points, labels, low[:, 0].numpy(), target.numpy(), seen.numpy())]
        masks, ious = model.decode(each, *pack(again), low, torch.ones(len(again)))
        loss = (loss + decoder_loss(masks, ious, target, weight, body, has_body, seen)) / 2
    boxes, clouds = detector_loss(maps, samples), sky_loss(sky, samples)
    return loss + 0.5 * boxes + clouds, {"mask": loss.item(), "detector": boxes.item(), "sky": clouds.item(), "iou": hit}


# ------------------------------------------------------------------------------------------------- the run
class RunningMean:
    """The weights that are kept: an exponential mean of the trained ones."""

    def __init__(self, model, decay=0.99):
        self.model, self.decay = copy.deepcopy(model).eval(), decay

    @torch.no_grad()
    def update(self, model, step):
        d = min(self.decay, (1 + step) / (10 + step))
        for a, b in zip(self.model.state_dict().values(), model.state_dict().values()):
            a.lerp_(b, 1 - d) if a.is_floating_point() else a.copy_(b)


@torch.no_grad()
def dev_iou(model, pictures, size):
    """Mean and pooled IoU of the automatic mask at stride 4, over what is validly seen"""
    ious, both, either = [], 0, 0
    for image, water, seen in pictures:
        embedding, maps, _ = model.encode(square(image, size)[None])
        found = maps[0].numpy()
        truth = water & seen
        guess = torch.zeros_like(truth)
        if has_water(found):
            points, labels = auto_prompts(found, size)
            xy, labels = pack([([((x + 0.5) / size, (y + 0.5) / size) for x, y in points], labels)])
            guess = (model.decode(embedding, xy, labels)[0][0, 0] > 0) & seen
        i, u = (guess & truth).sum().item(), (guess | truth).sum().item()
        ious.append(i / u if u else 1.0)
        both, either = both + i, either + u
    return f"mean {np.mean(ious):.3f} pooled {both / max(1, either):.3f}"


def at_stride_4(size, mask):
    return F.interpolate(torch.from_numpy(mask)[None, None].float(), (size // 4, size // 4), mode="area")[0, 0] > 0.5


def group(name):
    return next(g for g in RATES if name.startswith(g))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("stage", choices=STAGES)
    ap.add_argument("--photographs", required=True, help="folder with pairs.csv, image/ and mask/")
    ap.add_argument("--tiles", help="folder with train/ and dev/ of simulator tiles")
    ap.add_argument("--start", type=Path, help="checkpoint or model folder to start from, instead of the former stage's")
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--threads", type=int, default=2)
    a = ap.parse_args()
    stage, path = STAGES[a.stage], RUN / f"{a.stage}.pt"
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    RUN.mkdir(exist_ok=True)
    photos = [Picture(planes(image, water), False) for _, image, water in photographs(a.photographs, "train")]
    dev = {"aerial": photographs(a.photographs, "dev")}
    sims = []
    if stage.share < 1:
        sims = [Picture(planes(image, *masks), True) for _, image, *masks in tiles(Path(a.tiles) / "train")]
        dev["simulator"] = tiles(Path(a.tiles) / "dev")
    if stage.start:
        model = load(a.start or RUN / f"{stage.start}.pt")
    else:
        model = RiadaLite()
        model.encoder.load_imagenet()
    if a.stage == "sharp":
        fold_all(model)
    model = model.to(memory_format=torch.channels_last)
    named = list(model.named_parameters())
    opt = torch.optim.AdamW([{"params": [p for n, p in named if group(n) == g], "base": r} for g, r in RATES.items()], lr=1e-4, weight_decay=0.02)
    mean, first = RunningMean(model), 0
    if path.exists():
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        mean.model.load_state_dict(saved["mean"])
        opt.load_state_dict(saved["optimiser"])
        first = saved["step"]

    def report(step, size=512):
        for name, items in dev.items():
            ready = [(i, at_stride_4(size, m[0]), ~at_stride_4(size, m[1] | m[2]) if len(m) > 1 else torch.ones(size // 4, size // 4) > 0) for _, i, *m in items]
            tqdm.write(f"step {step} {name} dev at {size} px: {dev_iou(mean.model, ready, size)}")

    bar = tqdm(range(first, stage.steps), initial=first, total=stage.steps, mininterval=5)
    for step in bar:
        rng = np.random.default_rng((a.seed, list(STAGES).index(a.stage), step))
        rate = stage.rate * min(1, (step + 1) / min(40, stage.steps // 6)) * (0.5 + 0.5 * math.cos(math.pi * step / stage.cool) + 0.01)
        for g in opt.param_groups:
            g["lr"] = g["base"] * rate
        n = round(BATCH * stage.share)
        chosen = [photos[i] for i in rng.choice(len(photos), n, replace=False)]
        chosen += [sims[i] for i in rng.choice(len(sims), BATCH - n, replace=False)] if sims else []
        images, samples = batch([chosen[i] for i in rng.permutation(BATCH)], stage.px, rng)
        model.train()
        loss, parts = losses(model, images.contiguous(memory_format=torch.channels_last), samples, rng)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        mean.update(model, step)
        bar.set_postfix({k: f"{v:.3f}" for k, v in parts.items()}, refresh=False)
        done = step + 1
        if done % SAVE_EVERY == 0 or done == stage.steps:
            part = path.with_suffix(".part")
            torch.save({"model": model.state_dict(), "mean": mean.model.state_dict(), "optimiser": opt.state_dict(), "step": done}, part)
            part.replace(path)
        if done % DEV_EVERY == 0 or done == stage.steps:
            report(done)


if __name__ == "__main__":
    main()
