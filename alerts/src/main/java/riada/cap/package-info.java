/**
 * Alerts as CAP 1.2 XML and as an Atom feed: {@link riada.cap.CapWriter} writes, {@link
 * riada.cap.FloodCover} draws the polygons. Pure: no clock, no Kafka.
 */
package riada.cap;
