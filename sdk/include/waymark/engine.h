// The engine: an input goes in, a list of effects comes out, nothing else happens.
//
// It never reads a clock, draws entropy, opens a file or a socket, starts a thread or calls its
// host. One engine belongs to one thread at a time; several may live in one process.
#ifndef WAYMARK_INCLUDE_WAYMARK_ENGINE_H_
#define WAYMARK_INCLUDE_WAYMARK_ENGINE_H_

#include <memory>

#include "base/json_writer.h"
#include "base/list.h"
#include "base/string.h"
#include "waymark/effect.h"
#include "waymark/input.h"

namespace waymark {

class EngineCore;

class Engine {
 public:
  // Opens an engine. One whose config does not fit answers every input with the reasons and does
  // nothing. Effects of the opening come with the output of the first input.
  explicit Engine(const Start& start);
  ~Engine();

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  Output Handle(const Input& input);

  // The three below are for hosts whose callers put events down before the engine sees them.
  //
  // Where events may be put down now: members of the object that is open. `generation` of consent;
  // for each event type in `types`, and each track that is treated otherwise in `names`: `store`
  // (may lie on the device at once), `wait` (only in memory, until the engine has it), `drop`
  // (nobody wants it). An event with `needs` of its own may lie there when all of these are `store`
  // in `purposes`, too. Changes nothing.
  void Admission(JsonWriter* writer) const;
  // The same as Handle() for an event that was put down in an earlier generation: for whom
  // something was withdrawn since does not get it.
  Output HandleLate(const Input& input, uint32_t generation);
  // Whether anything that it was handed is still to be put into the store: what the host has put
  // down itself may not go yet.
  bool HasUnstored() const;

  // A JSON object for people and pages: consent, ids, queue, losses. Changes nothing.
  String View() const;

  // What becomes of an event, given as the input would give it, at each collector, and why: members
  // of the object that is open. Changes nothing.
  void Explain(JsonView event, JsonWriter* writer) const;

  // What this engine has on the device, for what, and until when: members of the object that is
  // open. Changes nothing.
  void Inventory(JsonWriter* writer) const;

 private:
  std::unique_ptr<EngineCore> core_;
};

// All that is wrong with a config document; empty: Open() would take it. `config` has passed
// CheckJson().
List<Problem> LintConfig(JsonView config);

}  // namespace waymark

#endif  // WAYMARK_INCLUDE_WAYMARK_ENGINE_H_
