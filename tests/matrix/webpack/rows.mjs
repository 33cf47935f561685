export const group = 'bundlers';
export const project = { hasOnnx: true };
export const rows = [
  {
    title: 'webpack {webpack}',
    uses: ['Router', 'WorkerRouter', 'own entry', 'ONNX'],
    run: (project, pages) => {
      project.run('webpack');
      project.copy('index.html', 'dist/index.html');
      project.copy('public', 'dist');
      return pages.visitFolder(project.path('dist'));
    },
  },
];
