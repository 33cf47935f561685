/** Set at build time; each browser has its own build. */
declare const FIREFOX: boolean;

/** Firefox only. */
declare const browser: {
  sidebarAction: { open(): Promise<void> };
};
