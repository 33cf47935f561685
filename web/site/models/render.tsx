/** Renders the pages of models as HTML, at the site's build. Preact escapes every name and text. */
import { renderToStaticMarkup } from 'preact-render-to-string';
import { ComparePage } from './compare-page.js';
import { ModelPage, sentenceOf } from './model-page.js';
import { ModelsPage, modelsSentence } from './models-page.js';
import { standingsOf } from './standings.js';
import type { Facts } from './types.js';

export interface Page {
  /** Name of the file. */
  file: string;
  title: string;
  description: string;
  html: string;
}

/** Returns all pages. `folder` is the address of the results of each model, as seen from the pages. */
export function modelPages(facts: Facts, folder: string): Page[] {
  const standings = standingsOf(facts);
  return [
    {
      file: 'index.html',
      title: 'Models',
      description: modelsSentence(facts),
      html: renderToStaticMarkup(<ModelsPage facts={facts} />),
    },
    {
      file: 'compare.html',
      title: 'Compare two models',
      description: 'Any two models side by side: prices, and the differences of their results with intervals.',
      html: renderToStaticMarkup(<ComparePage facts={facts} folder={folder} />),
    },
    ...facts.models.map((model, number) => ({
      file: `${model.slug}.html`,
      title: model.title,
      description: sentenceOf(facts, number),
      html: renderToStaticMarkup(<ModelPage facts={facts} standings={standings} number={number} />),
    })),
  ];
}
