// What `ulimit -v` leaves of a process's address space. Where nothing is left, drivers on the host
// and their compilers abort the process in many places. So room is kept for them: what would take
// of it, or needs more than there is, is refused beforehand by an exception.
#pragma once

#include <cstddef>
#include <string_view>

namespace tarn::opencl {

// What was seen of PoCL with LLVM 15, rounded up.
inline constexpr std::size_t kRoomToOpen = std::size_t{384} << 20;   ///< its libraries, its threads
inline constexpr std::size_t kRoomToBuild = std::size_t{128} << 20;  ///< one program, and to launch
inline constexpr std::size_t kRoomToSave = std::size_t{288} << 20;   ///< binaries, in a new thread
inline constexpr std::size_t kRoomToRun = std::size_t{64} << 20;     ///< what is built already

/// Whether anything limits it.
bool address_space_is_limited();
/// Bytes that can still be mapped, if the system has them; the largest number where nothing limits.
std::size_t address_space_left();
/// Throws: OutOfMemory when fewer bytes are left; `what` needs them.
void need_address_space(std::size_t bytes, std::string_view what);

}  // namespace tarn::opencl
