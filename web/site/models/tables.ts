/** Makes tables sortable by their column heads, and adds a field that narrows their rows. Without it they are plain tables. */

const NUMBER = /^[^\d.+−-]{0,3}([+−-]?[\d,]*\.?\d+)/;
const COLLATOR = new Intl.Collator('en', { numeric: true });
/** The share of a column's cells that must begin with a number for it to sort by numbers. */
const MOSTLY = 0.6;
/** Shorter tables need no field to narrow them. */
const LONG = 12;

function numberIn(text: string): number | undefined {
  const found = NUMBER.exec(text)?.[1];
  if (found === undefined) return undefined;
  const value = Number(found.replaceAll(',', '').replace('−', '-'));
  return Number.isNaN(value) ? undefined : value;
}

const textOf = (cell: HTMLTableCellElement | undefined) => (cell?.dataset.order ?? cell?.textContent ?? '').trim();

/** Returns a comparison of two cells of a column: by number if most of them begin with one. Cells without a value come last. */
function comparisonOf(texts: readonly string[]): (a: string, b: string, direction: number) => number {
  const numbers = texts.filter((text) => numberIn(text) !== undefined);
  const isNumeric = numbers.length >= MOSTLY * texts.filter((text) => text !== '').length;
  return (a, b, direction) => {
    if (!isNumeric) return direction * COLLATOR.compare(a, b);
    const [x, y] = [numberIn(a), numberIn(b)];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    return direction * (x - y);
  };
}

function sortBy(table: HTMLTableElement, column: number, direction: number): void {
  const [body] = table.tBodies;
  if (body === undefined) return;
  const rows = [...body.rows].map((row) => ({ row, text: textOf(row.cells[column]) }));
  const compare = comparisonOf(rows.map(({ text }) => text));
  rows.sort((a, b) => compare(a.text, b.text, direction));
  body.append(...rows.map(({ row }) => row));
}

function makeSortable(table: HTMLTableElement): void {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  heads.forEach((head, column) => {
    if (head.textContent?.trim() === '') return;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'sort';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const isAscending = head.ariaSort !== 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.ariaSort = isAscending ? 'ascending' : 'descending';
      sortBy(table, column, isAscending ? 1 : -1);
    });
  });
}

type Test = (row: HTMLTableRowElement) => boolean;

/** Shows the rows that pass all tests; returns how many. */
function narrow(table: HTMLTableElement, tests: readonly Test[]): number {
  let shown = 0;
  for (const row of table.tBodies[0]?.rows ?? []) {
    row.hidden = !tests.every((passes) => passes(row));
    if (!row.hidden) shown += 1;
  }
  return shown;
}

/** Tests of the page's form of filters: each of its fields names a `data-` attribute of rows. */
function testsOf(form: HTMLFormElement): Test[] {
  return [...new FormData(form)].flatMap(([name, value]) =>
    value === '' ? [] : [(row: HTMLTableRowElement) => row.dataset[name] === value],
  );
}

/** Returns a form with a field to find rows. */
function formFor(table: HTMLTableElement, what: string): HTMLFormElement {
  const form = document.createElement('form');
  form.className = 'filters';
  const label = document.createElement('label');
  const field = document.createElement('input');
  field.type = 'search';
  field.autocomplete = 'off';
  label.append(`Find ${what}`, field);
  const said = document.createElement('small');
  said.setAttribute('role', 'status');
  form.append(label, said);
  table.closest('.wide')?.before(form);
  return form;
}

function makeNarrowable(table: HTMLTableElement, what: string, given: HTMLFormElement | null): void {
  const rows = table.tBodies[0]?.rows.length ?? 0;
  if (given === null && rows < LONG) return;
  const form = given ?? formFor(table, what);
  const [field, said] = [form.querySelector<HTMLInputElement>('[type=search]'), form.querySelector('[role=status]')];
  const update = () => {
    const wanted = field?.value.trim().toLowerCase() ?? '';
    const contains: Test = (row) => row.textContent?.toLowerCase().includes(wanted) ?? false;
    const shown = narrow(table, [contains, ...testsOf(form)]);
    if (said !== null) said.textContent = shown === rows ? '' : `${shown} of ${rows} ${what} shown`;
  };
  form.addEventListener('input', update);
  form.addEventListener('submit', (event) => event.preventDefault());
}

/** Enhances all tables below an element. */
export function enhanceTables(within: ParentNode): void {
  for (const table of within.querySelectorAll<HTMLTableElement>('table[data-sortable]')) {
    makeSortable(table);
    const what = table.dataset.filter;
    if (what !== undefined) makeNarrowable(table, what, within.querySelector('form[data-filters]'));
  }
}
