/** Returns the address of the table, for `Router.load` and `WorkerRouter.load`. */
export const table = () => new URL('./table.bin', import.meta.url);
