#include "index/decimal.h"

#include <cmath>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "support.h"

namespace signalbox {
namespace {

TEST(ShortestDecimal, IsTheNumberThatWasWritten) {
  for (const double written : {0.1,  0.2,   0.3,      0.8,  0.9,   1.2,        0.035, 0.0000125, 2.5, 7.24,
                               70.6, 671.0, 123456.7, 1e-9, 3e-20, 12345678.0, 1e15,  0.5,       1.0, 1000000.0}) {
    EXPECT_EQ(shortest_decimal(static_cast<float>(written)), written);
  }
}

TEST(ShortestDecimal, ReadsBackAndHasNoFewerDigitsThatDo) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> exponent(-12, 12);
  for (int i = 0; i < 20000; ++i) {
    const float value = std::pow(10.0F, exponent(random));
    const double decimal = shortest_decimal(value);
    ASSERT_EQ(static_cast<float>(decimal), value);
    char text[64];
    int digits = 0;
    do std::snprintf(text, sizeof text, "%.*e", digits++, static_cast<double>(value));
    while (std::strtof(text, nullptr) != value);
    ASSERT_EQ(decimal, std::strtod(text, nullptr)) << text;
  }
}

TEST(ShortestDecimal, LeavesWhatHasNoDecimal) {
  EXPECT_EQ(shortest_decimal(0), 0);
  EXPECT_EQ(shortest_decimal(-1), -1) << "an unknown number";
  EXPECT_TRUE(std::isnan(shortest_decimal(std::numeric_limits<float>::quiet_NaN())));
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(shortest_decimal(infinity), static_cast<double>(infinity));
  for (const float tiny : {std::numeric_limits<float>::denorm_min(), std::numeric_limits<float>::max(), 1e-30F}) {
    EXPECT_EQ(shortest_decimal(tiny), static_cast<double>(tiny));
  }
}

TEST(RoundedDecimal, UndoesTheErrorsOfSums) {
  EXPECT_EQ(rounded_decimal(0.1 + 0.2), 0.3);
  EXPECT_EQ(rounded_decimal(0.7 + 0.1 + 0.2), 1);
  EXPECT_EQ(rounded_decimal(1.1 + 2.2), 3.3);
  EXPECT_EQ(rounded_decimal(0), 0);
  EXPECT_EQ(rounded_decimal(-1), -1);
  EXPECT_EQ(rounded_decimal(123456.789), 123456.789);
}

TEST(NumberText, WritesNumbersAsPeopleDo) {
  const std::vector<std::pair<double, const char*>> cases = {{0, "0"},
                                                             {-0.0, "0"},
                                                             {1, "1"},
                                                             {-3, "-3"},
                                                             {1e6, "1000000"},
                                                             {1e15, "1000000000000000"},
                                                             {0.25, "0.25"},
                                                             {-1.5, "-1.5"},
                                                             {0.1 + 0.2, "0.3"},
                                                             {1.0000004, "1"},
                                                             {1.9999996, "2"},
                                                             {0.0001, "0.0001"},
                                                             {123.000456, "123.000456"},
                                                             {1.5e-7, "1.5e-7"},
                                                             {2e300, "2e300"},
                                                             {1234567890.5, "1.234568e9"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(number_text(value), text);
  EXPECT_EQ(number_text(static_cast<double>(.1F)), "0.1");
  EXPECT_EQ(number_text(std::nan("")), "NaN");
  EXPECT_EQ(number_text(-std::numeric_limits<double>::infinity()), "-infinity");
  EXPECT_EQ(number_text(std::numeric_limits<double>::denorm_min()).substr(1), ".940656e-324");
}

}  // namespace
}  // namespace signalbox
