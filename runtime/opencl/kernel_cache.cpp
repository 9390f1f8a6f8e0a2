#include "runtime/opencl/kernel_cache.hpp"

#include <chrono>
#include <utility>

#include "runtime/opencl/address_space.hpp"
#include "runtime/opencl/error.hpp"
#include "runtime/opencl/log.hpp"
#include "tarn/error.hpp"

namespace tarn::opencl {
namespace {

// No flag of fast mathematics: they break NaN and gain nothing. Whether a*b+c is contracted, the
// sources say.
constexpr const char* kBuildOptions = "-cl-std=CL1.2";

// Everything but the source that makes one binary differ from another.
std::string describe_device(const cl::Device& device) {
  return guarded([&] {
    const cl::Platform platform(device.getInfo<CL_DEVICE_PLATFORM>());
    std::string identity = "tarn " TARN_VERSION "\n";
    for (const std::string& part :
         {platform.getInfo<CL_PLATFORM_NAME>(), platform.getInfo<CL_PLATFORM_VERSION>(),
          device.getInfo<CL_DEVICE_NAME>(), device.getInfo<CL_DEVICE_VERSION>(),
          device.getInfo<CL_DRIVER_VERSION>(), std::string(kBuildOptions)}) {
      identity += part + "\n";
    }
    return identity;
  });
}

bool refuses_source(cl_int code) {
  return code == CL_BUILD_PROGRAM_FAILURE || code == CL_COMPILE_PROGRAM_FAILURE ||
         code == CL_LINK_PROGRAM_FAILURE;
}

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

}  // namespace

KernelCache::KernelCache(const cl::Context& context, const Workers& workers,
                         std::shared_ptr<DeviceStatus> status, BinaryCache binaries)
    : workers_(workers),
      status_(std::move(status)),
      device_identity_(describe_device(workers.front())),
      context_(context),
      binaries_(std::move(binaries)),
      programs_(kCapacity) {}

std::vector<Kernel> KernelCache::get(std::span<const KernelSource> sources) {
  const std::lock_guard lock(mutex_);
  status_->check();
  // What this call needs is held here: the cache may be too small for all of it.
  Programs programs;
  Sources missing;
  for (const KernelSource& source : sources) {
    const ProgramPtr* known = programs_.get(source.text);
    counters_.hits += known ? 1 : 0;
    const bool first = programs.emplace(source.text, known ? *known : nullptr).second;
    if (!known && first) missing.push_back(&source);
  }
  if (!missing.empty()) add(missing, programs);

  std::vector<Kernel> kernels;
  kernels.reserve(sources.size());
  for (const KernelSource& source : sources) {
    kernels.emplace_back(programs.at(source.text), source.name);
  }
  return kernels;
}

bool KernelCache::knows(const KernelSource& source) const {
  const std::lock_guard lock(mutex_);
  return programs_.contains(source.text);
}

bool KernelCache::on_disk(std::span<const KernelSource> sources) const {
  std::string text;
  for (const KernelSource& source : sources) text += source.text + "\n";
  return binaries_.contains(identity_of(text));
}

// All in one program. When that does not build, each in its own: then the culprit is known, and
// sources that only do not go together do build.
void KernelCache::add(const Sources& sources, Programs& programs) {
  try {
    const ProgramPtr program = make_program(sources);
    for (const KernelSource* source : sources) {
      programs[source->text] = program;
      programs_.put(source->text, program);
    }
  } catch (const BuildError&) {
    if (sources.size() == 1) throw;
    for (const KernelSource* source : sources) add({source}, programs);
  }
}

KernelCache::ProgramPtr KernelCache::make_program(const Sources& sources) {
  std::string text;
  for (const KernelSource* source : sources) text += source->text + "\n";
  std::string identity = identity_of(text);
  using profile::ScopedSpan;
  const std::string kernels = std::to_string(sources.size()) + " kernels";
  const std::string loading = "load " + kernels, building = "build " + kernels;
  const auto loaded = [&] {
    const ScopedSpan span(recorder_, profile::Track::builds, loading);
    return load(identity);
  };
  if (ProgramPtr program = loaded()) {
    ++counters_.programs_loaded;
    return program;
  }
  need_address_space(kRoomToBuild, "building kernels");
  const ScopedSpan span(recorder_, profile::Track::builds, building);
  const auto start = std::chrono::steady_clock::now();
  const auto program = std::make_shared<Program>();
  program->handle = build(text, sources);
  program->identity = std::move(identity);
  ++counters_.programs_built;
  counters_.kernels_built += sources.size();
  if (binaries_.enabled()) unsaved_.push_back(program);
  log().debug("built {} kernels in {:.1f} ms", sources.size(), milliseconds_since(start));
  return program;
}

cl::Program KernelCache::build(const std::string& text, const Sources& sources) const {
  log().trace("building\n{}", text);
  const cl::Program program = guarded([&] { return cl::Program(context_, text); });
  std::vector<cl_device_id> devices;
  for (const cl::Device& worker : workers_) devices.push_back(worker());
  const cl_int code = clBuildProgram(program(), static_cast<cl_uint>(devices.size()),
                                     devices.data(), kBuildOptions, nullptr, nullptr);
  if (code == CL_SUCCESS) return program;
  if (!refuses_source(code)) raise("clBuildProgram", code);
  const std::string log =
      guarded([&] { return program.getBuildInfo<CL_PROGRAM_BUILD_LOG>(workers_.front()); });
  throw BuildError("kernel " + sources.front()->name + " does not build: " +
                       describe("clBuildProgram", code) + "\n" + log + "\n" + number_lines(text),
                   log, text);
}

KernelCache::ProgramPtr KernelCache::load(const std::string& identity) const {
  const auto binary = binaries_.load(identity);
  if (!binary) return nullptr;
  try {
    const auto program = std::make_shared<Program>();
    // Workers are devices of one kind: what was compiled for one is every one's.
    const cl::Program::Binaries binaries(workers_.size(), *binary);
    program->handle = cl::Program(context_, workers_, binaries);
    program->handle.build(workers_, kBuildOptions);
    program->identity = identity;
    log().debug("loaded a program of {} bytes", binary->size());
    return program;
  } catch (const cl::Error& error) {
    log().debug("the driver refuses its binary: {}", describe(error.what(), error.err()));
    binaries_.remove(identity);
    return nullptr;
  }
}

namespace {

// Filed as a program of this text would be.
std::string text_of_fact(std::string_view name) { return "fact: " + std::string(name); }

}  // namespace

std::string KernelCache::fact(std::string_view name) const {
  const auto value = binaries_.load(identity_of(text_of_fact(name)));
  return value ? std::string(value->begin(), value->end()) : std::string();
}

void KernelCache::keep_fact(std::string_view name, std::string_view value) const {
  const std::vector<unsigned char> bytes(value.begin(), value.end());
  binaries_.save(identity_of(text_of_fact(name)), bytes);
}

void KernelCache::save_binaries() noexcept {
  const std::lock_guard lock(mutex_);
  if (status_->usable()) save_unsaved();
}

void KernelCache::save_unsaved() noexcept {
  for (const ProgramPtr& program : std::exchange(unsaved_, {})) {
    try {
      const auto binaries = program->handle.getInfo<CL_PROGRAM_BINARIES>();
      if (!binaries.empty() && !binaries[0].empty()) {
        binaries_.save(program->identity, binaries[0]);
      }
    } catch (const cl::Error& error) {
      log().debug("no binary to save: {}", describe(error.what(), error.err()));
    } catch (const std::exception& error) {
      log().debug("no binary to save: {}", error.what());
    }
  }
}

void KernelCache::discard_unsaved() noexcept {
  const std::lock_guard lock(mutex_);
  unsaved_.clear();
}

std::size_t KernelCache::unsaved_programs() const {
  const std::lock_guard lock(mutex_);
  return unsaved_.size();
}

KernelCounters KernelCache::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

void KernelCache::close() noexcept {
  save_binaries();
  const std::lock_guard lock(mutex_);
  unsaved_.clear();
  programs_.clear();
}

}  // namespace tarn::opencl
