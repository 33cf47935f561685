const quiet = { NUXT_TELEMETRY_DISABLED: '1' };

export const group = 'frameworks';
/** Nuxt needs a newer Node.js than the package. */
export const project = { node: '24' };
export const rows = [
  {
    title: 'Nuxt {nuxt}, client and server',
    uses: ['Router', 'WorkerRouter', 'own entry', 'on the server'],
    run: async (project, pages) => {
      project.run('nuxt', ['build'], quiet);
      const origin = await project.serve('node', ['.output/server/index.mjs'], { HOST: '127.0.0.1' });
      return { ...(await pages.visit(origin)), ...(await (await fetch(`${origin}/api`)).json()) };
    },
  },
];
