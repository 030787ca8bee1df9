// Robolectric calls this class of androidx.test, which is not on Maven Central: no more than it needs.
package androidx.test.runner.lifecycle;

public final class ActivityLifecycleMonitorRegistry {
  private static ActivityLifecycleMonitor monitor;

  private ActivityLifecycleMonitorRegistry() {}

  public static void registerInstance(ActivityLifecycleMonitor given) {
    monitor = given;
  }

  public static ActivityLifecycleMonitor getInstance() {
    return monitor;
  }
}
