// Memory reuse inside a plan: slots that are never in use at the same time become one, which is
// allocated once, as large as the largest of them, and dropped after the last. The static
// alternative to dropping each slot early and asking an allocator that caches.
#pragma once

#include "ops/plan/plan.hpp"

namespace tarn::plan {

/// Merges the plan's own slots; leaves, outputs and packed weights stay as they are. Requires: no
/// drops have been noted yet.
void share_slots(Plan& plan);

}  // namespace tarn::plan
