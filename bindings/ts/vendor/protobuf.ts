/** The wire format of Protocol Buffers. */
export { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
