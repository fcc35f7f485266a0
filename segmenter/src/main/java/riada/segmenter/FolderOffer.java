package riada.segmenter;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import riada.proto.BadInput;

/**
 * Gets ready what a folder offers in one role whenever that has changed and come to rest. The
 * latest waits until somebody takes it, what nobody took is closed; what cannot be used is refused
 * by name. One thread looks, another may take; the note is for any.
 */
final class FolderOffer<T extends FolderOffer.Ready> {
  private static final Logger log = LoggerFactory.getLogger(FolderOffer.class);

  private final String role;
  private final Path folder;
  private final FolderSight sight;
  private final @Nullable T none;
  private final String hint;
  private final MeterRegistry meters;
  private final AtomicReference<@Nullable T> ready = new AtomicReference<>();
  private volatile String note = "";

  /** What was got ready. */
  interface Ready {
    void close();
  }

  /** Gets ready what is offered now. */
  @FunctionalInterface
  interface Getter<T> {
    /**
     * @throws BadInput when it cannot be used
     * @throws NotYet when it will be got at another look
     */
    T get() throws BadInput;
  }

  /** What hinders is no fault of what is offered; the message is for the operator. */
  static final class NotYet extends RuntimeException {
    NotYet(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * @param role {@code served} or {@code shadow}
   * @param none what is offered after a refusal; null: nothing
   * @param hint what the operator must know of a refusal besides; empty or begins with a blank
   */
  FolderOffer(
      String role,
      Path folder,
      FolderSight.Outside outside,
      @Nullable T none,
      String hint,
      MeterRegistry meters) {
    this.role = role;
    this.folder = folder;
    this.sight = new FolderSight(outside);
    this.none = none;
    this.hint = hint;
    this.meters = meters;
  }

  /** As it looks now the folder is known, before anybody looks. */
  void know() {
    sight.know();
  }

  /**
   * Looks once; throws nothing: whatever goes wrong is said and tried again.
   *
   * @param serving what goes on when this is refused
   */
  void look(Getter<T> getter, Supplier<ModelWatch.Serving> serving) {
    try {
      if (sight.isNews()) {
        get(getter, serving);
      }
    } catch (NotYet e) {
      sight.forget();
      note = String.valueOf(e.getMessage());
    } catch (RuntimeException | Error e) {
      sight.forget();
      failed(e);
    }
  }

  private void get(Getter<T> getter, Supplier<ModelWatch.Serving> serving) {
    try {
      T found = getter.get();
      if (sight.holds()) {
        note = "";
        offer(found);
      } else { // it was changed while it was read
        found.close();
      }
    } catch (BadInput e) {
      if (sight.holds()) {
        offer(none);
        note = refusal(e, serving.get()) + hint;
      }
    }
  }

  private void offer(@Nullable T found) {
    T untaken = ready.getAndSet(found);
    if (untaken != null) {
      untaken.close();
    }
  }

  /** What is ready and was not taken before; null: nothing. It is the caller's now. */
  @Nullable T take() {
    return ready.getAndSet(null);
  }

  /** Closes what nobody took. */
  void close() {
    offer(null);
  }

  /** Notes what cannot be used: it was not looked for, but come upon. */
  void refuse(BadInput why, ModelWatch.Serving goesOn) {
    note = refusal(why, goesOn);
  }

  /** Counts and logs; returns what the operator must know of it. */
  private String refusal(BadInput why, ModelWatch.Serving goesOn) {
    meters.counter("riada.model.refused", "role", role, "reason", why.counter()).increment();
    log.warn(
        "Model refused (role={}, reason={}, folder={}, serving={}): {}",
        role,
        why.counter(),
        folder,
        goesOn.ref().getDigest(),
        why.reason());
    return "Warning: a model was refused ("
        + why.counter()
        + "). "
        + why.reason()
        + " "
        + goesOn.ref().getName()
        + " "
        + goesOn.ref().getVersion()
        + " goes on.";
  }

  /** Logs once what hinders a look, and notes it. */
  private void failed(Throwable why) {
    String words =
        "Warning: the model folder "
            + folder
            + " could not be looked at (role "
            + role
            + ", "
            + why
            + "); trying again.";
    if (!words.equals(note)) {
      log.error(words, why);
    }
    note = words;
  }

  /** What the operator must know of it; empty when all is well. */
  String note() {
    return note;
  }
}
