/** Light or dark, as the person's system wants it. */
import { signal } from '@preact/signals';

const dark = matchMedia('(prefers-color-scheme: dark)');

export const isDark = signal(dark.matches);
dark.addEventListener('change', () => {
  isDark.value = dark.matches;
});
