// The ways to use the package, and what each of them decides. Every project of the matrix has a copy of this file.
export const PROMPT = 'Prove that the square root of 2 is irrational.';

/** Decides by a router, and disposes it. */
export async function decide(load) {
  const router = await load();
  try {
    return await router.route(PROMPT);
  } finally {
    router.dispose();
  }
}

/** Runs each use in turn; returns its value, or the failure, by name. */
export async function report(uses) {
  const results = {};
  for (const [name, use] of Object.entries(uses)) {
    results[name] = await use().then(
      (value) => ({ value }),
      (error) => ({ failure: `${error?.name}: ${error?.code}: ${error?.message}` }),
    );
  }
  return results;
}
