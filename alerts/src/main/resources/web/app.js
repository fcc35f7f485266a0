// Puts the page together: one stream in, one map, two lists and the header out.

import {FloodMap} from './map.js';
import {AlertList, RegionList} from './panel.js';
import {Stream} from './stream.js';
import {openIncidents, trouble, verdict, warnings} from './verdict.js';
import {clockTime, icon, lag, now, say, setClock, span} from './words.js';

const LATE_MS = 10_000; // figures that lie further behind reception are said to

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
    regions.setOutline(event); // first: what cannot be drawn is watched all the same
    map.setOutline(event);
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
  each(event.outlines, byType.outline);
  each(event.regions, byType.region);
  each(event.tiles, byType.tile);
  each(event.pictures, byType.picture);
  each([...event.alerts].reverse(), (alert) => alerts.set(alert, false));
}

/** One item that cannot be shown must not take the others off the page. */
function each(items, show) {
  for (const item of items) {
    try {
      show(item);
    } catch (error) {
      console.error('cannot show', item.id, error);
    }
  }
}

function setStatus(event) {
  status = event;
  setClock(event.now);
  map.setFull(event.ground_full);
  map.setLoaded(!event.loading);
}

let drawn = false;
function later() {
  if (document.hidden) header(); // a tab in the background is given no frame, and shows its title alone
  if (drawn) return;
  drawn = true;
  requestAnimationFrame(() => {
    drawn = false;
    header();
  });
}

function header() {
  const known = {status, link, lastEventAt, tiles: map.tiles.size, regions: regions.regions, outlines: regions.outlines};
  const wrong = trouble(known);
  const [look, symbol, word, text] = verdict(known, wrong);
  const box = document.getElementById('verdict');
  box.dataset.look = look;
  if (box.dataset.icon !== symbol) {
    box.dataset.icon = symbol;
    box.querySelector('svg').replaceWith(icon(symbol));
  }
  say(box.querySelector('strong'), word);
  say(box.querySelector('div span'), text);
  document.body.dataset.link = wrong?.old && link === 'live' ? 'old' : link;
  document.body.dataset.known = look === 'waiting' ? (status?.loading ? 'loading' : 'nothing') : 'known';
  const banner = document.getElementById('banner');
  const said = wrong?.text || warnings(status);
  banner.hidden = !said;
  if (said) {
    say(banner.querySelector('[role=alert]'), said);
    say(document.getElementById('banner-age'), wrong?.age ?? '');
  }
  put('link', wrong?.old ? wrong.word : 'live', wrong?.old ? 'bad' : 'good');
  device();
  services();
  skipped();
  document.getElementById('sign-simulated').hidden = !map.simulated;
  notice(look, wrong);
  tick();
  const mark = status?.exercise ? 'EXERCISE ' : '';
  say(document.querySelector('h1'), `${mark}Riada`);
  document.body.dataset.exercise = String(Boolean(mark));
  const open = !status || status.loading ? 0 : openIncidents(regions.regions.values()); // before, it is not known
  document.title = `${mark}${open ? `(${open}) ` : ''}${look === 'alerting' ? '▲ ' : ''}${word} – Riada`;
}

function device() {
  if (!status) return;
  const warned = Boolean(status.device_warning);
  put('device', warned ? `${(status.device || 'cpu').toUpperCase()} (no GPU)` : status.device ? status.device.toUpperCase() : 'not known yet', warned ? 'warn' : '');
  // The whole sentence hangs below the sign while it is pointed at or focused: the header stays as low as it is.
  const box = document.getElementById('sign-device');
  const sentence = box.querySelector('small');
  say(sentence, status.device_warning);
  sentence.hidden = !warned;
  if (warned) box.tabIndex = 0;
  else box.removeAttribute('tabindex');
  put('model', status.model_name ? `${status.model_name} ${status.model_version}`.trim() : 'not known yet', '');
}

function services() {
  const all = status?.services ?? [];
  const down = all.filter(({ok}) => !ok).map(({name}) => name);
  const box = document.getElementById('sign-services');
  box.hidden = all.length === 0;
  box.tabIndex = 0;
  say(box.querySelector('small'), all.map(({name, words}) => `${name}: ${words}`).join('\n'));
  const warned = all.filter(({ok, warning}) => ok && warning).map(({name}) => name);
  if (down.length) put('services', `${down.join(', ')} down`, 'bad');
  else if (warned.length) put('services', `${warned.join(', ')} warns`, 'warn');
  else put('services', 'at work', 'good');
}

/** What came in and could not be shown: refused tiles among them. */
function skipped() {
  const count = status?.skipped_records ?? 0;
  const box = document.getElementById('sign-skipped');
  box.hidden = count === 0;
  box.tabIndex = 0;
  say(box.querySelector('small'), status?.last_skipped ?? '');
  put('skipped', String(count), 'warn');
}

/** Over the map while there is nothing on it: the reason is said, never left to be guessed. */
function notice(look, wrong) {
  const box = document.getElementById('notice');
  const figures = [...regions.regions.values()].some((region) => region.visibility !== 'NO_DATA');
  const raised = [...regions.regions.values()].some((region) => region.state !== 'NORMAL');
  const empty = map.tiles.size === 0 && map.ground.pictures.size === 0 && !figures;
  box.hidden = !empty;
  if (empty) {
    const [symbol, title, text] =
      !status && link !== 'connecting'
        ? ['i-broken', 'No connection to the dashboard server', 'Nothing is known. The page keeps trying.']
        : wrong && link === 'live'
          ? ['i-broken', wrong.title, 'Nothing is known, which is not the same as no flood. The server keeps trying.']
          : !status || status.loading
            ? ['i-wait', 'Loading what is known …', 'The map stays empty until it has been read.']
            : raised
              ? ['i-nodata', 'Nothing is in sight', 'Regions stand as they were last known, until they are seen again.']
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
  const behind = lag(regions.regions.values());
  const late = behind > LATE_MS ? ` · ${span(behind)} behind` : '';
  put('update', lastEventAt ? `${clockTime(lastEventAt)} · ${span(now() - Date.parse(lastEventAt))} ago${late}` : 'none yet', late ? 'warn' : '');
}

setInterval(() => {
  header();
  regions.tick();
  alerts.tick();
  map.tick();
}, 1000);
header();
