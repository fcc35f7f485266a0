// The map: graticule, ground, outlines of the regions. There is no base map: what is drawn is what is known.

import {GroundLayer, LAYERS, agedAtMs, extentOf, patternTile} from './ground.js';
import {age, isOld, km2, make, percent, say, sign} from './words.js';

const ol = window.ol;
const TOGETHER_MS = 2000; // regions that are set together come one after the other

/** Line and dash differ by state, so that outlines are told apart without their colours. */
const LINES = {
  alerting: {color: '#ff5fb0', width: 5, dash: undefined},
  pending: {color: '#ffd34d', width: 3.5, dash: [14, 7]},
  recovering: {color: '#8fd3ff', width: 3.5, dash: [14, 6, 2, 6]},
  normal: {color: '#e8eef4', width: 2, dash: undefined},
  partial: {color: '#e8eef4', width: 2, dash: [9, 6]},
  nodata: {color: '#aab4be', width: 2, dash: [2, 6]},
};

export class FloodMap {
  /** @param {(regionId: string) => void} onPick a region was clicked */
  constructor(onPick) {
    this.ground = new GroundLayer((id) => this.asOfMs(id));
    this.watchers = new Map(); // tile -> ids of the regions that it touches, while neither changes
    this.outlines = new ol.source.Vector();
    /** @type {Map<string, import('./words.js').Region>} */
    this.regions = new Map();
    /** @type {Map<string, import('./words.js').Tile>} */
    this.tiles = new Map();
    this.newestAsOfMs = 0;
    this.simulated = false; // whether pictures come from Riada's simulator, whose clock runs fast
    this.full = false; // whether the server had to let go of tiles
    this.loaded = false; // whether all that the server knew at first is here
    this.touched = false; // once the operator has a hand on the map it stays where it was put
    this.settledAt = Infinity; // performance.now() from which on the map does not move by itself
    this.home = ol.extent.createEmpty(); // what it shows by itself
    const graticule = new ol.layer.Graticule({
      showLabels: true,
      wrapX: false,
      targetSize: 140,
      strokeStyle: new ol.style.Stroke({color: 'rgba(160, 180, 200, 0.16)', width: 1}),
      lonLabelStyle: label('bottom', 'center'),
      latLabelStyle: label('bottom', 'start'),
      latLabelPosition: 0,
      zIndex: 1.5, // over the hatching, which would cut its labels
    });
    const outlines = new ol.layer.Vector({source: this.outlines, style: (f) => this.outlineStyle(f), zIndex: 2});
    this.ground.layer.setZIndex(1);
    this.view = new ol.View({center: [0, 0], zoom: 2, minZoom: 2, maxZoom: 21, enableRotation: false});
    this.map = new ol.Map({
      target: 'map',
      layers: [graticule, this.ground.layer, outlines],
      view: this.view,
      controls: [new ol.control.Zoom(), new ol.control.ScaleLine()],
    });
    const box = this.map.getTargetElement();
    const touch = (event) => (this.touched ||= event.key !== 'Tab'); // who only passes by moves nothing
    for (const kind of ['pointerdown', 'wheel', 'keydown']) box.addEventListener(kind, touch, {capture: true, passive: true});
    this.map.on('change:size', () => this.touched || this.fit(this.home, 0));
    this.map.on('moveend', () => this.noteOutside());
    this.map.on('singleclick', (event) => {
      const hit = this.outlines.getFeaturesAtCoordinate(event.coordinate)[0];
      if (hit) onPick(hit.getId());
    });
    this.map.on('pointermove', (event) => this.spot(event));
    document.getElementById('whole').addEventListener('click', () => {
      this.touched = false;
      this.whole(300);
    });
    this.legend();
  }

  legend() {
    const box = document.getElementById('legend');
    const layers = [...LAYERS].reverse();
    layers.push({id: 'picture', word: 'picture', meaning: 'newest picture of each tile'});
    for (const {id, word, meaning} of layers) {
      const swatch = document.createElement('canvas');
      swatch.width = 44;
      swatch.height = 28;
      const c = swatch.getContext('2d');
      if (id === 'picture') {
        c.fillStyle = '#5d6b4e';
        c.fillRect(0, 0, 44, 28);
        c.fillStyle = '#7d8a5e';
        c.fillRect(8, 6, 16, 22);
        c.fillStyle = '#8c7b62';
        c.fillRect(28, 0, 5, 28);
      } else {
        c.fillStyle = '#39434d';
        c.fillRect(0, 0, 44, 28);
        c.fillStyle = c.createPattern(patternTile(id), 'repeat');
        c.fillRect(0, 0, 44, 28);
      }
      const button = make('button', '', swatch, make('b', '', word), make('span', '', meaning));
      button.type = 'button';
      button.dataset.layer = id;
      button.setAttribute('aria-pressed', 'true');
      button.addEventListener('click', () => {
        const on = button.getAttribute('aria-pressed') !== 'true';
        button.setAttribute('aria-pressed', String(on));
        this.ground.show(id, on);
        this.noteHidden();
      });
      box.append(button);
    }
  }

