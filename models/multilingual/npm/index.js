/** Returns the files of the table, for `Router.load` and `WorkerRouter.load`. */
export const table = () => ({
  tokenizer: new URL('./tokenizer.json', import.meta.url),
  model: new URL('./model.safetensors', import.meta.url),
  config: new URL('./config.json', import.meta.url),
});
