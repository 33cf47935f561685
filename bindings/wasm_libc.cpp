// Stands in for functions of the C library that take much code, of which the wasm modules use little: the linker's
// --wrap sends every call here (CMakeLists.txt).
#include <cstdarg>
#include <cstddef>
#include <cstdlib>
#include <cstring>

extern "C" {

/// Parses a decimal number, as JavaScript does: correctly rounded, like the C library's own (wasm-library.js).
double signalbox_parse_number(const char* text);

/// Serves nlohmann_json, whose lexer passes numbers of JSON only, without anything after them.
double __wrap_strtod(const char* text, char** end) {
  if (end != nullptr) *end = const_cast<char*>(text) + std::strlen(text);
  return signalbox_parse_number(text);
}
}

namespace {

/// Writes text in which each directive (%04x, %.4X, %p) is an unsigned number, as at least four hexadecimal digits.
int write_hex(char* out, std::size_t size, const char* format, std::va_list arguments) {
  std::size_t length = 0;
  const auto put = [&](char c) {
    if (length + 1 < size) out[length] = c;
    ++length;
  };
  for (; *format != '\0'; ++format) {
    if (*format != '%') {
      put(*format);
      continue;
    }
    format += std::strcspn(format, "xXp");
    if (*format == '\0') std::abort();  // A directive that nothing here was known to use.
    const char* digits = *format == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    const unsigned value = va_arg(arguments, unsigned);
    for (int shift = 28; shift >= 0; shift -= 4) {
      if (shift < 16 || value >> shift != 0) put(digits[(value >> shift) & 15U]);
    }
  }
  if (size > 0) out[length < size ? length : size - 1] = '\0';
  return static_cast<int>(length);
}

}  // namespace

extern "C" {

int __wrap_snprintf(char* out, std::size_t size, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const int length = write_hex(out, size, format, arguments);
  va_end(arguments);
  return length;
}

/// Serves Embind, which writes the address of a type that was not registered. The compiler turns it into siprintf.
int __wrap_siprintf(char* out, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const int length = write_hex(out, static_cast<std::size_t>(-1), format, arguments);
  va_end(arguments);
  return length;
}
}
