"""Measures a packed table (or the product's English one): measure.py FOLDER|product

EVAL_DATA: a folder with published_2026/prompts.csv.gz (set, id, prompt). Nothing of it is trained on.
Kinds: a foreign prompt is judged by the 10 nearest of the English reference prompts (at most 60 a set), each kind's votes divided by its size. mgsm and xquad: also whether the
English twin is first among all English prompts of the set.
Code: how often the nearest of 200 English texts with held-out code behind them is the own one, for held-out foreign sentences with that code behind them (WORK_DIR).
"""
import collections
import csv
import gzip
import os
import sys

import numpy as np

from common import lines, product_table, table_of

csv.field_size_limit(10 ** 9)
KINDS = {
    'code': ['arena_hard_coding', 'mt_bench_coding', 'polyglot_python', 'polyglot_javascript', 'longfact_software', 'livebench_tablejoin'],
    'math': ['arena_hard_math', 'mt_bench_math', 'livebench_AMPS_Hard', 'livebench_math_comp', 'mgsm_en'],
    'writing': ['arena_hard_creative_writing', 'mt_bench_writing', 'livebench_story_generation', 'mt_bench_roleplay', 'eqbench3'],
    'law': ['legalbench', 'longfact_law'], 'health': ['medqa', 'longfact_health'],
    'knowledge': ['longfact_humanities', 'longfact_stem', 'longfact_business', 'longfact_entertainment', 'xquad_en', 'mt_bench_humanities',
                  'mt_bench_stem'],
    'tools': ['bfcl_live', 'tau2_airline', 'tau2_retail', 'tau2_telecom'],
    'logic': ['livebench_zebra_puzzle', 'livebench_web_of_lies_v2', 'livebench_spatial', 'mt_bench_reasoning'],
}
FOREIGN = {**{f'mgsm_{x}': 'math' for x in 'de es fr ja ru zh th bn te sw'.split()}, 'alignbench_zh_math': 'math', 'alignbench_zh_writing': 'writing',
           'alignbench_zh_roleplay': 'writing', 'alignbench_zh_logic': 'logic', 'arena_hard_zh': 'code', 'arena_hard_ru': 'code',
           'arena_hard_ja': 'code', 'arena_hard_ko': 'code'}


def number(key):
    return key.rsplit('_', 1)[-1].rsplit('-', 1)[-1]


def twins(v, keys, e, english_keys):
    """Returns (share whose twin is first, how many have one)."""
    at = {number(k): i for i, k in enumerate(english_keys)}
    own = np.array([at.get(number(k), -1) for k in keys])
    return float(((v @ e.T).argmax(1) == own)[own >= 0].mean()) if (own >= 0).any() else 0.0, int((own >= 0).sum())


def published(table, product):
    sets = collections.defaultdict(dict)
    with gzip.open(os.path.join(os.environ['EVAL_DATA'], 'published_2026/prompts.csv.gz'), 'rt', newline='') as f:
        for row in csv.DictReader(f):
            sets[row['set']][row['id']] = row['prompt']
    reference = [(kind, text) for kind, names in KINDS.items() for s in names for text in list(sets[s].values())[:60]]
    kinds = list(KINDS)
    label = np.array([kinds.index(k) for k, _ in reference])
    size = np.bincount(label).astype(float)
    english = product.encode([t for _, t in reference])
    for name in sorted(k for k in sets if k in FOREIGN or k.startswith('xquad_') and k != 'xquad_en'):
        keys, texts = list(sets[name]), list(sets[name].values())
        v = table.encode(texts)
        words = [f'{name} ({len(texts)})']
        if name in FOREIGN:
            top = np.argsort(-(v @ english.T), axis=1, kind='stable')[:, :10]
            said = (np.array([np.bincount(label[t], minlength=len(kinds)) for t in top]) / size).argmax(1)
            words.append(f'right kind {(said == kinds.index(FOREIGN[name])).mean():.2f}')
        if name.startswith(('mgsm_', 'xquad_')):
            own = name.split('_')[0] + '_en'
            words.append('twin first {:.2f} of {}'.format(*twins(v, keys, product.encode(list(sets[own].values())), list(sets[own]))))
        print(', '.join(words), flush=True)


def with_code(table, product):
    code = [r['text'][:300] for i, r in enumerate(lines('english.jsonl')) if r['kind'] == 'code' and i % 40 == 0][:200]
    prose = [r['text'][:300] for i, r in enumerate(lines('english.jsonl')) if r['kind'] == 'general' and i % 40 == 0][:200]
    c, p = product.encode(code), product.encode(prose)
    by = collections.defaultdict(list)
    for r in lines('pairs.jsonl'):
        if r['held'] and r['source'] in ('agents', 'ntrex') and len(by[r['lang']]) < 200:
            by[r['lang']].append(r)
    for lang in 'de fr es pt ru zh ja ko ar hi'.split():
        rows = by[lang][:len(code)]
        v = table.encode([r['text'] + '\n' + x for r, x in zip(rows, code)])
        e = product.encode([r['english'] + '\n' + x for r, x in zip(rows, code)])
        near = np.concatenate([c, p])
        share, want = ((np.argsort(-(x @ near.T), axis=1)[:, :10] < len(c)).mean() for x in (v, e))
        print(f'with code behind, {lang}: twin first {((v @ e.T).argmax(1) == np.arange(len(rows))).mean():.2f} of {len(rows)}, cosine {(v * e).sum(1).mean():.2f}, '
              f'share of code among the ten nearest {share:.2f} (English twin {want:.2f})', flush=True)


def main():
    product = product_table()
    table = product if sys.argv[1] == 'product' else table_of(sys.argv[1])
    published(table, product)
    with_code(table, product)


if __name__ == '__main__':
    main()
