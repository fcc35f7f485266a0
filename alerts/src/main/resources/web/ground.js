// Draws pictures and overlays of all tiles on one canvas. An image is swapped for its successor only when
// that is decoded, and all overlays of a tile at once: nothing flickers, and no cell is flood and stale together.

const WORLD = 20037508.342789244; // half the width of the Web Mercator world, in metres
const KEEP = 400; // tiles whose images are kept although they are out of sight
const AGAIN_MS = 300; // after a first failure: most often a newer version took the place of the one asked for
const RETRY_MS = 2000; // after further ones
const GIVE_UP_MS = 5000; // a fetch that hangs must not pass for one that is about to come

/** The overlays from the bottom up. `meaning` is the legend's. */
export const LAYERS = [
  {id: 'unknown', word: 'unknown', meaning: 'not seen within max_age: may be flood', alpha: 0.9},
  {id: 'reference', word: 'reference', meaning: 'normally water', alpha: 0.8},
  {id: 'stale', word: 'stale flood', meaning: 'flood when last seen, longer ago than max_age', alpha: 0.95},
  {id: 'flood', word: 'flood', meaning: 'water where land should be, seen within max_age: a cloud may hide it now', alpha: 0.72},
];

/** @param {string} id "z/x/y" @returns {[number, number, number, number]} west, south, east, north in metres */
export function extentOf(id) {
  const [z, x, y] = id.split('/').map(Number);
  const side = (2 * WORLD) / 2 ** z;
  return [x * side - WORLD, WORLD - (y + 1) * side, (x + 1) * side - WORLD, WORLD - y * side];
}

/** A swatch of a layer's look, repeated over the screen: stripes stay as wide as they are at every zoom. */
export function patternTile(id) {
  const canvas = document.createElement('canvas');
  const n = (canvas.width = canvas.height = 16);
  const c = canvas.getContext('2d');
  const diagonal = (style, width, flip) => {
    c.strokeStyle = style;
    c.lineWidth = width;
    c.lineCap = 'square';
    c.beginPath();
    for (const d of [-n, 0, n]) {
      c.moveTo(flip ? n - d : d, 0);
      c.lineTo(flip ? -d : n + d, n);
    }
    c.stroke();
  };
  if (id === 'flood') {
    c.fillStyle = '#ff2e9a';
    c.fillRect(0, 0, n, n);
  } else if (id === 'stale') {
    c.fillStyle = 'rgba(40, 24, 0, 0.55)';
    c.fillRect(0, 0, n, n);
    diagonal('#ffb000', 5.5, false);
  } else if (id === 'reference') {
    c.fillStyle = '#08285e'; // darker than flood to every eye: who sees no red sees both as blue
    c.fillRect(0, 0, n, n);
    c.fillStyle = '#bfe3ff';
    for (const [x, y] of [[4, 4], [12, 12]]) {
      c.beginPath();
      c.arc(x, y, 1.8, 0, 7);
      c.fill();
    }
  } else {
    c.fillStyle = 'rgba(22, 27, 33, 0.62)';
    c.fillRect(0, 0, n, n);
    diagonal('rgba(205, 214, 223, 0.55)', 1.4, true);
  }
  return canvas;
}

/** When a tile's last look is older than it may be, in epoch ms. @param {import('./words.js').Tile} tile */
export function agedAtMs({as_of, max_age_s}) {
  return as_of && max_age_s > 0 ? Date.parse(as_of) + max_age_s * 1000 : Infinity;
}

/** Images of one tile: the ones shown, and the ones wanted. What holds of the shown ones changes with them alone. */
class Slot {
  constructor(id, url) {
    this.id = id;
    this.extent = extentOf(id);
    this.url = url;
    this.shown = {}; // name -> decoded image
    this.shownVersions = {};
    this.want({}, Infinity);
    this.loading = false;
    this.failures = 0; // in a row
    this.swaps = 0;
    this.agedAtMs = Infinity; // from this time of the figures on, nothing of what is shown is known any more
  }

  /** @param {Object<string, string>} versions by name, '' for nothing @param {number} agedAtMs of these, epoch ms */
  want(versions, agedAtMs) {
    this.wanted = {versions, agedAtMs};
    this.retryAt = 0;
  }

  /** Whether what is shown has a successor that cannot be had: it must not be taken for what is known now. */
  get failed() {
    return this.failures > 1;
  }

  /** Fetches what is wanted and swaps it in as one. @returns {Promise<boolean>} whether anything changed */
  async load() {
    const {versions, agedAtMs} = this.wanted;
    const names = Object.keys(versions).filter((name) => versions[name] !== this.shownVersions[name]);
    const settled = names.length === 0 && this.agedAtMs === agedAtMs && this.failures === 0;
    if (this.loading || settled || performance.now() < this.retryAt) return false;
    this.loading = true;
    try {
      const images = await inTime(Promise.all(names.map((name) => this.fetch(name, versions[name]))));
      names.forEach((name, i) => {
        this.shown[name] = images[i];
        this.shownVersions[name] = versions[name];
      });
      this.agedAtMs = agedAtMs;
      this.failures = 0;
      this.swaps++;
      return true;
    } catch {
      this.failures++;
      this.retryAt = performance.now() + (this.failed ? RETRY_MS : AGAIN_MS);
      return this.failures === 2; // from now on it is drawn as failed
    } finally {
      this.loading = false;
    }
  }

