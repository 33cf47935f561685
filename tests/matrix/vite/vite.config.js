export default { build: { assetsInlineLimit: 0, target: 'es2022' } };
