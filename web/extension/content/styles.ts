/**
 * Styles, property by property: a page's policy forbids style sheets, and Firefox lets content scripts adopt none. All are
 * important: what a page says of every element counts for the badge's host, too.
 */

type Styles = Record<string, string>;

export function dress(element: HTMLElement, styles: Styles): void {
  for (const [name, value] of Object.entries(styles)) element.style.setProperty(name, value, 'important');
}

/** What `all` takes away, and is better taken from around. */
const INHERITED = ['font', 'color', 'visibility', 'cursor', 'direction'].map((name) => [name, 'inherit']);
const PLAIN: Styles = { all: 'initial', 'box-sizing': 'border-box', ...Object.fromEntries(INHERITED) };

/** An element that looks like nothing but these styles. Text stays text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  styles: Styles,
  text = '',
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  dress(element, { ...PLAIN, ...styles });
  element.textContent = text;
  return element;
}

const LIGHT: Styles = {
  '--ground': '#ffffff',
  '--hover': '#eef2f5',
  '--ink': '#1c242c',
  '--soft': '#55626f',
  '--line': '#c9d2da',
  '--link': '#0b6bcb',
  '--post': '#323f4b',
  '--shade': '0 1px 2px rgb(0 0 0 / 0.08), 0 4px 14px rgb(0 0 0 / 0.12)',
};

const DARK: Styles = {
  '--ground': '#1b232b',
  '--hover': '#2a3540',
  '--ink': '#eef2f5',
  '--soft': '#a5b1bd',
  '--line': '#3d4a57',
  '--link': '#7cb8ff',
  '--post': '#0c1116',
  '--shade': '0 1px 2px rgb(0 0 0 / 0.4), 0 4px 16px rgb(0 0 0 / 0.45)',
};

/** The host's colours, for all that lies in it. */
export const colour = (host: HTMLElement, isDark: boolean) => dress(host, isDark ? DARK : LIGHT);

/** Follows pointer and keyboard, as style sheets would. */
export function livens(element: HTMLElement, rest = 'transparent'): void {
  const set = (name: string, value: string) => dress(element, { [name]: value });
  element.addEventListener('pointerenter', () => set('background', 'var(--hover)'));
  element.addEventListener('pointerleave', () => set('background', rest));
  element.addEventListener('focus', () => {
    if (element.matches(':focus-visible')) set('outline', '2px solid var(--link)');
  });
  element.addEventListener('blur', () => set('outline', 'none'));
}

/** A button without a look of its own. */
export function makeButton(styles: Styles, text = '', rest = 'transparent'): HTMLButtonElement {
  const button = make('button', { background: rest, cursor: 'pointer', 'outline-offset': '1px', ...styles }, text);
  button.type = 'button';
  livens(button, rest);
  return button;
}

/** Read aloud, and not seen. */
export const makeUnseen = () =>
  make('span', {
    position: 'absolute',
    width: '1px',
    height: '1px',
    overflow: 'hidden',
    'clip-path': 'inset(50%)',
    'white-space': 'nowrap',
  });

/** A lamp says the same by its place as by its colour, like a signal beside the line. */
const LAMPS = {
  clear: { top: '10px', background: '#3ddc84' },
  caution: { top: '6px', background: '#ffc53d' },
  stop: { top: '2px', background: '#ff6b5e' },
  none: { top: '6px', background: 'transparent' },
};

export function makeSignal() {
  const signal = make('span', {
    position: 'relative',
    flex: 'none',
    width: '10px',
    height: '18px',
    'border-radius': '5px',
    background: 'var(--post)',
    'forced-color-adjust': 'none',
  });
  const lamp = make('span', {
    position: 'absolute',
    left: '2px',
    width: '6px',
    height: '6px',
    'border-radius': '50%',
  });
  signal.append(lamp);
  return { signal, set: (name: keyof typeof LAMPS) => dress(lamp, LAMPS[name]) };
}
