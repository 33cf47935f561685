// Gathers what the index is made of from the sources, before anything is embedded.
import { fileURLToPath } from 'node:url';
import { setOffsets } from './difficulty.mjs';
import { makeKinds, readKinds } from './kinds.mjs';
import { chooseModels } from './models.mjs';
import { readCatalogue } from './sources/catalogue.mjs';
import { readEveryday } from './sources/everyday.mjs';
import { readFrontier, readFrontierTokens } from './sources/frontier.mjs';
import { readPrices } from './sources/prices.mjs';
import { readKnowledgePrompts, readPublished, readPublishedTokens } from './sources/published.mjs';
import { cellsOf, fitStrength } from './strength.mjs';
import { makeTasks } from './tasks.mjs';
import { fitTokens } from './tokens.mjs';

const EVERYDAY = fileURLToPath(new URL('../everyday', import.meta.url));

/** A model of fewer domains is left out unless it is as new as this: a few steep tasks would decide its strength. */
const DOMAINS = 8;
const NEWEST = '2026-09';

/** Returns the domains in which each model has a score. */
function domainsOf(tasks) {
  const domains = new Map();
  for (const { task, model } of cellsOf(tasks)) domains.set(model, (domains.get(model) ?? new Set()).add(task.domain));
  return domains;
}

/** Removes the models that say too little; returns their names, and those of the models without a price. */
function thin(models, tasks) {
  const domains = domainsOf(tasks);
  const names = [...models.keys()];
  const unscored = names.filter((name) => !domains.has(name));
  const isNew = (name) => (models.get(name).record.released ?? '') >= NEWEST;
  const narrow = names.filter((name) => domains.has(name) && domains.get(name).size < DOMAINS && !isNew(name));
  for (const name of [...unscored, ...narrow]) models.delete(name);
  const unpriced = [...models.values()].filter((model) => model.usdPerMTokIn === null).map(({ name }) => name);
  return { unscored, narrow, unpriced };
}

/** Returns everything that the index is made of, and what was left out. */
export async function gather(data) {
  const frontier = readFrontier(data);
  const published = readPublished(data);
  const sources = { frontier, published, knowledge: readKnowledgePrompts(data) };
  const chosen = chooseModels(sources, readPrices(), await readCatalogue());
  const isCurrent = (name) => chosen.models.has(name);
  const without = thin(chosen.models, makeTasks(sources, isCurrent).tasks);
  const made = makeTasks(sources, isCurrent);
  const fit = fitStrength(cellsOf(made.tasks));
  const kinds = readKinds();
  const everyday = readEveryday(EVERYDAY, new Set(kinds.map(({ name }) => name)));
  const tasks = [...made.tasks, ...makeKinds(kinds, everyday, made.tasks, fit.levelOf)];
  for (const task of made.tasks.filter(({ kind }) => kind === 'samples')) setOffsets(task, fit.completed);
  const measured = [...readPublishedTokens(data), ...readFrontierTokens(data, frontier.models)];
  const tokens = fitTokens(measured, tasks, isCurrent);
  return { ...chosen, ...without, tasks, leftOut: made.leftOut, tokens, fit, sources };
}
