import { nodeResolve } from '@rollup/plugin-node-resolve';

export default {
  input: ['main.js', 'own-worker.js'],
  output: { dir: 'dist', entryFileNames: '[name].js' },
  plugins: [nodeResolve({ browser: true })],
};
