// JavaScript that joins the glue of a wasm module. An Emscripten library is run by its preprocessor, not as a module.
mergeInto(LibraryManager.library, {
  // Serves wasm_libc.cpp. `text` is an address.
  signalbox_parse_number: function (text) {
    return Number(UTF8ToString(text));
  },

  // Serves json_writer.cpp. `out` is the address of 32 bytes.
  signalbox_write_number: function (value, out) {
    const text = Object.is(value, -0) ? '-0' : String(value);
    for (let i = 0; i < text.length; ++i) HEAPU8[out + i] = text.charCodeAt(i);
    return text.length;
  },

  // What Embind registers for wide strings, views of memory and JavaScript values, which no registered function takes: a
  // page would load their converters for nothing.
  _embind_register_std_wstring__deps: [],
  _embind_register_std_wstring: function () {},
  _embind_register_memory_view__deps: [],
  _embind_register_memory_view: function () {},
  _embind_register_emval__deps: [],
  _embind_register_emval: function () {},
});
