// Dot products of a tile of rows with a block of queries: the innermost loop of signalbox.
#pragma once

#include <cstddef>

#include "kernels/codes.h"

namespace signalbox {

/// Computes keys[(r - first) * query_count + (q - first_query)] = dot(row r, query q) * scale of row r, in double.
///
/// Takes rows first..last-1 of `rows` and queries first_query..first_query+query_count-1 of `queries`, which must be
/// prepared for the same code type. Integer dot products are exact; float32 ones are summed in four lanes in a fixed
/// order. Native and wasm run the same operations, so that keys are identical bit for bit.
void score_tile(const CodeView& rows, std::size_t first, std::size_t last, const QueryBlock& queries,
                std::size_t first_query, std::size_t query_count, double* keys);

}  // namespace signalbox
