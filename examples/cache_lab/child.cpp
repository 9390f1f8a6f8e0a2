#include "cache_lab/child.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>

#include "tarn/error.hpp"

namespace examples {
namespace {

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace

int become(const std::vector<std::string>& words) {
  std::vector<std::string> copy = words;
  std::vector<char*> arguments;
  for (std::string& word : copy) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  std::cerr << "cannot run '" << copy[0] << "': " << std::strerror(errno) << '\n';
  return 127;
}

Child::Child(const std::vector<std::string>& words, int output) : id_(fork()) {
  if (id_ < 0) throw tarn::Error(std::string("cannot fork: ") + std::strerror(errno));
  if (id_ > 0) return;
  dup2(output, STDOUT_FILENO);
  _exit(become(words));
}

int Child::wait() {
  int status = 0;
  while (waitpid(id_, &status, 0) < 0 && errno == EINTR) continue;
  return code_of(status);
}

std::optional<int> Child::ended() {
  int status = 0;
  if (waitpid(id_, &status, WNOHANG) != id_) return std::nullopt;
  return code_of(status);
}

}  // namespace examples
