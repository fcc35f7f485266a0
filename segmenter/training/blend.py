"""Weights between two stages: what the later one gained, less of what it forgot.

  python blend.py --of run/whole.pt run/further.pt --share 0.7 --out run/blended.pt

Every weight, batch norms folded, is share times the second's plus 1 - share times the first's; either may be a checkpoint or a model folder. The
second must have begun with the first: weights of unrelated runs have no straight way between them. (Wortsman et al., Robust fine-tuning of
zero-shot models, 2022.)
"""

import argparse
from pathlib import Path

import torch

from model import fold_all, load
from running import ended_by_a_sentence, written


def weights(path):
    """By name, batch norms folded: early stages have them still, later ones and model folders do not, and a count of batches has no middle"""
    model = load(path)
    fold_all(model)
    return model.state_dict()


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--of", type=Path, nargs=2, required=True, help="the earlier and the later checkpoint or model folder")
    ap.add_argument("--share", type=float, required=True, help="of the later one, 0 to 1")
    ap.add_argument("--out", type=Path, required=True, help="checkpoint to write")
    a = ap.parse_args()
    if not 0 <= a.share <= 1:
        ap.error(f"--share is between 0 and 1, not {a.share}")
    earlier, later = map(weights, a.of)
    mean = {k: torch.lerp(earlier[k], later[k], a.share) for k in later}
    with written(a.out) as part:
        torch.save({"mean": mean}, part)


if __name__ == "__main__":
    with ended_by_a_sentence():
        main()
