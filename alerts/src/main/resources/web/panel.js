// Regions and alerts beside the map. Rows are kept and changed in place, so that nothing jumps under the eye.

import {VISIBILITY, age, icon, isOld, km2, make, percent, say, sign, span, now, when, within} from './words.js';

const MAX_ALERTS = 500;
const KINDS = {
  ALERT: {word: 'ALERT', icon: 'i-alert'},
  UPDATE: {word: 'update', icon: 'i-update'},
  CANCEL: {word: 'cancel', icon: 'i-nodata'}, // says nothing of the flood: the region was deleted
};
// A flood that was seen to end: with nothing left it is the one all-clear, as in CAP.
const DRY = {word: 'cancel', icon: 'i-cancel'};
const LITTLE_LEFT = {word: 'cancel', icon: 'i-update'};

/** The list of regions, the worst first. */
export class RegionList {
  /** @param {(id: string) => void} onPick */
  constructor(onPick) {
    this.onPick = onPick;
    this.list = document.getElementById('regions');
    /** @type {Map<string, import('./words.js').Region>} */
    this.regions = new Map();
    /** @type {Map<string, import('./words.js').Outline>} */
    this.outlines = new Map();
    this.rows = new Map();
    this.dirty = false;
  }

  /** @param {import('./words.js').Region} region */
  set(region) {
    if (region.gone) this.regions.delete(region.id);
    else this.regions.set(region.id, region);
    this.later();
  }

  /** @param {import('./words.js').Outline} outline */
  setOutline(outline) {
    if (outline.gone) this.outlines.delete(outline.id);
    else this.outlines.set(outline.id, outline);
    this.later();
  }

  later() {
    if (this.dirty) return;
    this.dirty = true;
    requestAnimationFrame(() => {
      this.dirty = false;
      this.draw();
    });
  }

  draw() {
    const ids = new Set([...this.regions.keys(), ...this.outlines.keys()]);
    for (const [id, row] of this.rows) {
      if (!ids.has(id)) {
        row.item.remove();
        this.rows.delete(id);
      }
    }
    const held = this.list.contains(document.activeElement) ? document.activeElement : null;
    const order = [...ids].sort((a, b) => this.rank(a) - this.rank(b) || (a < b ? -1 : 1));
    order.forEach((id, at) => {
      let row = this.rows.get(id);
      if (!row) this.rows.set(id, (row = this.row(id)));
      this.fill(row, id);
      if (this.list.children[at] !== row.item) this.list.insertBefore(row.item, this.list.children[at] ?? null);
    });
    held?.focus({preventScroll: true}); // a row that moves would lose it
    say(document.getElementById('region-count'), ids.size ? String(ids.size) : '');
    this.tick();
  }

  rank(id) {
    const region = this.regions.get(id);
    return region ? sign(region, this.outlines.get(id)).rank : 3.5;
  }

  row(id) {
    const part = {};
    const named = (name, tag, ...children) => (part[name] = make(tag, name, ...children));
    const figure = (name, word, unit) =>
      make(
        'div',
        `figure ${name}-figure`,
        make('dt', '', word),
        make('dd', '', named(name, 'b', '–'), ` ${unit}`),
        make('dd', 'since', named(`${name}-since`, 'small')),
      );
    const limit = (name) => make('span', 'limit', make('s', `${name}-tick`), named(`${name}-limit`, 'span'));
    const button = make(
      'button',
      'region',
      named('sign', 'span'),
      named('name', 'span'),
      named('state', 'span'),
      make('dl', 'figures', figure('flooded', 'flood', 'km²'), figure('stale', 'stale flood', 'km²'), figure('observed', 'observed', '')),
      named('gauge', 'div', named('flood-bar', 'i'), named('stale-bar', 'i'), named('clear-tick', 's'), named('raise-tick', 's')),
      named('limits', 'span', limit('clear'), limit('raise')),
      make('span', 'line', named('visibility', 'span'), named('asof', 'span'), named('lastseen', 'span'), named('oldest', 'span')),
      named('note', 'span'),
    );
    part.gauge.setAttribute('role', 'img');
    button.type = 'button';
    button.addEventListener('click', () => this.onPick(id));
    const item = make('li', '', button);
    return {item, button, part};
  }

