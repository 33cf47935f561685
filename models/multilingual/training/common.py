"""Static tables: tokenising, embedding, 4 bits as the product's English table has them, safetensors, and the measurements on pairs.

PRODUCT_DIR: a checkout of the product (models/embedder is the English table).
"""
import json
import os
import struct

import numpy as np
from tokenizers import Tokenizer

MAX_TOKENS = 384
DIM = 128


class Table:
    """A tokenizer and a row of values for each of its pieces; piece number 0 is the unknown one and counts nothing."""

    def __init__(self, tokenizer, values):
        self.tokenizer, self.values = tokenizer, np.ascontiguousarray(values, np.float32)

    def ids(self, texts):
        out = []
        for i in range(0, len(texts), 4096):
            for e in self.tokenizer.encode_batch([t[:4000] for t in texts[i:i + 4096]], add_special_tokens=False):
                x = np.asarray(e.ids, np.int32)
                out.append(x[x != 0][:MAX_TOKENS])
        return out

    def encode(self, texts):
        return unit(sums(self.values, self.ids(texts)))


def sums(values, ids):
    """Returns the sum of the rows of each list of ids; zeros for an empty list."""
    lens = np.array([len(x) for x in ids])
    out = np.zeros((len(ids), values.shape[1]), np.float32)
    full = np.flatnonzero(lens)
    for part in np.array_split(full, max(1, len(full) // 2000)):
        if len(part):
            starts = np.concatenate([[0], np.cumsum(lens[part])[:-1]])
            out[part] = np.add.reduceat(values[np.concatenate([ids[i] for i in part])], starts, axis=0)
    return out


def unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)


def quantise(values):
    """Returns (codes int8, scales float16): 4 bits, one scale a row, clipped where the squared error is least."""
    largest = np.abs(values).max(1)
    best = np.full(len(values), np.inf, np.float32)
    scales = np.full(len(values), 2.0 ** -14, np.float16)
    for share in .3 + .04 * np.arange(18):
        step = np.maximum(2.0 ** -14, share * largest / 7.5).astype(np.float16)
        s = step.astype(np.float32)[:, None]
        error = ((values - np.clip(np.rint(values / s), -8, 7) * s) ** 2).sum(1)
        better = error < best
        best[better], scales[better] = error[better], step[better]
    return np.clip(np.rint(values / scales.astype(np.float32)[:, None]), -8, 7).astype(np.int8), scales


def rounded(values):
    codes, scales = quantise(values)
    return codes.astype(np.float32) * scales.astype(np.float32)[:, None]


def save_model(path, codes, scales):
    """Writes embeddings U8 [rows, dim / 2], low half first, and weights F16 [rows]."""
    packed = ((codes[:, 0::2] & 15) | ((codes[:, 1::2] & 15) << 4)).astype(np.uint8)
    header, data = {}, b''
    for name, kind, x in (('embeddings', 'U8', packed), ('weights', 'F16', scales.astype(np.float16))):
        header[name] = {'dtype': kind, 'shape': list(x.shape), 'data_offsets': [len(data), len(data) + x.nbytes]}
        data += x.tobytes()
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as f:
        f.write(struct.pack('<Q', len(text)) + text + data)


def load_model(path):
    with open(path, 'rb') as f:
        data = f.read()
    n, = struct.unpack_from('<Q', data)
    header = json.loads(data[8:8 + n])

    def tensor(name, kind):
        a, b = header[name]['data_offsets']
        return np.frombuffer(data[8 + n + a:8 + n + b], kind).reshape(header[name]['shape'])
    packed = tensor('embeddings', np.uint8)
    codes = np.empty((packed.shape[0], 2 * packed.shape[1]), np.int8)
    codes[:, 0::2] = (packed << 4).astype(np.int8) >> 4
    codes[:, 1::2] = packed.astype(np.int8) >> 4
    return codes.astype(np.float32) * tensor('weights', np.float16).astype(np.float32)[:, None]


def table_of(folder):
    return Table(Tokenizer.from_file(os.path.join(folder, 'tokenizer.json')), load_model(os.path.join(folder, 'model.safetensors')))


def product_table():
    return table_of(os.path.join(os.environ['PRODUCT_DIR'], 'models/embedder'))


def lines(name):
    with open(os.path.join(os.environ['WORK_DIR'], name)) as f:
        return [json.loads(line) for line in f]
