# Writes size and SHA-256 of a wasm file as a script, by which the package verifies the file before it compiles it.
#   cmake -DWASM=FILE -DSCRIPT=FILE -P wasm-hash.cmake
file(SHA256 ${WASM} HASH)
file(SIZE ${WASM} SIZE)
file(WRITE ${SCRIPT} "export const WASM_FILE = { sha256: '${HASH}', sizeBytes: ${SIZE} };\n")
