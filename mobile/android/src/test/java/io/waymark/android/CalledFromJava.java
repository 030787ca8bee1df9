package io.waymark.android;

import io.waymark.Choice;
import io.waymark.EventOptions;
import io.waymark.Options;
import io.waymark.Status;
import io.waymark.Waymark;
import io.waymark.vocabulary.PushOpened;
import java.io.Closeable;
import java.util.Collections;
import java.util.Map;

/** An app in Java: what it writes has to compile, and to be answered. */
final class CalledFromJava {
  private CalledFromJava() {}

  static Status run(Waymark waymark) {
    Options options = new Options.Builder().region("DE").lifecycle(false).build();
    Map<String, Object> properties = Collections.singletonMap("total", 49.5);
    Status[] all = {
      waymark.track("order_completed"),
      waymark.track("order_completed", properties),
      waymark.track("order_completed", properties, new EventOptions(null, "critical")),
      waymark.track(new PushOpened()),
      waymark.screen("Cart"),
      waymark.identify("u1"),
      waymark.group("g1"),
      waymark.consent().set(Collections.singletonMap("analytics", Choice.GRANTED)),
      waymark.consent().withdraw("analytics"),
      waymark.consent().records(log -> {}),
      waymark.signal("region", options.getRegion()),
      waymark.flush(),
    };
    waymark.handOver().create("", null, null, token -> {});
    try (Closeable listening = waymark.addProblemListener(problem -> {})) {
      waymark.addViewListener(() -> {});
    } catch (java.io.IOException impossible) {
      return Status.INVALID_ARGUMENT;
    }
    for (Status status : all) {
      if (status != Status.OK) return status;
    }
    return Status.OK;
  }
}
