export default { vite: { build: { assetsInlineLimit: 0 } } };
