export const group = 'runtimes';
export const rows = [
  {
    title: 'workerd {workerd}',
    uses: ['Router'],
    needs: 'the files imported as modules ([three lines](#cloudflare-workers))',
    run: async (project) => {
      const conditions = '--conditions=workerd,worker,browser';
      project.run('esbuild', [
        'worker.js',
        ...['--bundle', '--format=esm', conditions, '--outdir=dist', '--external:signalbox/models/*'],
        '--external:signalbox/signalbox.wasm',
      ]);
      const origin = await project.serve('workerd', ['serve', 'workerd.capnp', '--socket-addr=http=127.0.0.1:PORT']);
      await (await fetch(origin)).json();
      return (await fetch(origin)).json(); // A later request uses the router of the first one.
    },
  },
];
