// The model's books of requests and of the store.
#include <algorithm>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

#include "simulation/model.h"
#include "simulation/segment_reader.h"

namespace waymark_simulation {
namespace {

// A withdrawal of all that may be kept takes the counts of losses along.
bool ClearsBooks(const Effect& effect) {
  return effect.type == "store_delete" && effect.fields.value("prefix", "") == "state/";
}

bool IsPut(const Effect& effect) { return effect.type == "store_put"; }

std::string KeyOf(const Effect& put) { return put.fields.at("key"); }

// By sdk/docs/collectors.md: what is never tried again.
bool IsRefusal(const std::string& protocol, const Request& request, int status) {
  const bool alone = request.contents.events.size() == 1;
  if (status < 300 || status == 415) return false;
  if (protocol == "segment") {
    const bool again = status == 408 || status == 410 || status == 429 || status == 460 ||
                       (status >= 500 && status != 501 && status != 505 && status != 511);
    return status == 400 || status == 413 ? alone : !again;
  }
  if (status == 413) return alone;
  return status == 400 || status == 401 || status == 403 || status == 410 || status == 422;
}

}  // namespace

bool IsHeld(const Facts& facts, const std::string& writer) {
  return std::any_of(facts.tabs.begin(), facts.tabs.end(),
                     [&](const TabFacts& tab) { return tab.names.count(writer) > 0; });
}

bool MayLie(const Facts& facts, const Choices& choices, const StoredEvent& event) {
  if (event.token < 0) return true;
  const Token& token = facts.tokens[static_cast<size_t>(event.token)];
  for (size_t i = 0; i < token.fates.size(); ++i) {
    const bool may_go =
        token.fates[i].wanted && Fits(facts.gate.Judge(choices, i), event.identified);
    if (may_go && facts.gate.MayStore(choices, i)) return true;
  }
  return false;
}

void Model::Sent(Request request) {
  request.number = static_cast<int>(facts_.requests.size());
  const TabFacts& sender = tab(request.tab);
  const Stamp stamp = ++facts_.stamp;
  request.sent = stamp;
  ForEachWatch([&](Watch* watch) { watch->OnRequest(sender, request); });
  for (const SentEvent& event : request.contents.events) {
    if (event.token < 0) continue;
    Fate& fate = facts_.tokens[static_cast<size_t>(event.token)].fates[request.collector];
    fate.message_id = event.message_id;
    if (fate.first_sent == 0) fate.first_sent = stamp;
  }
  facts_.requests.push_back(std::move(request));
}

void Model::Arrived(int number, const std::vector<size_t>& taken) {
  const Request& request = facts_.requests[static_cast<size_t>(number)];
  ++facts_.stamp;
  ForEachWatch([&](Watch* watch) { watch->OnArrival(request, taken); });
  for (const size_t place : taken) {
    const int token = request.contents.events[place].token;
    if (token < 0) continue;
    ++facts_.tokens[static_cast<size_t>(token)].fates[request.collector].arrivals;
  }
}

void Model::Answered(int number, const Answer& answer) {
  Request& request = facts_.requests[static_cast<size_t>(number)];
  ++facts_.stamp;
  ForEachWatch([&](Watch* watch) { watch->OnAnswer(tab(request.tab), request, answer); });
  request.in_flight = false;
  // An engine that slept has let go of what it had on its way.
  if (!IsDone(request, answer) || request.sent < tab(request.tab).slept) return;
  for (const SentEvent& event : request.contents.events) {
    if (event.token < 0) continue;
    Fate& fate = facts_.tokens[static_cast<size_t>(event.token)].fates[request.collector];
    fate.settled_in[request.tab] = facts_.stamp;
    if (answer.status < 300) fate.acknowledged_in[request.tab] = facts_.stamp;
    settled_.emplace_back(event.token, request.collector);
  }
}

bool Model::IsDone(const Request& request, const Answer& answer) const {
  if (answer.status >= 200 && answer.status < 300) return true;
  const std::string& protocol = facts_.settings.collectors[request.collector].protocol;
  return answer.status != 0 && IsRefusal(protocol, request, answer.status);
}

std::vector<std::pair<int, size_t>> Model::TakeSettled() { return std::exchange(settled_, {}); }

void Model::ExcuseAll(size_t device) {
  for (Token& token : facts_.tokens) {
    if (token.device != device) continue;
    for (Fate& fate : token.fates) fate.excused = true;
  }
}

// A book of losses and positions: nothing exact can be said of it any more.
void Model::LoseBook(size_t device) {
  facts_.books_are_whole = false;
  for (Token& token : facts_.tokens) {
    if (token.device != device) continue;
    for (Fate& fate : token.fates) {
      fate.settled_in_store = 0;
      fate.done_in_store = false;
    }
  }
}

void Model::EmitsStoreEffect(int tab_number, const Effect& effect) {
  ++facts_.stamp;
  if (IsPut(effect) && KeyOf(effect) == "consent/record") {
    tab(tab_number).generation = Gate::GenerationOf(effect.body);
    tab(tab_number).record = effect.body;
  }
  ForEachWatch([&](Watch* watch) { watch->OnStoreEffect(tab(tab_number), effect); });
}

// One collector's record is not another's: that may have been let in before or wait for an answer
// yet, and live in its tab.
void Model::MarkStored(const StoredEvent& event, Token* token) {
  Choices allowed;
  const Json captured = Json::parse(event.allowed.empty() ? "{}" : event.allowed);
  for (const auto& [purpose, is_on] : captured.items()) {
    allowed[purpose] = is_on.get<bool>() ? "granted" : "denied";
  }
  for (size_t i = 0; i < token->fates.size(); ++i) {
    if (!event.only.empty() && event.only.count(facts_.settings.collectors[i].id) == 0) continue;
    const bool of_record = !event.allowed.empty() && event.identified;
    if (of_record && facts_.gate.Judge(allowed, i) != Verdict::kAdmit) continue;
    Fate& fate = token->fates[i];
    (event.identified ? fate.stored : fate.stored_without_ids) = facts_.stamp;
  }
}

void Model::MarkStored(int tab_number, const Effect& put) {
  const std::string writer = SegmentWriter(KeyOf(put));
  for (const StoredEvent& event : EventsIn(KeyOf(put), put.body)) {
    if (event.token < 0) continue;
    Token& token = facts_.tokens[static_cast<size_t>(event.token)];
    MarkStored(event, &token);
    token.last_put_by = tab_number;
    token.last_put = facts_.stamp;
    if (writer.empty()) token.moves = true;
    if (writer.empty()) continue;
    token.writers.emplace(writer, Placed{facts_.stamp, event.sequence});
    facts_.stored_under[event.message_id] = writer;
  }
}

// Tokens that were stored under a name, in the order of their sequences there: what another tab has
// left as a call stands behind what was called later.
std::vector<Token*> Model::StoredUnder(const std::string& writer) {
  std::vector<Token*> stored;
  for (Token& token : facts_.tokens) {
    if (token.writers.count(writer) > 0) stored.push_back(&token);
  }
  std::stable_sort(stored.begin(), stored.end(), [&](const Token* one, const Token* other) {
    return one->writers.at(writer).sequence < other->writers.at(writer).sequence;
  });
  return stored;
}

// The first call that lies there, or may, and cannot be told from its like.
int Model::FirstNameless(const std::string& writer, Priority priority, size_t collector) const {
  const auto owner = facts_.writers.find(WriterDigits(writer));
  for (const Token& token : facts_.tokens) {
    const Fate& fate = token.fates[collector];
    const bool nameless = !fate.identified && token.verb != "track" && fate.wanted;
    const bool of_writer = owner != facts_.writers.end() && owner->second == token.tab;
    if (nameless && of_writer && token.priority == priority) return token.number;
  }
  return std::numeric_limits<int>::max();
}

// The store knows one position for each writer and priority: an event is known to be done when all
// before it are, to the tab that says so or to others before. What was given up for want of room
// ends the model's knowledge, and so does what has no name.
void Model::Advance(int tab_number, const std::string& writer, Priority priority,
                    size_t collector) {
  const int nameless = FirstNameless(writer, priority, collector);
  for (Token* token : StoredUnder(writer)) {
    Fate& fate = token->fates[collector];
    const bool counts =
        token->priority == priority && fate.wanted && fate.at_call != Verdict::kDrop;
    if (!counts || fate.settled_in_store != 0) continue;
    if (token->number > nameless) return;
    const auto noted = fate.noted_in.find(tab_number);
    // An engine that slept knows only what the store says.
    if (noted == fate.noted_in.end() || noted->second < tab(tab_number).slept) return;
    fate.settled_in_store = facts_.stamp;
    const auto told = fate.acknowledged_in.find(tab_number);
    fate.done_in_store = told != fate.acknowledged_in.end() && told->second > tab(tab_number).slept;
  }
}

void Model::Applied(const Transaction& transaction) {
  ++facts_.stamp;
  for (const Effect& effect : transaction.effects) {
    if (IsPut(effect)) MarkStored(transaction.tab, effect);
    if (ClearsBooks(effect)) ExcuseAll(tab(transaction.tab).device);
  }
  std::set<std::tuple<std::string, Priority, size_t>> lines;
  for (const auto& [number, collector] : transaction.settles) {
    Token& token = facts_.tokens[static_cast<size_t>(number)];
    token.fates[collector].noted_in[transaction.tab] = facts_.stamp;
    const auto writer = facts_.stored_under.find(token.fates[collector].message_id);
    if (writer == facts_.stored_under.end()) continue;
    lines.emplace(writer->second, token.priority, collector);
  }
  for (const auto& [writer, priority, collector] : lines) {
    Advance(transaction.tab, writer, priority, collector);
  }
  ForEachWatch([&](Watch* watch) { watch->OnApplied(transaction); });
}

void Model::AppliedInPart(int tab_number, const Effect& put, size_t bytes) {
  ++facts_.stamp;
  if (KeyOf(put).rfind("state/delivery/", 0) == 0) LoseBook(tab(tab_number).device);
  for (const StoredEvent& event : EventsIn(KeyOf(put), put.body)) {
    if (event.token < 0) continue;
    Token& token = facts_.tokens[static_cast<size_t>(event.token)];
    token.broken = token.broken || event.end > bytes;
    if (event.end <= bytes) MarkStored(event, &token);
    token.last_put_by = tab_number;
    token.last_put = facts_.stamp;
  }
}

void Model::Read(int tab_number, const std::string& key, const std::string& value) {
  const Stamp stamp = ++facts_.stamp;
  TabFacts& reader = tab(tab_number);
  const std::string writer = SegmentWriter(key);
  if (writer.empty()) {
    reader.state_read = stamp;
    ForEachWatch([&](Watch* watch) { watch->OnRead(reader, key, value); });
    return;
  }
  const bool is_taken = reader.leads && !IsHeld(facts_, writer);
  for (const StoredEvent& event : ReadSegment(value).events) {
    if (event.token < 0) continue;
    Token& token = facts_.tokens[static_cast<size_t>(event.token)];
    token.first_read_after.emplace(tab_number, reader.state_read);
    if (is_taken) token.taken_by = tab_number;
  }
}

}  // namespace waymark_simulation
