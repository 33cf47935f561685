export default {
  mode: 'production',
  entry: './main.js',
  performance: { hints: false },
  output: { publicPath: 'auto' },
};
