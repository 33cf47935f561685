// The benchmark's measurements, in plain C: one interface for the native command and for the wasm module. One data set
// and one code type are held at a time.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

/// Number of queries in a data set, and of neighbours per search.
constexpr std::uint32_t kBenchQueries = 64;
constexpr std::uint32_t kBenchNeighbours = 10;

/// Generates seeded vectors [rows, dim], quantised to a CodeType; the same bytes natively and in wasm. Shapes: 0 in 100
/// clusters, 1 uniform directions, 2 in 100 tight clusters with copies, 3 skewed to one side and to a few components.
void bench_generate(std::uint32_t rows, std::uint32_t dim, std::uint32_t code_type, std::uint32_t shape);

/// Returns room for vectors of the caller, float32 [rows + kBenchQueries, dim], queries last; bench_quantise takes
/// them.
float* bench_reserve(std::uint32_t rows, std::uint32_t dim);
void bench_quantise(std::uint32_t rows, std::uint32_t dim, std::uint32_t code_type);

/// Loads the rows of an index file instead, with its first rows as queries. Takes ownership of bytes from malloc.
/// Returns 0 if they are not an index.
std::uint32_t bench_open(std::uint8_t* bytes, std::size_t size);

/// Sums the codes once, as fast as memory delivers them: a lower bound for the time of any exact search.
std::uint32_t bench_read();

/// Prepares the queries first..first+count-1 and finds their neighbours, for bench_neighbours.
/// Returns a CRC-32 of rows and distances.
std::uint32_t bench_search(std::uint32_t first, std::uint32_t count);

/// Chooses between exact searches and fast ones, by sketches of the rows, which the first choice makes.
void bench_make_fast(std::uint32_t is_fast);

/// Returns the bytes of codes and sketches that the last search read.
double bench_bytes();

/// Returns the rows of the last search's neighbours [count, kBenchNeighbours].
const std::uint32_t* bench_neighbours();

std::uint32_t bench_rows();
std::uint32_t bench_dim();
std::uint32_t bench_code_type();

/// Returns an index file of the data set, with made-up outcomes of 20 models, and its size. Freed by the next call.
const std::uint8_t* bench_index_file(std::size_t* size);
}
