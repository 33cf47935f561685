// Measures one cold start of the package in its own process: loads wasm, embedder and index, routes a prompt, then
// routes again with everything warm. Prints JSON, in ms.
const PROMPTS = [
  'Write a SQL query that lists the ten customers with the highest revenue this year.',
  'Prove that the sum of two odd integers is even.',
  'Which planet in the solar system has the most moons?',
];
const WARM_ROUTES = 30;

const start = performance.now();
const { Router } = await import('../../dist/index.js');
const router = await Router.load();
try {
  await router.route(PROMPTS[0]);
  const cold = performance.now() - start;
  const warm = [];
  for (let i = 0; i < WARM_ROUTES; ++i) {
    const before = performance.now();
    await router.route(PROMPTS[i % PROMPTS.length]);
    warm.push(performance.now() - before);
  }
  // The engine compiles during the first half.
  const late = warm.slice(WARM_ROUTES / 2).sort((a, b) => a - b);
  console.log(JSON.stringify({ cold, warm: late[late.length >> 1] }));
} finally {
  router.dispose();
}
