// The glue's declarations, which are written by hand, name what Embind registers, with as many parameters.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { dist, root } from '../support/fixtures.mjs';

/** Methods of an interface in a file of declarations: [name, number of parameters]. */
function declaredIn(file, interfaceName) {
  const text = readFileSync(`${root}/bindings/ts/wasm/${file}`, 'utf8');
  const [, body] = new RegExp(`interface ${interfaceName}\\b[^{]*\\{(.*?)\\n\\}`, 's').exec(text);
  return [...body.matchAll(/^ {2}(\w+)\(([^)]*)\): \w+;/gm)].map(([, name, parameters]) => [
    name,
    parameters.split(',').filter((parameter) => parameter.trim() !== '').length,
  ]);
}

/** Functions that Embind registered in an instance of the module: it notes the number of their arguments. */
async function registeredIn(name) {
  const { default: createModule } = await import(new URL(`wasm/${name}-glue.mjs`, dist));
  const wasm = await WebAssembly.compile(readFileSync(new URL(`${name}.wasm`, dist)));
  const instance = await createModule({
    instantiateWasm: (imports, receive) => {
      WebAssembly.instantiate(wasm, imports).then(receive);
      return {};
    },
  });
  const functions = Object.entries(instance).filter(([, value]) => typeof value === 'function');
  return functions.flatMap(([key, value]) => (value.argCount === undefined ? [] : [[key, value.argCount]]));
}

describe('the declarations of the glue', () => {
  for (const [name, interfaceName] of [
    ['signalbox', 'GlueModule'],
    ['signalbox-lab', 'LabGlueModule'],
  ]) {
    it(`of ${name} are what Embind registers`, async () => {
      const common = declaredIn('signalbox-glue.d.mts', 'ModuleMemory');
      const declared = [...common, ...declaredIn(`${name}-glue.d.mts`, interfaceName)];
      const registered = await registeredIn(name);
      assert.ok(registered.length > 10, 'the functions of Embind are found');
      assert.equal(new Set(declared.map(([key]) => key)).size, declared.length, 'nothing is declared twice');
      assert.deepEqual(Object.fromEntries(declared.sort()), Object.fromEntries(registered.sort()));
    });
  }
});
