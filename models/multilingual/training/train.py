"""Fits a multilingual table to the space of the product's English table: the rows of a text's pieces should add up to what its English twin's rows
add up to there. usage: train.py N STEPS SEED NAME -> WORK_DIR/NAME.npy (float32, rows of WORK_DIR/vocabulary-N.json)

Start: a piece that the English table can read begins as that table's sum, any other as the mean of the twins of the texts it occurs in.
A step takes 512 texts in chunks of 64 of one language and source, leaves a tenth of the pieces out, and puts another text behind four in ten of them: English code,
English prose or a text of the same language. Loss: cross entropy of the own twin among the batch's and 512 other twins (scale 20; those nearer than .95 to
the own one do not count) + 4 (1 - cosine) + half the squared difference of the logarithms of the two lengths, so that mixed texts are weighed as the English table
weighs them. Sparse Adam, .03 falling to 0 (rows are about 1 long).
"""
import os
import sys
import time

import numpy as np
import scipy.sparse

from common import DIM, rounded, sums, unit

# How much a source counts: its share is size ** .5 times this.
SOURCES = {'tatoeba': 2.0, 'ntrex': 1.2, 'agents': 2.0, 'requests': 2.5, 'stsb': 1.0, 'tldr': 1.0, 'tf': .7, 'pydocs': .7, 'xcopa': 1.0,
           'wikt': 1.5, 'cldr': .5, 'django': .5, 'code': 4.0, 'english': 4.0}
LANGUAGES = {x: 2.0 for x in 'de fr es pt ru'.split()} | {x: 2.5 for x in 'zh ja ko ar hi'.split()} | {x: 1.3 for x in 'it nl pl tr uk vi id'.split()}
BATCH, CHUNK, BANK = 512, 64, 512
RATE = .03


def ragged(starts, lens):
    """Returns the positions starts[i] ... starts[i] + lens[i] - 1 of all i, one after the other."""
    begin = np.cumsum(lens) - lens
    return np.repeat(starts - begin, lens) + np.arange(lens.sum())


