"""The mask decoder of the Segment Anything family in another order of computing: the same parameters and formulas, in less time.

The published order projects all image cells anew in each attention, and copies them to split the heads. There are few tokens, so what is
projected here are the tokens, and the cells x are looked at as they are (W and b as nn.Linear has them, one head's rows at a time):

  token to image, scores   q (x W_k^T + b_k)^T = (q W_k) x^T + q b_k; softmax drops the latter, which is added so that the graph holds every weight
  token to image, answer   the shares a of a query sum to one, so a (x W_v^T + b_v) = (a x) W_v^T + b_v
  image to token, scores   (x W_q^T + b_q) k^T = x (k W_q)^T + b_q k^T
  image to token, answer   all heads in one product with a: each head's values went through its columns of W_o, and bring their part of b_o

Cells stay rows to the end. A transposed convolution with kernel and stride 2 is a product that gives each cell four others, a norm over channels
is one over rows, and only the masks are laid out as pictures. The fewer tokens, the more that gains.
"""

import math

import torch
import torch.nn.functional as F


def rows(picture):
    """[N,C,h,w] -> [N,h w,C]"""
    return picture.flatten(2).transpose(1, 2)


def dense_rows(downscaling, picture):
    """What `mask_downscaling` makes of a mask prompt [N,1,4h,4w], as rows [N,h w,C]"""
    *fine, last = downscaling
    for step in fine:
        picture = step(picture)
    return rows(picture) @ last.weight.flatten(1).t() + last.bias


# Shapes leave the number of prompt sets open (-1) and know all else but the number of tokens t, so that the graph computes next to none.
def split(projection, tokens, t, heads):
    """[N,T,C] -> [N,heads,T,d]"""
    return projection(tokens).reshape(-1, t, heads, projection.out_features // heads).transpose(1, 2)


def through(x, weight, t, heads):
    """Each head's [N,heads,T,d] times its rows of a weight [heads d,C] -> all heads' tokens below one another [N,heads T,C]"""
    c = weight.shape[-1]
    return (x @ weight.reshape(heads, -1, c)).reshape(-1, heads * t, c)


def token_to_image(attention, t, tokens, keys, values):
    """Tokens [N,T,C] look at cells, keys and values [N,P,C] -> [N,T,C]"""
    heads, d = attention.num_heads, attention.q_proj.out_features // attention.num_heads
    q = split(attention.q_proj, tokens, t, heads) / math.sqrt(d)
    shares = (through(q, attention.k_proj.weight, t, heads) @ keys.transpose(1, 2) + through(q, attention.k_proj.bias[:, None], t, heads)).softmax(-1)
    seen = (shares @ values).reshape(-1, heads, t, values.shape[-1]) @ attention.v_proj.weight.reshape(heads, d, -1).transpose(1, 2)
    return attention.out_proj(seen.transpose(1, 2).reshape(-1, t, heads * d) + attention.v_proj.bias)


def image_to_token(attention, t, cells, tokens, values):
    """Cells [N,P,C] look at tokens and values [N,T,C] -> [N,P,C]"""
    heads, out = attention.num_heads, attention.out_proj
    k = split(attention.k_proj, tokens, t, heads) / math.sqrt(attention.k_proj.out_features // heads)
    scores = cells @ through(k, attention.q_proj.weight, t, heads).transpose(1, 2) + through(k, attention.q_proj.bias[:, None], t, heads).transpose(1, 2)
    shares = scores.reshape(-1, cells.shape[1], heads, t).softmax(-1).reshape(-1, cells.shape[1], heads * t)
    return shares @ (through(split(attention.v_proj, values, t, heads), out.weight.t(), t, heads) + out.bias / heads)


def attended(transformer, tokens, cells, place):
    """tokens [N,T,C], cells [N,P,C], the code of their places [1,P,C] -> tokens, cells"""
    q, t = tokens, tokens.shape[1]
    for i, layer in enumerate(transformer.layers):
        q = layer.norm1(layer.self_attn(q, q, q) if i == 0 else q + layer.self_attn(q + tokens, q + tokens, q))
        placed = cells + place
        q = layer.norm2(q + token_to_image(layer.cross_attn_token_to_image, t, q + tokens, placed, cells))
        q = layer.norm3(q + layer.mlp(q))
        cells = layer.norm4(cells + image_to_token(layer.cross_attn_image_to_token, t, placed, q + tokens, q))
    q = transformer.norm_final_attn(q + token_to_image(transformer.final_attn_token_to_image, t, q + tokens, cells + place, cells))
    return q, cells


def fourfold(convolution, cells, n):
    """Transposed convolution, kernel and stride 2: n cells [N,n,C] -> [N,4n,D], the four of a cell one after the other, row by row"""
    weight = convolution.weight.permute(0, 2, 3, 1)  # [C,2,2,D]
    c, _, _, d = weight.shape
    return (cells @ weight.reshape(c, 4 * d)).reshape(-1, 4 * n, d) + convolution.bias


def decode(decoder, embedding, place, sparse, dense):
    """embedding [1,C,h,w], place [1,C,h,w], sparse [N,T - 5,C], dense [N,h w,C] -> masks [N,4,4h,4w] logits, predicted IoU [N,4]"""
    h, w = map(int, embedding.shape[-2:])
    own = torch.cat([decoder.iou_token.weight, decoder.mask_tokens.weight])
    tokens = torch.cat([own[None].expand(sparse.shape[0], -1, -1), sparse], 1)
    tokens, cells = attended(decoder.transformer, tokens, rows(embedding) + dense, rows(place))
    first, norm, _, second, _ = decoder.output_upscaling
    cells = F.gelu(F.layer_norm(fourfold(first, cells, h * w), norm.weight.shape, norm.weight, norm.bias, norm.eps))
    cells = F.gelu(fourfold(second, cells, 4 * h * w))
    hyper = torch.stack([m(tokens[:, 1 + i]) for i, m in enumerate(decoder.output_hypernetworks_mlps)], 1)
    masks = hyper @ cells.transpose(1, 2)  # [N,4,h w 2 2 2 2]: row and column of the cell, of the half, of the quarter
    # In two steps, either of which moves neighbours together.
    masks = masks.reshape(-1, h, w, 2, 8).transpose(2, 3).reshape(-1, 2 * h, 2 * w, 2, 2).transpose(2, 3)
    return masks.reshape(-1, hyper.shape[1], 4 * h, 4 * w), decoder.iou_prediction_head(tokens[:, 0])