  fill({button, part}, id) {
    const region = this.regions.get(id);
    const outline = this.outlines.get(id);
    say(part.name, region?.name || outline?.name || id);
    const look = region ? sign(region, outline) : {look: 'nodata', word: 'No figures yet', icon: 'i-nodata'};
    button.dataset.look = look.look;
    if (part.sign.dataset.icon !== look.icon) {
      part.sign.dataset.icon = look.icon;
      part.sign.replaceChildren(icon(look.icon));
    }
    say(part.state, look.word);
    const seen = region && region.visibility !== 'NO_DATA';
    button.dataset.visibility = region?.visibility ?? 'NO_DATA';
    // A zero that nobody has seen is not a zero.
    say(part.flooded, region && (seen || region.flooded_km2 > 0) ? km2(region.flooded_km2) : '?');
    say(part.stale, region && (seen || region.flooded_stale_km2 > 0) ? km2(region.flooded_stale_km2) : '?');
    say(part.observed, region ? percent(region.observed_fraction) : '?');
    this.gauge(part, region, outline);
    const notes = [...trend(region), ...acted(region)];
    if (region?.state === 'RECOVERING' && outline) notes.push(`Passes below clear: ${region.passes_below} of ${outline.passes}.`);
    if (region && region.reference_fraction === 0) notes.push('No reference known: normal water counts as flood.');
    else if (region && region.reference_fraction < 0.995) notes.push(`Reference known for ${percent(region.reference_fraction)} only.`);
    if (!seen) notes.push('Nothing is validly seen: this is not “no flood”.');
    say(part.note, notes.join(' '));
    part.note.hidden = notes.length === 0;
  }

  /** Flood and stale flood against the two thresholds; the ticks are named below the bar. */
  gauge(part, region, outline) {
    const full = region ? Math.max(region.raise_km2 * 1.6, (region.flooded_km2 + region.flooded_stale_km2) * 1.1, 1e-9) : 1;
    const share = (value) => `${Math.min(100, (value / full) * 100)}%`;
    part['flood-bar'].style.width = share(region?.flooded_km2 ?? 0);
    part['stale-bar'].style.width = share(region?.flooded_stale_km2 ?? 0);
    part['clear-tick'].style.left = share(region?.clear_km2 ?? 0);
    part['raise-tick'].style.left = share(region?.raise_km2 ?? 0);
    const limited = region?.raise_km2 > 0;
    part['clear-tick'].hidden = part['raise-tick'].hidden = part.limits.hidden = !limited;
    if (!limited) return;
    const [raise, clear] = [`${km2(region.raise_km2)} km²`, `${km2(region.clear_km2)} km²`];
    say(part['clear-limit'], `clear below ${clear}`);
    say(part['raise-limit'], `raise at ${raise}`);
    const passes = outline ? ` in ${outline.passes} ${outline.passes === 1 ? 'pass' : 'passes'}` : '';
    const rule = `An alert is raised at ${raise} of flood (solid line) and cleared below ${clear} of flood and stale flood${passes} (dotted line).`;
    part.gauge.title = part.limits.title = rule;
    part.gauge.setAttribute('aria-label', rule);
  }

  /** Ages run on between events. */
  tick() {
    for (const [id, {button, part}] of this.rows) {
      const region = this.regions.get(id);
      const outline = this.outlines.get(id);
      const maxAge = outline?.max_age_s ?? 0;
      const old = isOld(region, outline);
      if (region && sign(region, outline).look !== button.dataset.look) this.later(); // it became old: another sign, and another rank
      say(part.asof, region?.as_of ? `as of ${when(region.as_of)} · ${age(region.as_of)}${old ? ' — OLD' : ''}` : 'no figures yet');
      part.asof.classList.toggle('old', old);
      // The figures look back from as_of: where that is old itself, "within 12 h" alone would be taken for now.
      const lookback = old ? `${within(maxAge)} of as of` : within(maxAge);
      say(part['flooded-since'], `seen ${lookback}`);
      say(part['stale-since'], 'longer ago');
      say(part['observed-since'], lookback);
      say(part.visibility, VISIBILITY[region?.visibility ?? 'NO_DATA']?.(lookback) ?? '');
      const words = meaning(within(maxAge));
      if (button.title !== words) button.title = words; // a tooltip that is read stays
      // Figures may be of now and rest on nothing new: a pass that saw only cloud moves as_of on, but not this.
      const seenAt = region?.newest_observation ? Date.parse(region.newest_observation) : 0;
      const unseen = Boolean(seenAt && maxAge > 0 && now() - seenAt > maxAge * 1000);
      say(part.lastseen, seenAt ? `last seen ${span(now() - seenAt)} ago` : '');
      part.lastseen.classList.toggle('old', unseen);
      say(part.oldest, region?.oldest_observation ? `oldest part ${age(region.oldest_observation)}` : '');
    }
  }

  keepOnly(regions, outlines) {
    for (const id of this.regions.keys()) if (!regions.has(id)) this.regions.delete(id);
    for (const id of this.outlines.keys()) if (!outlines.has(id)) this.outlines.delete(id);
    this.later();
  }
}

/** How fast the flood grows or falls, where passes tell. @param {import('./words.js').Region=} region */
function trend(region) {
  const rate = region?.trend_km2_per_hour;
  if (typeof rate !== 'number') return [];
  const words = Math.abs(rate) < 0.001 ? 'Steady' : `${rate > 0 ? 'Rising' : 'Falling'} ${km2(Math.abs(rate))} km²/h`;
  return [`${words} over the last ${region.trend_passes} passes.`];
}

