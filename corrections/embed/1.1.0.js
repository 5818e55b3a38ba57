/* Masthead embed 1.1.0, Apache-2.0. No cookies, no storage; sends the article's address only. */
(() => {
	const script = document.currentScript;
	if (!script) return;
	const base = new URL(script.src).origin;
	const data = script.dataset;
	const canonical = document.querySelector("link[rel=canonical][href]");
	const url = data.url || (canonical ? canonical.href : location.href.split("#")[0]);
	const say = (name, text) => data[name] || text;
	const css = `:host{display:block}ul{display:flex;flex-wrap:wrap;gap:.25em 1.25em;margin:1em 0;padding:0;list-style:none}
a{color:inherit}section{margin:1em 0;padding:0 1em;border:1px solid;border-inline-start-width:4px}h2,h3{margin:.5em 0 .25em;font-size:1em}
p{margin:0 0 .75em;white-space:pre-line;overflow-wrap:anywhere;unicode-bidi:plaintext}.select{position:fixed;z-index:9999999;
inset:auto 1rem 1rem auto;padding:.75em 1em;background:#1c1a17;color:#fff;font:600 1rem sans-serif}@media print{ul,.select{display:none}}`;

	const make = (name, text, parent) => {
		const element = document.createElement(name);
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
		if (!quote) return "/corrections/new/?" + query;
		let kept = Array.from(quote).slice(0, 500);
		// Addresses have an end.
		do query.set("quote", kept.join(""));
		while (String(query).length > 3000 && (kept = kept.slice(0, -25)).length);
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
	const notices = (root, found) => {
		const standing = found.filter((row) => !row.creativeWorkStatus);
		if (!standing.length) return;
		const box = document.createElement("section");
		root.prepend(box);
		make("h2", say("heading", "Corrections"), box);
		for (const row of standing) {
			const title = make("h3", "", box);
			link(row.name, new URL(row.url).pathname, title);
			title.append(" ");
			const day = new Date(row.datePublished).toLocaleDateString(document.documentElement.lang || undefined);
			make("time", day, title).dateTime = row.datePublished;
			make("p", row.text, box);
		}
	};
	const jsonld = (said) => {
		const block = document.createElement("script");
		block.type = "application/ld+json";
		const text = JSON.stringify({ "@context": "https://schema.org", "@type": "NewsArticle", "@id": url, ...said });
		const policy = window.trustedTypes && trustedTypes.createPolicy("masthead", { createScript: (json) => json });
		block.textContent = policy ? policy.createScript(text) : text;
		document.head.append(block);
	};
	const selecting = (root) => {
		const area = document.querySelector(data.within || "article") || document.body;
		const offer = link(say("select", "Report an error in the selected text"), report(""), root);
		offer.className = "select";
		offer.hidden = true;
		let waiting = 0;
		document.addEventListener("selectionchange", () => {
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
		const host = document.createElement("masthead-embed");
		const target = data.target && document.querySelector(data.target);
		if (target) target.append(host);
		else if (document.body.contains(script)) script.after(host);
		else (document.querySelector("article, main") || document.body).append(host);
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
			notices(root, said.correction);
		}
		if (data.jsonld !== "off") jsonld(said);
	};
	const start = () => run().catch(console.warn);
	if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
	else start();
})();
