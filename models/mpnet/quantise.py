"""
Makes the 8-bit all-mpnet-base-v2 from the published weights, or judges it:

    python quantise.py WEIGHTS_FOLDER OUT.onnx                 the shipped file, from model.safetensors and channels.json
    python quantise.py WEIGHTS_FOLDER --calibrate T.jsonl...   chooses channels.json anew on the prompts of these files
    python quantise.py WEIGHTS_FOLDER --judge MODEL.onnx... --texts SET.json --vectors SET.npy [--take 200]
                                                               cosines to float vectors of embed.py, and recall@10

README.md has the table of variants; --table, --products, --channels and --rows make them.
"""
import argparse
import hashlib
import json
import os
import pathlib
import random

import numpy as np

from embed import OnnxRuntime, embed, ids_of, read_prompts, tokenizer_of
from network import Variant, network, read_weights

WEIGHTS = '78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658'
CHANNELS = pathlib.Path(__file__).with_name('channels.json')
# A channel stays float if its largest input is more than so many times the median channel's.
OUTLIER = 3
# Prompts on which channels are chosen: short ones as they are, and groups of them, for longer texts.
SINGLE, GROUPS = 60, [3, 6, 10, 14, 20] * 3


def sha256_of(path: str) -> str:
    with open(path, 'rb') as file:
        return hashlib.file_digest(file, 'sha256').hexdigest()


def calibrate(folder: str, files: list[str]) -> dict[str, list[int]]:
    """Returns the channels with outliers of each product's input."""
    prompts = [json.loads(line)['prompt'] for file in files for line in open(file, encoding='utf-8')]
    draw = random.Random(1)
    texts = draw.sample(prompts, SINGLE) + ['\n'.join(draw.sample(prompts, size)) for size in GROUPS]
    model, watched = network(read_weights(folder), Variant(table='float32', products='float32'), watched=True)
    session = OnnxRuntime(model.SerializeToString(), 1).session
    names = list(dict.fromkeys(watched.values()))
    largest: dict[str, np.ndarray] = {}
    for ids in ids_of(tokenizer_of(folder), texts):
        feeds = {'input_ids': ids[None], 'attention_mask': np.ones_like(ids)[None]}
        for name, values in zip(names, session.run(names, feeds)):
            largest[name] = np.maximum(largest.get(name, 0), np.abs(values[0]).max(0))
    over = {product: largest[name] > OUTLIER * np.median(largest[name]) for product, name in watched.items()}
    return {product: np.flatnonzero(is_over).tolist() for product, is_over in over.items()}


def judge(folder: str, paths: list[str], texts: list[str], vectors: np.ndarray, take: int) -> None:
    """
    Prints the cosines of each model's vectors to the given ones on prompts that are drawn evenly, and the share of the
    ten nearest texts that stay when queries are quantised and the texts are not.
    """
    if len(texts) != len(vectors):
        raise SystemExit(f'{len(texts)} texts and {len(vectors)} vectors, expected one for each')
    rows = sorted(random.Random('judged').sample(range(len(texts)), min(take, len(texts))))
    ids = ids_of(tokenizer_of(folder), [texts[row] for row in rows])

    def nearest(queries: np.ndarray) -> np.ndarray:
        similar = queries @ vectors.T
        similar[np.arange(len(rows)), rows] = -2
        return np.argsort(-similar, axis=1, kind='stable')[:, :10]

    exact = nearest(vectors[rows])
    for path in paths:
        made = embed(OnnxRuntime(path, 1), ids, batched=False)
        cosines = (made * vectors[rows]).sum(1)
        recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(exact, nearest(made))])
        where = f'{os.path.basename(path)}, {os.path.getsize(path) / 1e6:.1f} MB, {len(rows)} prompts'
        print(f'{where}: cosine mean {cosines.mean():.5f}, least {cosines.min():.4f}, recall@10 {recall:.3f}', flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder')
    parser.add_argument('out', nargs='?')
    parser.add_argument('--table', choices=['float32', 'int8', 'int4'], default='int4')
    parser.add_argument('--products', choices=['float32', 'weights8', 'int8'], default='int8')
    parser.add_argument('--channels', default=CHANNELS, help='a file as channels.json, or "none"')
    parser.add_argument('--rows', action='store_true', help="scale each token's inputs")
    parser.add_argument('--calibrate', nargs='+', metavar='FILE')
    parser.add_argument('--judge', nargs='+', metavar='MODEL')
    parser.add_argument('--texts')
    parser.add_argument('--vectors')
    parser.add_argument('--take', type=int, default=200)
    args = parser.parse_args()

    if args.judge:
        if not (args.texts and args.vectors):
            parser.error('--judge needs --texts and --vectors')
        judge(args.folder, args.judge, read_prompts(args.texts), np.load(args.vectors), args.take)
        return
    got = sha256_of(f'{args.folder}/model.safetensors')
    if got != WEIGHTS:
        raise SystemExit(f'model.safetensors has SHA-256 {got}, expected {WEIGHTS}')
    if args.calibrate:
        lines = [f'  {json.dumps(name)}: {channels}' for name, channels in calibrate(args.folder, args.calibrate).items()]
        CHANNELS.write_text('{\n' + ',\n'.join(lines) + '\n}\n', encoding='utf-8')
        return
    if args.out is None:
        parser.error('expected the file to write')
    channels = {} if args.channels == 'none' else json.loads(pathlib.Path(args.channels).read_text(encoding='utf-8'))
    model = network(read_weights(args.folder), Variant(args.table, args.products, channels, args.rows))
    pathlib.Path(args.out).write_bytes(model.SerializeToString(deterministic=True))
    print(f'{args.out}: {os.path.getsize(args.out)} bytes, SHA-256 {sha256_of(args.out)}')


if __name__ == '__main__':
    main()
