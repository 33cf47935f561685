"""Collects texts with their English twins -> WORK_DIR/pairs.jsonl, one {"lang", "text", "english", "source", "held"} a line.

MIRROR_DIR: Git clones of the sources, each in OWNER+NAME/repo; CLDR_DIR and DJANGO_DIR: the unpacked packages.

  source    from                                                        licence of the texts
  tatoeba   facebookresearch/LASER data/tatoeba/v1; Tatoeba's English-  CC BY 2.0 FR
            Korean and English-Arabic pairs (manythings.org)
  stsb      PhilipMay/stsb-multi-mt, train part (machine translated)    CC BY-SA 4.0
  tldr      tldr-pages/tldr                                             CC BY 4.0
  tf        tensorflow/docs-l10n                                        CC BY 4.0
  wikt      omwn/omw-data wns/wikt, wns/cldr: words of one synset       CC BY-SA 3.0, Unicode
  ntrex     MicrosoftTranslator/NTREX                                   CC BY-SA 4.0
  agents    lobehub/lobe-chat-agents: prompts of assistants             MIT
  xcopa     cambridgeltl/xcopa, with the English COPA sentences         CC BY 4.0 / BSD-2-Clause
  pydocs    python/python-docs-*                                        PSF-2.0 (translations CC0)
  cldr      npm cldr-annotations-full: names of emoji and symbols       Unicode-3.0
  django    Django's locale files                                       BSD-3-Clause

Held out ("held": true) by a hash of the English text, so that a sentence is held out in every language at once: a tenth of Tatoeba, of
NTREX and of the agents. Texts whose English is one of the test prompts (../prompts.jsonl) are left out.
"""
import collections
import csv
import io
import json
import os
import random
import re
import subprocess
import zlib

MIRROR = os.environ['MIRROR_DIR']
LANGUAGES = dict(ara='ar', ben='bn', bul='bg', cat='ca', ces='cs', cmn='zh', dan='da', deu='de', ell='el', fas='fa', pes='fa', fin='fi',
                 fra='fr', heb='he', hin='hi', hrv='hr', hun='hu', ind='id', ita='it', jpn='ja', kor='ko', lit='lt', mar='mr', nld='nl',
                 nob='no', pol='pl', por='pt', ron='ro', rus='ru', slk='sk', slv='sl', spa='es', srp='sr', swe='sv', tam='ta', tel='te',
                 tha='th', tur='tr', ukr='uk', urd='ur', vie='vi', zsm='ms', arb='ar', est='et', lvs='lv', swh='sw', tgl='tl')
NTREX = LANGUAGES | {'zho-CN': 'zh', 'por-BR': 'pt', 'spa-MX': 'es', 'ref-2.spa': 'es', 'swa': 'sw', 'lav': 'lv', 'msa': 'ms', 'fil': 'tl',
                     'srp-Latn': 'sr', 'srp-Cyrl': 'sr'}
KEPT = sorted(set(LANGUAGES.values()))
out, seen = [], set()
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../prompts.jsonl')) as f:
    TEST = {json.loads(line)['prompt'].strip(' .?!').lower() for line in f}


def repo(name):
    folder = os.path.join(MIRROR, name.replace('/', '+'), 'repo')
    return folder


def names(name, *paths, commit='HEAD'):
    return subprocess.run(['git', '-C', repo(name), 'ls-tree', '-r', '--name-only', '-z', commit, *paths],
                          check=True, capture_output=True, text=True).stdout.split('\0')[:-1]


def contents(name, paths, commit='HEAD'):
    """Returns {path: text}, read by one git process."""
    p = subprocess.run(['git', '-C', repo(name), 'cat-file', '--batch'], input=''.join(f'{commit}:{x}\n' for x in paths).encode(),
                       capture_output=True)
    data, at, result = p.stdout, 0, {}
    for path in paths:
        end = data.index(b'\n', at)
        head = data[at:end].split()
        at = end + 1
        if head[-1] == b'missing':
            continue
        size = int(head[2])
        result[path] = data[at:at + size].decode('utf8', 'replace')
        at += size + 1
    return result