  /** @param {boolean} full whether the server holds only the tiles that changed or were looked at last */
  setFull(full) {
    this.full = full;
    this.noteHidden();
  }

  /** @param {boolean} loaded whether the server has read all that is known */
  setLoaded(loaded) {
    if (!loaded || this.loaded) return;
    this.loaded = true;
    this.follow();
  }

  /** A region that is set later is not fled to: the button says that it is there. */
  noteOutside() {
    if (!this.map.getSize()) return;
    const shown = this.view.calculateExtent(this.map.getSize());
    const outside = this.outlines.getFeatures().filter((f) => !f.getGeometry().intersectsExtent(shown)).length;
    const regions = outside === 1 ? '1 region is' : `${outside} regions are`;
    say(document.getElementById('whole'), outside ? `Whole area: ${regions} out of view` : 'Whole area');
  }

  /** What is not drawn must not look as if it were not there. */
  noteHidden() {
    const off = LAYERS.filter(({id}) => !this.ground.visible[id]).map(({word}) => word);
    const notes = [];
    if (off.length) notes.push(`Switched off: ${off.join(', ')}. The map does not show all that is known.`);
    if (this.full) notes.push('There are more tiles than the map can hold: the oldest are not drawn. The regions’ figures count them.');
    const note = document.getElementById('hidden-note');
    note.hidden = notes.length === 0;
    say(note, notes.join(' '));
  }

  /** @param {import('./words.js').Outline} outline */
  setOutline(outline) {
    this.watchers.clear();
    const old = this.outlines.getFeatureById(outline.id);
    if (old) this.outlines.removeFeature(old);
    if (!outline.gone) {
      const geometry = new ol.format.GeoJSON().readGeometry(outline.geometry, {
        dataProjection: 'EPSG:4326',
        featureProjection: 'EPSG:3857',
      });
      const feature = new ol.Feature({geometry, name: outline.name || outline.id, outline});
      feature.setId(outline.id);
      this.outlines.addFeature(feature);
    }
    this.ground.setAreas(
      this.outlines.getFeatures().flatMap((feature) => {
        const geometry = feature.getGeometry();
        return geometry.getType() === 'MultiPolygon' ? geometry.getCoordinates() : [geometry.getCoordinates()];
      }),
    );
    this.follow();
    this.noteOutside();
  }

  /** @param {import('./words.js').Region} region */
  setRegion(region) {
    if (region.gone) this.regions.delete(region.id);
    else this.regions.set(region.id, region);
    this.newestAsOfMs = Math.max(0, ...[...this.regions.values()].map(asOf));
    this.ground.layer.changed(); // time went on: what was seen too long ago is unknown from now on
    this.outlines.getFeatureById(region.id)?.changed();
  }

  /** A region's figures become old without any news. */
  tick() {
    for (const feature of this.outlines.getFeatures()) {
      const old = isOld(this.regions.get(feature.getId()), feature.get('outline'));
      if (old !== (feature.get('old') ?? false)) {
        feature.set('old', old, true);
        feature.changed();
      }
    }
  }

  /** @param {import('./words.js').Tile} tile */
  setTile(tile) {
    const isNew = !this.tiles.has(tile.id);
    if (tile.gone) {
      this.tiles.delete(tile.id);
      this.watchers.delete(tile.id);
    } else this.tiles.set(tile.id, tile);
    this.ground.setTile(tile);
    if (isNew) this.follow();
  }

  /** @param {string} id of a tile @returns {string[]} ids of the regions that it touches */
  regionsOf(id) {
    let found = this.watchers.get(id);
    if (!found) {
      const extent = extentOf(id);
      found = this.outlines.getFeatures().filter((f) => f.getGeometry().intersectsExtent(extent)).map((f) => f.getId());
      this.watchers.set(id, found);
    }
    return found;
  }

  /** What the figures of a tile's regions speak of; of no region: the newest of all. */
  asOfMs(id) {
    const times = this.regionsOf(id).map((region) => asOf(this.regions.get(region)));
    return times.length ? Math.max(...times) : this.newestAsOfMs;
  }

  /** @param {import('./words.js').Picture} picture */
  setPicture(picture) {
    this.simulated ||= picture.publisher === 'simulator';
    this.ground.setPicture(picture);
    if (this.outlines.isEmpty() && this.tiles.size === 0) this.follow();
  }

  /** Before a new snapshot: takes away what it no longer names. */
  keepOnly(outlines, regions, tiles, pictures) {
    this.watchers.clear();
    for (const feature of this.outlines.getFeatures()) {
      if (!outlines.has(feature.getId())) this.setOutline({id: feature.getId(), gone: true});
    }
    for (const id of this.regions.keys()) if (!regions.has(id)) this.regions.delete(id);
    for (const id of this.tiles.keys()) if (!tiles.has(id)) this.tiles.delete(id);
    this.ground.keepOnly(tiles, pictures);
  }

