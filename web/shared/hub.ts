/** The host of sentence transformers, and what is known of a model before that is asked. */

export const HUB = 'https://huggingface.co';

/** `DEFAULT_MODEL` of signalbox/onnx, which is not loaded before it is used. */
export const PAPERS_MODEL = 'Xenova/all-mpnet-base-v2';

const HUB_ID = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;

export const isHubId = (model: string) => HUB_ID.test(model);

/** Bytes of the paper's model, by type of weights; its hub says the exact ones when it is asked. */
const PAPERS_SIZES: Readonly<Record<string, string>> = { q8: '110 MB', fp16: '220 MB', fp32: '440 MB' };

/** How much will be loaded; undefined where nobody knows. */
export const knownSize = (model: string, dtype: string) => (model === PAPERS_MODEL ? PAPERS_SIZES[dtype] : undefined);
