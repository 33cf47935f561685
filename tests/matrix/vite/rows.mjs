const uses = ['Router', 'WorkerRouter', 'own entry', 'ONNX'];

export const group = 'bundlers';
export const project = { hasOnnx: true };
export const rows = [
  {
    title: 'Vite {vite}, build',
    uses,
    run: (project, pages) => {
      project.run('vite', ['build', '--logLevel', 'warn']);
      return pages.visitFolder(project.path('dist'));
    },
  },
  {
    title: 'Vite {vite}, development server',
    uses,
    run: async (project, pages) => pages.visit(await project.serve('vite', ['--host', '127.0.0.1', '--port', 'PORT'])),
  },
];
