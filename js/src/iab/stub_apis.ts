// `__tcfapi` and `__gpp` until the whole script is there: they keep calls in order, answer what can
// be answered at once, and let frames find them. The generated stub is made of this, and so is what
// the script itself puts there in a page without a stub: what takes over finds one form of both.
//
// Promise: a function or a frame that is already there stays; no message makes anything throw. Old
// syntax throughout: it stands in pages as it is.

/** The PingReturn of the GPP, as far as it is known before the script is there. */
export interface EarlyPing {
  cmpId: number;
  supportedAPIs: string[];
}

/**
 * `tcf`: whether `__tcfapi` is wanted, and then what is known of `gdprApplies`. `gpp`: what
 * `__gpp` answers; without it there is none.
 */
export function stubApis(tcf: { gdprApplies?: boolean } | 0, gpp: EarlyPing | 0): void {
  var page = window as any;
  type Answer = (args: any[], callback: any, queue: any[]) => void;
  // `at`: which argument is the callback.
  function api(name: string, answer: Answer, at: number) {
    function locate() {
      if (page.frames[name + "Locator"]) return;
      if (!document.body) return void setTimeout(locate, 5);
      var frame = document.createElement("iframe");
      frame.style.cssText = "display:none";
      frame.name = name + "Locator";
      document.body.appendChild(frame);
    }
    locate();
    if (typeof page[name] == "function") return;
    var queue: any[] = [];
    page[name] = function () {
      var args = [].slice.call(arguments) as any[];
      if (!args.length) return queue;
      answer(args, typeof args[at] == "function" ? args[at] : function () {}, queue);
    };
    addEventListener("message", function (event: any) {
      try {
        var text = typeof event.data == "string";
        var call = (text ? JSON.parse(event.data) : event.data)[name + "Call"];
        var reply = function (returnValue: any, success: boolean) {
          var message: any = {};
          var callId = call.callId;
          message[name + "Return"] = { returnValue: returnValue, success: success, callId: callId };
          // A frame without an origin of its own can be reached by no name.
          var origin = event.origin == "null" ? "*" : event.origin;
          if (text) message = JSON.stringify(message);
          if (event.source) event.source.postMessage(message, origin);
        };
        if (at > 1) page[name](call.command, call.version, reply, call.parameter);
        else page[name](call.command, reply, call.parameter, call.version);
      } catch (e) {}
    });
  }
  function keep(queue: any[], args: any[]) {
    if (queue.length < 1e3) queue.push(args);
  }
  if (tcf) {
    api(
      "__tcfapi",
      function (args, callback, queue) {
        if (args[0] != "ping") return keep(queue, args);
        callback(
          {
            gdprApplies: tcf.gdprApplies,
            cmpLoaded: false,
            cmpStatus: "stub",
            displayStatus: "hidden",
            apiVersion: "2.3",
          },
          true,
        );
      },
      2,
    );
  }
  if (gpp) {
    api(
      "__gpp",
      function (args, callback, queue) {
        var command = args[0];
        var own = page.__gpp;
        var events = (own.events = own.events || []);
        var event = { listenerId: args[2], data: true } as any;
        event.pingData = {
          gppVersion: "1.1",
          cmpStatus: "stub",
          cmpDisplayStatus: "hidden",
          signalStatus: "not ready",
          supportedAPIs: gpp.supportedAPIs.slice(),
          cmpId: gpp.cmpId,
          sectionList: [],
          applicableSections: [],
          gppString: "",
          parsedSections: {},
        };
        if (command == "ping") callback(event.pingData, true);
        else if (command == "addEventListener") {
          event.eventName = "listenerRegistered";
          event.listenerId = own.lastId = -~own.lastId;
          keep(events, { id: own.lastId, callback: callback, parameter: args[2] } as any);
          callback(event, true);
        } else if (command == "removeEventListener") {
          event.eventName = "listenerRemoved";
          own.events = events.filter(function (known: any) {
            return known.id != args[2];
          });
          callback(own.events.length < events.length && event, true);
        } else if (command == "hasSection") callback(false, true);
        else if (/^get(Section|Field)$/.test(command)) callback(null, true);
        else keep(queue, args);
      },
      1,
    );
  }
}
