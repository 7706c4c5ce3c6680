package dev.drover.executor;

import java.util.AbstractList;
import java.util.List;

/** A list like any other, but that something happens before its first element is looked at. */
final class WithInterruption<T> extends AbstractList<T> {
  private final List<T> all;
  private Runnable first;

  WithInterruption(List<T> all, Runnable first) {
    this.all = all;
    this.first = first;
  }

  @Override
  public T get(int index) {
    Runnable now = first;
    first = () -> {};
    now.run();
    return all.get(index);
  }

  @Override
  public int size() {
    return all.size();
  }
}
