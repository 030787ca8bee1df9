// The stub: what a customer pastes into the page, so that calls may be made before the script is
// there. It keeps each call with its time and page. It never sends and never decides.
//
// To use another name than `waymark`, change it at the end and give the script `data-global`.

(function (name: string) {
  var page = window as any;
  var stub = (page[name] =
    page[name] ||
    function () {
      var now = [Date.now(), performance.now()];
      if (stub.q.push([arguments, now, location.href, document.title, document.referrer]) > 500) {
        stub.q.pop();
        stub.lost = -~stub.lost;
      }
    });
  stub.q = stub.q || [];
})("waymark");
