// The native side of the benchmark: reads one command per line from stdin and answers each with one line.
//   generate ROWS DIM CODE_TYPE SHAPE | open FILE -> rows dim code_type
//   fast 0|1                                     -> 0|1
//   read TIMES | search FIRST COUNT TIMES        -> milliseconds of processor time per repetition, and the checksum
//   neighbours COUNT                             -> rows
//   bytes                                        -> bytes that the last search read
//   write FILE                                   -> bytes
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>

#include "bench.h"

namespace {

template <typename Action>
void measure(std::uint32_t times, Action action) {
  std::uint32_t value = 0;
  const std::clock_t start = std::clock();
  for (std::uint32_t i = 0; i < times; ++i) value = action(i);
  const double elapsed = static_cast<double>(std::clock() - start) * 1e3 / CLOCKS_PER_SEC;
  std::cout << elapsed / times << " " << value;
}

bool open(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  auto* copy = static_cast<std::uint8_t*>(std::malloc(bytes.size() + 1));  // NOLINT: bench_open frees it
  std::copy(bytes.begin(), bytes.end(), copy);
  return bench_open(copy, bytes.size()) == 1;
}

void answer(const std::string& verb, std::istream& arguments) {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t c = 0;
  std::uint32_t d = 0;
  std::string path;
  if (verb == "generate" && arguments >> a >> b >> c >> d) {
    bench_generate(a, b, c, d);
    std::cout << bench_rows() << " " << bench_dim() << " " << bench_code_type();
  } else if (verb == "open" && arguments >> path && open(path)) {
    std::cout << bench_rows() << " " << bench_dim() << " " << bench_code_type();
  } else if (verb == "fast" && arguments >> a) {
    bench_make_fast(a);
    std::cout << a;
  } else if (verb == "bytes") {
    std::cout << bench_bytes();
  } else if (verb == "read" && arguments >> a) {
    measure(a, [](std::uint32_t) { return bench_read(); });
  } else if (verb == "search" && arguments >> a >> b >> c) {
    measure(c, [=](std::uint32_t) { return bench_search(a, b); });
  } else if (verb == "neighbours" && arguments >> a) {
    for (std::uint32_t i = 0; i < a * kBenchNeighbours; ++i) std::cout << bench_neighbours()[i] << " ";
  } else if (verb == "write" && arguments >> path) {
    std::size_t size = 0;
    const auto* bytes = reinterpret_cast<const char*>(bench_index_file(&size));
    std::ofstream(path, std::ios::binary).write(bytes, static_cast<std::streamsize>(size));
    std::cout << size;
  } else {
    std::cout << "error " << verb;
  }
  std::cout << std::endl;
}

}  // namespace

int main() {
  std::cout.precision(9);
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream arguments(line);
    std::string verb;
    arguments >> verb;
    answer(verb, arguments);
  }
}
