// Puts the page together: one stream in, one map, two lists and the header out.

import {FloodMap} from './map.js';
import {AlertList, RegionList} from './panel.js';
import {Stream} from './stream.js';
import {age, clockTime, icon, make, now, say, setClock, sign, span} from './words.js';

/** @type {import('./words.js').Status} */
let status = null;
let link = 'connecting';
let lastEventAt = null; // server's time of the last news, ISO 8601

const pick = (id) => map.zoomTo(id);
const map = new FloodMap(pick);
const regions = new RegionList(pick);
const alerts = new AlertList(pick);

const byType = {
  status: (event) => setStatus(event),
  outline: (event) => {
    map.setOutline(event);
    regions.setOutline(event);
  },
  region: (event) => {
    regions.set(event);
    map.setRegion(event);
  },
  alert: (event) => alerts.set(event, true),
  tile: (event) => map.setTile(event),
  picture: (event) => map.setPicture(event),
  heartbeat: (event) => setClock(event.now),
  snapshot: (event) => setSnapshot(event),
};

const stream = new Stream(
  'api/stream',
  (event) => {
    byType[event.type]?.(event);
    if (!['heartbeat', 'snapshot', 'status'].includes(event.type)) lastEventAt = new Date(now()).toISOString();
    later();
  },
  (state) => {
    link = state;
    header();
  },
);

function setSnapshot(event) {
  const ids = (items) => new Set(items.map(({id}) => id));
  setStatus(event.status);
  lastEventAt = event.status.last_event_at;
  map.keepOnly(ids(event.outlines), ids(event.regions), ids(event.tiles), ids(event.pictures));
  regions.keepOnly(ids(event.regions), ids(event.outlines));
  alerts.keepOnly(ids(event.alerts));
  event.outlines.forEach(byType.outline);
  event.regions.forEach(byType.region);
  event.tiles.forEach(byType.tile);
  event.pictures.forEach(byType.picture);
  [...event.alerts].reverse().forEach((alert) => alerts.set(alert, false));
}

function setStatus(event) {
  status = event;
  setClock(event.now);
}

let drawn = false;
function later() {
  if (drawn) return;
  drawn = true;
  requestAnimationFrame(() => {
    drawn = false;
    header();
  });
}

/** What is wrong with the way from the broker to this screen; null when nothing is. */
function trouble() {
  const since = lastEventAt ? `Last news ${clockTime(lastEventAt)} UTC, ${age(lastEventAt)}.` : 'No news has come in yet.';
  if (link === 'gone') return {word: 'server gone', text: `The dashboard server does not answer. ${since} Everything below is old. Trying again.`};
  if (link === 'reconnecting') return {word: 'reconnecting', text: `The connection was lost. ${since} Everything below is old until it is back.`};
  if (link === 'connecting') return {word: 'connecting', text: ''};
  if (status && !status.connected) return {word: 'broker gone', text: `${status.sentence} ${since}`};
  return null;
}

/** The one sign that is read from across the room. */
function verdict(wrong) {
  const all = [...regions.regions.values()];
  const count = (look) => all.filter((region) => sign(region).look === look).length;
  const of = (n, one, many) => `${n} ${n === 1 ? one : many}`;
  const alerting = count('alerting');
  const nothing = map.tiles.size === 0 && !all.some((region) => region.visibility !== 'NO_DATA');
  if (wrong && !status) return ['waiting', 'i-broken', 'No connection', 'Nothing is known yet, which is not the same as no flood.'];
  if (wrong && link !== 'connecting') {
    const last = alerting ? `${of(alerting, 'region was', 'regions were')} in ALERT when last heard.` : 'What happens now is not known.';
    return ['broken', 'i-broken', 'FIGURES ARE OLD', last];
  }
  if (!status || status.loading) return ['waiting', 'i-wait', 'Loading', 'Reading what is known so far.'];
  if (alerting) return ['alerting', 'i-alert', of(alerting, 'REGION IN ALERT', 'REGIONS IN ALERT'), names(all, 'alerting')];
  if (nothing) return ['waiting', 'i-wait', 'Waiting for the first tile', 'Nothing is known yet, which is not the same as no flood.'];
  if (count('pending')) return ['pending', 'i-pending', of(count('pending'), 'region pending', 'regions pending'), names(all, 'pending')];
  if (count('recovering')) return ['recovering', 'i-recovering', of(count('recovering'), 'region recovering', 'regions recovering'), names(all, 'recovering')];
  if (all.length === 0) return ['waiting', 'i-nodata', 'No region is watched', 'Tiles come in, but nothing raises an alert until a region is set.'];
  const unseen = all.filter((region) => region.visibility !== 'SEEN').length;
  if (unseen) return ['partial', 'i-partial', 'No alert, not all seen', `${of(unseen, 'region is', 'regions are')} not fully seen: flood there would not show.`];
  const wet = all.some((region) => region.flooded_km2 + region.flooded_stale_km2 > 0);
  return ['normal', 'i-normal', wet ? 'No alert' : 'All clear', wet ? 'All regions are seen; flood is below every threshold.' : 'All regions are seen; no flood.'];
}

