const { Router } = require('signalbox');

import('./uses.js').then(async ({ decide, report }) => {
  console.log(JSON.stringify(await report({ require: () => decide(() => Router.load()) })));
});
