/** A made-up benchmark for users without files: two topics, and one model that is good at each. */
const COUNT = 40;

const ANIMALS = ['octopus', 'starfish', 'squid', 'crab', 'jellyfish', 'sea urchin', 'lobster', 'seahorse'];
const BODY_PARTS = ['arms', 'eyes', 'hearts', 'legs', 'fins'];

/** Prompts that the example does not contain. */
export const EXAMPLE_PROMPTS = ['What is 12 plus 345?', 'How many arms does a starfish have?'];

export const EXAMPLE_NAME = 'a made-up example';

/** Returns the example in the wide form: one column per model. */
function exampleCsv(): string {
  const lines = ['dataset,id,prompt,counts-well,knows-animals'];
  for (let i = 0; i < COUNT; ++i) {
    const animal = ANIMALS[i % ANIMALS.length];
    const part = BODY_PARTS[i % BODY_PARTS.length];
    lines.push(
      `sums,${i},What is ${i} plus ${3 * i}?,1,0`,
      `sea-animals,${i},How many ${part} does a ${animal} have?,0,1`,
    );
  }
  return lines.join('\n');
}

export const exampleFile = () => new File([exampleCsv()], 'made-up.csv', { type: 'text/csv' });
