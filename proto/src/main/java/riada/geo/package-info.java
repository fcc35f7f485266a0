/** The fixed grid of the ground and exact areas on the WGS 84 ellipsoid. */
package riada.geo;
