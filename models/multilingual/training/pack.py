"""Packs a table: pack.py N NAME OUT_DIR [DISTANCE_SCALE] writes tokenizer.json, model.safetensors (4 bit) and config.json, and prints their sizes.

N, NAME: WORK_DIR/vocabulary-N.json and WORK_DIR/NAME.npy. DISTANCE_SCALE: see the card. The order of the pieces is the vocabulary's, alphabetical.
"""
import hashlib
import json
import os
import sys

import brotli
import numpy as np

from common import quantise, save_model

# Languages that the table cannot read well enough; see the card.
QUALITY = 9
UNREAD = ['te']


def main():
    n, name, out = sys.argv[1:4]
    work = os.environ['WORK_DIR']
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(work, f'vocabulary-{n}.json')) as f:
        spec = json.load(f)
    with open(os.path.join(out, 'tokenizer.json'), 'w') as f:
        f.write(json.dumps(spec, ensure_ascii=False, separators=(',', ':')))
    save_model(os.path.join(out, 'model.safetensors'), *quantise(np.load(os.path.join(work, name + '.npy'))))
    digest = hashlib.sha256()
    for file in ('model.safetensors', 'tokenizer.json'):
        with open(os.path.join(out, file), 'rb') as f:
            digest.update(f.read())
    config = {'id': 'signalbox-multilingual-128-v1', 'model_type': 'model2vec', 'dim': 128, 'normalize': True, 'quantization': 'int4',
              'space': 'signalbox-static-128-v1', 'license': 'CC-BY-SA-4.0', 'hash': 'sha256:' + digest.hexdigest(), 'unread': UNREAD}
    if len(sys.argv) > 4:
        config['distanceScale'] = float(sys.argv[4])
    with open(os.path.join(out, 'config.json'), 'w') as f:
        json.dump(config, f, separators=(',', ':'))
        f.write('\n')
    total = [0, 0]
    for file in ('tokenizer.json', 'model.safetensors', 'config.json'):
        with open(os.path.join(out, file), 'rb') as f:
            data = f.read()
        sizes = len(data), len(brotli.compress(data, quality=QUALITY, lgwin=24))
        total = [a + b for a, b in zip(total, sizes)]
        print(file, *sizes)
    print('together', *total)


if __name__ == '__main__':
    main()
