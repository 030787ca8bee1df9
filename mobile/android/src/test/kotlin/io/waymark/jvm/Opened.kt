package io.waymark.jvm

import io.waymark.Choice
import io.waymark.Client
import io.waymark.Consent
import io.waymark.Options
import io.waymark.Problem
import io.waymark.Sink
import io.waymark.Status
import java.io.File
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.Executors
import java.util.concurrent.LinkedBlockingQueue

/** A client on the JVM, with what it told. */
internal class Opened(url: String, folder: File?, config: String = Sink.config(url), region: String? = null) :
    AutoCloseable {
    val preferences = ConcurrentHashMap<String, Any>()
    val problems = LinkedBlockingQueue<Problem>()
    private val listening = Executors.newSingleThreadExecutor { Thread(it).apply { isDaemon = true } }
    val client = Client(listening) { name, value ->
        if (value == null) preferences.remove(name) else preferences[name] = value
    }
    private val viewed = LinkedBlockingQueue<Unit>()

    init {
        client.addProblemListener(problems::add)
        client.addViewListener { viewed.add(Unit) }
        client.open(config, folder?.path, Options(region = region))
    }

    val status: Status get() = client.ready(READY_MS)

    fun allow(vararg purposes: String): Status =
        Consent(client, "{}").set(purposes.associateWith { Choice.GRANTED })

    /** Waits until the view is as wanted. */
    fun await(wanted: (io.waymark.View) -> Boolean): io.waymark.View {
        while (true) {
            client.view()?.takeIf(wanted)?.let { return it }
            viewed.take()
        }
    }

    override fun close() {
        client.close(CLOSE_MS)
        listening.shutdown()
    }

    private companion object {
        const val READY_MS = 60_000L
        const val CLOSE_MS = 5_000L
    }
}
