/** Set when it is built: there is a folder for each browser. */
declare const FIREFOX: boolean;

/** What only Firefox has. */
declare const browser: {
  sidebarAction: { open(): Promise<void> };
};
