"""Fills the request frames of requests.jsonl with words, sentences and numbers -> WORK_DIR/filled.jsonl ({"lang", "text", "english"}).

Slots: x, y words of Wiktionary pairs; s a sentence pair that is not held out; p a programming language; n, m, k numbers.
The frames were written without the test prompts (../prompts.jsonl), and those that turned out to ask for the same as one of them were removed.
"""
import collections
import json
import os
import random
import re

from common import lines

FILLED = 30  # of a frame and language
PROGRAMMING = 'Python JavaScript Java C++ Rust Go PHP Ruby TypeScript Kotlin Swift Bash R C#'.split()


def main():
    rng = random.Random(1)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'requests.jsonl')) as f:
        frames = [json.loads(line) for line in f]
    words, sentences = collections.defaultdict(list), collections.defaultdict(list)
    for r in lines('pairs.jsonl'):
        if r['lang'] not in frames[0] or r['held']:
            continue
        if r['source'] in ('wikt', 'cldr') and len(r['text'].split()) <= 2 and len(r['english'].split(',')[0].split()) <= 2:
            words[r['lang']].append((r['text'], r['english'].split(',')[0]))
        elif r['source'] in ('tatoeba', 'ntrex') and len(r['english']) < 160:
            sentences[r['lang']].append((r['text'], r['english']))
    rows = []
    for lang in frames[0]:
        if lang == 'en':
            continue
        kinds = {'x': words[lang], 's': sentences[lang], 'p': [(p, p) for p in PROGRAMMING], 'n': [(str(i), str(i)) for i in range(2, 400)],
                 'k': [(str(i), str(i)) for i in range(2, 20)]}
        kinds |= {'y': kinds['x'], 'm': kinds['n']}
        for frame in frames:
            slots = set(re.findall(r'{(\w)}', frame['en']))
            for _ in range(FILLED if slots else 3):
                fill = {slot: rng.choice(kinds[slot]) for slot in sorted(slots)}
                rows.append({'lang': lang, 'text': frame[lang].format(**{k: v[0] for k, v in fill.items()}),
                             'english': frame['en'].format(**{k: v[1] for k, v in fill.items()})})
    with open(os.path.join(os.environ['WORK_DIR'], 'filled.jsonl'), 'w') as f:
        for row in rows:
            f.write(json.dumps(row, ensure_ascii=False) + '\n')
    print(len(rows), 'requests')


if __name__ == '__main__':
    main()
