export const group = 'runtimes';
/** Wrangler needs a newer Node.js than the package. */
export const project = { node: '24' };
export const rows = [
  {
    title: 'Wrangler {wrangler}',
    uses: ['Router'],
    needs: 'the files imported as modules ([three lines](#cloudflare-workers))',
    run: async (project) => {
      const quiet = { WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG_PATH: project.path('log') };
      const origin = await project.serve('wrangler', ['dev', '--ip', '127.0.0.1', '--port', 'PORT'], quiet);
      await (await fetch(origin)).json();
      return (await fetch(origin)).json(); // A later request uses the router of the first one.
    },
  },
];
