"""Makes what ResamplerTest compares against: a picture with noise, edges and slopes, resized by Pillow's BILINEAR.

  python make.py
"""

from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
W, H = 61, 47
x, y = np.meshgrid(np.arange(W), np.arange(H))
noise = np.random.default_rng(0).integers(0, 256, (H, W))
picture = np.stack([noise, np.where(x > 30, 255, 0), (x * 4 + y) % 256], -1).astype(np.uint8)
Image.fromarray(picture).save(HERE / "picture.png")
for w, h in ((32, 32), (100, 80), (61, 20), (7, 47), (128, 5), (55, 34), (55, 35)):
    Image.fromarray(picture).resize((w, h), Image.BILINEAR).save(HERE / f"{w}x{h}.png")
