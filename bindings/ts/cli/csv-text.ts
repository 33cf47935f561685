/** Text of CSV files, as RFC 4180 has it. */

/** Returns a field of a CSV file, quoted if it has to be; nothing for `null`. */
const field = (value: unknown) => {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Returns a line with its end. */
export const csvLine = (values: readonly unknown[]) => `${values.map(field).join(',')}\r\n`;
