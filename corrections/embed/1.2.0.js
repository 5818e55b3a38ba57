/* Masthead embed 1.2.0, Apache-2.0. No cookies, no storage; sends the article's address only. */
(() => {
	const doc = document;
	const script = doc.currentScript;
	if (!script) return;
	const base = new URL(script.src).origin;
	const data = script.dataset;
	const canonical = doc.querySelector("link[rel=canonical][href]");
	const url = data.url || canonical?.href || location.href.split("#")[0];
	const say = (name, text) => data[name] || text;
	const css = `:host{display:block}ul{display:flex;flex-wrap:wrap;gap:.25em 1.25em;margin:1em 0;padding:0;list-style:none}
a{color:inherit}section{margin:1em 0;padding:0 1em;border:1px solid;border-inline-start-width:4px}h2,h3{margin:.5em 0 .25em;font-size:1em}
p{margin:0 0 .75em;white-space:pre-line;overflow-wrap:anywhere;unicode-bidi:plaintext}.select{position:fixed;z-index:9999999;
inset:auto 1rem 1rem auto;padding:.75em 1em;background:#1c1a17;color:#fff;font:600 1rem sans-serif}@media print{ul,.select{display:none}}`;

	const make = (name, text, parent) => {
		const element = doc.createElement(name);
		element.textContent = text;
		parent.append(element);
		return element;
	};
	const link = (text, path, parent) => {
		const element = make("a", text, parent);
		element.href = base + path;
		return element;
	};
	const report = (quote) => {
		const query = new URLSearchParams({ url });
		// Addresses have an end.
		for (let kept = [...quote].slice(0, 500); kept.length; kept = kept.slice(0, -25)) {
			query.set("quote", kept.join(""));
			if (String(query).length < 3001) break;
		}
		return "/corrections/new/?" + query;
	};
	const read = async (path) => {
		const answer = await fetch(base + path, { credentials: "omit", referrerPolicy: "no-referrer" });
		if (!answer.ok) throw Error(answer.status);
		return answer.json();
	};

	const links = (root) => {
		const list = make("ul", "", root);
		const item = (text, path) => link(text, path, make("li", "", list));
		item(say("report", "Submit Correction"), report(""));
		item(say("license", "Request Reprint & Licensing"), "/reprints/new/?" + new URLSearchParams({ url }));
		item(say("guidelines", "View Editorial & AI Guidelines"), "/guidelines/");
	};
	const dayOf = (at, timeZone) => {
		try {
			return at.toLocaleDateString(doc.documentElement.lang || [], { timeZone });
		} catch {
			return at.toLocaleDateString();
		}
	};
	const notices = (root, found, zone) => {
		const standing = found.filter((row) => !row.creativeWorkStatus);
		if (!standing.length) return;
		const box = doc.createElement("section");
		root.prepend(box);
		make("h2", say("heading", "Corrections"), box);
		for (const row of standing) {
			const title = make("h3", "", box);
			link(row.name, new URL(row.url).pathname, title);
			title.append(" ");
			make("time", dayOf(new Date(row.datePublished), zone), title).dateTime = row.datePublished;
			make("p", row.text, box);
		}
	};
	const jsonld = (said) => {
		const block = doc.createElement("script");
		block.type = "application/ld+json";
		const text = JSON.stringify({ "@context": "https://schema.org", "@type": "NewsArticle", "@id": url, ...said });
		const policy = window.trustedTypes?.createPolicy("masthead", { createScript: (json) => json });
		block.textContent = policy?.createScript(text) ?? text;
		doc.head.append(block);
	};
	const selecting = (root) => {
		const area = doc.querySelector(data.within || "article") || doc.body;
		const offer = link(say("select", "Report an error in the selected text"), report(""), root);
		offer.className = "select";
		offer.hidden = true;
		let waiting = 0;
		doc.addEventListener("selectionchange", () => {
			clearTimeout(waiting);
			waiting = setTimeout(() => {
				const chosen = getSelection();
				const quote = String(chosen).replace(/\s+/g, " ").trim();
				offer.hidden = quote.length < 2 || !area.contains(chosen.anchorNode);
				offer.href = base + report(quote);
			}, 200);
		});
	};

	const run = async () => {
		const host = doc.createElement("masthead-embed");
		const target = data.target && doc.querySelector(data.target);
		if (target) target.append(host);
		else if (doc.body.contains(script)) script.after(host);
		else (doc.querySelector("article, main") || doc.body).append(host);
		const root = host.attachShadow({ mode: "open" });
		try {
			const sheet = new CSSStyleSheet();
			sheet.replaceSync(css);
			root.adoptedStyleSheets = [sheet];
		} catch { /* plain */ }
		links(root);
		if (data.selection !== "off") selecting(root);
		const [article] = (await read("/api/v1/articles/?" + new URLSearchParams({ url }))).results;
		if (!article) return;
		const said = article.rights;
		if (article.corrections_count) {
			said.correction = (await read(`/api/v1/articles/${article.reference}/jsonld/`)).correction;
			notices(root, said.correction, article.time_zone);
		}
		if (data.jsonld !== "off") jsonld(said);
	};
	const start = () => run().catch(console.warn);
	if (doc.readyState === "loading") addEventListener("DOMContentLoaded", start);
	else start();
})();
