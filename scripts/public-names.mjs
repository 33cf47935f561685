// The public names of the package, and what their doc comments lack.
//   node scripts/public-names.mjs    prints every fault
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SyntaxKind } from 'typescript/unstable/ast';
import { API, SymbolFlags } from 'typescript/unstable/sync';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Returns the sources of the entries that have public names, by what an import of them says. The scripts of workers have none. */
export function entryFiles() {
  const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const scripts = Object.entries(exports).filter(
    ([name, target]) => /\.js$/.test(target.default) && !/-entry$/.test(name),
  );
  return new Map(
    scripts.map(([name, target]) => [
      path.posix.join('signalbox', name),
      target.default.replace(/^\.\/dist\/(.*)\.js$/, 'bindings/ts/$1.ts'),
    ]),
  );
}

const isA = ({ flags }, flag) => (flags & flag) !== 0;

function kindOf(symbol) {
  if (isA(symbol, SymbolFlags.Class)) return 'class';
  if (isA(symbol, SymbolFlags.Function)) return 'function';
  return isA(symbol, SymbolFlags.Interface) ? 'interface' : 'other';
}

/** Reads the names of one program. */
class Reader {
  constructor({ program, checker }) {
    this.program = program;
    this.checker = checker;
  }

  /** Describes a symbol by what its comment says. */
  described(symbol, name) {
    const tags = symbol.getJsDocTags(this.checker);
    return {
      name,
      comment: symbol.getDocumentationComment(this.checker).trim(),
      isInternal: tags.some((tag) => tag.name === 'internal'),
      hasExample: tags.some((tag) => tag.name === 'example'),
    };
  }

  /** Returns whether users see a member. */
  isVisible({ name, escapedName, valueDeclaration }) {
    if (/^(#|_|prototype$)/.test(name) || /^__(?!@)/.test(escapedName)) return false;
    const modifiers = valueDeclaration?.resolve()?.modifiers ?? [];
    return !modifiers.some(({ kind }) => kind === SyntaxKind.PrivateKeyword || kind === SyntaxKind.ProtectedKeyword);
  }

  membersOf(symbol, name) {
    const members = [...symbol.getExports().values(), ...symbol.getMembers().values()];
    return members
      .filter((member) => this.isVisible(member))
      .map((member) => ({
        ...this.described(member, `${name}.${member.name}`),
        key: member.name,
        isMethod: isA(member, SymbolFlags.Method),
      }));
  }

  /** Returns the names of the interfaces that a class implements: it takes over their comments. */
  interfacesOf(symbol) {
    const clauses = symbol.valueDeclaration?.resolve()?.heritageClauses ?? [];
    return clauses.flatMap(({ types }) => types.map(({ expression }) => expression.text)).filter(Boolean);
  }

  namesOf(entry, file) {
    const module = this.checker.getSymbolAtLocation(this.program.getSourceFile(path.join(root, file)));
    return this.checker.getExportsOfModule(module).map((exported) => {
      const symbol = isA(exported, SymbolFlags.Alias) ? this.checker.getAliasedSymbol(exported) : exported;
      const kind = kindOf(symbol);
      return {
        id: symbol.id,
        entry,
        kind,
        ...this.described(symbol, exported.name),
        isValue: isA(symbol, SymbolFlags.Value),
        interfaces: kind === 'class' ? this.interfacesOf(symbol) : [],
        members: kind === 'class' || kind === 'interface' ? this.membersOf(symbol, exported.name) : [],
      };
    });
  }
}

/** Returns all public names, each once, with the first entry that has it. */
export function publicNames() {
  const api = new API({ cwd: root });
  try {
    const config = path.join(root, 'tsconfig.json');
    const reader = new Reader(api.updateSnapshot({ openProjects: [config] }).getProject(config));
    const byId = new Map();
    for (const [entry, file] of entryFiles()) {
      for (const name of reader.namesOf(entry, file)) if (!byId.has(name.id)) byId.set(name.id, name);
    }
    return [...byId.values()];
  } finally {
    api.close();
  }
}

/** First words of comments that begin with neither a verb nor a noun. */
const BAD_START = /^(Whether|What|How|Who|Where|Whose|When|Why|Of|So|That|Which|These|This|It)\b/;

/** Interfaces whose methods users call. Methods of the others are called by the package, or by a framework. */
const CALLED = ['Routing', 'Embedder'];

function faultsOf({ comment, hasExample }, needsExample) {
  if (comment === '') return ['has no doc comment'];
  const begins = BAD_START.test(comment) ? [`begins with "${comment.split(/\s/)[0]}"`] : [];
  return needsExample && !hasExample ? [...begins, 'has no @example'] : begins;
}

/**
 * Returns what is wrong, as sentences: a public name, or a member of a public class, without a comment, and a function, a
 * class or a method that users call without an example.
 */
export function commentFaults(names = publicNames()) {
  const interfaces = new Map(names.filter(({ kind }) => kind === 'interface').map((one) => [one.name, one]));
  const inherited = ({ interfaces: own }, key) =>
    own.flatMap((name) => interfaces.get(name)?.members ?? []).find((member) => member.key === key);
  return names.flatMap((one) => {
    const isCalled = one.kind === 'class' || CALLED.includes(one.name);
    const members = isCalled ? one.members.filter(({ isInternal }) => !isInternal) : [];
    const ofMembers = members.flatMap((member) => {
      const said = member.comment === '' ? (inherited(one, member.key) ?? member) : member;
      const needsExample = member.isMethod && /^\w/.test(member.key);
      return faultsOf(said, needsExample).map((fault) => `${member.name} ${fault}`);
    });
    const own = faultsOf(one, one.kind === 'class' || one.kind === 'function').map((fault) => `${one.name} ${fault}`);
    return [...own, ...ofMembers].map((fault) => `${one.entry}: ${fault}`);
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const faults = commentFaults();
  for (const fault of faults) console.log(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
