/** Returns the address of the table, as `LoadOptions.multilingual` takes it. */
export declare function table(): URL;
