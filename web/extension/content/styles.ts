/**
 * Styles are set property by property: a page's policy may forbid style sheets, and in Firefox content scripts cannot adopt
 * any. All are important, because rules of the page for all elements also match the badge's host.
 */

type Styles = Record<string, string>;

export function dress(element: HTMLElement, styles: Styles): void {
  for (const [name, value] of Object.entries(styles)) element.style.setProperty(name, value, 'important');
}

/** Properties that `all` resets, and that should be inherited. */
const INHERITED = ['font', 'color', 'visibility', 'cursor', 'direction'].map((name) => [name, 'inherit']);
const PLAIN: Styles = { all: 'initial', 'box-sizing': 'border-box', ...Object.fromEntries(INHERITED) };

/** Creates an element with these styles only. The text is never parsed as HTML. */
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

/** Sets the colours of the host, which its contents inherit. */
export const colour = (host: HTMLElement, isDark: boolean) => dress(host, isDark ? DARK : LIGHT);

/** Adds hover and focus styles, which need listeners without a style sheet. */
export function livens(element: HTMLElement, rest = 'transparent'): void {
  const set = (name: string, value: string) => dress(element, { [name]: value });
  element.addEventListener('pointerenter', () => set('background', 'var(--hover)'));
  element.addEventListener('pointerleave', () => set('background', rest));
  element.addEventListener('focus', () => {
    if (element.matches(':focus-visible')) set('outline', '2px solid var(--link)');
  });
  element.addEventListener('blur', () => set('outline', 'none'));
}

/** Creates a button without default styles. */
export function makeButton(styles: Styles, text = '', rest = 'transparent'): HTMLButtonElement {
  const button = make('button', { background: rest, cursor: 'pointer', 'outline-offset': '1px', ...styles }, text);
  button.type = 'button';
  livens(button, rest);
  return button;
}

/** Creates an element for screen readers only. */
export const makeUnseen = () =>
  make('span', {
    position: 'absolute',
    width: '1px',
    height: '1px',
    overflow: 'hidden',
    'clip-path': 'inset(50%)',
    'white-space': 'nowrap',
  });

/** The lamp's position means the same as its colour, as in a railway signal. */
const LAMPS = {
  clear: { top: '10px', background: '#3ddc84' },
  caution: { top: '6px', background: '#ffc53d' },
  stop: { top: '2px', background: '#ff6b5e' },
  dark: { top: '6px', background: '#6b7280' },
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
