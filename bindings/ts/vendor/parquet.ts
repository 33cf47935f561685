/** Parquet tables, without their codecs. */
export {
  type Compressors,
  type FileMetaData,
  parquetMetadata,
  parquetRead,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet';
export { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
export { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
