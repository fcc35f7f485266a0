package riada.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import riada.proto.BadInput;

/**
 * The one place where a failure becomes a sentence and an exit status. A person's mistake shows no
 * stack trace; a bug shows one.
 */
final class ErrorPrinter implements IExecutionExceptionHandler, IParameterExceptionHandler {
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;
  static final int BAD_INPUT = 3;

  private final boolean debug;

  ErrorPrinter(boolean debug) {
    this.debug = debug;
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    return print(e.getCommandLine(), e);
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
    return print(line, e);
  }

  int print(CommandLine line, Exception failure) {
    Throwable e = failure;
    while ((e instanceof ExecutionException
            || e instanceof CompletionException
            || e instanceof UncheckedIOException)
        && e.getCause() != null) {
      e = e.getCause();
    }
    PrintWriter err = line.getErr();
    if (debug) {
      failure.printStackTrace(err);
    }
    int status = FAILED;
    if (e instanceof ParameterException wrong) {
      err.println("riada: " + wrong.getMessage());
      String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
      err.println("Try '" + command + " --help'.");
      status = WRONG_USAGE;
    } else if (e instanceof BadInput bad) {
      err.println("riada: " + bad.reason());
      status = BAD_INPUT;
    } else if (e instanceof NoSuchFileException missing) {
      err.println("riada: " + missing.getFile() + " does not exist.");
      status = BAD_INPUT;
    } else if (e instanceof IOException) {
      err.println("riada: " + e.getMessage());
    } else if (e instanceof KafkaException kafka) {
      err.println("riada: " + ofKafka(kafka));
    } else {
      err.println("riada: this is a bug in Riada; please report it with what follows.");
      if (!debug) {
        failure.printStackTrace(err);
      }
    }
    err.flush();
    return status;
  }

  private static String ofKafka(KafkaException e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    if (root instanceof ConfigException) {
      return "The Kafka settings cannot be used: "
          + root.getMessage()
          + ". Check --bootstrap-servers, written HOST:PORT, and the riada.kafka.* settings.";
    }
    if (e instanceof TimeoutException) {
      return "No Kafka broker answers ("
          + e.getMessage()
          + "). Is it running, and is --bootstrap-servers right?";
    }
    if (e instanceof UnknownTopicOrPartitionException) {
      return "The topic is not there; make the topics with 'riada topics create'.";
    }
    return "Kafka refused: " + e.getMessage();
  }
}