  /** Shows the regions when they are first known, and the tiles until then, unless the operator looks somewhere already. */
  follow() {
    if (this.touched || this.following || performance.now() > this.settledAt) return;
    this.following = true;
    requestAnimationFrame(() => {
      this.following = false;
      if (this.touched) return;
      this.whole(0);
      if (this.loaded && !this.outlines.isEmpty()) this.settledAt = Math.min(this.settledAt, performance.now() + TOGETHER_MS);
    });
  }

  whole(duration) {
    const extent = ol.extent.createEmpty();
    if (!this.outlines.isEmpty()) ol.extent.extend(extent, this.outlines.getExtent());
    else for (const id of [...this.tiles.keys(), ...this.ground.pictures.keys()]) ol.extent.extend(extent, extentOf(id));
    this.home = extent;
    this.fit(extent, duration);
  }

  /** @param {string} id of a region */
  zoomTo(id) {
    const feature = this.outlines.getFeatureById(id);
    if (!feature) return;
    this.touched = true;
    this.fit(feature.getGeometry().getExtent(), 300);
  }

  fit(extent, duration) {
    if (!ol.extent.isEmpty(extent) && this.map.getSize()) {
      // Room for the regions' names above, and for the legend and the graticule's labels: they hide nothing of it.
      const [, height] = this.map.getSize();
      const below = height - document.getElementById('legend').offsetTop + 10;
      this.view.fit(extent, {size: this.map.getSize(), padding: [46, 46, below, 64], duration, maxZoom: 17});
    }
  }

  outlineStyle(feature) {
    const region = this.regions.get(feature.getId());
    const {look, word} = region ? sign(region, feature.get('outline')) : {look: 'nodata', word: 'no figures yet'};
    const line = LINES[look] ?? LINES.nodata;
    const [west, , , north] = feature.getGeometry().getExtent();
    return [
      new ol.style.Style({stroke: new ol.style.Stroke({color: 'rgba(8, 11, 15, 0.75)', width: line.width + 3})}),
      new ol.style.Style({stroke: new ol.style.Stroke({color: line.color, width: line.width, lineDash: line.dash})}),
      new ol.style.Style({
        geometry: new ol.geom.Point([west, north]),
        text: new ol.style.Text({
          text: `${feature.get('name')} · ${word}`,
          font: `${look === 'alerting' ? 700 : 500} 15px system-ui, sans-serif`,
          textAlign: 'left',
          textBaseline: 'bottom',
          offsetX: 2,
          offsetY: -6,
          fill: new ol.style.Fill({color: look === 'alerting' ? '#10161d' : '#f2f6fa'}),
          backgroundFill: new ol.style.Fill({color: look === 'alerting' ? '#ff5fb0' : 'rgba(10, 14, 19, 0.8)'}),
          padding: [3, 7, 2, 7],
        }),
      }),
    ];
  }

  /** What is known under the pointer, in words. */
  spot(event) {
    const box = document.getElementById('spot');
    const [lon, lat] = ol.proj.toLonLat(event.coordinate);
    const inside = (id) => ol.extent.containsCoordinate(extentOf(id), event.coordinate);
    const tile = [...this.tiles.values()].find(({id}) => inside(id));
    const place = `${Math.abs(lat).toFixed(4)}° ${lat < 0 ? 'S' : 'N'} ${Math.abs(lon).toFixed(4)}° ${lon < 0 ? 'W' : 'E'}`;
    const aged = tile && agedAtMs(tile) < this.asOfMs(tile.id);
    const [flood, stale, unknown] = aged
      ? [0, tile.flooded_km2 + tile.flooded_stale_km2, 1]
      : [tile?.flooded_km2, tile?.flooded_stale_km2, tile?.unknown_fraction];
    const known = tile
      ? `tile ${tile.id}: flood ${km2(flood)} km², stale flood ${km2(stale)} km², unknown ${percent(unknown)}, as of ${age(tile.as_of)}`
      : this.full
        ? 'nothing of it is held on the map'
        : 'nothing is known here';
    box.hidden = event.dragging;
    say(box, `${place} — ${known}`);
  }
}

/** In epoch ms, 0 where there are no figures. @param {?import('./words.js').Region} region */
function asOf(region) {
  return region?.as_of ? Date.parse(region.as_of) : 0;
}

function label(textBaseline, textAlign) {
  return new ol.style.Text({
    font: '12px system-ui, sans-serif',
    textBaseline,
    textAlign,
    fill: new ol.style.Fill({color: 'rgba(190, 205, 220, 0.75)'}),
    stroke: new ol.style.Stroke({color: 'rgba(10, 14, 19, 0.9)', width: 3}),
  });
}
