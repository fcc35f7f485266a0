"""The log of a training run and its picture: run/NAME.csv and run/NAME.png.

The log has a row for each value: step, panel (loss, training IoU, dev IoU), name, value. What a step of training yields is averaged over
EVERY steps; dev figures stand where they were measured. A run that goes on from a checkpoint keeps the rows up to it.
"""

import csv
from dataclasses import dataclass, field

import matplotlib

matplotlib.use("Agg")  # no display
from matplotlib import pyplot

from running import written

EVERY = 10  # a divisor of the steps between checkpoints, so that no mean is cut in two
LOSS, TRAINING, DEV = PANELS = "loss", "training IoU", "dev IoU"


@dataclass
class Log:
    path: object  # of the .csv
    rows: list  # (step, panel, name, value)
    open: dict = field(default_factory=dict)  # {(panel, name): values since the last row}

    def step(self, done, panels):
        """panels {panel: {name: value}} of step number `done` of training"""
        for panel, values in panels.items():
            for name, value in values.items():
                self.open.setdefault((panel, name), []).append(value)
        if done % EVERY == 0:
            self.close(done)

    def close(self, done):
        """Means of the steps since the last ones"""
        self.rows += [(done, *key, sum(v) / len(v)) for key, v in self.open.items()]
        self.open = {}

    def measured(self, done, values):
        """values {name: dev figure}"""
        self.rows += [(done, DEV, name, value) for name, value in values.items()]

    def save(self):
        with written(self.path) as part, open(part, "w", newline="") as f:
            out = csv.writer(f)
            out.writerow(["step", "panel", "name", "value"])
            out.writerows((step, panel, name, f"{value:.5g}") for step, panel, name, value in self.rows)

    def draw(self):
        """The rows as NAME.png, one panel below the other"""
        panels = [p for p in PANELS if any(r[1] == p for r in self.rows)]
        if not panels:
            return
        figure, axes = pyplot.subplots(len(panels), figsize=(9, 3 * len(panels)), sharex=True, squeeze=False, layout="constrained")
        for panel, ax in zip(panels, axes[:, 0]):
            for name in dict.fromkeys(r[2] for r in self.rows if r[1] == panel):
                ax.plot(*zip(*((r[0], r[3]) for r in self.rows if r[1:3] == (panel, name))), label=name, linewidth=1.2, marker="o" if panel == DEV else None, markersize=4)
            ax.set_ylabel(panel)
            ax.grid(alpha=0.3)
            ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize="small")
        axes[0, 0].set_title(self.path.stem)
        axes[-1, 0].set_xlabel("step")
        with written(self.path.with_suffix(".png")) as part:
            figure.savefig(part, format="png", dpi=100)
        pyplot.close(figure)


def log(path, first):
    """The log at path, cut after step `first`, or an empty one"""
    if not first or not path.exists():
        return Log(path, [])
    with open(path, newline="") as f:
        rows = [(int(r["step"]), r["panel"], r["name"], float(r["value"])) for r in csv.DictReader(f)]
    return Log(path, [r for r in rows if r[0] <= first])
