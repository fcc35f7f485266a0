package riada.simulate;

import java.time.Instant;

/**
 * One flight over a simulated world.
 *
 * @param index from 0
 * @param scene its name in published tiles
 * @param acquiredAt when all its tiles were taken
 * @param moment river, sky and light then
 */
public record Pass(int index, String scene, Instant acquiredAt, Moment moment) {}
