/** Set at build time; each browser has its own build. */
declare const FIREFOX: boolean;

/** Set at build time: whether the build contains ONNX Runtime. */
declare const ONNX: boolean;

/** Set at build time: the file of the table of other languages; `null` in a build that reads English only. */
declare const LANGUAGES: string | null;

/** Firefox only. */
declare const browser: {
  sidebarAction: { open(): Promise<void> };
};
