// Robolectric calls this class of androidx.test, which is not on Maven Central: no more than it needs.
package androidx.test.runner.lifecycle;

public final class ApplicationLifecycleMonitorRegistry {
  private static ApplicationLifecycleMonitor monitor;

  private ApplicationLifecycleMonitorRegistry() {}

  public static void registerInstance(ApplicationLifecycleMonitor given) {
    monitor = given;
  }

  public static ApplicationLifecycleMonitor getInstance() {
    return monitor;
  }
}
