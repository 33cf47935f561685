/** Settings of models whose folders lack them, and hashes of their files. */
import type { Manifest, Pooling } from './options.js';

/** The model that `OnnxEmbedder.load` loads by default. */
export const DEFAULT_MODEL = 'Xenova/all-mpnet-base-v2';
export const MINILM_MODEL = 'Xenova/all-MiniLM-L6-v2';

interface KnownModel {
  pooling: Pooling;
  maxTokens: number;
  manifest?: Manifest;
  /** Id of its vectors, if another repository has the same weights. */
  vectors?: string;
}

const sha256 = (hash: string) => ({ sha256: hash });

const MPNET_SETTINGS = { pooling: 'mean', maxTokens: 384 } as const;
const MINILM_SETTINGS = { pooling: 'mean', maxTokens: 256 } as const;

/**
 * The repositories of Xenova have no modules.json; pooling and limit are those of the models of sentence-transformers,
 * which have the same weights and therefore the same vectors. The hashes come from public lists of these files, not from a
 * download of ours. There is none for `onnx/model_quantized.onnx` of the default model, which is checked against the hub's
 * own hash.
 */
const KNOWN: Readonly<Record<string, KnownModel>> = {
  [DEFAULT_MODEL]: {
    ...MPNET_SETTINGS,
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
  [MINILM_MODEL]: {
    ...MINILM_SETTINGS,
    manifest: {
      files: {
        'config.json': sha256('7135149f7cffa1a573466c6e4d8423ed73b62fd2332c575bf738a0d033f70df7'),
        'tokenizer.json': sha256('da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0'),
        'tokenizer_config.json': sha256('9261e7d79b44c8195c1cada2b453e55b00aeb81e907a6664974b4d7776172ab3'),
        'onnx/model.onnx': sha256('759c3cd2b7fe7e93933ad23c4c9181b7396442a2ed746ec7c1d46192c469c46e'),
        'onnx/model_quantized.onnx': sha256('afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1'),
      },
    },
  },
  'sentence-transformers/all-mpnet-base-v2': { ...MPNET_SETTINGS, vectors: DEFAULT_MODEL },
  'sentence-transformers/all-MiniLM-L6-v2': { ...MINILM_SETTINGS, vectors: MINILM_MODEL },
};

/** Returns what the package knows of a hub's model. */
export const knownModel = (id: string): KnownModel | undefined => (Object.hasOwn(KNOWN, id) ? KNOWN[id] : undefined);
