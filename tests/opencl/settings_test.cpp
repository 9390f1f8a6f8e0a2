#include "runtime/opencl/settings.hpp"

#include <gmock/gmock.h>

#include "opencl/fixture.hpp"

namespace tarn::opencl {
namespace {

using test::ScopedVariable;
using test::text_of;

// No variable of ours is set, and HOME is known.
class SettingsTest : public testing::Test {
 protected:
  static std::string refusal(const DeviceOptions& options = {}) {
    return text_of<ValueError>([&] { read_settings(options); });
  }

 private:
  ScopedVariable device_{"TARN_DEVICE", {}}, allocator_{"TARN_ALLOCATOR", {}},
      cache_limit_{"TARN_CACHE_LIMIT", {}}, memory_limit_{"TARN_MEMORY_LIMIT", {}},
      cache_dir_{"TARN_CACHE_DIR", {}}, log_{"TARN_LOG", {}}, xdg_{"XDG_CACHE_HOME", {}},
      home_{"HOME", "/home/ada"}, faults_{"TARN_FAIL_ALLOC", {}}, poison_{"TARN_POISON", {}},
      trace_{"TARN_TRACE", {}}, stats_{"TARN_STATS", {}}, winograd_{"TARN_WINOGRAD", {}},
      huge_pages_{"TARN_HUGE_PAGES", {}}, tune_{"TARN_TUNE", {}};
};

TEST_F(SettingsTest, HaveDefaults) {
  const Settings settings = read_settings({});
  EXPECT_EQ(settings.device, "");
  EXPECT_EQ(settings.allocator, AllocatorMode::lru);
  EXPECT_EQ(settings.cache_limit, std::nullopt);
  EXPECT_EQ(settings.memory_limit, std::nullopt);
  EXPECT_FALSE(settings.exact_sizes);
  EXPECT_TRUE(settings.winograd);
  EXPECT_FALSE(settings.tune);
  EXPECT_TRUE(settings.huge_pages);
  EXPECT_EQ(settings.faults, std::nullopt);
  EXPECT_EQ(settings.trace, std::nullopt);
  EXPECT_EQ(settings.stats, std::nullopt);
  EXPECT_EQ(settings.cache_directory, "/home/ada/.cache/tarn");
  EXPECT_EQ(settings.log, LogLevel::off);
}

TEST_F(SettingsTest, ComeFromTheEnvironment) {
  const ScopedVariable device("TARN_DEVICE", "pocl"), allocator("TARN_ALLOCATOR", "direct"),
      cache("TARN_CACHE_LIMIT", "256MiB"), memory("TARN_MEMORY_LIMIT", "4GiB"),
      directory("TARN_CACHE_DIR", "/var/cache/tarn"), log("TARN_LOG", "trace"),
      faults("TARN_FAIL_ALLOC", "bytes:64MiB"), poison("TARN_POISON", "1"),
      trace("TARN_TRACE", "run.trace"), stats("TARN_STATS", "run.stats"),
      winograd("TARN_WINOGRAD", "0"), tune("TARN_TUNE", "1"), huge_pages("TARN_HUGE_PAGES", "0");
  const Settings settings = read_settings({});
  EXPECT_EQ(settings.device, "pocl");
  EXPECT_EQ(settings.allocator, AllocatorMode::direct);
  EXPECT_EQ(settings.cache_limit, std::size_t{256} << 20);
  EXPECT_EQ(settings.memory_limit, std::size_t{4} << 30);
  EXPECT_EQ(settings.cache_directory, "/var/cache/tarn");
  EXPECT_EQ(settings.log, LogLevel::trace);
  EXPECT_TRUE(settings.poison);
  EXPECT_FALSE(settings.winograd);
  EXPECT_TRUE(settings.tune);
  EXPECT_FALSE(settings.huge_pages);
  EXPECT_EQ(settings.trace, "run.trace");
  EXPECT_EQ(settings.stats, "run.stats");
  EXPECT_EQ(settings.faults, memory::FaultPlan{.bytes = std::size_t{64} << 20});
}

TEST_F(SettingsTest, OptionsGoBeforeTheEnvironment) {
  const ScopedVariable device("TARN_DEVICE", "pocl"), allocator("TARN_ALLOCATOR", "nonsense"),
      cache("TARN_CACHE_LIMIT", "nonsense"), memory("TARN_MEMORY_LIMIT", "nonsense"),
      winograd("TARN_WINOGRAD", "nonsense"), tune("TARN_TUNE", "nonsense");
  const Settings settings = read_settings({.device = "rusticl",
                                           .allocator = AllocatorMode::direct,
                                           .cache_limit = 1,
                                           .memory_limit = 2,
                                           .exact_sizes = true,
                                           .winograd = false,
                                           .tune = true});
  EXPECT_EQ(settings.device, "rusticl");
  EXPECT_EQ(settings.allocator, AllocatorMode::direct);
  EXPECT_EQ(settings.cache_limit, 1u);
  EXPECT_EQ(settings.memory_limit, 2u);
  EXPECT_TRUE(settings.exact_sizes);
  EXPECT_FALSE(settings.winograd);
  EXPECT_TRUE(settings.tune);
}

TEST_F(SettingsTest, AnEmptyVariableIsNotSet) {
  const ScopedVariable allocator("TARN_ALLOCATOR", ""), cache("TARN_CACHE_LIMIT", "");
  EXPECT_EQ(read_settings({}).allocator, AllocatorMode::lru);
  EXPECT_EQ(read_settings({}).cache_limit, std::nullopt);
}

TEST_F(SettingsTest, TheCacheCanBeOff) {
  for (const char* off : {"off", "0"}) {
    const ScopedVariable cache("TARN_CACHE_LIMIT", off);
    EXPECT_EQ(read_settings({}).cache_limit, 0u);
  }
}

TEST_F(SettingsTest, BinariesFollowXdgAndCanBeOff) {
  const ScopedVariable xdg("XDG_CACHE_HOME", "/cache");
  EXPECT_EQ(read_settings({}).cache_directory, "/cache/tarn");
  const ScopedVariable off("TARN_CACHE_DIR", "off");
  EXPECT_EQ(read_settings({}).cache_directory, std::nullopt);
}

TEST_F(SettingsTest, WithoutAHomeThereAreNoBinaries) {
  const ScopedVariable home("HOME", std::nullopt);
  EXPECT_EQ(read_settings({}).cache_directory, std::nullopt);
}

TEST_F(SettingsTest, ABadValueNamesVariableValueAndWhatIsAllowed) {
  {
    const ScopedVariable bad("TARN_ALLOCATOR", "LRU");
    EXPECT_EQ(refusal(), "TARN_ALLOCATOR: 'LRU' is not allowed; allowed are lru, direct");
  }
  {
    const ScopedVariable bad("TARN_WINOGRAD", "no");
    EXPECT_EQ(refusal(), "TARN_WINOGRAD: 'no' is not allowed; allowed are 0, 1");
  }
  {
    const ScopedVariable bad("TARN_LOG", "loud");
    EXPECT_EQ(refusal(),
              "TARN_LOG: 'loud' is not allowed; allowed are off, warn, info, debug, trace");
  }
  {
    const ScopedVariable bad("TARN_CACHE_LIMIT", "some");
    EXPECT_THAT(refusal(), testing::StartsWith("TARN_CACHE_LIMIT: 'some' is no amount of bytes; "
                                               "allowed are a whole number"));
  }
  {
    const ScopedVariable bad("TARN_MEMORY_LIMIT", "-1");
    EXPECT_THAT(refusal(), testing::StartsWith("TARN_MEMORY_LIMIT: '-1' is no amount of bytes"));
  }
  {
    const ScopedVariable bad("TARN_FAIL_ALLOC", "every:0");
    EXPECT_THAT(refusal(), testing::StartsWith("TARN_FAIL_ALLOC: 'every:0' is no plan of failures; "
                                               "allowed are every:N"));
  }
}

TEST_F(SettingsTest, AMemoryLimitOfNothingIsRefused) {
  const ScopedVariable off("TARN_MEMORY_LIMIT", "off");
  EXPECT_EQ(refusal(),
            "TARN_MEMORY_LIMIT: 'off' is not allowed; allowed are amounts of more than no bytes");
  EXPECT_EQ(refusal({.memory_limit = 0}),
            "DeviceOptions::memory_limit: '0' is not allowed; allowed are amounts of more than no "
            "bytes");
}

TEST_F(SettingsTest, ABadValueStopsADeviceFromOpening) {
  const ScopedVariable bad("TARN_ALLOCATOR", "fast");
  EXPECT_THROW(Device(), ValueError);
}

}  // namespace
}  // namespace tarn::opencl
