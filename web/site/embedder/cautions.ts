/** Reasons to ask before a download: little space, and a connection that is slow or may cost money. */
import { bytes } from '../../shared/format.js';

/** The Network Information API, which some browsers lack. */
interface Connection {
  saveData?: boolean;
  /** 'cellular', 'wifi', ... */
  type?: string;
  /** 'slow-2g', '2g', '3g' or '4g', which includes anything faster. */
  effectiveType?: string;
  /** Mbit/s. */
  downlink?: number;
}

const connectionOf = (): Connection => (navigator as { connection?: Connection }).connection ?? {};

/** Estimates the duration of a download. */
function durationWords(sizeBytes: number, downlink = 0): string {
  if (!(downlink > 0)) return '';
  const minutes = (8 * sizeBytes) / (1e6 * downlink) / 60;
  return `: the download may take about ${minutes < 1.5 ? 'a minute' : `${Math.round(minutes)} minutes`}`;
}

/** Returns the free space of this page's storage in bytes, or `undefined` if it is unknown. */
async function freeBytes(): Promise<number | undefined> {
  const room = await navigator.storage?.estimate?.().catch(() => undefined);
  return room?.quota === undefined ? undefined : Math.max(0, room.quota - (room.usage ?? 0));
}

/** Returns a sentence for each reason against downloading and storing this many bytes now. */
export async function cautionsFor(sizeBytes: number): Promise<string[]> {
  const { saveData = false, type, effectiveType = '4g', downlink } = connectionOf();
  const free = await freeBytes();
  const found: string[] = [];
  if (free !== undefined && free < sizeBytes) {
    found.push(
      `This browser has room for only ${bytes(free)}, and ${bytes(sizeBytes)} are needed. Free some space first.`,
    );
  }
  if (saveData) found.push('This device is set to save data.');
  if (type === 'cellular') found.push('This is a mobile connection, which may cost money.');
  if (effectiveType !== '4g') found.push(`This connection is slow${durationWords(sizeBytes, downlink)}.`);
  return found;
}
