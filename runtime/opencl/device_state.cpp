#include "runtime/opencl/device_state.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/memory/byte_size.hpp"
#include "runtime/opencl/address_space.hpp"
#include "runtime/opencl/device_rates.hpp"
#include "runtime/opencl/error.hpp"
#include "runtime/opencl/log.hpp"
#include "runtime/opencl/platforms.hpp"
#include "runtime/opencl/system_memory.hpp"
#include "runtime/profile/chrome_trace.hpp"
#include "runtime/profile/kernel_table.hpp"
#include "tarn/error.hpp"

namespace tarn {
namespace {

using memory::format_bytes;

// Programs whose binaries wait in memory, at most: a process that is killed loses no more.
constexpr std::size_t kUnsavedPrograms = 8;

// What is open now, to be closed at exit. Never destroyed: handlers at exit use it.
struct OpenStates {
  std::mutex mutex;
  std::vector<std::weak_ptr<DeviceState>> states;
};

OpenStates& open_states() {
  static auto* const states = new OpenStates;
  return *states;
}

void close_all() {
  std::vector<std::weak_ptr<DeviceState>> states;
  {
    const std::lock_guard lock(open_states().mutex);
    states.swap(open_states().states);
  }
  for (const auto& weak : states) {
    if (const auto state = weak.lock()) state->close();
  }
}

// Drivers tear themselves down at exit too. This handler is registered when they have been loaded,
// so it runs before theirs; what lives on in globals afterwards finds its device closed, and makes
// no call of OpenCL. But what drivers keep for the thread that exits has gone by now (Oclgrind
// writes to it still), so the last calls are another thread's.
void close_all_in_another_thread() {
  try {
    std::thread(close_all).join();
  } catch (const std::system_error&) {
    close_all();  // no thread to be had
  }
}

// Handlers at exit run in reverse order of their registration. Drivers compile at the first launch
// of a program, perhaps in a thread of their own, and what their compiler keeps until exit is made
// then. Closing compiles too (for the binaries), so it must come before that is destroyed.
void register_exit_handler() { std::atexit(close_all_in_another_thread); }

void close_at_exit(const std::shared_ptr<DeviceState>& state) {
  OpenStates& open = open_states();
  const std::lock_guard lock(open.mutex);
  register_exit_handler();
  std::erase_if(open.states, [](const auto& weak) { return weak.expired(); });
  open.states.push_back(state);
}

// PoCL uses the host's memory where it lies; others may keep a copy.
opencl::DirectOptions direct_options(const DeviceInfo& info, const opencl::Settings& settings) {
  const bool in_place = info.platform == "Portable Computing Language" && info.unified_memory;
  return {.placement = info.unified_memory ? opencl::Placement::host : opencl::Placement::device,
          .huge_pages = settings.huge_pages && in_place};
}

// Those that can be trusted.
opencl::Workers usable_workers(const cl::Context& context, const opencl::Workers& workers,
                               opencl::DirectAllocator& driver) {
  if (workers.size() == 1) return workers;
  constexpr std::size_t kBytes = 64;
  const Block from = driver.allocate(kBytes, {});
  const Block to = driver.allocate(kBytes, {});
  const bool all = opencl::share_memory(context, workers, from, to);
  driver.release(from);
  driver.release(to);
  return all ? workers : opencl::Workers{workers.front()};
}

// Each device of the process has a file of its own: FILE, FILE.2, FILE.3 ...
std::filesystem::path own_file(std::filesystem::path path, std::atomic<int>& opened) {
  if (const int number = ++opened; number > 1) path += "." + std::to_string(number);
  return path;
}

std::shared_ptr<memory::TraceWriter> open_trace(const opencl::Settings& settings) {
  static std::atomic<int> opened = 0;
  if (!settings.trace) return nullptr;
  return std::make_shared<memory::TraceWriter>(own_file(*settings.trace, opened));
}

std::optional<std::filesystem::path> profile_file(const opencl::Settings& settings) {
  static std::atomic<int> opened = 0;
  if (!settings.profile) return std::nullopt;
  return own_file(*settings.profile, opened);
}

std::filesystem::path stats_file(const std::filesystem::path& path) {
  static std::atomic<int> opened = 0;
  return own_file(path, opened);
}

memory::StackOptions stack_options(const DeviceInfo& info, const opencl::Settings& settings) {
  const std::size_t there =
      std::min({info.memory_bytes, opencl::system_memory_limit(), opencl::address_space_left()});
  const std::size_t memory_limit = settings.memory_limit.value_or(there / 10 * 9);
  return {.mode = settings.allocator,
          .cache_limit = settings.cache_limit.value_or(memory_limit / 4),
          .memory_limit = memory_limit,
          .max_block_bytes = info.max_block_bytes,
          .exact = settings.exact_sizes,
          .faults = settings.faults};
}

memory::StackOptions traced(memory::StackOptions options, const opencl::Settings& settings) {
  options.trace = open_trace(settings);
  return options;
}

}  // namespace

std::shared_ptr<DeviceState> DeviceState::open(const DeviceOptions& options) {
  const opencl::Settings settings = opencl::read_settings(options);
  opencl::set_log_level(settings.log);
  const opencl::Discovery found = opencl::discover();
  const auto index = static_cast<std::size_t>(opencl::select(found.inventory, settings.device));
  const DeviceInfo& info = found.inventory.devices[index];
  auto state = std::make_shared<DeviceState>(
      info, opencl::choose_workers(found.workers[index], settings.lanes, info.name), settings);
  close_at_exit(state);
  return state;
}

DeviceState::DeviceState(const DeviceInfo& info, const opencl::Workers& workers,
                         const opencl::Settings& settings)
    : info_(info),
      status_(std::make_shared<opencl::DeviceStatus>(info.name)),
      context_(opencl::make_context(workers)),
      driver_(std::make_shared<opencl::DirectAllocator>(context_, workers.front(),
                                                        direct_options(info, settings), status_)),
      workers_(usable_workers(context_, workers, *driver_)),
      lanes_(settings.lanes),
      winograd_(settings.winograd),
      tune_(settings.tune),
      stream_(context_, workers_, status_, register_exit_handler),
      stack_(memory::make_allocator_stack(driver_, traced(stack_options(info, settings), settings),
                                          {.finish = [this] { stream_.finish(); },
                                           .submit = [this] { stream_.submit_held_by_anyone(); }})),
      kernels_(context_, workers_, status_, opencl::BinaryCache(settings.cache_directory)),
      profile_(profile_file(settings)) {
  stream_.record_to(recorder_);
  kernels_.record_to(recorder_);
  if (settings.poison) watch_memory();
  if (settings.stats) {
    published_.emplace(stats_file(*settings.stats), [this] { return stack_->snapshot(); });
  }
  stream_.set_timing(settings.log >= opencl::LogLevel::debug);
  if (profile_) start_profile();
  const memory::StatsSnapshot limits = stack_->snapshot();
  opencl::log().info("opened device {}: {} ({}, {}), allocator {}, memory limit {}, cache limit {}",
                     info_.index, info_.name, info_.platform, info_.version,
                     to_string(stack_->mode()), format_bytes(limits.memory_limit),
                     format_bytes(limits.cache_limit));
}

DeviceState::~DeviceState() { close(); }

void DeviceState::watch_memory() {
  opencl::Poison& poison = poison_.emplace(*stack_, stream_);
  stream_.set_checks(
      {.launched = [&poison](const opencl::Kernel& kernel) { poison.check_after(kernel.name()); },
       .read = opencl::Poison::check_read});
}

std::shared_ptr<Allocator> DeviceState::allocator() {
  if (poison_) return {shared_from_this(), &*poison_};
  return {shared_from_this(), stack_.get()};
}

void DeviceState::synchronize() {
  stream_.finish();
  if (kernels_.unsaved_programs() >= kUnsavedPrograms) kernels_.save_binaries();
}

void DeviceState::close() noexcept {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  closed_ = true;
  try {
    stream_.finish();
  } catch (const std::exception& error) {
    opencl::log().error("closing {}: {}", info_.name, error.what());
  }
  end_profile();
  if (attachment_) attachment_->close();
  // Asking for a binary may compile, and a compiler that finds no memory takes the process with it.
  const bool short_of_memory =
      stack_->stats().failures > 0 || opencl::address_space_left() < opencl::kRoomToSave;
  if (short_of_memory) kernels_.discard_unsaved();
  kernels_.close();
  log_totals();
  if (poison_) poison_->flush();
  end_trace();
  published_.reset();
  stack_->trim();
  stack_->set_cache_limit(0);  // what is released from now on is not worth keeping
  status_->close();
  driver_->close();
  stream_.close();
}

void DeviceState::start_profile() {
  const std::lock_guard lock(mutex_);
  if (recorder_.on()) throw ValueError("profiler: " + info_.name + " is being profiled already");
  stream_.set_recording(true);
  recorder_.start();
  memory_recorder_.changed();  // where the counters begin
  stack_->observe(&memory_recorder_);
}

profile::Recording DeviceState::stop_profile() {
  const std::lock_guard lock(mutex_);
  stack_->observe(nullptr);
  try {
    stream_.set_recording(false);
  } catch (...) {
    recorder_.stop();
    throw;
  }
  return recorder_.stop();
}

DeviceRates DeviceState::rates() {
  const std::lock_guard lock(mutex_);
  check_usable();
  if (info_.kind == DeviceKind::simulator) return {};
  return opencl::device_rates(kernels(), stream_, *driver_, info_);
}

// For TARN_PROFILE: the trace to its file, the table to standard error.
void DeviceState::end_profile() noexcept try {
  if (!profile_ || !recorder_.on()) return;
  const profile::Recording recording = stop_profile();
  profile::write_chrome_trace(*profile_, recording);
  std::ostringstream table;
  profile::print_kernel_table(table, profile::kernel_times(recording), rates());
  std::cerr << info_.name << ", profile in " << profile_->string() << '\n' << table.str();
} catch (const std::exception& error) {
  std::cerr << "profiling " << info_.name << ": " << error.what() << '\n';
}

// What closing does is not the program's.
void DeviceState::end_trace() noexcept {
  if (!stack_->trace()) return;
  stack_->trace()->end();
  if (!stack_->trace()->good()) opencl::log().warn("the trace of {} is incomplete", info_.name);
}

void DeviceState::log_totals() const noexcept {
  if (!opencl::log().should_log(spdlog::level::info)) return;
  try {
    const opencl::KernelCounters kernels = kernels_.counters();
    std::ostringstream stats;
    stats << stack_->stats();
    opencl::log().info("closing {}: {} kernels built in {} programs, {} programs from disk\n{}",
                       info_.name, kernels.kernels_built, kernels.programs_built,
                       kernels.programs_loaded, stats.str());
  } catch (const std::exception&) {
    // Totals are a courtesy; the device is closed without them.
  }
}

}  // namespace tarn
