/** Codecs of Parquet tables. They compile a WebAssembly module as they are imported. */
export { compressors } from 'hyparquet-compressors';
