"""
Embeds the prompts of a data set natively, for `signalbox eval --embeddings` and `signalbox build --embeddings`:

    python embed.py MODEL_FOLDER --data outcomes.csv.gz --out vectors.npy
    python embed.py MODEL_FOLDER --texts prompts.json --out vectors.npy

MODEL_FOLDER has tokenizer.json, sentence_bert_config.json and an ONNX model in the layout of sentence-transformers, for
example all-mpnet-base-v2 or all-MiniLM-L6-v2. OUT is a .npy file of float32: a row of unit norm for each row of the data.
"""
import argparse
import csv
import gzip
import json
import os
import time

import numpy as np
from tokenizers import Tokenizer

# Longer texts are cut before they are tokenised, as the package does it.
CHARACTERS_A_TOKEN = 32
MOST_TEXTS, MOST_TOKENS = 64, 4096


def read_prompts(path: str) -> list[str]:
    """Returns the column `prompt` of a .csv or .csv.gz, a JSON list of texts, or the list `prompts` of a JSON object."""
    opened = gzip.open if path.endswith('.gz') else open
    with opened(path, 'rt', encoding='utf-8', newline='') as file:
        if path.removesuffix('.gz').endswith('.json'):
            read = json.load(file)
            texts = read['prompts'] if isinstance(read, dict) else read
        else:
            csv.field_size_limit(1 << 30)
            texts = [row['prompt'] for row in csv.DictReader(file)]
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise SystemExit(f'{path}: expected texts, got something else')
    return texts


class OpenVino:
    """Runs a float model in bfloat16 (or float32 where the processor has none)."""

    def __init__(self, path: str, threads: int, precision: str):
        import openvino

        hints = {'INFERENCE_PRECISION_HINT': precision, 'INFERENCE_NUM_THREADS': threads, 'PERFORMANCE_HINT': 'LATENCY'}
        self.request = openvino.Core().compile_model(path, 'CPU', hints).create_infer_request()
        model = self.request.model_inputs, self.request.model_outputs
        self.inputs = [port.get_any_name() for port in model[0]]
        self.output = next(port for port in model[1] if len(port.partial_shape) == 3)

    def run(self, feeds: dict[str, np.ndarray]) -> np.ndarray:
        return self.request.infer(feeds)[self.output]


class OnnxRuntime:
    """Runs any model, as ONNX Runtime Web does; the numbers of quantised ones differ a little by processor."""

    def __init__(self, model: str | bytes, threads: int):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(model, options, providers=['CPUExecutionProvider'])
        self.inputs = [value.name for value in self.session.get_inputs()]
        self.output = next(value.name for value in self.session.get_outputs() if len(value.shape or []) == 3)

    def run(self, feeds: dict[str, np.ndarray]) -> np.ndarray:
        return self.session.run([self.output], feeds)[0]


def tokenizer_of(folder: str, most_tokens: int | None = None) -> Tokenizer:
    """Returns the folder's tokenizer, which cuts texts at the folder's limit or at `most_tokens`."""
    tokenizer = Tokenizer.from_file(f'{folder}/tokenizer.json')
    if most_tokens is None:
        with open(f'{folder}/sentence_bert_config.json', encoding='utf-8') as file:
            most_tokens = json.load(file)['max_seq_length']
    tokenizer.no_padding()
    tokenizer.enable_truncation(most_tokens)
    return tokenizer


def ids_of(tokenizer: Tokenizer, texts: list[str]) -> list[np.ndarray]:
    most = tokenizer.truncation['max_length'] * CHARACTERS_A_TOKEN
    return [np.array(encoded.ids, np.int64) for encoded in tokenizer.encode_batch([text[:most] for text in texts])]


def embed(runtime, ids: list[np.ndarray], batched: bool, report=lambda done: None) -> np.ndarray:
    """
    Returns the mean of each text's token vectors, of unit norm. `batched`: long and short texts go through the model
    apart, several at a time; otherwise one text at a time, since the scales of quantised inputs depend on the batch.
    """
    lengths = np.array([len(text) for text in ids])
    order = np.argsort(-lengths, kind='stable') if batched else np.arange(len(ids))
    vectors, at = None, 0
    while at < len(order):
        longest = -(-int(lengths[order[at]]) // 16) * 16 if batched else int(lengths[order[at]])
        rows = order[at : at + (max(1, min(MOST_TEXTS, MOST_TOKENS // longest)) if batched else 1)]
        feeds = {'input_ids': np.ones((len(rows), longest), np.int64), 'attention_mask': np.zeros((len(rows), longest), np.int64)}
        for row, text in enumerate(rows):
            feeds['input_ids'][row, : lengths[text]], feeds['attention_mask'][row, : lengths[text]] = ids[text], 1
        if 'token_type_ids' in runtime.inputs:
            feeds['token_type_ids'] = np.zeros((len(rows), longest), np.int64)
        sums = (runtime.run(feeds) * feeds['attention_mask'][:, :, None]).sum(1)
        if vectors is None:
            vectors = np.zeros((len(ids), sums.shape[1]), np.float32)
        vectors[rows] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
        at += len(rows)
        report(at)
    return vectors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder')
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument('--data', help='a .csv or .csv.gz with the column prompt')
    source.add_argument('--texts', help='a JSON list of texts, or an object with the list prompts')
    parser.add_argument('--out', required=True, help='the .npy file to write')
    parser.add_argument('--file', default='onnx/model.onnx', help='the model in the folder (default: %(default)s)')
    parser.add_argument('--runtime', choices=['openvino', 'onnxruntime'], default='openvino', help='default: %(default)s, for float models')
    parser.add_argument('--precision', choices=['bf16', 'f32'], default='bf16', help='of openvino (default: %(default)s)')
    parser.add_argument('--max-tokens', type=int, help="default: the folder's limit")
    parser.add_argument('--threads', type=int, default=1)
    args = parser.parse_args()

    texts = read_prompts(args.data or args.texts)
    ids = ids_of(tokenizer_of(args.folder, args.max_tokens), texts)
    path = os.path.join(args.folder, args.file)
    is_open_vino = args.runtime == 'openvino'
    runtime = OpenVino(path, args.threads, args.precision) if is_open_vino else OnnxRuntime(path, args.threads)
    started = last = time.monotonic()

    def report(done: int) -> None:
        nonlocal last
        if time.monotonic() - last > 30:
            last = time.monotonic()
            print(f'{done} of {len(ids)} texts after {last - started:.0f} s', flush=True)

    np.save(args.out, embed(runtime, ids, batched=is_open_vino, report=report))
    print(f'{args.out}: {len(ids)} texts in {time.monotonic() - started:.0f} s')


if __name__ == '__main__':
    main()