function names(all, look) {
  return all.filter((region) => sign(region).look === look).map(({name, id}) => name || id).join(', ');
}

function header() {
  const wrong = trouble();
  const [look, symbol, word, text] = verdict(wrong);
  const box = document.getElementById('verdict');
  box.dataset.look = look;
  if (box.dataset.icon !== symbol) {
    box.dataset.icon = symbol;
    box.querySelector('svg').replaceWith(icon(symbol));
  }
  say(box.querySelector('strong'), word);
  say(box.querySelector('div span'), text);
  document.body.dataset.link = wrong && link === 'live' ? 'nobroker' : link;
  document.body.dataset.known = look === 'waiting' ? (status?.loading ? 'loading' : 'nothing') : 'known';
  const banner = document.getElementById('banner');
  banner.hidden = !wrong?.text;
  if (wrong) say(banner, wrong.text);
  put('link', wrong ? wrong.word : 'live', wrong ? 'bad' : 'good');
  device();
  notice(look, wrong);
  tick();
  document.title = `${look === 'alerting' ? '▲ ' : ''}${word} – Riada`;
}

function device() {
  if (!status) return;
  const warned = Boolean(status.device_warning);
  put('device', status.device ? status.device.toUpperCase() : warned ? 'fallback' : 'not known yet', warned ? 'warn' : '');
  const sentence = status.device_warning;
  document.getElementById('sign-device').title = sentence;
  const node = document.querySelector('#sign-device small') ?? document.querySelector('#sign-device').appendChild(make('small', ''));
  say(node, sentence);
  node.hidden = !warned;
  put('model', status.model_name ? `${status.model_name} ${status.model_version}`.trim() : 'not known yet', '');
}

/** Over the map while there is nothing on it: the reason is said, never left to be guessed. */
function notice(look, wrong) {
  const box = document.getElementById('notice');
  const figures = [...regions.regions.values()].some((region) => region.visibility !== 'NO_DATA');
  const empty = map.tiles.size === 0 && map.ground.pictures.size === 0 && !figures;
  box.hidden = !empty;
  if (empty) {
    const [symbol, title, text] =
      !status && link !== 'connecting'
        ? ['i-broken', 'No connection to the dashboard server', 'Nothing is known. The page keeps trying.']
        : wrong && link === 'live'
          ? ['i-broken', 'The broker does not answer', 'Nothing is known, which is not the same as no flood. The server keeps trying.']
          : !status || status.loading
            ? ['i-wait', 'Loading what is known …', 'The map stays empty until it has been read.']
            : ['i-wait', 'Waiting for the first tile', 'Nothing is known yet, which is not the same as no flood.'];
    if (box.dataset.icon !== symbol) {
      box.dataset.icon = symbol;
      box.querySelector('svg').replaceWith(icon(symbol));
    }
    say(box.querySelector('strong'), title);
    say(box.querySelector('p'), text);
  }
  const loading = !status || status.loading;
  empties('regions-empty', regions.regions.size + regions.outlines.size, loading, 'No region is watched yet: nothing can raise an alert.');
  empties('alerts-empty', alerts.rows.size, loading, 'No alert has been sent in the last 90 days.');
}

function empties(id, count, loading, text) {
  const el = document.getElementById(id);
  el.hidden = count > 0;
  say(el, loading ? 'Loading …' : text);
}

function put(name, text, look) {
  const el = document.getElementById(`sign-${name}`);
  el.dataset.look = look;
  say(el.querySelector('dd'), text);
}

function tick() {
  put('clock', clockTime(new Date(now()).toISOString()), '');
  put('update', lastEventAt ? `${clockTime(lastEventAt)} · ${span(now() - Date.parse(lastEventAt))} ago` : 'none yet', '');
}

setInterval(() => {
  header();
  regions.tick();
  alerts.tick();
}, 1000);
header();
