// Checks values by the part of JSON Schema that the package's schemas use. A keyword that is not known fails, so that none is
// ignored, and so does a key of the value that is not described.
import assert from 'node:assert/strict';

const TYPES = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  integer: Number.isInteger,
  array: Array.isArray,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

const IGNORED = ['$schema', '$id', '$defs', 'title', 'description'];

/** Returns how the value differs from the schema, as `place: what`; empty if it is valid. */
export function schemaFaults(root, value, schema = root, place = '$') {
  const faults = [];
  const fail = (what) => faults.push(`${place}: ${what}`);
  const into = (item, its, at) => faults.push(...schemaFaults(root, item, its, at));
  const keywords = {
    $ref: (name) => into(value, root.$defs[name.replace('#/$defs/', '')], place),
    const: (expected) => value === expected || fail(`got ${JSON.stringify(value)}, expected ${expected}`),
    enum: (values) => values.includes(value) || fail(`got ${JSON.stringify(value)}, expected one of ${values}`),
    type: (types) =>
      [types].flat().some((type) => TYPES[type](value)) || fail(`got ${typeof value}, expected ${types}`),
    minimum: (least) => typeof value !== 'number' || value >= least || fail(`got ${value}, expected ${least} or more`),
    maximum: (most) => typeof value !== 'number' || value <= most || fail(`got ${value}, expected ${most} or less`),
    anyOf: (schemas) =>
      schemas.some((one) => schemaFaults(root, value, one, place).length === 0) || fail('matches no alternative'),
    items: (its) => {
      for (const [i, item] of TYPES.array(value) ? value.entries() : []) into(item, its, `${place}[${i}]`);
    },
    properties: (all) => {
      if (!TYPES.object(value)) return;
      for (const [key, item] of Object.entries(value)) {
        if (Object.hasOwn(all, key)) into(item, all[key], `${place}.${key}`);
        else fail(`the key ${key} is not described`);
      }
    },
    required: (keys) => {
      for (const key of keys) if (TYPES.object(value) && !Object.hasOwn(value, key)) fail(`${key} is missing`);
    },
  };
  for (const [keyword, argument] of Object.entries(schema)) {
    if (IGNORED.includes(keyword)) continue;
    assert.ok(Object.hasOwn(keywords, keyword), `the keyword ${keyword} is not known`);
    keywords[keyword](argument);
  }
  return faults;
}
