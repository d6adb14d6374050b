namespace GeminiChat.Browser.Tests;

/// <summary>Looks over what is to be seen: contrast, names, landmarks, headings, sizes, and the page's width.</summary>
internal static class AccessibilityAudit
{
    /// <summary>
    /// A function that returns the faults. Contrast as WCAG 2.2 reckons it, 1.4.3, for text of any size, and the least
    /// size of 2.5.8. A canvas turns colours of every notation into numbers.
    /// </summary>
    public const string Script = """
        () => {
          const faults = [];
          const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
          const numbers = (colour) => {
            pen.clearRect(0, 0, 1, 1);
            pen.fillStyle = colour;
            pen.fillRect(0, 0, 1, 1);
            return pen.getImageData(0, 0, 1, 1).data;
          };
          const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
            .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const ground = (element) => {
            for (let e = element; e; e = e.parentElement) {
              const colour = numbers(getComputedStyle(e).backgroundColor);
              if (colour[3] === 255) return colour;
            }
            return [255, 255, 255];
          };
          const isSeen = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".visually-hidden");
          const describe = (e) => `${e.tagName}#${e.id}.${e.className} "${(e.textContent || "").slice(0, 30)}"`;
          for (const e of document.querySelectorAll("body *")) {
            if (!isSeen(e)) continue;
            const hasText = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
            if (hasText && !e.disabled) {
              const [a, b] = [light(numbers(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
              const ratio = (a + 0.05) / (b + 0.05);
              if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(2)}: ${describe(e)}`);
            }
            if (hasText && !e.closest("main, aside, dialog, #skip, #toast")) faults.push(`outside of all landmarks: ${describe(e)}`);
            const { width, height } = e.getBoundingClientRect();
            if (e.matches("button, summary, .button") && e.id !== "skip" && Math.min(width, height) < 24) {
              faults.push(`too small to press, ${width} by ${height}: ${describe(e)}`);
            }
            if (e.matches("button, a, summary") && !(e.ariaLabel || e.textContent.trim())) faults.push(`no name: ${describe(e)}`);
            if (e.matches("input, textarea, select") && !e.labels.length && !e.hasAttribute("aria-labelledby")) faults.push(`no label: ${describe(e)}`);
          }
          const mains = [...document.querySelectorAll("main")].filter(isSeen);
          if (mains.length !== 1 || mains[0].querySelectorAll("h1").length !== 1) faults.push("not one main part with one heading");
          if (!document.title || !document.documentElement.lang) faults.push("no title or language");
          let level = 0;
          for (const heading of mains[0]?.querySelectorAll("h1, h2, h3, h4, h5, h6") ?? []) {
            // What is in an answer is the model's choice; it begins below the page's own.
            const own = Number(heading.tagName[1]);
            if (heading.closest(".content") ? own <= 2 : own > level + 1) faults.push(`not in its level: ${describe(heading)}`);
            level = heading.closest(".content") ? level : own;
          }
          for (const part of document.querySelectorAll("aside, nav, section, [role=region], dialog[open]")) {
            if (!part.ariaLabel && !part.hasAttribute("aria-labelledby")) faults.push(`no name: ${describe(part)}`);
          }
          for (const live of ["#announcer[role=status]", "#notice[role=alert]", "#sign-in-error[role=alert]"]) {
            if (!document.querySelector(live)) faults.push(`not told to screen readers: ${live}`);
          }
          const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
          for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`two of ${id}`);
          for (const place of [document.documentElement, ...document.querySelectorAll("#scroller, #drawer, dialog")]) {
            if (isSeen(place) && place.scrollWidth > place.clientWidth) faults.push(`wider than it may be: ${describe(place)}`);
          }
          return faults;
        }
        """;
}
