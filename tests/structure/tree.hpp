// The files of a source tree.
#pragma once

#include <vector>

#include "structure/law.hpp"

namespace tarn::structure {

/// Every file of this project's tree, by path; not what is built, nor what editors and version
/// control keep for themselves.
std::vector<File> read_tree();

/// Those whose path begins with one of these.
std::vector<File> below(const std::vector<File>& tree, std::initializer_list<const char*> folders);

}  // namespace tarn::structure