  async fetch(name, version) {
    if (!version) return null;
    const image = new Image();
    image.src = this.url(name, this.id, version);
    await image.decode();
    return image;
  }

  forget() {
    this.shown = {};
    this.shownVersions = {};
    this.swaps = 0;
  }
}

/** Fails what takes too long. @template T @param {Promise<T>} fetched @returns {Promise<T>} */
async function inTime(fetched) {
  let timer;
  const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error('late')), GIVE_UP_MS)));
  try {
    return await Promise.race([fetched, late]);
  } finally {
    clearTimeout(timer);
  }
}

export class GroundLayer {
  /** @param {(id: string) => number} asOfMs the time that the figures of a tile's region speak of, epoch ms */
  constructor(asOfMs) {
    this.asOfMs = asOfMs;
    /** @type {Map<string, Slot>} */
    this.tiles = new Map();
    /** @type {Map<string, Slot>} */
    this.pictures = new Map();
    this.halos = new Map();
    this.areas = []; // rings of the watched regions, in metres
    this.visible = {picture: true, flood: true, stale: true, reference: true, unknown: true};
    this.canvas = document.createElement('canvas');
    this.canvas.className = 'ground';
    // On the element itself: OpenLayers' own sheet unsets what a sheet says of canvases.
    Object.assign(this.canvas.style, {position: 'absolute', left: '0', top: '0', width: '100%', height: '100%'});
    this.scratch = document.createElement('canvas');
    this.patterns = new Map(LAYERS.map(({id}) => [id, patternTile(id)]));
    this.layer = new window.ol.layer.Layer({render: (frame) => this.draw(frame)});
  }

  /** @param {import('./words.js').Tile} tile */
  setTile(tile) {
    if (tile.gone) this.tiles.delete(tile.id);
    else {
      const slot = this.tiles.get(tile.id) ?? new Slot(tile.id, (name, id, v) => `overlay/${name}/${id}.png?v=${v}`);
      slot.want(tile.versions, agedAtMs(tile));
      this.tiles.set(tile.id, slot);
    }
    this.layer.changed();
  }

  /** @param {import('./words.js').Picture} picture */
  setPicture(picture) {
    if (picture.gone) {
      const slot = this.pictures.get(picture.id);
      const isShown = slot && slot.shownVersions.picture === slot.wanted.versions.picture;
      if (!isShown) this.pictures.delete(picture.id); // what is on the screen may stay there, unless it is an older one
    } else {
      const slot = this.pictures.get(picture.id) ?? new Slot(picture.id, (_, id, v) => `picture/${id}?v=${v}`);
      slot.want({picture: picture.version}, Infinity);
      this.pictures.set(picture.id, slot);
      this.halos.set(picture.id, picture.halo_px);
    }
    this.layer.changed();
  }

  /** Drops what the server no longer knows. @param {Set<string>} tiles @param {Set<string>} pictures */
  keepOnly(tiles, pictures) {
    for (const id of this.tiles.keys()) if (!tiles.has(id)) this.tiles.delete(id);
    for (const id of this.pictures.keys()) {
      if (!pictures.has(id)) {
        this.pictures.delete(id);
        this.halos.delete(id);
      }
    }
    this.layer.changed();
  }

  /** @param {number[][][][]} polygons of all regions, in metres */
  setAreas(polygons) {
    this.areas = polygons;
    this.layer.changed();
  }

  /** @param {string} id @param {boolean} on */
  show(id, on) {
    this.visible[id] = on;
    this.layer.changed();
  }

  draw(frame) {
    const ratio = frame.pixelRatio;
    const [width, height] = frame.size.map((n) => Math.round(n * ratio));
    for (const canvas of [this.canvas, this.scratch]) {
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
      }
    }
    const [cx, cy] = frame.viewState.center;
    const scale = ratio / frame.viewState.resolution;
    const view = {
      x: (east) => (east - cx) * scale + width / 2,
      y: (north) => (cy - north) * scale + height / 2,
      width,
      height,
    };
    const c = this.canvas.getContext('2d');
    c.clearRect(0, 0, width, height);
    const tiles = this.inView(this.tiles, view);
    const pictures = this.inView(this.pictures, view);

