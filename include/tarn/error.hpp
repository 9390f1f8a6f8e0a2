// What can go wrong, by who is to blame. Every exception of tarn is an Error; the text names the
// function or setting, what it was given, and what it wanted.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace tarn {

/// The base of all; thrown itself only where none of the others fits.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The caller's shapes or axes do not go together. Thrown at the line that builds the expression.
struct ShapeError : Error {
  using Error::Error;
};

/// The caller's dtypes do not go together, or are not of the kind that is asked for.
struct DTypeError : Error {
  using Error::Error;
};

/// An argument or a setting of the caller (environment included) has a value that is not allowed.
struct ValueError : Error {
  using Error::Error;
};

/// The machine's OpenCL, or how it was used: no such device, a call that failed, a device that is
/// lost or closed.
struct DeviceError : Error {
  using Error::Error;
};

/// A kernel that the device's compiler refuses: our fault or the compiler's, never the user's.
struct BuildError : Error {
  BuildError(const std::string& what, std::string log, std::string source)
      : Error(what), log_(std::move(log)), source_(std::move(source)) {}

  const std::string& log() const { return log_; }        ///< what the compiler said
  const std::string& source() const { return source_; }  ///< the OpenCL C that it was given

 private:
  std::string log_, source_;
};

/// The device's memory, or the share of it that we may hold, does not suffice. The caller may drop
/// tensors and try again: nothing is lost.
struct OutOfMemory : Error {
  using Error::Error;
};

/// The driver was about to be asked for memory where the caller has said that it would not be.
struct UnexpectedAllocation : Error {
  using Error::Error;
};

/// A file that is not what it claims to be.
struct FormatError : Error {
  using Error::Error;
};

}  // namespace tarn
