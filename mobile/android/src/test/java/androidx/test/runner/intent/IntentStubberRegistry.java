// Robolectric calls this class of androidx.test, which is not on Maven Central: no more than it needs.
package androidx.test.runner.intent;

public final class IntentStubberRegistry {
  private IntentStubberRegistry() {}

  public static boolean isLoaded() {
    return false;
  }

  public static IntentStubber getInstance() {
    return null;
  }
}
