// Replays the seed corpus of the fuzzers, and all their past findings, without a fuzzer.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "../fuzz/targets.h"
#include "support.h"

namespace signalbox {
namespace {

std::size_t replay(const std::string& name, void (*target)(std::span<const std::uint8_t>)) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(SIGNALBOX_CORPUS) + "/" + name)) {
    SCOPED_TRACE(entry.path().string());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    target({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    ++count;
  }
  return count;
}

TEST(Corpus, HoldsNothingThatBreaksTheIndexReader) { EXPECT_GT(replay("index", fuzz::fuzz_index), 10U); }

TEST(Corpus, HoldsNothingThatBreaksTheBoundary) { EXPECT_GT(replay("boundary", fuzz::fuzz_boundary), 5U); }

TEST(Corpus, HoldsNothingThatBreaksASession) { EXPECT_GT(replay("session", fuzz::fuzz_session), 2U); }

TEST(Corpus, HoldsNothingThatBreaksTheLab) { EXPECT_GT(replay("lab", fuzz::fuzz_lab), 3U); }

}  // namespace
}  // namespace signalbox
