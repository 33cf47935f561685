"""Routes foreign benchmarks among their own prompts: route.py FOLDER  (EVAL_DATA: es_practical, slovak_quiz)

Each prompt is given the model with the best mean over its 10 nearest other prompts, shrunk to the model's overall mean as if 10 more prompts had it. Printed: the mean score, that of
the best single model, and the share of the nearest prompts that belong to the same suite; for the product's table and the one in FOLDER.
"""
import csv
import gzip
import os
import sys

import numpy as np

from common import product_table, table_of

csv.field_size_limit(10 ** 9)


def main():
    for name in ('es_practical', 'slovak_quiz'):
        with gzip.open(os.path.join(os.environ['EVAL_DATA'], name, 'outcomes.csv.gz'), 'rt', newline='') as f:
            rows = list(csv.DictReader(f))
        models = [k for k in rows[0] if k not in ('dataset', 'id', 'prompt', 'answer')]
        scores = np.array([[float(r[m]) if r[m] else np.nan for m in models] for r in rows])
        scores = scores[:, np.isnan(scores).mean(0) < .05]
        missing = np.isnan(scores)
        scores = np.where(missing, np.nanmean(scores, 0), scores)
        suite = np.array([r['dataset'] for r in rows])
        at = np.arange(len(rows))
        for label, table in (('product', product_table()), (sys.argv[1], table_of(sys.argv[1]))):
            v = table.encode([r['prompt'] for r in rows])
            s = v @ v.T
            s[at, at] = -9
            near = np.argsort(-s, axis=1, kind='stable')[:, :10]
            overall = (scores.sum(0) - scores) / (len(rows) - 1)
            chosen = ((scores[near].sum(1) + 10 * overall) / 20).argmax(1)
            print(f'{name}, {label}: {len(rows)} prompts, {scores.shape[1]} models, routed {scores[at, chosen].mean():.4f}, best single {scores.mean(0).max():.4f}, '
                  f'nearest of the same suite {(suite[near[:, 0]] == suite).mean():.2f}', flush=True)


if __name__ == '__main__':
    main()
