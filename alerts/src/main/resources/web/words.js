// Words and numbers as the operator reads them; the same words as the topics and the command line.

/** @typedef {{type?: string, id: string, gone?: boolean}} Item */
/** @typedef {Item & {name: string, state: string, visibility: string, flooded_km2: number, flooded_stale_km2: number,
 *   observed_fraction: number, reference_fraction: number, area_km2: number, raise_km2: number, clear_km2: number,
 *   passes_below: number, incident_id: string, oldest_observation: ?string, newest_observation: ?string, as_of: ?string, received_at: ?string, measured_at: ?string,
 *   acknowledged_by: string, acknowledged_at: ?string, silenced_by: string, silenced_until: ?string, silenced_by_parent: boolean,
 *   trend_km2_per_hour: ?number, trend_passes: number}} Region */
/** @typedef {Item & {name: string, geometry: object, min_observed: number, max_age_s: number, passes: number}} Outline */
/** @typedef {Item & {kind: string, cause: string, status: string, severity: string, region_id: string, region_name: string, flooded_km2: number,
 *   flooded_stale_km2: number, observed_fraction: number, reason: string, as_of: ?string, alerted_at: ?string,
 *   incident_id: string}} Alert */
/** @typedef {Item & {versions: Object<string, string>, flooded_km2: number, flooded_stale_km2: number,
 *   unknown_fraction: number, reference_version: string, observations: number, as_of: ?string, max_age_s: number}} Tile */
/** @typedef {Item & {version: string, halo_px: number, acquired_at: string, publisher: string, scene: string}} Picture */
/** @typedef {{exercise: boolean, connected: boolean, loading: boolean, sentence: string, device: string, device_warning: string,
 *   model_name: string, model_version: string, services: {name: string, ok: boolean, warning: boolean, words: string}[],
 *   ground_full: boolean, skipped_records: number, last_skipped: string,
 *   last_event_at: ?string, now: string}} Status */

let serverAhead = 0; // ms by which the server's clock leads the browser's

/** @param {string} iso the server's time of now */
export function setClock(iso) {
  serverAhead = Date.parse(iso) - Date.now();
}

/** The server's time of now in epoch milliseconds: ages must not depend on the browser's clock. */
export function now() {
  return Date.now() + serverAhead;
}

/** @param {?string} iso */
export function clockTime(iso) {
  return iso ? new Date(iso).toISOString().slice(11, 19) : '--:--:--';
}

/** Date and time where the day is not today's. @param {?string} iso */
export function when(iso) {
  if (!iso) return 'time unknown';
  const text = new Date(iso).toISOString();
  const today = new Date(now()).toISOString().slice(0, 10);
  return text.slice(0, 10) === today ? text.slice(11, 19) : `${text.slice(0, 10)} ${text.slice(11, 19)}`;
}

/** "12 s", "4 min", "3 h 05", "2 d". @param {number} ms */
export function span(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 100) return `${s} s`;
  if (s < 100 * 60) return `${Math.round(s / 60)} min`;
  if (s < 48 * 3600) return `${Math.floor(s / 3600)} h ${String(Math.floor(s / 60) % 60).padStart(2, '0')}`;
  return `${Math.floor(s / 86400)} d`;
}

/**
 * How far back figures look, in words: "within 12 h", "within 90 min", "within 3 d".
 * @param {number} maxAgeS max_age of a region in seconds, 0 where it is not known
 */
export function within(maxAgeS) {
  if (!(maxAgeS > 0)) return 'within max_age';
  if (maxAgeS % 86400 === 0 && maxAgeS > 2 * 86400) return `within ${maxAgeS / 86400} d`;
  if (maxAgeS % 3600 === 0) return `within ${maxAgeS / 3600} h`;
  if (maxAgeS < 2 * 3600 || maxAgeS % 60 !== 0) return `within ${span(maxAgeS * 1000)}`;
  return `within ${Math.floor(maxAgeS / 3600)} h ${(maxAgeS % 3600) / 60} min`; // never less than it is
}

