// Prompts made of templates, as a program sends them: the rows of a template lie very close together. Beside them, what
// people do to such prompts: small changes of the wording, shorter forms, and texts that belong to no template.

const PRODUCTS = [
  'keyboard',
  'blender',
  'office chair',
  'phone case',
  'water bottle',
  'desk lamp',
  'backpack',
  'printer',
  'headphones',
  'toaster',
];
const PROBLEMS = [
  'arrived broken',
  'is missing a part',
  'was charged twice',
  'stopped working',
  'has the wrong colour',
];
const NAMES = [
  'Anna Keller',
  'Tom Brown',
  'Lucia Rossi',
  'Jan Novak',
  'Mia Chen',
  'Omar Haddad',
  'Eva Lind',
  'Paul Dubois',
  'Sara Okafor',
  'Ben Adler',
];
const TABLES = [
  'orders',
  'customers',
  'invoices',
  'payments',
  'shipments',
  'employees',
  'products',
  'sessions',
  'tickets',
  'returns',
];
const MONTHS = ['January', 'March', 'May', 'August', 'November'];
const ERRORS = [
  'TypeError: undefined is not a function',
  'KeyError: user_id',
  'NullPointerException',
  'IndexError: list index out of range',
  'ConnectionRefusedError',
];
const FILES = [
  'server.py',
  'cart.js',
  'Main.java',
  'parse.py',
  'queue.js',
  'login.ts',
  'report.py',
  'sync.go',
  'index.ts',
  'worker.rb',
];
const CITIES = ['Berlin', 'Lisbon', 'Oslo', 'Vienna', 'Prague'];
const SUBJECTS = [
  'photosynthesis',
  'compound interest',
  'the water cycle',
  'gravity',
  'inflation',
  'vaccines',
  'tides',
  'genes',
  'black holes',
  'supply and demand',
];

