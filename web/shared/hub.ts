/** The Hugging Face hub, and what is known about a model before the hub is asked. */

export const HUB = 'https://huggingface.co';

/** `DEFAULT_MODEL` of signalbox/onnx, repeated here so that the module need not be loaded. */
export const PAPERS_MODEL = 'Xenova/all-mpnet-base-v2';

const HUB_ID = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;

export const isHubId = (model: string) => HUB_ID.test(model);

/** Approximate download sizes of the paper's model by type of weights. */
const PAPERS_SIZES: Readonly<Record<string, string>> = { q8: '110 MB', fp16: '220 MB', fp32: '440 MB' };

/** Returns the size of the download, or `undefined` if it is unknown. */
export const knownSize = (model: string, dtype: string) => (model === PAPERS_MODEL ? PAPERS_SIZES[dtype] : undefined);
