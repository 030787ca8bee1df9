#include "simulation/model.h"

#include <algorithm>
#include <utility>

#include "simulation/segment_reader.h"
#include "simulation/watches.h"

namespace waymark_simulation {
namespace {

// Below the bound of events that wait for an answer (sdk/docs/input.md): with more of them the
// model no longer says which ones are left.
constexpr int kHeldMost = 190;

bool Contains(const Json& list, const std::string& name) {
  return std::find(list.begin(), list.end(), Json(name)) != list.end();
}

// Whether a narrowing may keep an event from a collector.
bool IsTouched(const Json& narrow, const CollectorSettings& collector, const std::string& name) {
  if (narrow.value("off", false)) return true;
  if (narrow.contains("drop_events") && Contains(narrow["drop_events"], name)) return true;
  if (!narrow.contains("collectors") || !narrow["collectors"].contains(collector.id)) return false;
  const Json& document = narrow["collectors"][collector.id];
  return document.value("off", false) || document.contains("sample") ||
         (document.contains("only") && !Contains(document["only"], name));
}

// De-identified events are known by their name, which only a track keeps.
bool IsKnownWithoutIds(const Token& token) { return token.verb == "track"; }

void LetIn(const Token& token, Verdict verdict, Fate* fate) {
  fate->held = verdict == Verdict::kHold;
  fate->identified = verdict != Verdict::kDeidentify;
  fate->expected =
      verdict == Verdict::kAdmit || (verdict == Verdict::kDeidentify && IsKnownWithoutIds(token));
  fate->forbidden = verdict == Verdict::kDrop;
}

}  // namespace

const std::string& SelectorOf(const Token& token) {
  return token.verb == "track" ? token.name : token.verb;
}

Model::Model(const Settings& settings) : facts_(settings) {
  watches_.push_back(MakeWireWatch());
  watches_.push_back(MakeConsentWatch(&facts_));
  watches_.push_back(MakeWithdrawalWatch(&facts_));
  watches_.push_back(MakeOrderWatch(&facts_));
  watches_.push_back(MakeRepeatWatch(&facts_));
  watches_.push_back(MakePersonWatch(&facts_));
  watches_.push_back(MakeBoundWatch(&facts_));
  watches_.push_back(MakeLossWatch(&facts_));
  watches_.push_back(MakeOwnerWatch(&facts_));
}

TabFacts& Model::OpenTab(size_t device, const Choices& choices) {
  const int number = static_cast<int>(facts_.tabs.size());
  TabFacts& tab = facts_.tabs.emplace_back();
  tab.number = number;
  tab.device = device;
  Told(number, choices);
  return tab;
}

Token& Model::Call(int tab_number, const std::string& verb, const std::string& name,
                   Priority priority) {
  TabFacts& caller = tab(tab_number);
  Token& token = facts_.tokens.emplace_back();
  token.number = static_cast<int>(facts_.tokens.size()) - 1;
  token.tab = tab_number;
  token.device = caller.device;
  token.called = ++facts_.stamp;
  token.called_ms = facts_.now_ms;
  token.verb = verb;
  token.name = name;
  token.priority = priority;
  token.store_was_open = !caller.store_is_reading;
  for (size_t i = 0; i < facts_.settings.collectors.size(); ++i) {
    token.fates.push_back(FateAtCall(caller, token, i));
  }
  caller.held += std::any_of(token.fates.begin(), token.fates.end(),
                             [](const Fate& fate) { return fate.held; });
  ForEachWatch([&](Watch* watch) { watch->OnCall(token); });
  return token;
}

Fate Model::FateAtCall(const TabFacts& caller, const Token& token, size_t collector) const {
  const CollectorSettings& settings = facts_.settings.collectors[collector];
  const std::string& name = SelectorOf(token);
  Fate fate;
  fate.wanted =
      settings.only.empty() || std::count(settings.only.begin(), settings.only.end(), name) > 0;
  fate.certain = settings.sample >= 1 && !IsTouched(caller.narrow, settings, name);
  fate.at_call = facts_.gate.Judge(caller.choices, collector);
  if (fate.wanted) LetIn(token, fate.at_call, &fate);
  // Waiting events that are too many go, whichever they are.
  fate.excused = caller.held >= kHeldMost;
  for (const TabFacts& other : facts_.tabs) {
    const bool counts = other.device == caller.device && other.state != TabState::kGone;
    // What the caller cannot put down as an event yet is judged by whoever takes it over.
    const bool sees_less = !token.store_was_open && IsTouched(other.narrow, settings, name);
    const bool judges_alike = facts_.gate.Judge(other.choices, collector) == fate.at_call;
    if (!counts || (judges_alike && !sees_less)) continue;
    fate.excused = true;  // the other one may take it over, and will not send it
  }
  return fate;
}

void Model::Told(int tab_number, const Choices& choices) {
  ++facts_.stamp;
  TabFacts& teller = tab(tab_number);
  teller.choices = choices;
  for (Token& token : facts_.tokens) {
    if (token.device != teller.device) continue;
    Retell(teller, &token);
    LeaveStore(teller, &token);
  }
}

// Whoever missed a decision does not know what was denied in between: all that it has may go. To
// one that knows of none it says nothing that there is none, though somebody may have decided and
// had all forgotten.
void Model::HeardOf(int tab_number, int64_t generation) {
  TabFacts& hearer = tab(tab_number);
  const bool missed = generation > hearer.generation + 1;
  const bool ended = generation == 0 && hearer.generation != 0;
  hearer.generation = std::max(generation, hearer.generation + (ended ? 1 : 0));
  if (!missed) return;
  for (Token& token : facts_.tokens) {
    if (token.tab != tab_number && token.taken_by != tab_number) continue;
    for (Fate& fate : token.fates) fate.excused = true;
  }
}

Choices Model::WithRefusals(int tab_number, const std::string& record, Choices choices) {
  TabFacts& hearer = tab(tab_number);
  const int64_t generation = Gate::GenerationOf(record);
  if (generation == 0 || Gate::IsForgetting(record)) {
    hearer.refused.clear();
    return choices;
  }
  for (const auto& [purpose, choice] : hearer.choices) {
    const auto refused = hearer.refused.find(purpose);
    const bool own = refused != hearer.refused.end() && refused->second >= generation;
    const bool stands = choice == "denied" && (own || generation < hearer.generation);
    if (!stands || choices[purpose] == "denied") continue;
    choices[purpose] = "denied";
    hearer.refused[purpose] = hearer.generation + 1;
  }
  return choices;
}

void Model::Decided(int tab_number, const Json& choices) {
  TabFacts& decider = tab(tab_number);
  for (const auto& [purpose, choice] : choices.items()) {
    if (choice == "denied") decider.refused[purpose] = decider.generation;
  }
  ForEachWatch([&](Watch* watch) { watch->OnDecision(tab(tab_number), choices); });
}

void Model::Retell(const TabFacts& teller, Token* token) {
  const bool own = token->tab == teller.number;
  for (size_t i = 0; i < token->fates.size(); ++i) {
    Fate& fate = token->fates[i];
    const Verdict verdict = facts_.gate.Judge(teller.choices, i);
    if (own && fate.held && verdict != Verdict::kHold) {
      LetIn(*token, verdict, &fate);
      fate.released = facts_.stamp;
      continue;
    }
    if (fate.held || Fits(verdict, fate.identified)) continue;
    fate.excused = true;
    fate.forbidden = fate.forbidden || own;
  }
}

// Whether the event has to lie on the device, for the sake of a collector that is known to be due:
// one that has it, or may never have been meant, is no reason.
bool Model::MustLie(const TabFacts& teller, const Token& token, bool identified) const {
  for (size_t i = 0; i < token.fates.size(); ++i) {
    const Fate& fate = token.fates[i];
    const bool due = fate.wanted && fate.certain && fate.settled_in.empty() &&
                     Fits(facts_.gate.Judge(teller.choices, i), identified);
    if (due && facts_.gate.MayStore(teller.choices, i)) return true;
  }
  return false;
}

// What may not lie on the device any more goes on in memory for those who may still get it.
void Model::LeaveStore(const TabFacts& teller, Token* token) {
  const bool stays = MustLie(teller, *token, true);
  const bool stays_without_ids = MustLie(teller, *token, false);
  for (Fate& fate : token->fates) {
    if (!stays) fate.stored = 0;
    if (!stays_without_ids) fate.stored_without_ids = 0;
  }
}

void Model::Reset(int tab_number) {
  ++facts_.stamp;
  for (Token& token : facts_.tokens) {
    if (token.tab != tab_number) continue;
    for (Fate& fate : token.fates) {
      fate.forbidden = fate.forbidden || fate.held;
      fate.held = false;
    }
  }
  tab(tab_number).held = 0;
}

void Model::Forget(int tab_number) {
  Reset(tab_number);
  tab(tab_number).forgot = facts_.stamp;
  ExcuseAll(tab(tab_number).device);
  for (Token& token : facts_.tokens) {
    if (token.tab != tab_number) continue;
    for (Fate& fate : token.fates) fate.forbidden = true;
  }
  const size_t device = tab(tab_number).device;
  Told(tab_number, facts_.gate.Standing("", facts_.settings.persons[device], 0));
}

void Model::Narrow(int tab_number, const Json& document) {
  TabFacts& teller = tab(tab_number);
  teller.narrow = document;
  if (!document.empty()) ExcuseAll(teller.device);
}

void Model::ReportsFullQueue(int tab_number) {
  tab(tab_number).evictions.push_back(++facts_.stamp);
}

void Model::OwnerHears(int request) {
  const Request& heard = facts_.requests[static_cast<size_t>(request)];
  if (heard.contents.records.empty()) return;
  ForEachWatch([&](Watch* watch) { watch->OnOwnerHears(heard); });
}

void Model::Woken(int tab_number, bool idle) {
  ForEachWatch([&](Watch* watch) { watch->OnWake(tab(tab_number), idle); });
}

void Model::Viewed(int tab_number, const View& view) {
  TabFacts& viewed = tab(tab_number);
  viewed.store_is_reading = view.Text("store") == "reading";
  ForEachWatch([&](Watch* watch) { watch->OnView(viewed, view); });
}

void Model::Rest() {
  ForEachWatch([](Watch* watch) { watch->AtRest(); });
}

void Model::End() {
  ForEachWatch([](Watch* watch) { watch->AtEnd(); });
}

}  // namespace waymark_simulation
