package dev.drover.cli.console;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.drover.manager.WorkerPoolMain;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * Sets up the logging: warnings go to stderr in one short line each, and everything from INFO on to
 * {@code drover.log} of the run directory once that is known. Written in Java since reading a
 * {@code logback.xml} takes longer than everything else at the start. Any thread.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class Logging extends ContextAwareBase implements Configurator {
  private static final String SHORT = "drover: %level: %msg%nopex%n";
  private static final String LONG =
      "%date{yyyy-MM-dd'T'HH:mm:ss.SSSX,UTC} %-5level [%thread] %logger{24}: %msg%n";

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    ThresholdFilter warnings = new ThresholdFilter();
    warnings.setLevel(Level.WARN.toString());
    warnings.start();
    ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
    stderr.setName("stderr");
    stderr.setTarget("System.err");
    stderr.setContext(context);
    stderr.setEncoder(encoder(context, SHORT));
    stderr.addFilter(warnings);
    stderr.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(stderr);
    String file = System.getProperty(WorkerPoolMain.LOG_FILE);
    if (file != null) {
      addFile(context, Path.of(file));
    }
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /**
   * From now on everything from INFO on goes to this file too, at its end, and to no other file.
   */
  public static void toFile(Path file) {
    addFile((LoggerContext) LoggerFactory.getILoggerFactory(), file);
  }

  private static void addFile(LoggerContext context, Path file) {
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setName("file");
    appender.setContext(context);
    appender.setFile(file.toString());
    appender.setEncoder(encoder(context, LONG));
    appender.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    Appender<ILoggingEvent> earlier = root.getAppender(appender.getName());
    if (earlier != null) {
      root.detachAppender(earlier);
      earlier.stop();
    }
    root.setLevel(Boolean.getBoolean("drover.debug") ? Level.DEBUG : Level.INFO);
    root.addAppender(appender);
  }

  private static PatternLayoutEncoder encoder(LoggerContext context, String pattern) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(pattern);
    encoder.start();
    return encoder;
  }
}