/** What operators did about its incident. @param {import('./words.js').Region=} region */
function acted(region) {
  const notes = [];
  if (region?.acknowledged_by) notes.push(`Acknowledged by ${region.acknowledged_by} at ${when(region.acknowledged_at)}.`);
  if (region?.silenced_until && Date.parse(region.silenced_until) > now()) notes.push(`Silenced by ${region.silenced_by} until ${when(region.silenced_until)}.`);
  if (region?.silenced_by_parent) notes.push('Its alerts are held back: those of the region around it speak for it.');
  return notes;
}

/** What the words of a card mean, in full. @param {string} lookback how far back its figures look */
function meaning(lookback) {
  return [
    `Flood was seen ${lookback} of “as of” (max_age); a cloud may hide it now.`,
    'Stale flood was flood when last seen, longer ago than that.',
    `Observed is the share of the region that was validly seen ${lookback} of “as of”.`,
    '“Last seen” is the newest look at any of it, “oldest part” the oldest that still counts.',
  ].join('\n');
}

/** The list of alerts, newest first. */
export class AlertList {
  /** @param {(regionId: string) => void} onPick */
  constructor(onPick) {
    this.onPick = onPick;
    this.list = document.getElementById('alerts');
    /** @type {Map<string, {alert: import('./words.js').Alert, item: HTMLElement, time: HTMLElement}>} */
    this.rows = new Map();
  }

  /** @param {import('./words.js').Alert} alert @param {boolean} fresh whether it just came in */
  set(alert, fresh) {
    if (alert.gone || this.rows.has(alert.id)) return;
    const left = alert.flooded_km2 > 0 || alert.flooded_stale_km2 > 0;
    const ended = left ? LITTLE_LEFT : DRY;
    const kind = alert.cause === 'SEEN_DRY' ? ended : KINDS[alert.kind] ?? {word: alert.kind, icon: 'i-update'};
    const severity = alert.kind === 'CANCEL' || alert.severity.startsWith('SEVERITY') ? '' : alert.severity.toLowerCase();
    const time = make('time', '', '');
    const area = (value) => (value > 0 || alert.observed_fraction > 0 ? `${km2(value)} km²` : '?'); // as on a region's card
    const figures = [
      `flood ${area(alert.flooded_km2)}`,
      `stale flood ${area(alert.flooded_stale_km2)}`,
      `observed ${percent(alert.observed_fraction)}`,
      alert.as_of ? `as of ${when(alert.as_of)}` : '', // "seen in the last 12 h" looks back from here, and pictures may come late
    ];
    const button = make(
      'button',
      fresh ? 'alert fresh' : 'alert',
      make('span', 'sign', icon(kind.icon)),
      make('span', 'kind', marked(alert, kind.word)),
      make('span', 'name', alert.region_name || alert.region_id),
      time,
      make('span', 'reason', alert.reason),
      make('span', 'line', [severity, ...figures, `sent ${when(alert.alerted_at ?? alert.as_of)}`].filter(Boolean).join(' · ')),
    );
    button.title = `Incident ${alert.incident_id}. ${meaning('within max_age')}`;
    button.type = 'button';
    button.dataset.kind = alert.kind;
    button.dataset.cause = alert.cause;
    button.dataset.dry = String(kind === DRY);
    button.addEventListener('click', () => this.onPick(alert.region_id));
    const item = make('li', '', button);
    const at = [...this.rows.values()].find((row) => newer(alert, row.alert));
    this.list.insertBefore(item, at?.item ?? null);
    this.rows.set(alert.id, {alert, item, time});
    this.sortRows();
    if (this.rows.size > MAX_ALERTS) {
      const [oldest, row] = [...this.rows].at(-1);
      row.item.remove();
      this.rows.delete(oldest);
    }
    this.tick();
  }

  sortRows() {
    this.rows = new Map([...this.rows].sort(([, a], [, b]) => (newer(a.alert, b.alert) ? -1 : 1)));
    say(document.getElementById('alert-count'), this.rows.size < MAX_ALERTS ? String(this.rows.size || '') : `the newest ${MAX_ALERTS}`);
  }

  tick() {
    for (const {alert, time} of this.rows.values()) {
      const at = alert.alerted_at ?? alert.as_of;
      say(time, at ? `${span(now() - Date.parse(at))} ago` : '');
    }
  }

  keepOnly(ids) {
    for (const [id, row] of this.rows) {
      if (!ids.has(id)) {
        row.item.remove();
        this.rows.delete(id);
      }
    }
    this.sortRows();
  }
}

/** What is not said for real is never told without saying so. */
function marked(alert, text) {
  return alert.status && alert.status !== 'ACTUAL' ? `${alert.status} ${text}` : text;
}

function newer(a, b) {
  const [ta, tb] = [a.alerted_at ?? '', b.alerted_at ?? ''];
  return ta === tb ? a.id > b.id : ta > tb;
}
