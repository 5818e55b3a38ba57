// Three conveniences for the reader's pages. All are additions: the pages are complete without this file.
//
// 1. A draft is kept in this tab, until it is closed or the form was sent.
//    <form data-draft="report" data-draft-about="A-…" data-draft-restored="Words" data-draft-discard="Words">
//    Drafts about different things are kept apart. Fields of type file, password or email and those with data-draft-skip are
//    never kept; a hidden field only with data-draft-with="name": it belongs to what stands in the field of that name.
//    data-draft-sent-back: what stands in the form came back from the server, and nothing is put over it.
//    <div data-draft-done="report"> on the page that a form leads to which was sent: it ends the draft of that very form.
// 2. A passage is marked in the text shown.
//    <div class="source" data-passage-source data-passage-exact="id_passage" data-passage-prefix="id_prefix"
//         data-passage-suffix="id_suffix" data-passage-action="Words" data-passage-marked="Words"
//         data-passage-limit="500" data-passage-too-long="Words">
//    <span data-passage-hint hidden> is shown then, <span data-passage-otherwise> no longer.
// 3. <p data-copy="id" data-copy-action="Words" data-copy-done="Words"> becomes a button that copies the words of that element.
(() => {
  "use strict";

  const CONTEXT = 32; // characters before and after a passage, enough to tell two like passages apart
  const draftOf = (name, about) => `masthead.draft.${name}.${about}`;
  const sentOf = (name) => `masthead.sent.${name}`;

  // A browser may refuse storage altogether (private windows, policies): then there is no draft, and nothing breaks.
  const attempt = (action) => {
    try {
      return action();
    } catch {
      return null;
    }
  };
  const store = {
    read: (key) => attempt(() => JSON.parse(sessionStorage.getItem(key))),
    write: (key, value) => attempt(() => sessionStorage.setItem(key, JSON.stringify(value))),
    remove: (key) => attempt(() => sessionStorage.removeItem(key)),
  };
  // Drafts were once kept for a day on the device, for whoever used it next.
  attempt(() => Object.keys(localStorage).filter((key) => key.startsWith("masthead.")).forEach((key) => localStorage.removeItem(key)));

  const note = (text, action, onAction) => {
    const line = document.createElement("div");
    line.className = "script-note";
    const words = document.createElement("span");
    words.setAttribute("role", "status");
    words.textContent = text;
    line.append(words);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--second";
    button.textContent = action;
    button.addEventListener("click", () => onAction(line));
    line.append(button);
    return line;
  };

  const isChoice = (field) => field.type === "checkbox" || field.type === "radio";
  const nameOf = (field) => (isChoice(field) ? `${field.name}=${field.value}` : field.name);
  const isKept = (field) =>
    field.name &&
    !field.matches("button, fieldset, [type=hidden]:not([data-draft-with]), [type=file], [type=password], [type=email], [data-draft-skip]");

  /** Puts the draft into the empty fields. Whether anything was put back. */
  const restore = (kept, draft) => {
    let restored = false;
    const put = (field, set) => {
      set();
      restored = true;
      const folded = field.closest("details");
      if (folded) folded.open = true;
    };
    const own = kept.filter((field) => !field.dataset.draftWith);
    for (const field of own) {
      const value = draft[nameOf(field)];
      if (isChoice(field) && value === true && !field.checked) {
        // The server's own choice wins over the draft's.
        const taken = field.type === "radio" && own.some((other) => other.name === field.name && other.checked && other.value);
        if (!taken) put(field, () => (field.checked = true));
      } else if (!isChoice(field) && value && !field.value) {
        put(field, () => (field.value = value));
      }
    }
    for (const field of kept.filter((each) => each.dataset.draftWith)) {
      const name = field.dataset.draftWith;
      const owner = own.find((each) => each.name === name);
      if (owner && owner.value && owner.value === draft[name]) field.value = draft[field.name] || "";
    }
    return restored;
  };

  const keepDraft = (form) => {
    const { draft: name, draftAbout: about = "" } = form.dataset;
    const key = draftOf(name, about);
    const kept = [...form.elements].filter(isKept);
    const initial = new Map(kept.map((field) => [field, isChoice(field) ? field.checked : field.value]));
    const save = () => {
      const fields = {};
      for (const field of kept) {
        const value = isChoice(field) ? field.checked : field.value;
        if (value) fields[nameOf(field)] = value;
      }
      if (Object.keys(fields).length) store.write(key, fields);
      else store.remove(key);
    };

    const sent = store.read(sentOf(name));
    store.remove(sentOf(name));
    if ("draftSentBack" in form.dataset) {
      // Sent from a form that was about something else, perhaps nothing yet: it goes on here.
      if (sent && sent !== key) store.remove(sent);
      save();
    } else {
      const draft = store.read(key);
      if (draft && restore(kept, draft) && form.dataset.draftRestored) {
        form.prepend(
          note(form.dataset.draftRestored, form.dataset.draftDiscard, (line) => {
            store.remove(key);
            for (const [field, value] of initial) {
              if (isChoice(field)) field.checked = value;
              else field.value = value;
            }
            line.remove();
            const first = kept.find((field) => field.type !== "hidden" && !field.disabled);
            if (first) first.focus();
          }),
        );
      }
    }

    let timer = 0;
    form.addEventListener("input", (event) => {
      // Typed by hand, the words need not stand where they were marked.
      if (event.isTrusted) kept.filter((field) => field.dataset.draftWith === event.target.name).forEach((field) => (field.value = ""));
      clearTimeout(timer);
      timer = setTimeout(save, 400);
    });
    form.addEventListener("submit", () => {
      save();
      store.write(sentOf(name), key);
    });
    addEventListener("pagehide", () => {
      if (timer) save();
    });
  };

  const endDraft = (name) => {
    const sent = store.read(sentOf(name));
    store.remove(sentOf(name));
    if (sent) store.remove(sent);
  };

  const highlight = (range) => {
    if (!("highlights" in CSS)) return;
    CSS.highlights.delete("marked");
    if (range) CSS.highlights.set("marked", new Highlight(range));
  };

  const folded = (text) => text.replace(/\s+/g, " ");
  const letters = (text) => [...text];

  /** How many letters of the two texts are the same, counted from the start. */
  const agreement = (one, other) => {
    const [first, second] = [letters(folded(one)), letters(folded(other))];
    let same = 0;
    while (same < first.length && first[same] === second[same]) same += 1;
    return same;
  };
  const reversed = (text) => letters(folded(text)).reverse().join("");

  /** The range of `exact` in `source` whose surroundings agree best, or null when they agree nowhere. */
  const find = (source, exact, prefix, suffix) => {
    if (!exact) return null;
    const text = source.textContent;
    const pattern = exact.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
    let best = null;
    for (const match of text.matchAll(new RegExp(pattern, "g"))) {
      const end = match.index + match[0].length;
      const before = agreement(reversed(text.slice(Math.max(0, match.index - 200), match.index).trimEnd()), reversed(prefix.trimEnd()));
      const after = agreement(text.slice(end, end + 200).trimStart(), suffix.trimStart());
      const score = before + after;
      if (!best || score > best.score) best = { start: match.index, end, score };
    }
    if (!best || ((prefix.trim() || suffix.trim()) && !best.score)) return null;
    const range = document.createRange();
    const walker = document.createTreeWalker(source, NodeFilter.SHOW_TEXT);
    let seen = 0;
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const end = seen + node.length;
      if (best.start >= seen && best.start < end) range.setStart(node, best.start - seen);
      if (best.end > seen && best.end <= end) {
        range.setEnd(node, best.end - seen);
        return range;
      }
      seen = end;
    }
    return null;
  };

  const markPassage = (source) => {
    const data = source.dataset;
    const field = (name) => document.getElementById(data[name] || "") || { value: "" };
    const exact = document.getElementById(data.passageExact || "");
    if (!exact || !data.passageAction) return;

    let chosen = null;
    const line = note("", data.passageAction, () => {
      if (!chosen) return;
      const words = chosen.toString().trim();
      const status = line.querySelector("[role=status]");
      if (letters(words).length > Number(data.passageLimit || Infinity)) {
        status.textContent = data.passageTooLong || "";
        return;
      }
      const before = document.createRange();
      before.setStart(source, 0);
      before.setEnd(chosen.startContainer, chosen.startOffset);
      const after = document.createRange();
      after.setStart(chosen.endContainer, chosen.endOffset);
      after.setEnd(source, source.childNodes.length);
      exact.value = words;
      field("passagePrefix").value = letters(before.toString()).slice(-CONTEXT).join("");
      field("passageSuffix").value = letters(after.toString()).slice(0, CONTEXT).join("");
      exact.dispatchEvent(new Event("input", { bubbles: true }));
      source.classList.add("source--remarked");
      highlight(chosen);
      status.textContent = data.passageMarked || "";
    });
    document.querySelectorAll("[data-passage-hint]").forEach((words) => (words.hidden = false));
    document.querySelectorAll("[data-passage-otherwise]").forEach((words) => (words.hidden = true));
    const button = line.querySelector("button");
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
    const shown = source.querySelector("mark");
    if (!shown) highlight(find(source, exact.value.trim(), field("passagePrefix").value, field("passageSuffix").value));
    else source.scrollTop = shown.offsetTop - source.offsetTop - source.clientHeight / 3;
  };

  const offerCopy = (place) => {
    const words = document.getElementById(place.dataset.copy);
    if (!words || !navigator.clipboard) return; // only over https, and on this machine
    place.append(
      note("", place.dataset.copyAction, (line) => {
        navigator.clipboard.writeText(words.textContent.trim()).then(
          () => (line.querySelector("[role=status]").textContent = place.dataset.copyDone || ""),
          () => getSelection().selectAllChildren(words),
        );
      }),
    );
  };

  document.querySelectorAll("[data-draft-done]").forEach((end) => endDraft(end.dataset.draftDone));
  document.querySelectorAll("form[data-draft]").forEach(keepDraft);
  document.querySelectorAll("[data-passage-source]").forEach(markPassage);
  document.querySelectorAll("[data-copy]").forEach(offerCopy);
})();
