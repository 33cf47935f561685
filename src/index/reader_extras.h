// Reads the parts of an index file that version 2 added, but for prices and packed outcomes.
#pragma once

#include "index/index.h"
#include "index/layout.h"
#include "index/section_reader.h"
#include "status.h"

namespace signalbox {

/// Reads the optional parts that are there; failures are the reader's.
void read_extras(SectionReader& reader, const layout::Header& header, Index& index);

/// Checks that the rows of tasks with scores have no outcomes, and that tasks with links have neither. The tasks of the
/// rows must have been checked.
[[nodiscard]] Status check_extras(const Index& index);

}  // namespace signalbox
