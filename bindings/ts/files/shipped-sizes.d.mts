/** Bytes of the files that ship, as they are transferred. Written by the build (scripts/setup.mjs). */
export declare const INDEX_BYTES: number;
export declare const EMBEDDER_BYTES: number;
