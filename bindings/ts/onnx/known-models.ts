/** Settings of models whose folders lack them, and the hashes of the default model's files. */
import type { Manifest, Pooling } from './options.js';

export const DEFAULT_MODEL = 'Xenova/all-mpnet-base-v2';

interface KnownModel {
  pooling: Pooling;
  maxTokens: number;
  manifest: Manifest;
}

const sha256 = (hash: string) => ({ sha256: hash });

/**
 * The repository has no modules.json; pooling and limit are those of sentence-transformers/all-mpnet-base-v2, which has
 * the same weights. The hashes come from a public list of these files, not from a download of ours. It has none for
 * `onnx/model_quantized.onnx`, which is checked against the hub's own hash.
 */
const KNOWN: Readonly<Record<string, KnownModel>> = {
  [DEFAULT_MODEL]: {
    pooling: 'mean',
    maxTokens: 384,
    manifest: {
      files: {
        'config.json': sha256('a783505a4e839b61700aa61d249d381d00addfb9cf3221359e2d30a6da6c6499'),
        'tokenizer.json': sha256('d00dad6f80b7eab804479a58634a58a50966366627f847e47848bac52873995d'),
        'tokenizer_config.json': sha256('3ea32220c2e21af4f0be95e2a43bdc8ac693f8c35c2255127ef680689b469461'),
        'onnx/model.onnx': sha256('a488b290590d86da3b81c502b242343ca8312e83cfc618b2cd1ae50c09d8f669'),
        'onnx/model_fp16.onnx': sha256('4158604fad17a2c68244122d812a340bf64da1a048cda242dabad5048864a93c'),
        'onnx/model_int8.onnx': sha256('84d57ec981cfc6b46920247b8628610271f59a724d73124e051da96d6e406293'),
        'onnx/model_q4f16.onnx': sha256('78cf177870851c003763f6e39970f376d69d139de45037b80ca065db91524f1b'),
      },
    },
  },
};

/** Returns what the package knows of a hub's model. */
export const knownModel = (id: string): KnownModel | undefined => (Object.hasOwn(KNOWN, id) ? KNOWN[id] : undefined);
