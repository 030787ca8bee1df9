// By which channel somebody came: from the parameters of a URL, the click ids of ad networks and
// the referrer.
//
// Invariant: of a click id only its name is kept. Its value tells one person from all others.
#ifndef WAYMARK_JOURNEY_CHANNEL_H_
#define WAYMARK_JOURNEY_CHANNEL_H_

#include <cstdint>
#include <string_view>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/string.h"

namespace waymark {

// In the order of kChannelNames. The first six are the classes of referrers.inc, in its order.
enum class Channel : uint8_t {
  kSearch,
  kSocial,
  kEmail,
  kPaid,
  kAiAssistant,
  kShopping,  // marketplaces, and sites that compare
  kPartner,   // affiliates, and the config's partners
  kReferral,  // any other site
  kSms,
  kPush,
  kOutOfHome,  // codes and short links on posters, parcels, in print
  kOther,      // a campaign that says nothing of its medium
  kInternal,   // the site's own pages: no touch
  kDirect,     // from nowhere that is known
};
inline constexpr const char* kChannelNames =
    "search,social,email,paid,ai_assistant,shopping,partner,referral,sms,push,out_of_home,other,"
    "internal,direct";

std::string_view ChannelText(Channel channel);

// What brought somebody, as far as it is known. Texts are cut at kTouchTextBytesMax.
struct Source {
  Channel channel = Channel::kDirect;
  String source;    // utm_source, the network of a click id, the name of the referrer
  String medium;    // the other UTM parameters
  String campaign;  // utm_campaign
  String term;
  String content;
  String click_id;  // the name of the parameter: gclid
  bool has_campaign() const { return !source.empty() && (!medium.empty() || !campaign.empty()); }
};

// Where a class cannot be told from the data alone.
struct SiteRules {
  JsonView own;       // hosts that are the site's own, besides the page's: arrays of names
  JsonView partners;  // hosts of partners
  JsonView ignored;   // hosts that bring people back and send nobody: payment, sign-in
};

// `campaign`: {source, medium, name, term, content} as the caller says; it goes before the URL's
// parameters.
Source SourceOf(std::string_view url, std::string_view referrer, JsonView campaign,
                const SiteRules& rules);

// The class of a referrer's host; kReferral when nobody knows it. `source`: its name there.
Channel ClassOfHost(std::string_view host, String* source);

// The host of a URL, in lower case and without www.; of an app's referrer, android-app://, its
// name. Empty where there is none.
String ReferringHost(std::string_view url);

// `campaign` of a context, in an object that is open; nothing where there is none.
void WriteCampaign(const Source& source, JsonWriter* writer);

}  // namespace waymark

#endif  // WAYMARK_JOURNEY_CHANNEL_H_
