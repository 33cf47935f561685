/** Returns the addresses of the table's files, as `LoadOptions.multilingual` takes them. */
export declare function table(): { tokenizer: URL; model: URL; config: URL };