def main():
    n, steps, seed, name = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    work = os.environ['WORK_DIR']
    rng = np.random.default_rng(seed)
    z, r = (np.load(os.path.join(work, f'{name}-{n}.npz')) for name in ('pairs', 'requests'))
    flat, lens, raw, held = (np.concatenate([z[k], r[k]]) for k in ('flat', 'lens', 'raw', 'held'))
    twin = np.concatenate([z['twin'], r['twin'] + len(z['raw'])])
    groups = [str(g) for x in (z, r) for g in x['groups']]
    group = np.concatenate([z['group'], r['group'] + len(z['groups'])])
    usual = np.median(np.linalg.norm(z['latin'], axis=1)[z['latin'].any(1)])
    raw, latin = raw / usual, z['latin'] / usual  # so that a row is about 1 long
    offsets = np.concatenate([[0], np.cumsum(lens)]).astype(np.int64)
    length = np.linalg.norm(raw, axis=1)
    usable = (lens > 0) & (length[twin] > 0)
    members, share = [], []
    for i, g in enumerate(groups):
        kept = np.flatnonzero((group == i) & usable & ~held)
        source, lang = g.split('/')
        members.append(kept)
        share.append(len(kept) ** .5 * SOURCES[source] * LANGUAGES.get(lang, 1.0))
    share = np.array(share) / sum(share)
    companions = [members[groups.index('code/en')], members[groups.index('english/en')]]

    # Start
    direction = unit(raw).astype(np.float32)
    total, count = np.zeros((n, DIM), np.float32), np.bincount(flat, minlength=n).astype(np.float64)
    sample = rng.permutation(np.flatnonzero(usable & ~held))
    for part in np.array_split(sample[:300000], 30):
        at = flat[ragged(offsets[part], lens[part])]
        bag = scipy.sparse.csr_matrix((np.repeat(1 / np.sqrt(lens[part], dtype=np.float32), lens[part]), (at, np.repeat(np.arange(len(part)), lens[part]))), (n, len(part)))
        total += bag @ direction[twin[part]]
    mean = direction[twin[sample[:100000]]].mean(0)
    p = (count + 1) / (count + 1).sum()
    weight = (3e-4 / (3e-4 + p)).astype(np.float32)[:, None]
    values = unit(unit(total) - mean) * weight
    values[count == 0] = 0
    known = np.linalg.norm(latin, axis=1) > 0
    values[known] = latin[known]
    values[0] = 0
    own = np.arange(BATCH)

    first, second_moment = np.zeros_like(values), np.zeros_like(values)
    started = time.process_time()
    for step in range(steps):
        rate = RATE * min(1, (step + 1) / 50) * (1 - step / steps) + 1e-5
        chunks = rng.choice(len(groups), BATCH // CHUNK, p=share)
        batch = np.concatenate([rng.choice(members[k], CHUNK) for k in chunks])
        other = batch.copy()
        mixed = np.flatnonzero(rng.random(BATCH) < .4)
        kind = rng.random(BATCH)
        for i in mixed:
            pool = companions[0] if kind[i] < .5 else companions[1] if kind[i] < .65 else members[chunks[i // CHUNK]]
            other[i] = pool[rng.integers(len(pool))]
        behind = np.zeros(BATCH, np.int64)
        behind[mixed] = lens[other[mixed]]
        sizes = np.stack([lens[batch].astype(np.int64), behind], 1).ravel()
        tokens = flat[ragged(np.stack([offsets[batch], offsets[other]], 1).ravel(), sizes)]
        owner = np.repeat(np.arange(BATCH), sizes[0::2] + sizes[1::2])
        keep = rng.random(len(tokens)) > .1
        keep[np.cumsum(sizes[0::2] + sizes[1::2]) - 1] = True
        rows, column = np.unique(tokens[keep], return_inverse=True)
        bag = scipy.sparse.csr_matrix((np.ones(len(column), np.float32), (owner[keep], column)), (BATCH, len(rows)))
        target = raw[twin[batch]].copy()
        target[mixed] += raw[twin[other[mixed]]]
        size = np.maximum(np.linalg.norm(target, axis=1), 1e-6)
        t = target / size[:, None]
        against = np.concatenate([t, direction[rng.integers(len(direction), size=BANK)]])

        v = bag @ values[rows]
        norm = np.maximum(np.linalg.norm(v, axis=1), 1e-6)
        v /= norm[:, None]
        s = 20 * (v @ against.T)
        same = t @ against.T > .95
        same[own, own] = False
        s[same] = -1e4
        s -= s.max(1, keepdims=True)
        loss = -s[own, own]
        np.exp(s, out=s)
        total = s.sum(1)
        loss = float((loss + np.log(total)).mean())
        s /= total[:, None]
        s[own, own] -= 1
        slope = 20 * (s @ against) - 4 * t
        slope -= (slope * v).sum(1, keepdims=True) * v
        ratio = np.log(norm / size)
        slope = (slope + ratio[:, None] * v) / (norm * BATCH)[:, None]
        g = bag.T @ slope
        # Adam on the rows that occur.
        first[rows] = m = .9 * first[rows] + .1 * g
        second_moment[rows] = w = .999 * second_moment[rows] + .001 * g * g
        values[rows] -= rate * np.sqrt(1 - .999 ** (step + 1)) / (1 - .9 ** (step + 1)) * m / (np.sqrt(w) + 1e-8)
        if step % 250 == 0 or step == steps - 1:
            print(f'{time.process_time() - started:.0f} s, step {step}: cross entropy {loss:.3f}, cosine {(v * t).sum(1).mean():.3f}, lengths {np.exp(np.median(ratio)):.2f}',
                  flush=True)
        if step % 1000 == 999 or step == steps - 1:
            np.save(os.path.join(work, name + '.npy'), values)
            report(rounded(values), flat, offsets, lens, direction, twin, group, groups, held & usable)


def report(values, flat, offsets, lens, direction, twin, group, groups, held):
    """Prints, for each group's held-out texts, how often the own twin is first of 100."""
    result = {}
    for i, g in enumerate(groups):
        rows = np.flatnonzero(held & (group == i))[:100]
        if len(rows) >= 60:
            v = unit(sums(values, [flat[offsets[r]:offsets[r + 1]] for r in rows]))
            source, lang = g.split('/')
            result.setdefault(source, {})[lang] = float(((v @ direction[twin[rows]].T).argmax(1) == np.arange(len(rows))).mean())
    for source, by in result.items():
        print('  held out', source, f'{np.mean(list(by.values())):.3f}', ' '.join(f'{k} {x:.2f}' for k, x in by.items()), flush=True)


if __name__ == '__main__':
    main()
