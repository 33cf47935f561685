export const group = 'frameworks';
/** Astro needs a newer Node.js than the package. */
export const project = { node: '24' };
export const rows = [
  {
    title: 'Astro {astro}',
    uses: ['Router', 'WorkerRouter', 'own entry'],
    run: (project, pages) => {
      project.run('astro', ['build'], { ASTRO_TELEMETRY_DISABLED: '1' });
      return pages.visitFolder(project.path('dist'));
    },
  },
];
