package dev.drover.provider.gridengine;

import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.provider.SchedulerRefusal;
import java.io.StringReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * A job as {@code qstat -xml} lists it: the text listing cuts names after ten characters.
 *
 * @param id a number
 * @param name whole
 * @param state letters, one for each thing that is true of the job: {@code hqw}, {@code dr}
 */
record Qstat(String id, String name, String state) {
  private static final Pattern ERROR_REASON =
      Pattern.compile("(?m)^(?:job_number:\\s*([0-9]+)|error reason[^:\n]*:\\s*(.*))$");

  /** Every job of the listing, in its order. */
  static List<Qstat> read(String xml) throws SchedulerRefusal {
    try {
      XMLStreamReader reader = factory().createXMLStreamReader(new StringReader(xml.strip()));
      List<Qstat> jobs = new ArrayList<>();
      Map<String, String> job = new HashMap<>();
      boolean isListing = false;
      while (reader.hasNext()) {
        int event = reader.next();
        if (event == XMLStreamConstants.START_ELEMENT) {
          String element = reader.getLocalName();
          isListing |= element.equals("job_info");
          if (element.equals("JB_job_number")
              || element.equals("JB_name")
              || element.equals("state")) {
            job.put(element, reader.getElementText().strip());
          }
        } else if (event == XMLStreamConstants.END_ELEMENT
            && reader.getLocalName().equals("job_list")) {
          add(job, jobs);
          job.clear();
        }
      }
      if (isListing) {
        return jobs;
      }
    } catch (XMLStreamException e) {
      throw noListing(e.getMessage().lines().reduce((first, last) -> last).orElse("no XML"));
    }
    throw noListing("the XML lists no jobs");
  }

  private static void add(Map<String, String> job, List<Qstat> jobs) throws SchedulerRefusal {
    String id = job.getOrDefault("JB_job_number", "");
    if (!id.matches("[0-9]+")) {
      throw noListing("a job has no number");
    }
    jobs.add(new Qstat(id, job.getOrDefault("JB_name", ""), job.getOrDefault("state", "")));
  }

  private static SchedulerRefusal noListing(String why) {
    return SchedulerRefusal.passing(
        "qstat printed no listing (" + why + ")",
        "run qstat -xml by hand; if the site wraps qstat, its output must stay XML");
  }

  /** No document type, and nothing fetched from anywhere. */
  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    return factory;
  }

  /** Why jobs are in error state, by their ids, in the words of {@code qstat -j}. */
  static Map<String, String> errorReasons(String text) {
    Map<String, String> reasons = new HashMap<>();
    Matcher matcher = ERROR_REASON.matcher(text);
    String id = "";
    while (matcher.find()) {
      if (matcher.group(1) != null) {
        id = matcher.group(1);
      } else {
        reasons.put(id, matcher.group(2).strip());
      }
    }
    return reasons;
  }

  /** An ended job may be listed for a while ({@code qstat -s z}); how it ended qacct tells. */
  boolean hasEnded() {
    return has("z");
  }

  /** The letters' meaning; the rarer one of two wins. Empty for a job that has ended. */
  Optional<JobStatus> status(Map<String, String> errorReasons, Instant now) {
    if (hasEnded()) {
      return Optional.empty();
    }
    if (has("E")) {
      return Optional.of(
          status(
              JobState.HELD,
              "in error state "
                  + state
                  + ": "
                  + errorReasons.getOrDefault(id, "qstat -j " + id + " tells why")
                  + "; mend it and say qmod -cj "
                  + id,
              now));
    }
    if (has("d")) {
      return Optional.of(status(JobState.RUNNING, "being deleted (" + state + ")", now));
    }
    if (has("sSTP")) {
      return Optional.of(status(JobState.HELD, "suspended (" + state + ")", now));
    }
    if (has("qw")) {
      return Optional.of(
          has("h")
              ? status(JobState.HELD, "on hold (" + state + ")", now)
              : status(JobState.PENDING, "", now));
    }
    // t: the job is on its way to its node.
    return Optional.of(
        has("rt")
            ? status(JobState.RUNNING, "", now)
            : status(JobState.UNKNOWN, "qstat shows state \"" + state + "\"", now));
  }

  private boolean has(String letters) {
    return letters.chars().anyMatch(letter -> state.indexOf(letter) >= 0);
  }

  private static JobStatus status(JobState state, String reason, Instant now) {
    return new JobStatus(state, now, OptionalInt.empty(), reason);
  }
}
