// Engines that lose what they have accepted, or count wrongly.
#include <algorithm>

#include "simulation/falsify.h"
#include "simulation/mutation_groups.h"
#include "simulation/request_reader.h"
#include "simulation/segment_reader.h"

namespace waymark_simulation {
namespace {

bool HasTornWrites(const Settings& settings) { return settings.weather.torn_writes; }

bool HasLeavingTabs(const Settings& settings) { return settings.habits.tabs > 0; }

bool IsOneOfMany(int64_t* count) { return ++*count % 5 == 0; }

// Now and then a segment is thought to be gone that is not.
std::unique_ptr<Mutation> SkipDelete() {
  return AtEffect("store_delete", [deletions = int64_t{0}](Effect* deletion) mutable {
    const bool segment = !SegmentWriter(PlaceOf(*deletion)).empty();
    if (segment && IsOneOfMany(&deletions)) MakeHarmless(deletion);
  });
}

// Stops reading one frame before the torn one.
std::unique_ptr<Mutation> LoseLastOfTorn() {
  return AtInput("store_read", [](Input* reply) {
    for (size_t i = 0; i < reply->blobs.size(); ++i) {
      const std::string key = reply->fields["entries"][i]["key"];
      std::string& bytes = reply->blobs[i].bytes;
      const SegmentContents contents = ReadSegment(bytes);
      if (SegmentWriter(key).empty() || !contents.torn || contents.events.empty()) continue;
      const StoredEvent& last = contents.events.back();
      bytes.erase(last.begin, last.end - last.begin);
    }
    return true;
  });
}

// What was taken over stays where it was, and is taken over again.
std::unique_ptr<Mutation> CountLossTwice() {
  return AtEffect("store_delete", [](Effect* deletion) {
    if (PlaceOf(*deletion).rfind("state/delivery/", 0) == 0) MakeHarmless(deletion);
  });
}

std::unique_ptr<Mutation> OverflowBound() {
  return AtStart([](Input* start) {
    Json& most = start->fields["config"]["delivery"]["outbox_events_max"];
    most = most.get<int>() + 1;
  });
}

// What matters most goes first when there is no room.
class EvictWrongPriority final : public Mutation {
 public:
  bool OnInput(int, Input* input) override {
    const std::string type = input->fields.at("type");
    if (type != "track" && type != "page" && type != "screen" && type != "identify") return true;
    const bool is_order = input->fields.value("name", "").rfind("order_", 0) == 0;
    const std::string usual = type == "identify" || is_order ? "critical" : "normal";
    const std::string priority = input->fields.value("priority", usual);
    if (priority == "critical") input->fields["priority"] = "bulk";
    if (priority == "bulk") input->fields["priority"] = "critical";
    return true;
  }
};

std::unique_ptr<Mutation> DropRecord() {
  return AtInput("track", [calls = int64_t{0}](Input*) mutable { return !IsOneOfMany(&calls); });
}

std::unique_ptr<Mutation> BelieveEveryAnswer() {
  return AtInput("http_done", [](Input* answer) {
    if (answer->fields.at("status") != 0) answer->fields["status"] = 200;
    return true;
  });
}

// Puts down that all is delivered, when it was only stored.
class SettleTooEarly final : public Mutation {
 public:
  void OnStart(int, Input* start) override { collectors_ = start->fields["config"]["collectors"]; }

  void OnOutput(int, const Input&, Output* output) override {
    for (Effect& effect : output->effects) {
      if (effect.type != "store_put") continue;
      const std::string writer = SegmentWriter(PlaceOf(effect));
      if (!writer.empty()) NoteSequences(writer, effect.body);
      if (PlaceOf(effect).rfind("state/delivery/", 0) == 0) Advance(&effect.body);
    }
  }

 private:
  void NoteSequences(const std::string& writer, const std::string& segment) {
    for (const StoredEvent& event : ReadSegment(segment).events) {
      last_[writer] = std::max(last_[writer], event.sequence);
    }
  }

  void Advance(std::string* document) const {
    Json json = Json::parse(*document);
    for (const auto& [writer, settlements] : json.at("writers").items()) {
      const auto last = last_.find(writer);
      if (last == last_.end()) continue;
      for (const Json& collector : collectors_) {
        const std::string id = collector.at("id");
        json["writers"][writer][id]["through"] = Json(std::vector<uint64_t>(3, last->second));
      }
    }
    *document = json.dump();
  }

  Json collectors_;
  std::map<std::string, uint64_t> last_;  // sequence, by writer
};

// Counts for itself what it lost, and never tells the collector.
std::unique_ptr<Mutation> KeepLossesToItself() {
  return AtSentEvents([](int, bool segment, Json* events) {
    for (Json& event : *events) {
      if (!segment || !event.at("context").contains("delivery")) continue;
      Json& delivery = event["context"]["delivery"];
      delivery.erase("lost");
      const std::string id = event.at("messageId");
      const std::string writer = delivery.value("writer", "");
      const bool says_all = writer.empty() || WriterDigits(writer) == id.substr(0, 8);
      if (says_all && !delivery.contains("sequence")) event["context"].erase("delivery");
    }
  });
}

// A page that goes gets no time to put down what its last task has brought.
class LeaveWithoutStoring final : public Mutation {
 public:
  void OnOutput(int, const Input& input, Output* output) override {
    const bool leaves = input.fields.value("state", "") == "closing";
    if (!leaves) return;
    std::erase_if(output->effects, [](const Effect& effect) { return effect.type == "http_send"; });
    for (Effect& effect : output->effects) {
      if (effect.type == "store_put" && !SegmentWriter(PlaceOf(effect)).empty()) {
        MakeHarmless(&effect);
      }
    }
  }
};

}  // namespace

std::vector<NamedMutation> StoreMutations() {
  return {
      {"skip-delete", "loss", "is left in the store", SkipDelete},
      {"lose-last-of-torn", "loss", "never got", LoseLastOfTorn, HasTornWrites},
      {"count-loss-twice", "loss", "are counted as lost for", CountLossTwice},
      {"overflow-bound", "bounds", "events in its queue of", OverflowBound},
      {"evict-wrong-priority", "loss", "which matters less", std::make_unique<EvictWrongPriority>},
      {"drop-record", "loss", "never got", DropRecord},
      {"believe-every-answer", "loss", "never got", BelieveEveryAnswer},
      {"settle-too-early", "loss", "never got", std::make_unique<SettleTooEarly>},
      {"keep-losses-to-itself", "loss", "was told of", KeepLossesToItself},
      {"leave-without-storing", "loss", "never got", std::make_unique<LeaveWithoutStoring>,
       HasLeavingTabs},
  };
}

}  // namespace waymark_simulation
