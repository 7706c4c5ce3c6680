package dev.drover.template;

import freemarker.cache.ClassTemplateLoader;
import freemarker.core.ParseException;
import freemarker.core.StopException;
import freemarker.core.TemplateClassResolver;
import freemarker.template.Configuration;
import freemarker.template.DefaultObjectWrapper;
import freemarker.template.Template;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import freemarker.template.TemplateMethodModelEx;
import freemarker.template.TemplateModelException;
import freemarker.template.TemplateNumberModel;
import freemarker.template.TemplateScalarModel;
import freemarker.template.TemplateSequenceModel;
import freemarker.template.Version;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns a job into the text of its script by one template, which is read once. Safe on any thread.
 */
public final class ScriptRenderer {
  /** From 2.3.33 on, record components resolve by their names. */
  private static final Version BEHAVIOUR = Configuration.VERSION_2_3_33;

  private final Template template;
  private final String origin;

  private ScriptRenderer(Template template, String origin) {
    this.template = template;
    this.origin = origin;
  }

  /**
   * A renderer by the template that Drover ships under a name, such as {@code local}.
   *
   * @throws ScriptRenderException if there is none, or it does not parse
   */
  public static ScriptRenderer shipped(String name) throws ScriptRenderException {
    String file = name + ".sh.ftl";
    try {
      return new ScriptRenderer(configuration().getTemplate(file), "templates/" + file);
    } catch (ParseException e) {
      throw unreadable("templates/" + file, e);
    } catch (IOException e) {
      throw new ScriptRenderException(
          "no template templates/"
              + file
              + " is shipped; name one that is, or give a file of your own",
          e);
    }
  }

  /**
   * The text of a shipped template, as an admin copies it to change it.
   *
   * @throws ScriptRenderException if there is none of that name
   */
  public static String shippedText(String name) throws ScriptRenderException {
    String file = "templates/" + name + ".sh.ftl";
    try (InputStream stream = ScriptRenderer.class.getClassLoader().getResourceAsStream(file)) {
      if (stream == null) {
        throw new FileNotFoundException(file);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ScriptRenderException("no template " + file + " is shipped; name one that is", e);
    }
  }

  /**
   * A renderer by a user's own template, which may take in shipped parts by {@code <#include
   * "/block-body.ftl">}.
   *
   * @throws ScriptRenderException if the file cannot be read or does not parse
   */
  public static ScriptRenderer fromFile(Path file) throws ScriptRenderException {
    try {
      String text = Files.readString(file);
      return new ScriptRenderer(
          new Template(file.toString(), text, configuration()), file.toString());
    } catch (ParseException e) {
      throw unreadable(file.toString(), e);
    } catch (IOException e) {
      throw new ScriptRenderException(
          "template " + file + " cannot be read (" + e + "); check the path and its permissions",
          e);
    }
  }

  /**
   * The script's whole text.
   *
   * @throws ScriptRenderException if the template asks for a value that the job does not have, or
   *     says by {@code <#stop>} that it has no script for such a job
   */
  public String render(JobScriptModel job) throws ScriptRenderException {
    StringWriter script = new StringWriter();
    try {
      template.process(job, script);
    } catch (StopException e) {
      throw new ScriptRenderException(
          "template "
              + origin
              + " makes no script for job "
              + job.jobName()
              + ": "
              + e.getMessageWithoutStackTop(),
          e);
    } catch (TemplateException | IOException e) {
      throw new ScriptRenderException(
          "template "
              + origin
              + " failed on job "
              + job.jobName()
              + ": "
              + e.getMessage()
              + "\n  fix: guard what may be absent with <#if name??>; a shell's variable is written $name, since"
              + " ${...} is the template's",
          e);
    }
    return script.toString();
  }

  private static ScriptRenderException unreadable(String origin, ParseException e) {
    return new ScriptRenderException(
        "template "
            + origin
            + " does not parse: "
            + e.getMessage()
            + "\n  fix: mend the template at that line",
        e);
  }

  private static Configuration configuration() {
    Configuration configuration = new Configuration(BEHAVIOUR);
    configuration.setDefaultEncoding("UTF-8");
    configuration.setTemplateLoader(
        new ClassTemplateLoader(ScriptRenderer.class.getClassLoader(), "templates"));
    configuration.setObjectWrapper(new DefaultObjectWrapper(BEHAVIOUR));
    // As a program reads it: otherwise 1234 nodes become 1,234.
    configuration.setNumberFormat("c");
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    configuration.setLogTemplateExceptions(false);
    configuration.setWrapUncheckedExceptions(true);
    configuration.setLocalizedLookup(false);
    // A template makes text; it has no business with Java classes.
    configuration.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
    configuration.setSharedVariable("sh", (TemplateMethodModelEx) ScriptRenderer::sh);
    return configuration;
  }

  /** {@code sh(value)} or {@code sh(list)}: the value as one word, the list as one command line. */
  private static Object sh(List<?> arguments) throws TemplateModelException {
    if (arguments.size() != 1) {
      throw new TemplateModelException(
          "sh(…) takes one value or one list, not " + arguments.size());
    }
    Object argument = arguments.get(0);
    if (!(argument instanceof TemplateSequenceModel words)) {
      return ShellQuoting.quote(text(argument));
    }
    List<String> line = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      line.add(text(words.get(i)));
    }
    return ShellQuoting.quoteAll(line);
  }

  private static String text(Object value) throws TemplateModelException {
    if (value instanceof TemplateScalarModel string) {
      return string.getAsString();
    }
    if (value instanceof TemplateNumberModel number) {
      return number.getAsNumber().toString();
    }
    throw new TemplateModelException(
        value == null ? "sh(…) got an absent value" : "sh(…) takes strings and numbers only");
  }
}