def add(lang, text, english, source):
    text, english = ' '.join(text.split())[:500], ' '.join(english.split())[:500]
    if len(text) < 2 or not english or text == english or (lang, text) in seen or lang not in KEPT or english.strip(' .?!').lower() in TEST:
        return
    seen.add((lang, text))
    plain = re.sub(r'\W+', ' ', english.lower()).strip()
    held = source in ('tatoeba', 'ntrex', 'agents') and zlib.crc32(plain.encode()) % 10 == 0
    out.append({'lang': lang, 'text': text, 'english': english, 'source': source, 'held': held})


def tatoeba():
    files = contents('facebookresearch/LASER', names('facebookresearch/LASER', 'data/tatoeba/v1'))
    for path, text in files.items():
        code = path.rsplit('.', 1)[1]
        if code in LANGUAGES:
            for a, b in zip(text.split('\n'), files[path[:-len(code)] + 'eng'].split('\n')):
                add(LANGUAGES[code], a, b, 'tatoeba')
    for lang, name, path in (('ko', 'okaybody10/Korea-University', 'kor-eng/kor.txt'), ('ar', 'omnia197/eng2ara', 'seq2seqBasic/ara.txt'),
                             ('hi', 'devpatel0005/Hindi-English-Language-Translation', 'hin.txt')):
        for line in contents(name, [path]).get(path, '').split('\n'):
            cells = line.split('\t')
            if len(cells) >= 2:
                add(lang, cells[1], cells[0], 'tatoeba')


def stsb():
    files = contents('PhilipMay/stsb-multi-mt', names('PhilipMay/stsb-multi-mt', 'data'))
    rows = {lang: list(csv.reader(io.StringIO(files[f'data/stsb-{lang}-train.csv'])))
            for lang in ('en', 'de', 'es', 'fr', 'it', 'nl', 'pl', 'pt', 'ru', 'zh') if f'data/stsb-{lang}-train.csv' in files}
    for lang in rows:
        if lang != 'en':
            for x, e in zip(rows[lang], rows['en']):
                add(lang, x[0], e[0], 'stsb')
                add(lang, x[1], e[1], 'stsb')


def tldr():
    files = contents('tldr-pages/tldr', [p for p in names('tldr-pages/tldr') if re.match(r'pages[^/]*/.*\.md$', p)])

    def lines(text):
        return [x[2:].rstrip('.:') for x in text.split('\n') if re.match(r'[->] ', x) and 'http' not in x]
    for path, text in files.items():
        folder, rest = path.split('/', 1)
        if folder not in ('pages', 'pages.en'):
            a, b = lines(text), lines(files.get('pages/' + rest) or files.get('pages.en/' + rest) or '')
            if len(a) == len(b):
                for x, e in zip(a, b):
                    add(folder[6:].split('_')[0].replace('nb', 'no'), x, e, 'tldr')


def tf():
    files = contents('tensorflow/docs-l10n', [p for p in names('tensorflow/docs-l10n', 'site') if re.search(r'\.(md|ipynb)$', p)])

    def cells(path, text):
        if not path.endswith('.ipynb'):
            return re.split(r'\n\s*\n', text)
        try:
            return [''.join(c['source']) for c in json.loads(text)['cells'] if c['cell_type'] == 'markdown']
        except (ValueError, KeyError):
            return []

    def plain(x):
        return ' '.join(re.sub(r'<[^>]*>|https?://\S+|\(\.\.?/[^)]*\)|[#*`\[\]|>]', ' ', x).split())
    counts = collections.Counter()
    for path, text in files.items():
        _, lang, rest = path.split('/', 2)
        short = {'zh-cn': 'zh', 'pt-br': 'pt', 'es-419': 'es'}.get(lang, lang)
        english = files.get('site/en-snapshot/' + rest)
        if lang == 'en-snapshot' or short not in KEPT or not english:
            continue
        a, b = cells(path, text), cells(path, english)
        for x, e in zip(a, b) if len(a) == len(b) else ():
            x, e = plain(x), plain(e)
            if 30 < len(x) and sum(ord(c) > 127 for c in x) > .01 * len(x) and 'Copyright' not in x and counts[short] < 4000:
                counts[short] += 1
                add(short, x, e, 'tf')


