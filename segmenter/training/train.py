"""Trains riada-lite: encoder, neck, detector, sky head, prompt encoder and mask decoder together.

  python train.py photographs --photographs DIR                                from ImageNet weights, at 320 px
  python train.py mixed --photographs DIR --tiles DIR                          from the former, photographs and simulator tiles
  python train.py long --photographs DIR --tiles DIR                           from the former, more of it at 384 px, batch norms folded
  python train.py sensors --photographs DIR --tiles DIR --patches DIR [--start M]  from the former (or from model folder M), satellite patches too
  python train.py prompts --photographs DIR --tiles DIR --patches DIR          from the former, all but the encoder
  python train.py whole --photographs DIR --tiles DIR --patches DIR            from the former, all parts on all sources

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

from data import Picture, batch, patch_pictures, patches, photographs, planes, square, tiles
from detector import has_water
from model import RiadaLite, fold_all, load
from prompting import ask_model, automatic, clicks_of, first_asks
from prompts import detector_targets, pack

RUN = Path(__file__).with_name("run")


ALL = ("encoder.", "prompt_encoder.", "mask_decoder.", "")


@dataclass(frozen=True)
class Stage:
    steps: int
    px: int  # side of the training windows
    rate: float  # multiplies all learning rates
    start: str | None  # the stage whose weights it starts from
    batch: dict  # pictures of each source: rgb, tiles, s2, s1
    clicks: int = 1  # click asks a picture
    trained: tuple = ALL  # the parts whose weights move
    folded: bool = True  # batch norms folded into the convolutions first


STAGES = {
    "photographs": Stage(400, 320, 1.0, None, {"rgb": 8}, folded=False),
    "mixed": Stage(440, 320, 0.8, "photographs", {"rgb": 3, "tiles": 5}, folded=False),
    "long": Stage(1700, 384, 0.7, "mixed", {"rgb": 3, "tiles": 5}),
    "sensors": Stage(450, 384, 0.7, "long", {"rgb": 3, "tiles": 1, "s2": 3, "s1": 1}, clicks=0),
    "prompts": Stage(550, 384, 0.7, "sensors", {"rgb": 2, "tiles": 1, "s2": 1, "s1": 1}, clicks=2, trained=ALL[1:]),
    "whole": Stage(700, 384, 0.6, "prompts", {"rgb": 3, "tiles": 3, "s2": 1, "s1": 2}),
}
DEV_EVERY, SAVE_EVERY = 200, 50
RATES = {"encoder.": 1.5e-4, "prompt_encoder.": 1e-3, "mask_decoder.": 3e-4, "": 6e-4}


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


# How much the loss of the whole picture and the closer look count for each kind of ask.
SHARES = {"auto": (2.0, 0.0), "box": (0.0, 1.0), "point": (0.5, 0.0), "click": (0.5, 1.0)}


def decoder_loss(masks, ious, asks):
    """Token 0 answers the prompt. Tokens 1-3 compete (least loss) for the water body under a lone wet point."""
    stack = lambda key: torch.from_numpy(np.stack([getattr(a, key) if getattr(a, key) is not None else a.seen for a in asks]).astype(np.float32))
    target, seen, near = stack("target"), stack("seen"), stack("near")
    whole, close = torch.tensor([SHARES[a.kind] for a in asks]).T
    loss = (whole * mask_loss(masks[:, 0], target, seen) + close * mask_loss(masks[:, 0], target, near)).mean()
    judged = torch.stack([n if a.kind == "box" else s for a, n, s in zip(asks, near, seen)])
    loss = loss + 0.5 * F.mse_loss(ious[:, 0], iou(masks[:, 0], target, judged))
    k = [i for i, a in enumerate(asks) if a.body is not None]
    if k:
        m, t, w = masks[k, 1:], torch.from_numpy(np.stack([asks[i].body for i in k])), seen[k]
        each = torch.stack([mask_loss(m[:, i], t, w) for i in range(3)], 1)
        loss = loss + 0.3 * (each.min(1).values.mean() + 0.05 * each.mean())
        loss = loss + 0.3 * F.mse_loss(ious[k, 1:], iou(m, t[:, None].expand_as(m), w[:, None].expand_as(m)))
    return loss


def losses(model, images, samples, stage, rng):
    """-> total loss, {name: value} for the progress line"""
    with torch.set_grad_enabled("" in stage.trained):
        embedding, maps, sky = model.encode(images)
    found = maps.detach().numpy()
    asks = clicks_of(model, embedding.detach(), samples, found, stage.clicks, rng) if stage.clicks else []
    for i, s in enumerate(samples):
        asks += first_asks(i, s, found[i], rng)
    masks, ious = ask_model(model, embedding, asks)
    loss = decoder_loss(masks, ious, asks)
    parts = {"mask": loss.item()}
    for kind in SHARES:
        k = [i for i, a in enumerate(asks) if a.kind == kind]
        if k:
            target, weight = (torch.from_numpy(np.stack([v[i] for i in k]).astype(np.float32)) for v in ([a.target for a in asks], [a.seen if a.near is None else a.near for a in asks]))
            parts[kind] = iou(masks[k, 0].detach(), target, weight).mean().item()
    if "" in stage.trained:
        boxes, clouds = detector_loss(maps, samples), sky_loss(sky, samples)
        parts |= {"boxes": boxes.item(), "sky": clouds.item()}
        loss = loss + 0.5 * boxes + clouds
    return loss, parts


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
def guess(model, image, size):
    """The automatic mask at stride 4"""
    embedding, maps, _ = model.encode(square(image, size)[None])
    found = maps[0].numpy()
    if not has_water(found):
        return torch.zeros(size // 4, size // 4) > 0
    return model.decode(embedding, *pack([automatic(found, size)]))[0][0, 0] > 0


def dev_iou(model, pictures, size):
    """pictures [(image or (image, earlier image), truth, seen or None)] -> mean and pooled IoU of the automatic mask at stride 4, over what is
    validly seen; of two images, of the water that the earlier one has not"""
    ious, both, either = [], 0, 0
    for image, truth, seen in pictures:
        pair = image if isinstance(image, tuple) else (image,)
        wet = guess(model, pair[0], size)
        for earlier in pair[1:]:
            wet = wet & ~guess(model, earlier, size)
        truth = at_stride_4(size, truth)
        if seen is not None:
            wet, truth = wet & at_stride_4(size, seen), truth & at_stride_4(size, seen)
        i, u = (wet & truth).sum().item(), (wet | truth).sum().item()
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
    ap.add_argument("--patches", help="folder with mask/ and s1_ and s2_ before and after")
    ap.add_argument("--start", type=Path, help="checkpoint or model folder to start from, instead of the former stage's")
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--threads", type=int, default=2)
    a = ap.parse_args()
    stage, path = STAGES[a.stage], RUN / f"{a.stage}.pt"
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    RUN.mkdir(exist_ok=True)
    held = {"rgb": [Picture(planes(image, water), False) for _, image, water in photographs(a.photographs, "train")]}
    dev = {"aerial": [(i, m, None) for _, i, m in photographs(a.photographs, "dev")]}
    if "tiles" in stage.batch:
        held["tiles"] = [Picture(planes(image, *masks), True) for _, image, *masks in tiles(Path(a.tiles) / "train")]
        dev["simulator"] = [(i, m, ~(c | s)) for _, i, m, c, s in tiles(Path(a.tiles) / "dev")]
    if "s2" in stage.batch:
        held |= {k: [p for p in patch_pictures(a.patches, "train") if p.sensor == k] for k in ("s2", "s1")}
        dev |= {k: [((p[f"{k}_after"], p[f"{k}_before"]), flood, None) for _, p, flood in patches(a.patches, "dev")] for k in ("s2", "s1")}
    if stage.start:
        model = load(a.start or RUN / f"{stage.start}.pt")
    else:
        model = RiadaLite()
        model.encoder.load_imagenet()
    if stage.folded:
        fold_all(model)
    model = model.to(memory_format=torch.channels_last)
    named = [(n, p) for n, p in model.named_parameters() if group(n) in stage.trained]
    model.requires_grad_(False)
    for _, p in named:
        p.requires_grad_(True)
    opt = torch.optim.AdamW([{"params": [p for n, p in named if group(n) == g], "base": RATES[g]} for g in stage.trained], lr=1e-4, weight_decay=0.02)
    mean, first = RunningMean(model), 0
    if path.exists():
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        mean.model.load_state_dict(saved["mean"])
        opt.load_state_dict(saved["optimiser"])
        first = saved["step"]
    bar = tqdm(range(first, stage.steps), initial=first, total=stage.steps, mininterval=5)
    for step in bar:
        rng = np.random.default_rng((a.seed, list(STAGES).index(a.stage), step))
        for g in opt.param_groups:
            g["lr"] = g["base"] * stage.rate * min(1, (step + 1) / min(40, stage.steps // 6)) * (0.5 + 0.5 * math.cos(math.pi * step / stage.steps) + 0.01)
        chosen = [held[k][i] for k, n in stage.batch.items() for i in rng.choice(len(held[k]), n, replace=False)]
        images, samples = batch([chosen[i] for i in rng.permutation(len(chosen))], stage.px, rng)
        model.train()
        loss, parts = losses(model, images.contiguous(memory_format=torch.channels_last), samples, stage, rng)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for _, p in named], 1.0)
        opt.step()
        mean.update(model, step)
        bar.set_postfix({k: f"{v:.3f}" for k, v in parts.items()}, refresh=False)
        done = step + 1
        if done % SAVE_EVERY == 0 or done == stage.steps:
            part = path.with_suffix(".part")
            torch.save({"model": model.state_dict(), "mean": mean.model.state_dict(), "optimiser": opt.state_dict(), "step": done}, part)
            part.replace(path)
        if done % DEV_EVERY == 0 or done == stage.steps:
            for name, pictures in dev.items():
                tqdm.write(f"step {done} {name} dev at 512 px: {dev_iou(mean.model, pictures[:: 1 + len(pictures) // 40], 512)}")


if __name__ == "__main__":
    main()
