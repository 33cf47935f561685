// Writes small Parquet files by hand, with any count and size in them.

const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

export function varint(number) {
  const out = [];
  for (let rest = BigInt(number); ; rest >>= 7n) {
    if (rest < 128n) return [...out, Number(rest)];
    out.push(Number(rest & 127n) | 128);
  }
}

const zigzag = (number) => varint(BigInt(number) < 0n ? -2n * BigInt(number) - 1n : 2n * BigInt(number));
const text = (value) => [...varint(Buffer.byteLength(value)), ...Buffer.from(value)];

/** Fields are `[id, type, bytes]`; one without bytes is left out. */
function struct(...fields) {
  let last = 0;
  const out = fields.flatMap(([id, type, bytes]) => {
    if (bytes === undefined) return [];
    const head = ((id - last) << 4) | type;
    last = id;
    return [head, ...bytes];
  });
  return [...out, 0];
}

const i32 = (id, value) => [id, I32, value === undefined ? undefined : zigzag(value)];
const i64 = (id, value) => [id, I64, zigzag(value)];
const binary = (id, value) => [id, BINARY, text(value)];
const nested = (id, bytes) => [id, STRUCT, bytes];
const list = (id, type, items) => [
  id,
  LIST,
  [...(items.length < 15 ? [(items.length << 4) | type] : [0xf0 | type, ...varint(items.length)]), ...items.flat()],
];

const plainInt = (value) => [...new Uint8Array(Int32Array.of(value).buffer)];
const plainText = (value) => [...plainInt(Buffer.byteLength(value)), ...Buffer.from(value)];

const TYPES = { int: { number: 1, plain: plainInt }, text: { number: 6, plain: plainText } };

/** Returns a page of required values; `change` overrides what its header says, `undefined` leaves a field out. */
function page(values, plain, change) {
  const data = change.data ?? values.flatMap(plain);
  const says = { bytes: data.length, unpacked: data.length, values: values.length, encoding: 0, ...change };
  const header = struct(
    i32(1, 0),
    i32(2, says.unpacked),
    i32(3, says.bytes),
    nested(5, struct(i32(1, says.values), i32(2, says.encoding), i32(3, 3), i32(4, 3))),
  );
  return [...header, ...data];
}

/**
 * Returns a file of columns `{ name, type, values, page, meta }`, where `page` and `meta` override what the page and the
 * metadata say; `footer` overrides `rows` and `groupRows`, or replaces all bytes of the metadata.
 */
export function parquetFile(columns, footer = {}) {
  const out = [...Buffer.from('PAR1')];
  const chunks = columns.map(({ name, type, values, page: change = {}, meta = {} }) => {
    const start = out.length;
    const bytes = page(values, TYPES[type].plain, change);
    for (const byte of bytes) out.push(byte);
    const says = { values: values.length, at: start, bytes: bytes.length, ...meta };
    return struct(
      i64(2, start),
      nested(
        3,
        struct(
          i32(1, TYPES[type].number),
          list(2, I32, [zigzag(0)]),
          list(3, BINARY, [text(name)]),
          i32(4, 0),
          i64(5, says.values),
          i64(6, says.bytes),
          i64(7, says.bytes),
          i64(9, says.at),
        ),
      ),
    );
  });
  const rows = columns[0].values.length;
  const schema = [
    struct(binary(4, 'schema'), i32(5, columns.length)),
    ...columns.map(({ name, type }) =>
      struct(i32(1, TYPES[type].number), i32(3, 0), binary(4, name), i32(6, type === 'text' ? 0 : undefined)),
    ),
  ];
  const metadata = footer.bytes ?? [
    ...struct(
      i32(1, 1),
      list(2, STRUCT, schema),
      i64(3, footer.rows ?? rows),
      list(4, STRUCT, [struct(list(1, STRUCT, chunks), i64(2, out.length), i64(3, footer.groupRows ?? rows))]),
    ),
  ];
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length ?? metadata.length);
  return Buffer.concat([Buffer.from(out), Buffer.from(metadata), length, Buffer.from('PAR1')]);
}
