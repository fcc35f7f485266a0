// What the header says of everything at once. Pure: it judges what is known and changes nothing. Every doubt is
// decided against "all clear", which is said only when each watched region is known to be seen, now, and dry.

import {age, clockTime, isOld, lag, now, percent, sign, span, withinAll} from './words.js';

const QUEUE_MS = 60_000;
const WHOLE = 0.995; // share of a region that must be seen before the whole of it is called dry
const SILENT_MS = 3 * 60_000; // figures are told again each minute while they are measured at all

/**
 * @typedef {{status: ?import('./words.js').Status, link: string, lastEventAt: ?string, tiles: number,
 *   regions: Map<string, import('./words.js').Region>, outlines: Map<string, import('./words.js').Outline>}} Known
 */

/**
 * What is wrong on the way from the tile to this screen; null when nothing is. `old`: nothing below may be trusted.
 * `text` changes with what is wrong alone and is announced; `age` is what of it time changes.
 * @param {Known} known
 * @returns {?{word: string, text: string, age: string, title: string, old: boolean}}
 */
export function trouble({status, link, lastEventAt, regions}) {
  const since = lastEventAt ? `Last news ${clockTime(lastEventAt)} UTC, ${age(lastEventAt)}.` : 'No news has come in yet.';
  const wrong = (word, title, text, age = '', old = true) => ({word, title, text, age, old});
  if (link === 'gone') return wrong('server gone', 'The dashboard server does not answer', 'The dashboard server does not answer. Everything below is old. Trying again.', since);
  if (link === 'reconnecting') return wrong('reconnecting', 'The connection was lost', 'The connection was lost. Everything below is old until it is back.', since);
  if (link === 'connecting') return wrong('connecting', '', '');
  if (status && !status.connected) return wrong('broker gone', 'The broker does not answer', status.sentence, since);
  const down = (status?.services ?? []).filter(({ok}) => !ok);
  const said = down.map(({name, words}) => `${name}: ${words}`).join(' ');
  const silent = status && !status.loading ? [...regions.values()].filter(isSilent) : [];
  if (silent.length) {
    const last = silent.map(({measured_at}) => measured_at ?? '').sort()[0];
    return wrong('no new figures', 'Nothing is measured', `No figures of ${names(silent)} since ${clockTime(last)} UTC: flood that rises now would not show. ${said}`.trim());
  }
  if (down.length) return wrong('live', 'A service is not at work', said, '', false);
  const behind = lag(regions.values());
  const queued = `The figures lie ${span(behind)} behind what was received.`;
  if (behind > QUEUE_MS) return wrong('live', 'Tiles are queued', 'Tiles come in faster than they are measured.', queued, false);
  return null;
}

/** What services warn of that makes no figure doubtful; empty when nothing is. @param {?import('./words.js').Status} status */
export function warnings(status) {
  return (status?.services ?? []).filter(({ok, warning}) => ok && warning).map(({name, words}) => `${name}: ${words}`).join(' ');
}

/** How many regions have an incident that is not over: one that recovers has not ended. @param {Iterable<import('./words.js').Region>} regions */
export function openIncidents(regions) {
  return [...regions].filter(({state}) => state === 'ALERTING' || state === 'RECOVERING').length;
}

/** Whether the service that measures has stopped telling of a region, whatever the pictures on the map do. */
function isSilent({as_of, measured_at}) {
  return Boolean(as_of) && !(now() - Date.parse(measured_at) <= SILENT_MS);
}

/** Regions of which "no flood" cannot be said: not fully seen or without figures, and those seen too long ago, whose cards say SEEN and OLD. */
function unseen(regions, outlines) {
  const full = ({visibility, as_of}) => visibility === 'SEEN' && as_of;
  const known = [...regions.values()];
  const missing = [...outlines.keys()].filter((id) => !regions.has(id)).length;
  return {parts: known.filter((region) => !full(region)).length + missing, old: known.filter((region) => full(region) && isOld(region, outlines.get(region.id)))};
}

/** The region of which the least is seen, of those that are not seen as a whole. @returns {?import('./words.js').Region} */
function leastSeen(regions) {
  const parts = regions.filter(({observed_fraction: share}) => !(share >= WHOLE));
  return parts.sort((a, b) => a.observed_fraction - b.observed_fraction)[0] ?? null;
}

/**
 * The one sign that is read from across the room.
 * @param {Known} known @param {ReturnType<trouble>} wrong
 * @returns {[string, string, string, string]} look, symbol, word, sentence
 */
export function verdict({status, link, regions, outlines, tiles}, wrong) {
  const all = [...regions.values()];
  const of = (look) => all.filter((region) => sign(region, outlines.get(region.id)).look === look);
  const count = (n, one, many) => `${n} ${n === 1 ? one : many}`;
  const [alerting, pending, recovering] = ['alerting', 'pending', 'recovering'].map(of);
  const nothing = tiles === 0 && !all.some((region) => region.visibility !== 'NO_DATA');
  if (wrong && !status) return ['waiting', 'i-broken', 'No connection', 'Nothing is known yet, which is not the same as no flood.'];
  if (wrong?.old && link !== 'connecting') {
    const last = alerting.length ? `${count(alerting.length, 'region was', 'regions were')} in ALERT when last heard.` : 'What happens now is not known.';
    return ['broken', 'i-broken', 'FIGURES ARE OLD', last];
  }
  if (!status || status.loading) return ['waiting', 'i-wait', 'Loading', 'Reading what is known so far.'];
  if (alerting.length) return ['alerting', 'i-alert', count(alerting.length, 'REGION IN ALERT', 'REGIONS IN ALERT'), names(alerting)];
  if (wrong && link !== 'connecting') return ['broken', 'i-broken', 'FIGURES MAY BE OLD', wrong.title + ': flood that rises now may not show.'];
  if (pending.length) return ['pending', 'i-pending', count(pending.length, 'region pending', 'regions pending'), names(pending)];
  if (recovering.length) return ['recovering', 'i-recovering', count(recovering.length, 'region recovering', 'regions recovering'), names(recovering)];
  if (nothing) return ['waiting', 'i-wait', 'Waiting for the first tile', 'Nothing is known yet, which is not the same as no flood.'];
  if (all.length + outlines.size === 0) return ['waiting', 'i-nodata', 'No region is watched', 'Tiles come in, but nothing raises an alert until a region is set.'];
  const {parts, old} = unseen(regions, outlines);
  if (parts) return ['partial', 'i-partial', 'No alert, not all seen', `${count(parts, 'region is', 'regions are')} not fully seen${old.length ? `, and figures of ${names(old)} are old` : ''}: flood there would not show.`];
  const lookback = withinAll(outlines.values());
  if (old.length) return ['partial', 'i-partial', 'No alert, figures are old', `${names(old)}: nothing was seen ${withinAll(old.map(({id}) => outlines.get(id)))}: flood that came since would not show.`];
  const wet = all.some((region) => region.flooded_km2 + region.flooded_stale_km2 > 0);
  const least = leastSeen(all); // SEEN is min_observed and more: the rest may lie below cloud since the flood came
  if (least) {
    const rest = `Of ${names([least])} ${percent(least.observed_fraction)} was seen ${lookback}: flood in the rest would not show.`;
    return ['partial', 'i-partial', wet ? 'No alert where seen' : 'No flood where seen', rest];
  }
  return ['normal', 'i-normal', wet ? 'No alert' : 'All clear', `All regions were seen ${lookback}; ${wet ? 'flood is below every threshold' : 'no flood'}.`];
}

function names(regions) {
  return regions.map(({name, id}) => name || id).join(', ');
}
