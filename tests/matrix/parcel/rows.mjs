import { writeFileSync } from 'node:fs';

export const group = 'bundlers';
export const rows = [
  {
    title: 'Parcel {parcel}',
    uses: ['Router', 'WorkerRouter', 'own entry'],
    needs: '[two settings](#parcel)',
    run: (project, pages) => {
      // Parcel reads the settings of the package.json that is beside a lock file.
      writeFileSync(project.path('yarn.lock'), '');
      project.run('parcel', ['build', 'index.html', '--public-url', './', '--no-source-maps', '--no-cache']);
      return pages.visitFolder(project.path('dist'), {
        policy: "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'",
      });
    },
  },
];
