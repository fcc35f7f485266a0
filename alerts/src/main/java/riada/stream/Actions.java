package riada.stream;

import com.google.protobuf.Timestamp;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import riada.geo.TileId;
import riada.proto.Action;
import riada.proto.BadInput;
import riada.proto.RegionState;
import riada.proto.Regions;

/** What operators' actions do to an incident. Pure: no order of arrival shows. */
public final class Actions {
  /** Of two acts of one kind: by time, then by name, then by the rest. */
  private static final Comparator<Action> ORDER =
      Comparator.comparingLong((Action action) -> millis(action.getAt()))
          .thenComparing(Action::getWho)
          .thenComparingLong(action -> millis(action.getUntil()))
          .thenComparing(Action::getWhy);

  /** The longest id of an incident: a region's, and when it began. */
  private static final int MAX_ID = Regions.MAX_NAME + "-20260301T120000Z".length();

  private static final Pattern INCIDENT = Pattern.compile("(.+)-\\d{8}T\\d{6}Z", Pattern.DOTALL);

  private Actions() {}

  /**
   * The region whose incident this is.
   *
   * @throws BadInput when it is no incident's id
   */
  public static String region(String incident) throws BadInput {
    Matcher id = INCIDENT.matcher(incident);
    if (!id.matches() || incident.length() > MAX_ID) {
      throw new BadInput(
          "incident_unreadable",
          "\""
              + TileId.brief(incident)
              + "\" is no incident's id; write it as alerts and `riada alert list` do, for example"
              + " valley-20260301T120000Z.");
    }
    return id.group(1);
  }

  /**
   * @param life of the region that the incident's id names
   * @return the life after the action
   * @throws BadInput when the incident is not known or not open
   */
  static RegionLife apply(RegionLife life, Action action) throws BadInput {
    boolean known = action.getTarget().equals(life.getIncidentId());
    if (!known || life.getState() == RegionState.NORMAL || !life.hasDefinition()) {
      throw new BadInput(
          known ? "incident_closed" : "incident_unknown",
          "Incident \""
              + TileId.brief(action.getTarget())
              + (known
                  ? "\" is closed; only an open incident can be acknowledged or silenced."
                  : "\" is not the open incident of its region; `riada alert list` names those"
                      + " there are."));
    }
    if (action.getKind() == Action.Kind.ACKNOWLEDGE) { // the first counts
      return !life.hasAcknowledgement() || ORDER.compare(action, life.getAcknowledgement()) < 0
          ? life.toBuilder().setAcknowledgement(action).build()
          : life;
    }
    return !life.hasSilence() || ORDER.compare(action, life.getSilence()) > 0 // the last counts
        ? life.toBuilder().setSilence(action).build()
        : life;
  }

  static long millis(Timestamp at) {
    return at.getSeconds() * 1000 + at.getNanos() / 1_000_000;
  }
}
