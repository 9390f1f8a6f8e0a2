#include "ops/graph/node_pool.hpp"

namespace tarn::graph {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kKeeps = false;  // or a node that is used after its end would look alive
#else
constexpr bool kKeeps = true;
#endif

// A processor's line: where a node begins, so that what is used together is in as few as can be.
constexpr std::align_val_t kAlignment{64};

struct Piece {
  Piece* next;
};

// Without a destructor, so that nodes of global tensors may come back after the thread's own
// objects have gone.
struct Kept {
  Piece* first;
  std::size_t count, bytes;  // of each
  bool closed;
};
thread_local constinit Kept kept{nullptr, 0, 0, false};

// Gives the pieces back at the end of the thread.
struct Closer {
  ~Closer() {
    kept.closed = true;
    while (Piece* piece = kept.first) {
      kept.first = piece->next;
      ::operator delete(piece, kAlignment);
    }
  }
};

bool may_keep(std::size_t bytes) {
  if (!kKeeps || kept.closed || kept.count == NodePool::kMostKept) return false;
  if (kept.count > 0 && kept.bytes != bytes) return false;
  thread_local const Closer closer;
  return true;
}

}  // namespace

void* NodePool::take(std::size_t bytes) {
  Piece* const piece = kept.first;
  if (!piece || kept.bytes != bytes) return ::operator new(bytes, kAlignment);
  kept.first = piece->next;
  --kept.count;
  return piece;
}

void NodePool::put(void* piece, std::size_t bytes) noexcept {
  if (!may_keep(bytes)) return ::operator delete(piece, kAlignment);
  kept.bytes = bytes;
  kept.first = ::new (piece) Piece{kept.first};
  ++kept.count;
}

}  // namespace tarn::graph
