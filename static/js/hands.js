// When a browser changes hands, none of its other pages stays open behind: each says whose it is, and leaves when another does.
(() => {
  'use strict';
  const { hand, home } = document.body.dataset;
  // A page brought back from memory is asked for anew: it may be somebody else's by now.
  addEventListener('pageshow', (e) => { if (e.persisted) location.reload(); });
  if (!window.BroadcastChannel) return;
  const others = new BroadcastChannel('hands');
  others.onmessage = ({ data }) => { if (data !== hand) location.replace(home); };
  if (hand) others.postMessage(hand);
})();