def wikt():
    files = contents('omwn/omw-data', [p for p in names('omwn/omw-data', 'wns/wikt', 'wns/cldr') if p.endswith('.tab')])
    lemmas = collections.defaultdict(lambda: collections.defaultdict(list))
    for text in files.values():
        for line in text.split('\n'):
            cell = line.split('\t')
            if len(cell) == 3 and cell[1].endswith(':lemma'):
                lemmas[cell[1][:3]][cell[0]].append(cell[2].replace('_', ' '))
    for code, lang in LANGUAGES.items():
        words = collections.defaultdict(collections.Counter)
        for synset, foreign in lemmas.get(code, {}).items():
            for x in foreign:
                words[x].update(lemmas['eng'].get(synset, ()))
        for x, twins in words.items():
            add(lang, x, ', '.join(e for e, _ in twins.most_common(3)), 'wikt')


def ntrex():
    folder = 'NTREX-128/newstest2019-'
    files = contents('MicrosoftTranslator/NTREX', names('MicrosoftTranslator/NTREX', 'NTREX-128'))
    english = files[folder + 'src.eng.txt'].split('\n')
    for path, text in files.items():
        code = path[len(folder):-4]
        lang = NTREX.get(code) or NTREX.get(code.removeprefix('ref.'))
        if lang:
            for x, e in zip(text.split('\n'), english):
                add(lang, x, e, 'ntrex')


def agents():
    name = 'lobehub/lobe-chat-agents'
    files = contents(name, names(name, 'locales'))

    def strings(x, path=()):
        """Yields (path, text) of every text of a JSON value; texts of several lines line by line."""
        if isinstance(x, dict):
            for k, v in x.items():
                if k not in ('role', 'identifier', 'tags', 'avatar'):
                    yield from strings(v, path + (k,))
        elif isinstance(x, list):
            for i, v in enumerate(x):
                yield from strings(v, path + (i,))
        elif isinstance(x, str):
            yield path, x
    for path, text in files.items():
        folder, file = path.rsplit('/', 1)
        lang = file.split('.')[1].split('-')[0]
        if lang == 'json' or file == 'index.zh-TW.json':
            continue
        try:
            english, foreign = dict(strings(json.loads(files[folder + '/index.json']))), dict(strings(json.loads(text)))
        except (ValueError, KeyError):
            continue
        for key, e in english.items():
            x = foreign.get(key)
            if not x or 'openingMessage' in key:
                continue
            a, b = [s for s in x.split('\n') if s.strip()], [s for s in e.split('\n') if s.strip()]
            for s, t in zip(a, b) if len(a) == len(b) else ():
                if len(s) > 12 and .3 < len(s.encode()) / len(t.encode()) < 4:
                    add(lang, s, t, 'agents')
            if len(a) > 1 and len(a) == len(b) and len(x) < 500:
                add(lang, x, e, 'agents')


def xcopa():
    name = 'cambridgeltl/xcopa'
    files = contents(name, names(name, 'data', 'data-gmt'))
    english = {}
    for path, text in files.items():
        if path.startswith('data-gmt/'):  # the English of the same number, translated back
            kind = path.rsplit('/', 1)[1].split('.')[0]
            lang = path.split('/')[1]
            for line in text.split('\n'):
                if line:
                    r = json.loads(line)
                    english[lang, kind, r['idx']] = r
    for path, text in files.items():
        if path.startswith('data/'):
            lang, kind = path.split('/')[1], path.rsplit('/', 1)[1].split('.')[0]
            for line in text.split('\n'):
                r = json.loads(line) if line else None
                twin = r and english.get((lang, kind, r['idx']))
                if twin:
                    for key in ('premise', 'choice1', 'choice2'):
                        add(lang, r[key], twin[key], 'xcopa')


