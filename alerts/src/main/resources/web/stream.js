// The one stream of events, and the truth about whether it lives.

const SILENCE_MS = 15_000; // three heartbeats: then the connection hangs, whatever the browser says
const GONE_MS = 15_000;

/**
 * Keeps the stream open. The browser's own reconnecting is not used: it cannot see a connection that hangs.
 */
export class Stream {
  /**
   * @param {string} url
   * @param {(event: object) => void} onEvent
   * @param {(link: 'connecting'|'live'|'reconnecting'|'gone') => void} onLink
   */
  constructor(url, onEvent, onLink) {
    this.url = url;
    this.onEvent = onEvent;
    this.onLink = onLink;
    this.everLive = false;
    this.lostAt = performance.now();
    this.heardAt = performance.now();
    this.retryMs = 500;
    this.link = 'connecting';
    this.open();
    setInterval(() => this.watch(), 1000);
  }

  open() {
    const source = new EventSource(this.url);
    this.source = source;
    this.heardAt = performance.now();
    source.onmessage = (message) => {
      this.heardAt = performance.now();
      this.retryMs = 500;
      this.everLive = true;
      try {
        this.onEvent(JSON.parse(message.data));
      } catch (error) { // the connection lives and the next event may be sound
        console.error('cannot use an event', error);
      }
      this.become('live');
    };
    source.onerror = () => {
      if (source === this.source) this.lost();
    };
  }

  lost() {
    this.source?.close();
    this.source = null;
    if (this.link === 'live') this.lostAt = performance.now();
    this.become(this.state());
    setTimeout(() => this.open(), this.retryMs);
    this.retryMs = Math.min(5000, this.retryMs * 2);
  }

  watch() {
    if (this.source && performance.now() - this.heardAt > SILENCE_MS) this.lost();
    else if (this.link !== 'live') this.become(this.state());
  }

  state() {
    if (performance.now() - this.lostAt > GONE_MS) return 'gone';
    return this.everLive ? 'reconnecting' : 'connecting';
  }

  become(link) {
    if (link === this.link) return;
    this.link = link;
    this.onLink(link);
  }
}
