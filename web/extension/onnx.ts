/** The embedder for sentence transformers, which one of the builds contains: its runtime is twice the size of the rest. */

/** An index needs a sentence transformer, which this build cannot run. */
class WithoutRuntime extends Error {
  constructor(model: string) {
    super(
      `this index needs the embedder ${model}, which this build of the extension cannot run: use the build with ONNX`,
    );
  }
}

const load = ONNX ? () => import('signalbox/onnx') : undefined;

/** Loads the module for a model. Errors: `WithoutRuntime`. */
export async function onnxFor(model: string): Promise<typeof import('signalbox/onnx')> {
  if (load === undefined) throw new WithoutRuntime(model);
  return load();
}