/** The same of all regions: in figures only where it is one. @param {Iterable<Outline>} outlines */
export function withinAll(outlines) {
  const ages = new Set([...outlines].map(({max_age_s}) => max_age_s));
  return within(ages.size === 1 ? [...ages][0] : 0);
}

/** @param {?string} iso */
export function age(iso) {
  return iso ? `${span(now() - Date.parse(iso))} ago` : 'never';
}

const LAG_OLD_MS = 30_000; // what was measured before says nothing of the queue that there is now

/**
 * How far the newest figures lie behind reception, in ms; 0 where nothing was measured lately.
 * @param {Iterable<Region>} regions
 */
export function lag(regions) {
  let [newest, behind] = [now() - LAG_OLD_MS, 0];
  for (const {received_at, measured_at} of regions) {
    const at = received_at && measured_at ? Date.parse(measured_at) : 0;
    if (at > newest) [newest, behind] = [at, at - Date.parse(received_at)];
  }
  return Math.max(0, behind);
}

/** Three figures that matter, never "0" for what is not nothing. @param {number} value */
export function km2(value) {
  if (value === 0) return '0';
  if (value < 0.001) return '< 0.001';
  if (value < 1) return value.toFixed(3);
  if (value < 10) return value.toFixed(2);
  return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
}

/** 100 % is said only of everything, 0 % only of nothing. @param {number} share 0..1 */
export function percent(share) {
  if (share <= 0) return '0 %';
  if (share < 0.01) return '< 1 %';
  if (share >= 1 - 1e-9) return '100 %';
  return `${Math.min(99, Math.floor(share * 100 + 1e-6))} %`;
}

const STATES = {
  ALERTING: {word: 'ALERT', icon: 'i-alert', rank: 0},
  PENDING: {word: 'Pending', icon: 'i-pending', rank: 1},
  RECOVERING: {word: 'Recovering', icon: 'i-recovering', rank: 2},
  NORMAL: {word: 'Normal', icon: 'i-normal', rank: 5},
};

/** Whether the figures are older than what they look back over: what was seen then says nothing of now. @param {?Region} region @param {?Outline} outline */
export function isOld(region, outline) {
  const maxAge = outline?.max_age_s ?? 0;
  return Boolean(region?.as_of && maxAge > 0 && now() - Date.parse(region.as_of) > maxAge * 1000);
}

/**
 * State, visibility and age as one sign. A normal region that nobody sees now is not shown as normal.
 * @param {Region} region @param {?Outline} outline
 * @returns {{look: string, word: string, icon: string, rank: number}}
 */
export function sign(region, outline) {
  const state = STATES[region.state] ?? {word: region.state, icon: 'i-nodata', rank: 3};
  const look = region.state.toLowerCase();
  if (region.state === 'NORMAL' && region.visibility === 'NO_DATA') {
    return {look: 'nodata', word: 'Not seen', icon: 'i-nodata', rank: 3};
  }
  if (region.state === 'NORMAL' && region.visibility === 'PARTIAL') {
    return {look: 'partial', word: 'Normal where seen', icon: 'i-partial', rank: 4};
  }
  if (region.state === 'NORMAL' && isOld(region, outline)) {
    return {look: 'partial', word: 'Normal when last seen', icon: 'i-partial', rank: 4};
  }
  return {look, ...state};
}

/** Visibility in words, by how far back the figures look: what was seen then is not in sight now. */
export const VISIBILITY = {
  SEEN: (lookback) => `SEEN ${lookback}, a cloud may hide it now`,
  PARTIAL: (lookback) => `PARTIAL: not enough seen ${lookback}`,
  NO_DATA: (lookback) => `NO DATA: nothing seen ${lookback}`,
};

/** @param {string} id of a symbol in the page */
export function icon(id) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#${id}`);
  svg.append(use);
  svg.setAttribute('aria-hidden', 'true');
  return svg;
}

/**
 * An element with a class and children; text stays text, so nothing that a publisher names becomes markup.
 * @param {string} tag @param {string} className @param {...(Node|string)} children
 */
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** Changes the text only where it differs: a page of figures stays still. @param {Element} el @param {string} text */
export function say(el, text) {
  if (el.textContent !== text) el.textContent = text;
}
