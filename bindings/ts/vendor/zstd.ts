/** Zstandard. */
export { Decompress } from 'fzstd';
