// The package's names of policies are the core's, and an unfit one is refused with the names that apply.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { POLICIES } from '../../../dist/index.js';
import { POLICY_TABLE, policiesFor } from '../../../dist/policies.js';
import { loadCore } from '../../../dist/wasm/core-module.js';
import { expectNothingOpen } from '../support/fixtures.mjs';

expectNothingOpen();

const byName = (table) => [...table].sort((a, b) => (a.name < b.name ? -1 : 1));

describe('the table of policies', () => {
  it("is the core's", async () => {
    const core = await loadCore(undefined, {});
    assert.deepEqual(byName(POLICY_TABLE), byName(core.policies()));
  });

  it('says which route and which are evaluated', () => {
    assert.deepEqual(POLICIES, ['signalbox', 'paper', 's1', 's2', 's3', 'families']);
    assert.deepEqual(policiesFor('input'), ['signalbox', 'paper', 's1', 'families']);
    assert.ok(!policiesFor('evaluation').includes('paper'), 'it is another name of others');
    assert.ok(!policiesFor('evaluation').includes('families'), 'an evaluation has none');
    assert.deepEqual(policiesFor('singleRows'), ['signalbox', 's1', 'best_single']);
  });
});