def pydocs():
    for lang, name, commit in (('ko', 'ko', '3.13'), ('ja', 'ja', 'HEAD'), ('zh', 'zh-cn', '3.13'), ('es', 'es', 'HEAD'), ('fr', 'fr', '3.13'),
                               ('pt', 'pt-br', '3.13')):
        full, rows = f'python/python-docs-{name}', []
        files = contents(full, [p for p in names(full, commit=commit) if p.endswith('.po')], commit)
        for text in files.values():
            rows += catalogue(text)
        random.Random(1).shuffle(rows)
        for e, x in rows[:4000]:
            add(lang, x, e, 'pydocs')


def catalogue(text):
    """Returns the (English, translation) pairs of a .po file, plain, without fuzzy, plural and one-word ones."""
    rows = []
    for block in text.split('\n\n'):
        if '\n#, fuzzy' in '\n' + block or 'msgid_plural' in block or block.startswith('#~'):
            continue
        parts = {'msgid': '', 'msgstr': ''}
        key = None
        for line in block.split('\n'):
            m = re.match(r'(msgid|msgstr)?\s*"(.*)"$', line)
            if m:
                key = m.group(1) or key
                if key:
                    parts[key] += m.group(2).replace('\\"', '"').replace('\\n', ' ').replace('\\\\', '\\')
        e, x = (re.sub(r':[\w:+-]+:`[~!]?([^`<]*)[^`]*`|`+|\*+', lambda m: m.group(1) or '', v) for v in parts.values())
        if len(e) > 15 and x and ' ' in e:
            rows.append((e, x))
    return rows


def cldr():
    folder = os.path.join(os.environ['CLDR_DIR'], 'annotations')

    def load(lang):
        with open(os.path.join(folder, lang, 'annotations.json')) as f:
            return json.load(f)['annotations']['annotations']
    english = load('en')
    for lang in KEPT:
        path = {'tl': 'fil'}.get(lang, lang)
        if os.path.exists(os.path.join(folder, path)):
            for symbol, x in load(path).items():
                e = english.get(symbol, {})
                if 'tts' in x and 'tts' in e:
                    add(lang, x['tts'][0], e['tts'][0], 'cldr')
                if len(x.get('default', ())) > 1 and len(e.get('default', ())) > 1:
                    add(lang, ', '.join(x['default']), ', '.join(e['default']), 'cldr')


def django():
    for folder, _, files in sorted(os.walk(os.environ['DJANGO_DIR'])):
        lang = folder.split('/locale/')[-1].split('/')[0] if '/locale/' in folder else ''
        lang = {'nb': 'no', 'zh_Hans': 'zh', 'pt_BR': 'pt'}.get(lang, lang)
        for file in files:
            if file.endswith('.po') and lang in KEPT:
                with open(os.path.join(folder, file)) as f:
                    for e, x in catalogue(f.read()):
                        add(lang, x, e, 'django')


for collect in (tatoeba, stsb, tldr, tf, ntrex, agents, xcopa, pydocs, cldr, django, wikt):
    before = len(out)
    collect()
    print(collect.__name__, len(out) - before, flush=True)
random.Random(1).shuffle(out)
with open(os.path.join(os.environ['WORK_DIR'], 'pairs.jsonl'), 'w') as f:
    for row in out:
        f.write(json.dumps(row, ensure_ascii=False) + '\n')
count = collections.Counter((r['lang'], r['source']) for r in out)
for lang in sorted({a for a, _ in count}):
    print(lang, {s: n for (a, s), n in sorted(count.items()) if a == lang})
