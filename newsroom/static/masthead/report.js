// Two conveniences for the reader's form. Both are additions: the form is complete without this file.
//
// 1. A draft is kept on this device.
//    <form data-draft="report" data-draft-restored="Words" data-draft-discard="Words">
//    Fields of type hidden, file, password or email, and fields with data-draft-skip, are never kept. A draft lives for a day.
//    <div data-draft-done="report"> on the page that says thank you ends it.
// 2. A passage is marked in the text shown.
//    <div class="source" data-passage-source data-passage-exact="id_passage" data-passage-prefix="id_prefix"
//         data-passage-suffix="id_suffix" data-passage-action="Words" data-passage-marked="Words">
(() => {
  "use strict";

  const DAY = 24 * 60 * 60 * 1000;
  const CONTEXT = 32; // characters before and after a passage, enough to tell two like passages apart
  const keyOf = (name) => `masthead.draft.${name}`;

  // A browser may refuse storage altogether (private windows, policies): then there is no draft, and nothing breaks.
  const store = {
    read(key) {
      try {
        const draft = JSON.parse(localStorage.getItem(key));
        return draft && Date.now() - draft.at < DAY ? draft.fields : null;
      } catch {
        return null;
      }
    },
    write(key, fields) {
      try {
        localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields }));
      } catch {
        // Full or refused.
      }
    },
    remove(key) {
      try {
        localStorage.removeItem(key);
      } catch {
        // Refused.
      }
    },
  };

  const note = (text, action, onAction) => {
    const line = document.createElement("div");
    line.className = "script-note";
    const words = document.createElement("span");
    words.setAttribute("role", "status");
    words.textContent = text;
    line.append(words);
    if (action) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button--second";
      button.textContent = action;
      button.addEventListener("click", () => onAction(line));
      line.append(button);
    }
    return line;
  };

  const keepDraft = (form) => {
    const key = keyOf(form.dataset.draft);
    const kept = [...form.elements].filter(
      (field) =>
        field.name &&
        !field.matches("button, fieldset, [type=hidden], [type=file], [type=password], [type=email], [data-draft-skip]"),
    );
    const isChoice = (field) => field.type === "checkbox" || field.type === "radio";
    const nameOf = (field) => (isChoice(field) ? `${field.name}=${field.value}` : field.name);
    const initial = new Map(kept.map((field) => [field, isChoice(field) ? field.checked : field.value]));

    const draft = store.read(key);
    if (draft) {
      let restored = false;
      for (const field of kept) {
        const value = draft[nameOf(field)];
        if (isChoice(field) && value === true && !field.checked) {
          // The server's own choice wins over the draft's.
          if (field.type === "checkbox" || !kept.some((other) => other.name === field.name && other.checked)) {
            field.checked = true;
            restored = true;
          }
        } else if (!isChoice(field) && value && !field.value) {
          field.value = value;
          restored = true;
        }
      }
      if (restored && form.dataset.draftRestored) {
        form.prepend(
          note(form.dataset.draftRestored, form.dataset.draftDiscard, (line) => {
            store.remove(key);
            for (const [field, value] of initial) {
              if (isChoice(field)) field.checked = value;
              else field.value = value;
            }
            line.remove();
            const first = kept.find((field) => !field.disabled);
            if (first) first.focus();
          }),
        );
      }
    }

    let timer = 0;
    const save = () => {
      const fields = {};
      for (const field of kept) {
        const value = isChoice(field) ? field.checked : field.value;
        if (value) fields[nameOf(field)] = value;
      }
      if (Object.keys(fields).length) store.write(key, fields);
      else store.remove(key);
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(save, 400);
    });
    addEventListener("pagehide", () => {
      if (timer) save();
    });
  };

  const highlight = (range) => {
    if (!("highlights" in CSS)) return;
    CSS.highlights.delete("marked");
    if (range) CSS.highlights.set("marked", new Highlight(range));
  };

  /** The range of the first occurrence of `exact` in `source`, or null. */
  const find = (source, exact) => {
    const at = exact ? source.textContent.indexOf(exact) : -1;
    if (at < 0) return null;
    const range = document.createRange();
    const walker = document.createTreeWalker(source, NodeFilter.SHOW_TEXT);
    let seen = 0;
    let started = false;
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const end = seen + node.length;
      if (!started && at < end) {
        range.setStart(node, at - seen);
        started = true;
      }
      if (started && at + exact.length <= end) {
        range.setEnd(node, at + exact.length - seen);
        return range;
      }
      seen = end;
    }
    return null;
  };

  const markPassage = (source) => {
    const field = (name) => document.getElementById(source.dataset[name] || "");
    const exact = field("passageExact");
    if (!exact) return;

    let chosen = null;
    const line = note("", source.dataset.passageAction, () => {
      if (!chosen) return;
      const before = document.createRange();
      before.setStart(source, 0);
      before.setEnd(chosen.startContainer, chosen.startOffset);
      const after = document.createRange();
      after.setStart(chosen.endContainer, chosen.endOffset);
      after.setEnd(source, source.childNodes.length);
      exact.value = chosen.toString().trim();
      if (field("passagePrefix")) field("passagePrefix").value = before.toString().slice(-CONTEXT);
      if (field("passageSuffix")) field("passageSuffix").value = after.toString().slice(0, CONTEXT);
      exact.dispatchEvent(new Event("input", { bubbles: true }));
      highlight(chosen);
      line.querySelector("[role=status]").textContent = source.dataset.passageMarked || "";
    });
    const button = line.querySelector("button");
    if (!button) return;
    button.disabled = true;
    source.after(line);

    document.addEventListener("selectionchange", () => {
      const selection = getSelection();
      const range = selection.rangeCount ? selection.getRangeAt(0) : null;
      const inside = range && !range.collapsed && source.contains(range.commonAncestorContainer) && range.toString().trim();
      // Pressing the button may clear the selection in some browsers: the last one is kept until another is made.
      if (inside) chosen = range.cloneRange();
      button.disabled = !chosen;
    });
    highlight(find(source, exact.value.trim()));
  };

  document.querySelectorAll("[data-draft-done]").forEach((end) => store.remove(keyOf(end.dataset.draftDone)));
  document.querySelectorAll("form[data-draft]").forEach(keepDraft);
  document.querySelectorAll("[data-passage-source]").forEach(markPassage);
})();
