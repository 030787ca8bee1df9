// Robolectric calls this class of androidx.test, which is not on Maven Central: no more than it needs.
package androidx.test.platform.app;

import android.app.Instrumentation;
import android.os.Bundle;

public final class InstrumentationRegistry {
  private static Instrumentation instrumentation;
  private static Bundle arguments = new Bundle();

  private InstrumentationRegistry() {}

  public static void registerInstance(Instrumentation given, Bundle with) {
    instrumentation = given;
    arguments = with;
  }

  public static Instrumentation getInstrumentation() {
    return instrumentation;
  }

  public static Bundle getArguments() {
    return arguments;
  }
}
