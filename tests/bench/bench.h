// What the benchmark measures, in plain C: one surface for the native command and for the wasm module. One data set
// and one code type are held at a time.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

/// Number of queries that belong to a data set, and of neighbours that a search looks for.
constexpr std::uint32_t kBenchQueries = 64;
constexpr std::uint32_t kBenchNeighbours = 10;

/// Seeded, clustered vectors [rows, dim], quantised to a CodeType; the same bytes natively and in wasm.
void bench_generate(std::uint32_t rows, std::uint32_t dim, std::uint32_t code_type);

/// The rows of an index file instead; its own first rows are the queries. Takes ownership of bytes from malloc.
/// 0 where they are no index.
std::uint32_t bench_open(std::uint8_t* bytes, std::size_t size);

/// Sums the codes once, as fast as memory delivers them: the time that no exact search can beat.
std::uint32_t bench_read();

/// Prepares the queries first..first+count-1 and finds their neighbours, which bench_neighbours then holds.
/// The value is a CRC-32 of rows and distances.
std::uint32_t bench_search(std::uint32_t first, std::uint32_t count);

/// Rows of the last search's neighbours [count, kBenchNeighbours].
const std::uint32_t* bench_neighbours();

std::uint32_t bench_rows();
std::uint32_t bench_dim();
std::uint32_t bench_code_type();

/// An index file of the data set, with made-up outcomes of 20 models; its size through `size`. Freed by the next call.
const std::uint8_t* bench_index_file(std::size_t* size);
}
