// Streaming: an edit brings a piece of text at once; the eye gets it letter by letter.

const SECONDS = 0.9;
const still = matchMedia("(prefers-reduced-motion: reduce)");
let running = 0;

export const isRevealing = () => running > 0;

/** Shows what `node` says beyond the beginning that it shares with `before`. Calls `onStep` after each growth. */
export function reveal(node, before, onStep) {
  const full = node.textContent;
  const shared = commonLength(before, full);
  if (still.matches || document.hidden || full.length - shared < 2 || shared < before.length * 0.6) return;
  let start = 0;
  const pieces = textNodes(node).map((text) => ({ node: text, data: text.data, start: (start += text.data.length) - text.data.length }));
  const blocks = [...node.querySelectorAll("blockquote, pre, p, li, .table, details, h2, h3, h4")].map((element) => ({ element, start: offsetOf(element, pieces) }));
  const began = performance.now();
  running += 1;
  const step = (now) => {
    const part = Math.min(1, (now - began) / (SECONDS * 1000));
    const until = shared + Math.round((full.length - shared) * part);
    for (const piece of pieces) {
      const shown = piece.data.slice(0, Math.max(0, until - piece.start));
      if (piece.node.data !== shown) piece.node.data = shown;
    }
    for (const { element, start } of blocks) element.hidden = start >= until && part < 1;
    onStep();
    if (part < 1 && node.isConnected) requestAnimationFrame(step);
    else running -= 1;
  };
  step(began);
}

function textNodes(node) {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found;
}

const offsetOf = (element, pieces) => pieces.find((piece) => element.contains(piece.node))?.start ?? 0;

function commonLength(one, two) {
  let length = 0;
  while (length < one.length && length < two.length && one[length] === two[length]) length += 1;
  return length;
}