    // Ground that is known is lighter than the void, so that dry and unknown differ without a picture too.
    c.fillStyle = '#39434d';
    for (const {x, y, w, h} of tiles) c.fillRect(x, y, w, h);
    if (this.visible.picture) this.drawPictures(c, pictures);
    for (const layer of LAYERS) {
      if (this.visible[layer.id]) this.drawOverlay(c, layer, tiles, view, [cx, cy], scale, ratio);
    }
    // Not yet fetched is another thing than unknown.
    c.font = `${13 * ratio}px system-ui, sans-serif`;
    c.fillStyle = '#eef3f8';
    c.textAlign = 'center';
    for (const {slot, x, y, w, h} of tiles) if ((slot.swaps === 0 || slot.failed) && w > 60 * ratio) c.fillText('loading', x + w / 2, y + h / 2);
    this.tend(tiles, this.tiles);
    if (this.visible.picture) this.tend(pictures, this.pictures);
    return this.canvas;
  }

  /** The slots on the screen with whole pixels as edges, so that neighbours leave no seam. */
  inView(slots, view) {
    const found = [];
    for (const slot of slots.values()) {
      const x = Math.round(view.x(slot.extent[0]));
      const y = Math.round(view.y(slot.extent[3]));
      const w = Math.round(view.x(slot.extent[2])) - x;
      const h = Math.round(view.y(slot.extent[1])) - y;
      if (x < view.width && y < view.height && x + w > 0 && y + h > 0) found.push({slot, x, y, w, h});
    }
    return found;
  }

  drawPictures(c, pictures) {
    c.imageSmoothingEnabled = true;
    c.imageSmoothingQuality = 'medium';
    const coarseFirst = [...pictures].sort((a, b) => b.w - a.w);
    for (const {slot, x, y, w, h} of coarseFirst) {
      const image = slot.shown.picture;
      if (!image || slot.failed) continue; // an older picture is not the newest
      const halo = Math.min(this.halos.get(slot.id) ?? 0, image.naturalWidth / 4); // context, not this tile's ground
      c.drawImage(image, halo, halo, image.naturalWidth - 2 * halo, image.naturalHeight - 2 * halo, x, y, w, h);
    }
  }

  /** Stencils first, then the pattern where a stencil is. */
  drawOverlay(c, layer, tiles, view, [cx, cy], scale, ratio) {
    const s = this.scratch.getContext('2d');
    s.globalCompositeOperation = 'source-over';
    s.clearRect(0, 0, view.width, view.height);
    let any = false;
    if (layer.id === 'unknown') {
      any = this.fillAreas(s, view); // watched ground of which there is no record is unknown as well
      for (const {x, y, w, h} of tiles) s.clearRect(x, y, w, h);
    }
    for (const {slot, x, y, w, h} of tiles) {
      const images = this.stencils(slot, layer.id);
      for (const image of images) {
        s.imageSmoothingEnabled = w < image.naturalWidth;
        s.drawImage(image, x, y, w, h);
        any = true;
      }
      if (layer.id === 'unknown' && (slot.swaps === 0 || this.aged(slot))) {
        s.fillRect(x, y, w, h); // not fetched yet, or aged: nothing is known of it on this screen
        any = true;
      }
    }
    if (!any) return;
    const pattern = s.createPattern(this.patterns.get(layer.id), 'repeat');
    // Tied to the ground, so that stripes move with the map and not against it.
    pattern.setTransform(
      new DOMMatrix()
        .translate(Math.round((-cx * scale) % (16 * ratio)), Math.round((cy * scale) % (16 * ratio)))
        .scale(ratio),
    );
    s.globalCompositeOperation = 'source-in';
    s.fillStyle = pattern;
    s.fillRect(0, 0, view.width, view.height);
    c.globalAlpha = layer.alpha;
    c.drawImage(this.scratch, 0, 0);
    c.globalAlpha = 1;
  }

  /** Where a layer lies on a tile. The alerts send no new ground for time alone: what has aged is told here. */
  stencils(slot, layer) {
    const {flood, stale, [layer]: own} = slot.shown;
    const aged = this.aged(slot);
    const images = !aged || layer === 'reference' ? [own] : layer === 'stale' ? [flood, stale] : [];
    return images.filter(Boolean);
  }

  /**
   * Whether a tile was seen too long ago, as the figures of its region have it: map and card say the same. So is
   * one whose newer state cannot be fetched: what it was is not what it is.
   */
  aged({id, failed, agedAtMs: at}) {
    return failed || at < this.asOfMs(id);
  }

  fillAreas(s, view) {
    s.fillStyle = '#000';
    for (const polygon of this.areas) {
      s.beginPath();
      for (const ring of polygon) {
        ring.forEach(([east, north], i) => (i ? s.lineTo(view.x(east), view.y(north)) : s.moveTo(view.x(east), view.y(north))));
        s.closePath();
      }
      s.fill('evenodd');
    }
    return this.areas.length > 0;
  }

  /** Fetches what is in sight, and lets go of what is not when there is much of it. */
  tend(seen, slots) {
    for (const {slot} of seen) {
      slot.load().then((changed) => {
        if (changed) this.layer.changed();
        const rest = slot.retryAt - performance.now();
        if (rest > 0) setTimeout(() => this.layer.changed(), rest + 20);
      });
    }
    if (slots.size > KEEP) {
      const inSight = new Set(seen.map(({slot}) => slot));
      for (const slot of slots.values()) if (!inSight.has(slot) && !slot.loading) slot.forget();
    }
  }
}
