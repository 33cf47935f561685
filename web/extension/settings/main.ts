import { Engine } from '../engine/engine.js';
import { DEFAULT_STORED } from '../stored/schema.js';
const e = new Engine();
e.decide('How many primes are there?', DEFAULT_STORED).then((a) => {
  document.title = a.decision.model;
});
