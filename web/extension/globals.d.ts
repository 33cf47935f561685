/** Set at build time; each browser has its own build. */
declare const FIREFOX: boolean;

/** Set at build time: the folder of the table of other languages; `null` in a build that reads English only. */
declare const LANGUAGES: string | null;

/** Firefox only. */
declare const browser: {
  sidebarAction: { open(): Promise<void> };
};
