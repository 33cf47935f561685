"""Draws English texts from CORPUS_DIR (pairs-*.jsonl.zst, as the default embedder is trained on), mixed by kind -> WORK_DIR/english.jsonl ({"text", "kind"}).

Either side of a pair is taken, cut at 400 characters. Needs the zstd command.
"""
import json
import os
import random
import subprocess

ROWS = 300000
SHARES = {'general': .45, 'code': .15, 'math': .12, 'textbooks': .12, 'lexical': .08, 'arxiv': .08}


def main():
    rng = random.Random(1)
    out = []
    for kind, share in SHARES.items():
        want, seen, keep = int(ROWS * share), 0, []
        path = os.path.join(os.environ['CORPUS_DIR'], f'pairs-{kind}.jsonl.zst')
        with subprocess.Popen(['zstd', '-dc', '--long=27', path], stdout=subprocess.PIPE) as p:
            for line in p.stdout:
                pair = json.loads(line)
                side = pair['a'] if rng.random() < .5 else pair['b']
                if len(side) < 8:
                    continue
                seen += 1
                if len(keep) < want:
                    keep.append(side[:400])
                elif (j := rng.randrange(seen)) < want:
                    keep[j] = side[:400]
        out += [{'text': t, 'kind': kind} for t in keep]
    rng.shuffle(out)
    with open(os.path.join(os.environ['WORK_DIR'], 'english.jsonl'), 'w') as f:
        for row in out:
            f.write(json.dumps(row, ensure_ascii=False) + '\n')


if __name__ == '__main__':
    main()
