// Robolectric calls this class of androidx.test, which is not on Maven Central: no more than it needs.
package androidx.test.runner.intent;

import android.app.Instrumentation.ActivityResult;
import android.content.Intent;

public interface IntentStubber {
  ActivityResult getActivityResultForIntent(Intent intent);
}
