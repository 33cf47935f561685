/** Writing Parquet tables. */
export { type ByteWriter, fileWriter, parquetWriteRows } from 'hyparquet-writer';
