// Robolectric calls this class of androidx.test, which is not on Maven Central: no more than it needs.
package androidx.test.internal.runner.intent;

import android.content.Intent;
import androidx.test.runner.intent.IntentMonitor;

public final class IntentMonitorImpl implements IntentMonitor {
  public void signalIntent(Intent intent) {}
}
