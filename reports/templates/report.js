(function () {
  "use strict";

  // Every list with a search box and buttons filters by text and by verdict.
  document.querySelectorAll("[data-filter]").forEach(function (box) {
    var tools = box.querySelector(".tools");
    var search = tools.querySelector("[data-search]");
    var buttons = Array.from(tools.querySelectorAll("[data-show]"));
    var count = tools.querySelector("[data-count]");
    var list = box.querySelector(".list");
    var nothing = box.querySelector(":scope > .nothing");
    var rows = Array.from(list.children);
    var text = new Map();
    var show = "";

    function textOf(row) {
      if (!text.has(row)) {
        var source = row.hasAttribute("data-deep") ? row : row.querySelector("summary");
        text.set(row, source.textContent.toLowerCase());
      }
      return text.get(row);
    }
    function apply() {
      var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      var seen = 0;
      rows.forEach(function (row) {
        var hit = (!show || row.dataset.v === show) &&
          words.every(function (word) { return textOf(row).includes(word); });
        row.hidden = !hit;
        if (hit) { seen++; }
      });
      count.textContent = seen === rows.length ? "" : seen + " of " + rows.length;
      if (nothing) { nothing.hidden = seen > 0; }
    }
    buttons.forEach(function (button) {
      var value = button.dataset.show;
      if (value && !rows.some(function (row) { return row.dataset.v === value; })) {
        button.hidden = true;
        return;
      }
      button.addEventListener("click", function () {
        show = value;
        buttons.forEach(function (other) { other.setAttribute("aria-pressed", String(other === button)); });
        apply();
      });
    });
    search.addEventListener("input", apply);
    search.addEventListener("keydown", function (event) {
      if (event.key === "Escape") { search.value = ""; apply(); }
    });
    tools.hidden = rows.length < 2;
  });

  // A link into a closed part opens it.
  function reveal() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) { return; }
    for (var part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") { part.open = true; part.hidden = false; }
    }
    target.scrollIntoView({behavior: "instant", block: "start"});
  }
  window.addEventListener("hashchange", reveal);
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) { reveal(); }
  });
  reveal();

  // A command line is there to be copied.
  if (navigator.clipboard) {
    document.addEventListener("click", function (event) {
      var button = event.target.closest && event.target.closest("button.copy");
      if (!button) { return; }
      navigator.clipboard.writeText(button.nextElementSibling.textContent).then(function () {
        button.textContent = "Copied";
        setTimeout(function () { button.textContent = "Copy"; }, 1500);
      });
    });
    document.addEventListener("toggle", function (event) {
      if (!event.target.open) { return; }
      event.target.querySelectorAll("pre.curl").forEach(function (pre) {
        if (pre.previousElementSibling && pre.previousElementSibling.className === "copy") { return; }
        var button = document.createElement("button");
        button.type = "button";
        button.className = "copy";
        button.textContent = "Copy";
        pre.before(button);
      });
    }, true);
  }

  // Paper shows what needs attention, whether it was open or not.
  var closed = [];
  window.addEventListener("beforeprint", function () {
    closed = Array.from(document.querySelectorAll(
      "details.failed:not([open]), details.error:not([open])"));
    closed.forEach(function (part) { part.open = true; });
  });
  window.addEventListener("afterprint", function () {
    closed.forEach(function (part) { part.open = false; });
  });
})();
