import { launch, until, storedKeys,newVisitor } from "./browser.mjs";
import { newScene, view, settled, track, assertDelivered } from "./delivery_scene.mjs";
const b = await launch({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
for (const mode of ["ackloss","down","drop"]){
const t={after(f){this.f=f}};
const s=await newScene(t,b);
const p=await s.visit(); 
p.on("request",r=>r.url().includes("/v1/")&&console.log("request",r.method(),Date.now()%1e6));
await s.collector.faults({mode});
await track(p,"a",50); 
await until(async()=>(await s.collector.requests()).filter(({method})=>method=="POST").length>=(mode=="ackloss"?3:2));
await s.collector.faults({mode:"none"});
await settled(p); 
console.log(mode,(await s.collector.requests()).map(r=>[r.received_ms%1e6,r.method,r.status,r.events,r.body_bytes,r.encoding].join()).join("\n  "));
await assertDelivered(s,{a:50}); 
await t.f();}
await b.close();process.exit();
