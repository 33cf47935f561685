function build(project) {
  const scripts = ['main', 'own-worker', 'nested', 'service-worker'].map((name) => `${name}.js`);
  project.run('esbuild', [...scripts, '--bundle', '--format=esm', '--target=es2022', '--outdir=dist']);
  project.copy('node_modules/signalbox/dist', 'dist/signalbox');
  project.copy('index.html', 'dist/index.html');
}

const rowOf = (browser, name) => ({
  title: `workers, ${name}`,
  uses: ['shared worker', 'worker in a worker', 'service worker'],
  needs: '`WorkerRouter.load({ worker: sharedWorker.port })` for a shared worker',
  run: (project, pages) => {
    build(project);
    return pages.visitFolder(project.path('dist'), { browser });
  },
});

export const group = 'pages';
export const rows = [rowOf('chromium', 'Chromium'), rowOf('firefox', 'Firefox')];
