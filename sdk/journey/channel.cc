#include "journey/channel.h"

#include "base/limits.h"
#include "base/name_table.h"
#include "base/utf8.h"
#include "base/uuid.h"

namespace waymark {
namespace {

// One class after the other, in the order of Channel, with a semicolon between them.
constexpr const char* kReferrers =
#include "journey/referrers.inc"
    ;

// The parameter and the network; a sign of the channel before it: $ paid, @ mail, # social, ?
// search. Facebook and Instagram add theirs to every link, paid or not.
constexpr const char* kClickIds =
    "$gclid=google,$gbraid=google,$wbraid=google,$gclsrc=google,$dclid=google,$gad_source=google,"
    "$msclkid=bing,$ttclid=tiktok,$twclid=twitter,$li_fat_id=linkedin,$epik=pinterest,"
    "$rdt_cid=reddit,$sccid=snapchat,$yclid=yandex,$qclid=quora,$tblci=taboola,$dicbo=outbrain,"
    "$obclid=outbrain,$vmcid=yahoo,$s_kwcid=adobe,$ef_id=adobe,$kenclkid=kenshoo,$spclid=spotify,"
    "$rtid=rtbhouse,$cto_pld=criteo,%irclickid=impact,%cjevent=cj,%awc=awin,%zanpid=awin,"
    "%ranmid=rakuten,%sscid=shareasale,%clickref=partnerize,#fbclid=facebook,#igshid=instagram,"
    "#igsh=instagram,@mc_eid=mailchimp,@_hsenc=hubspot,@mkt_tok=marketo,@_kx=klaviyo,"
    "@vero_id=vero,@dm_i=dotdigital,@ml_subscriber=mailerlite,?srsltid=google,?ysclid=yandex";

// utm_medium, by channel. What begins with a word that ends in * counts, too.
constexpr const char* kMedia =
    "organic;"
    "social*,sm,social_network,organic_social,community;"
    "email,e-mail,e_mail,mail,newsletter,edm;"
    "cpc,ppc,cpm,cpv,cpa,cpp,paid*,display,banner,retargeting,remarketing,sem,ads,video_ad,"
    "interstitial,programmatic;"
    "ai,ai_assistant,llm,chatbot;"
    "shopping*,marketplace*,comparison,price_comparison;"
    "affiliate*,partner*;"
    "referral,link;"
    "sms,mms,rcs,whatsapp;"
    "push,web_push,app_push,mobile_push,notification;"
    "qr,qr_code,qrcode,ooh,dooh,out_of_home,print,flyer,poster,packaging,offline,tv,radio";

constexpr const char* kUtm[] = {
    "utm_source=", "utm_medium=", "utm_campaign=", "utm_term=", "utm_content="};

// Looks for the entry that `fits` in lists of names with commas between them and semicolons between
// the lists. The place of the list; -1: in none.
template <typename Fits>
int FindList(const char* lists, Fits fits) {
  for (int list = 0;; ++lists) {
    const char* end = lists;
    while (*end != ',' && *end != ';' && *end != '\0') ++end;
    if (fits(std::string_view(lists, static_cast<size_t>(end - lists)))) return list;
    list += *end == ';';
    if (*end == '\0') return -1;
    lists = end;
  }
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// A parameter's value as people wrote it. What is no UTF-8 then stays as it stood.
String Decoded(std::string_view value) {
  String out;
  for (size_t i = 0; i < value.size(); ++i) {
    const int high = value[i] == '%' && i + 2 < value.size() ? HexDigit(value[i + 1]) : -1;
    const int low = high >= 0 ? HexDigit(value[i + 2]) : -1;
    if (low < 0) {
      out.push_back(value[i] == '+' ? ' ' : value[i]);
      continue;
    }
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  for (std::string_view rest = out; !rest.empty();) {
    const size_t size = Utf8SequenceSize(rest);
    if (size == 0 || static_cast<uint8_t>(rest[0]) < ' ') return String(value);
    rest.remove_prefix(size);
  }
  return out;
}

String Cut(std::string_view text) { return String(Utf8Prefix(text, kTouchTextBytesMax)); }

// Mail addresses get into campaigns by mistake, and people into journeys by them.
String Clean(std::string_view text) {
  return IndexOf(text, '@') < text.size() ? String() : Cut(text);
}

// Runs `take` with each parameter of the URL's query, name and value.
template <typename Take>
void ForParameters(std::string_view url, Take take) {
  url = url.substr(0, IndexOf(url, '#'));
  const size_t question = IndexOf(url, '?');
  std::string_view rest = url.substr(question);
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view parameter = rest.substr(0, IndexOf(rest, '&'));
    const size_t equals = IndexOf(parameter, '=');
    if (equals + 1 < parameter.size()) {
      take(parameter.substr(0, equals), parameter.substr(equals + 1));
    }
    rest.remove_prefix(parameter.size());
  }
}

Channel ChannelOfSign(char sign) {
  if (sign == '%') return Channel::kPartner;
  if (sign == '#') return Channel::kSocial;
  if (sign == '@') return Channel::kEmail;
  return sign == '?' ? Channel::kSearch : Channel::kPaid;
}

// The network of a click id and its channel; false: it is no click id.
bool FindClickId(std::string_view parameter, String* network, Channel* channel) {
  const String name = AsciiLowercase(parameter);
  return FindList(kClickIds, [&](std::string_view entry) {
           const size_t equals = IndexOf(entry, '=');
           if (!(name == entry.substr(1, equals - 1))) return false;
           *network = entry.substr(equals + 1);
           *channel = ChannelOfSign(entry[0]);
           return true;
         }) >= 0;
}

// Channel::kOther when nobody knows the medium.
Channel ChannelOfMedium(std::string_view medium) {
  const String name = AsciiLowercase(medium);
  const int place = FindList(kMedia, [&](std::string_view entry) {
    if (entry.back() != '*') return name == entry;
    return std::string_view(name).starts_with(entry.substr(0, entry.size() - 1));
  });
  return place < 0 ? Channel::kOther : static_cast<Channel>(place);
}

// "google.*": the rest is the end of a domain, .de or .co.uk.
bool IsDomainEnd(std::string_view text) {
  const size_t dot = IndexOf(text, '.');
  if (dot == text.size()) return text.size() >= 2 && text.size() <= 4;
  return dot >= 2 && dot <= 3 && text.size() - dot == 3;
}

bool FitsHost(std::string_view entry, std::string_view host) {
  if (!entry.ends_with('*')) return entry == host;
  entry.remove_suffix(1);
  return host.starts_with(entry) && IsDomainEnd(host.substr(entry.size()));
}

// Whether the host is one of the names, or below one of them.
bool IsBelow(std::string_view host, JsonView names) {
  for (JsonItems name(names); name.Next();) {
    const std::string_view one = name.value().AsName();
    if (one.empty() || !host.ends_with(one)) continue;
    if (host.size() == one.size() || host[host.size() - one.size() - 1] == '.') return true;
  }
  return false;
}

// The name of a host: google of google.co.uk, web of web.de.
String NameOfHost(std::string_view host) { return String(host.substr(0, IndexOf(host, '.'))); }

void TakeParameters(std::string_view url, String* utm, Source* source, Channel* clicked) {
  ForParameters(url, [&](std::string_view name, std::string_view value) {
    for (int i = 0; i < 5; ++i) {
      const std::string_view known = kUtm[i];
      const bool is = name.size() + 1 == known.size() && known.starts_with(name);
      if (is && utm[i].empty()) utm[i] = Clean(Decoded(value));
    }
    String network;
    Channel channel = Channel::kDirect;
    if (!source->click_id.empty() || !FindClickId(name, &network, &channel)) return;
    source->click_id = AsciiLowercase(name);
    *clicked = channel;
    if (source->source.empty()) source->source = std::move(network);
  });
}

Channel ChannelOfReferrer(std::string_view url, const String& host, const SiteRules& rules,
                          String* name) {
  if (host.empty()) return Channel::kDirect;
  const bool own =
      host == ReferringHost(url) || IsBelow(host, rules.own) || IsBelow(host, rules.ignored);
  if (own) return Channel::kInternal;
  if (!IsBelow(host, rules.partners)) return ClassOfHost(host, name);
  *name = NameOfHost(host);
  return Channel::kPartner;
}

}  // namespace

std::string_view ChannelText(Channel channel) {
  return NameAt(kChannelNames, static_cast<int>(channel));
}

String ReferringHost(std::string_view url) {
  const size_t scheme = IndexOf(url, ':');
  if (url.size() < scheme + 3 || url[scheme + 1] != '/' || url[scheme + 2] != '/') return String();
  url.remove_prefix(scheme + 3);
  for (const char end : {'/', '?', '#'}) url = url.substr(0, IndexOf(url, end));
  const size_t at = IndexOf(url, '@');
  if (at < url.size()) url.remove_prefix(at + 1);
  String host = AsciiLowercase(url.substr(0, IndexOf(url, ':')));
  if (std::string_view(host).starts_with("www.")) return String(std::string_view(host).substr(4));
  return host;
}

Channel ClassOfHost(std::string_view host, String* source) {
  // The longest name counts: mail.google.com is mail, google.com is search.
  for (std::string_view rest = host; IndexOf(rest, '.') < rest.size();
       rest.remove_prefix(IndexOf(rest, '.') + 1)) {
    const int place = FindList(kReferrers, [&](std::string_view entry) {
      const size_t equals = IndexOf(entry, '=');
      if (!FitsHost(entry.substr(0, equals), rest)) return false;
      *source = equals < entry.size() ? String(entry.substr(equals + 1)) : NameOfHost(rest);
      return true;
    });
    if (place >= 0) return static_cast<Channel>(place);
  }
  *source = Cut(host);
  return Channel::kReferral;
}

Source SourceOf(std::string_view url, std::string_view referrer, JsonView campaign,
                const SiteRules& rules) {
  Source found;
  String utm[5];
  constexpr const char* kMembers[] = {"source", "medium", "name", "term", "content"};
  for (int i = 0; i < 5; ++i) utm[i] = Clean(campaign[kMembers[i]].AsString());
  Channel clicked = Channel::kDirect;
  TakeParameters(url, utm, &found, &clicked);
  String name;
  const String host = ReferringHost(referrer);
  const Channel referred = ChannelOfReferrer(url, host, rules, &name);
  if (!utm[0].empty()) found.source = std::move(utm[0]);
  found.medium = std::move(utm[1]);
  found.campaign = std::move(utm[2]);
  found.term = std::move(utm[3]);
  found.content = std::move(utm[4]);
  const bool tagged = !found.source.empty() || !found.medium.empty() || !found.campaign.empty();
  found.channel = referred;
  if (!found.medium.empty()) found.channel = ChannelOfMedium(found.medium);
  // Whoever tags says more than a click id, which networks add by themselves.
  const bool says = !found.medium.empty() && found.channel != Channel::kOther;
  if (clicked != Channel::kDirect && !says) {
    found.channel = clicked;
  } else if (tagged && found.medium.empty()) {
    String of;
    const Channel by_source = ClassOfHost(found.source, &of);
    const Channel by_name = ClassOfHost(found.source + ".com", &of);
    found.channel = by_source != Channel::kReferral ? by_source : by_name;
    if (found.channel == Channel::kReferral) found.channel = Channel::kOther;
  }
  if (found.source.empty() && referred != Channel::kInternal) found.source = std::move(name);
  return found;
}

void WriteCampaign(const Source& source, JsonWriter* writer) {
  if (!source.has_campaign()) return;
  writer->Key("campaign").Begin('{').Field("source", source.source);
  writer->Field("medium", source.medium).Field("name", source.campaign);
  writer->Field("term", source.term).Field("content", source.content).End('}');
}

}  // namespace waymark