/** Each template: its 50 rows by two numbers, a of 10 and b of 5, and light changes of a row. */
export const TEMPLATES = {
  tickets: {
    row: (a, b) =>
      `Classify the following support ticket into one of: billing, shipping, technical, other. Answer with the category only. Ticket: My ${PRODUCTS[a]} ${PROBLEMS[b]}, please help.`,
    changes: (a, b) => [
      `Please classify this support ticket as billing, shipping, technical or other. Reply with the category only. Ticket: My ${PRODUCTS[a]} ${PROBLEMS[b]}, can you help?`,
      `Which category does this ticket belong to (billing, shipping, technical, other)? My ${PRODUCTS[a]} ${PROBLEMS[b]}.`,
    ],
    short: (a, b) => `Classify this ticket: my ${PRODUCTS[a]} ${PROBLEMS[b]}`,
  },
  invoices: {
    row: (a, b) =>
      `Extract the invoice number, the date and the total amount as JSON from this text: Invoice ${1000 + 37 * a}, issued on ${b + 3} ${MONTHS[b]} 2025 to ${NAMES[a]}, total ${120 + 15 * a + b} EUR including VAT.`,
    changes: (a, b) => [
      `Read this text and return invoice number, date and total as JSON: Invoice ${1000 + 37 * a}, issued ${b + 3} ${MONTHS[b]} 2025 to ${NAMES[a]}, total ${120 + 15 * a + b} EUR incl. VAT.`,
      `Get the number, date and amount of the invoice below, in JSON. Invoice ${1000 + 37 * a} of ${b + 3} ${MONTHS[b]} 2025 for ${NAMES[a]}: ${120 + 15 * a + b} EUR with VAT.`,
    ],
    short: (a, b) =>
      `Extract the invoice fields as JSON: Invoice ${1000 + 37 * a}, ${b + 3} ${MONTHS[b]} 2025, ${120 + 15 * a + b} EUR`,
  },
  mails: {
    row: (a, b) =>
      `Summarise the following e-mail in two sentences for a busy manager. E-mail: Hello, this is ${NAMES[a]} from ${CITIES[b]}. The delivery planned for ${MONTHS[b]} will be two weeks late, because our supplier has not shipped the ${PRODUCTS[a]} parts. We suggest a call on Monday to agree on a new date.`,
    changes: (a, b) => [
      `Give a two-sentence summary of this e-mail for a busy manager. E-mail: Hello, this is ${NAMES[a]} from ${CITIES[b]}. The delivery planned for ${MONTHS[b]} is going to be two weeks late, as our supplier hasn't shipped the ${PRODUCTS[a]} parts. Could we have a call on Monday to agree on a new date?`,
      `Sum up this mail for my boss in two sentences: ${NAMES[a]} from ${CITIES[b]} writes that the delivery planned for ${MONTHS[b]} will be two weeks late because the supplier has not shipped the ${PRODUCTS[a]} parts, and suggests a call on Monday.`,
    ],
    short: (a, b) =>
      `Summarise this e-mail: delivery for ${MONTHS[b]} two weeks late, ${PRODUCTS[a]} parts not shipped, call on Monday?`,
  },
  sql: {
    row: (a, b) =>
      `Write a PostgreSQL query that returns the ten newest rows of the table ${TABLES[a]} created in ${MONTHS[b]} 2025, with the name of the customer, ordered by created_at descending.`,
    changes: (a, b) => [
      `Please write a Postgres query for the ten newest rows in table ${TABLES[a]} that were created in ${MONTHS[b]} 2025, including the customer's name, sorted by created_at, newest first.`,
      `PostgreSQL: select the latest 10 rows from ${TABLES[a]} created in ${MONTHS[b]} 2025, together with the customer name.`,
    ],
    short: (a, b) => `SQL query: ten newest ${TABLES[a]} of ${MONTHS[b]} with customer name`,
  },
  bugs: {
    row: (a, b) =>
      `I get the error "${ERRORS[b]}" in ${FILES[a]} at line ${12 + 7 * a}. Explain what causes this error and show how to fix the code.`,
    changes: (a, b) => [
      `My program fails with "${ERRORS[b]}" in ${FILES[a]}, line ${12 + 7 * a}. What is the cause of this error, and how do I fix the code?`,
      `Why do I get "${ERRORS[b]}" at line ${12 + 7 * a} of ${FILES[a]}, and how can it be fixed?`,
    ],
    short: (a, b) => `Fix "${ERRORS[b]}" in ${FILES[a]}`,
  },
  lessons: {
    row: (a, b) =>
      `Explain ${SUBJECTS[a]} to a ${8 + b}-year-old child in simple words, with one example from everyday life, in at most 80 words.`,
    changes: (a, b) => [
      `Please explain ${SUBJECTS[a]} in simple words for a child of ${8 + b}, with an example from daily life, in no more than 80 words.`,
      `How would you explain ${SUBJECTS[a]} to a ${8 + b} year old? Use simple words and one everyday example.`,
    ],
    short: (a) => `Explain ${SUBJECTS[a]} to a child`,
  },
};

export const TEMPLATE_NAMES = Object.keys(TEMPLATES);

/** Returns the rows, 50 of each template: [{ task, prompt }]. */
export const templateRows = () =>
  TEMPLATE_NAMES.flatMap((task) =>
    Array.from({ length: 50 }, (_, i) => ({ task, prompt: TEMPLATES[task].row(i % 10, Math.floor(i / 10)) })),
  );

/** Returns two light changes and a short form each of four rows of every template: [{ task, prompt, isShort }]. */
export const templateParaphrases = () =>
  TEMPLATE_NAMES.flatMap((task) =>
    [0, 1, 2, 3].flatMap((i) => {
      const [a, b] = [(3 * i + 1) % 10, i % 5];
      const { changes, short } = TEMPLATES[task];
      return [
        ...changes(a, b).map((prompt) => ({ task, prompt, isShort: false })),
        { task, prompt: short(a, b), isShort: true },
      ];
    }),
  );
