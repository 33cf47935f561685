/**
 * Draws the samples as pixels. Without a GPU, a hundred thousand calls of a canvas take tenths of a second. Writing into
 * its image takes a few hundredths, in every browser.
 */

export type Rgb = readonly [red: number, green: number, blue: number];

const encode = (x: number) => {
  const light = Math.min(1, Math.max(0, x));
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
};

/** Converts OKLCH to sRGB, clipped to the gamut. https://bottosson.github.io/posts/oklab/ */
export function rgbOfOklch(lightness: number, chroma: number, hue: number): Rgb {
  const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encode(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Parses `#rrggbb`, or `#rgb` as minifiers write it; returns grey for anything else. */
export function rgbOfHex(text: string): Rgb {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1];
  if (digits === undefined) return [128, 128, 128];
  const all = Number.parseInt(digits.length === 3 ? digits.replace(/./g, '$&$&') : digits, 16);
  return [all >> 16, (all >> 8) & 255, all & 255];
}

export interface Scene {
  map: Float32Array;
  /** Category of each row. */
  ofRow: Uint16Array;
  colours: readonly Rgb[];
  /** Categories that are not dimmed; `undefined` for all. */
  only: ReadonlySet<number> | undefined;
  dimmed: Rgb;
  /** In pixels of the image: `left + scale[0] * x`, `top + scale[1] * y`. */
  view: { scale: readonly [x: number, y: number]; left: number; top: number };
  /** Radius of a sample, in pixels. */
  radius: number;
}

/** Returns a dot as opacities, 0..256, of the pixels around its centre. */
function stampOf(radius: number, opacity: number): { reach: number; alphas: Uint16Array } {
  const reach = Math.ceil(radius);
  const side = 2 * reach + 1;
  const alphas = Uint16Array.from({ length: side * side }, (_, i) => {
    const far = Math.hypot((i % side) - reach, Math.floor(i / side) - reach);
    return Math.round(256 * opacity * Math.min(1, Math.max(0, radius + 0.5 - far)));
  });
  return { reach, alphas };
}

/** Returns a stride that visits rows in mixed order: an index stores rows task by task, and later tasks would cover earlier ones. */
function strideOf(rows: number): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  let stride = Math.max(1, Math.floor(rows * 0.618));
  while (gcd(stride, rows) !== 1) stride += 1;
  return stride;
}

/** Draws the samples over the image, which must be opaque. */
export function paintSamples(image: ImageData, scene: Scene): void {
  const { map, ofRow, colours, only, dimmed, view, radius } = scene;
  const { data, width, height } = image;
  const { reach, alphas } = stampOf(radius, 0.85);
  const faint = stampOf(radius, 0.3).alphas;
  const rows = ofRow.length;
  const stride = strideOf(rows);

  const dot = (row: number, [red, green, blue]: Rgb, opacities: Uint16Array) => {
    const x = Math.round(view.left + view.scale[0] * (map[2 * row] as number));
    const y = Math.round(view.top + view.scale[1] * (map[2 * row + 1] as number));
    // Skips samples that are cut by the edge.
    if (x < reach || y < reach || x >= width - reach || y >= height - reach) return;
    for (let dy = -reach, i = 0; dy <= reach; ++dy) {
      let at = 4 * ((y + dy) * width + x - reach);
      for (let dx = -reach; dx <= reach; ++dx, ++i, at += 4) {
        const alpha = opacities[i] as number;
        data[at] = (red * alpha + (data[at] as number) * (256 - alpha)) >> 8;
        data[at + 1] = (green * alpha + (data[at + 1] as number) * (256 - alpha)) >> 8;
        data[at + 2] = (blue * alpha + (data[at + 2] as number) * (256 - alpha)) >> 8;
      }
    }
  };
  const pass = (isLit: boolean) => {
    for (let i = 0, row = 0; i < rows; ++i, row = (row + stride) % rows) {
      const category = ofRow[row] as number;
      if ((only === undefined || only.has(category)) !== isLit) continue;
      dot(row, isLit ? (colours[category] ?? dimmed) : dimmed, isLit ? alphas : faint);
    }
  };
  if (only !== undefined) pass(false);
  pass(true);
}

/** Fills the image with one colour. */
export function fillImage(image: ImageData, [red, green, blue]: Rgb): void {
  const pixel = new Uint32Array(new Uint8ClampedArray([red, green, blue, 255]).buffer)[0] as number;
  new Uint32Array(image.data.buffer).fill(pixel);
}
