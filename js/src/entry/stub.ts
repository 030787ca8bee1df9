// The stub: what a customer pastes into the page, so that calls may be made before the script is
// there. It keeps each call with its time and page. It never sends and never decides: when the page
// goes away first, it leaves them on the device only where the engine has put down that it may.
//
// To use another name than `waymark` or another prefix, change them at the end, and give them to
// the script as `data-global` and `data-prefix`. `waymark stub` prints this with what a config asks
// for besides: Google's defaults, `__tcfapi`, `__gpp`.

declare const WAYMARK_GLOBAL: string;
declare const WAYMARK_PREFIX: string;

(function (name: string, prefix: string) {
  var page = window as any;
  var stub = (page[name] =
    page[name] ||
    function () {
      var now = [Date.now(), performance.now()];
      var call = [[].slice.call(arguments), now, location.href, document.title, document.referrer];
      if (stub.q.push(call) > 500) {
        stub.q.pop();
        stub.lost = -~stub.lost;
      }
    });
  stub.q = stub.q || [];
  addEventListener("pagehide", function () {
    try {
      if (
        page[name] == stub &&
        stub.q[0] &&
        JSON.parse(localStorage[prefix + "consent/record"]).spill === true
      ) {
        localStorage[prefix + "spill/" + (Date.now() + Math.random())] = JSON.stringify(stub.q);
        // Should the page live on, the script takes them from there.
        stub.q = [];
      }
    } catch (e) {}
  });
})(WAYMARK_GLOBAL, WAYMARK_PREFIX);
