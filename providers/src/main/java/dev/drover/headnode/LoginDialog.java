package dev.drover.headnode;

import com.jcraft.jsch.UIKeyboardInteractive;
import com.jcraft.jsch.UserInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What JSch asks during one login, put to the user; remembers why no answer could be had. Used by
 * one thread at a time.
 */
final class LoginDialog implements UserInfo, UIKeyboardInteractive {
  private static final Logger LOG = LoggerFactory.getLogger(LoginDialog.class);

  private final SecretPrompt prompt;
  private String answer;
  private Optional<IOException> failure = Optional.empty();
  private final Set<String> proofs = new LinkedHashSet<>();
  private int asked;

  LoginDialog(SecretPrompt prompt) {
    this.prompt = prompt;
  }

  /** Why a question had no answer; empty if all were answered. */
  Optional<IOException> failure() {
    return failure;
  }

  /** How many questions were answered. */
  int asked() {
    return asked;
  }

  /** That something was shown to the server, in words. */
  void showed(String proof) {
    proofs.add(proof);
  }

  /** What was shown, each once; a key of the agent's is not among them. */
  List<String> proofs() {
    return new ArrayList<>(proofs);
  }

  /** The answer; empty if there is none, which {@link #failure} then explains. */
  Optional<String> ask(String question, boolean visible) {
    if (failure.isPresent()) {
      return Optional.empty(); // once is enough: nobody is there
    }
    try {
      String given = prompt.ask(question, visible);
      asked++;
      return Optional.of(given);
    } catch (IOException e) {
      failure = Optional.of(e);
      return Optional.empty();
    }
  }

  @Override
  public String[] promptKeyboardInteractive(
      String destination, String name, String instruction, String[] questions, boolean[] echo) {
    String[] answers = new String[questions.length];
    for (int i = 0; i < questions.length; i++) {
      String about = (instruction == null ? "" : instruction.strip()).strip();
      String question =
          (about.isEmpty() ? "" : about + "\n") + "(" + destination + ") " + questions[i];
      Optional<String> given = ask(question, echo[i]);
      if (given.isEmpty()) {
        return null;
      }
      answers[i] = given.get();
      showed("answers to its questions");
    }
    return answers;
  }

  @Override
  public boolean promptPassword(String question) {
    Optional<String> given = ask(question + ": ", false);
    answer = given.orElse(null);
    showed("a password");
    return given.isPresent();
  }

  @Override
  public String getPassword() {
    return answer;
  }

  /** Keys ask for themselves, when they are wanted: see {@link SshIdentities}. */
  @Override
  public boolean promptPassphrase(String question) {
    return false;
  }

  @Override
  public String getPassphrase() {
    return null;
  }

  /** A host key is never taken because somebody says yes. */
  @Override
  public boolean promptYesNo(String question) {
    return false;
  }

  /** A banner before the login. */
  @Override
  public void showMessage(String message) {
    LOG.debug("the server says: {}", message);
  }
}
