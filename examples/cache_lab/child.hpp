// Another program, run by this one.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace examples {

/// Becomes the program, the first of the words. Returns where it cannot be run: 127, and says why.
int become(const std::vector<std::string>& words);

class Child {
 public:
  /// Starts the program; what it prints goes to the descriptor `output`. Throws: tarn::Error.
  Child(const std::vector<std::string>& words, int output);

  /// Its exit code, or 128 and the signal that ended it; 127 where it could not be run.
  int wait();
  /// The same if it has ended.
  std::optional<int> ended();

 private:
  pid_t id_;
};

}  // namespace examples
