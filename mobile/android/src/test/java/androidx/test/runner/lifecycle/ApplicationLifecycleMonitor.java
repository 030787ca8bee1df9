// Robolectric calls this class of androidx.test, which is not on Maven Central: no more than it needs.
package androidx.test.runner.lifecycle;

public interface ApplicationLifecycleMonitor {}
