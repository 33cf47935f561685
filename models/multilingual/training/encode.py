"""Tokenises training texts once -> WORK_DIR/SET-N.npz: usage encode.py N SET (N pieces: WORK_DIR/vocabulary-N.json; SET: pairs or requests).

pairs: the pairs, then English texts, which are their own twins; requests: the filled requests. Kept: the ids of the texts (flat, lens), the sums of the English twins'
rows in the product's table (raw, twin: which of them), the group (its name in groups: source/language), whether a text is held out, and for each piece in plain ASCII what
the product's table makes of it (latin).
"""
import os
import sys

import numpy as np
from tokenizers import Tokenizer

from common import Table, lines, product_table, sums

n, name = sys.argv[1:3]
work = os.environ['WORK_DIR']
if name == 'pairs':
    rows = [(r['source'] + '/' + r['lang'], r['text'][:320], r['english'][:320], r['held']) for r in lines('pairs.jsonl')]
    for i, r in enumerate(lines('english.jsonl')):
        if i < 60000 or r['kind'] == 'code':
            text = r['text'][:320]
            rows.append((('code' if r['kind'] == 'code' else 'english') + '/en', text, text, i % 40 == 0))
else:
    rows = [('requests/' + r['lang'], r['text'], r['english'], False) for r in lines('filled.jsonl')]
tokenizer = Tokenizer.from_file(os.path.join(work, f'vocabulary-{n}.json'))
ids = Table(tokenizer, np.zeros((1, 1))).ids([r[1] for r in rows])
product = product_table()
english = sorted({r[2] for r in rows})
number = {e: i for i, e in enumerate(english)}
groups, group = np.unique([r[0] for r in rows], return_inverse=True)
pieces = [t.replace('▁', ' ').strip() for t, _ in sorted(tokenizer.get_vocab().items(), key=lambda x: x[1])]
flat = np.concatenate(ids)
np.savez(os.path.join(work, f'{name}-{n}.npz'), flat=flat, lens=np.array([len(x) for x in ids], np.int32), raw=sums(product.values, product.ids(english)),
         twin=np.array([number[r[2]] for r in rows], np.int32), groups=groups, group=group.astype(np.int32), held=np.array([r[3] for r in rows]),
         latin=sums(product.values, product.ids([p if p.isascii() else '' for p in pieces])))
print(len(rows), 'texts,', len(english), 'English ones,', len(np.unique(flat)), 'of', n, 'pieces seen')
