package io.waymark

import android.app.Application
import android.content.Context
import android.net.Uri
import android.os.Handler
import android.os.Looper
import io.waymark.lifecycle.AppLifecycle
import io.waymark.lifecycle.Installation
import io.waymark.platform.Connectivity
import io.waymark.platform.Device
import io.waymark.platform.Preferences
import io.waymark.vocabulary.Touchpoint
import java.io.Closeable
import java.io.File
import java.util.concurrent.Executor
import kotlin.coroutines.resume
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext
import org.json.JSONObject

/**
 * What happens in an app, as far as the person allows it. Open one when the application starts:
 *
 *     val waymark = Waymark.open(this, assets.open("waymark.json").reader().readText())
 *     waymark.track("order_completed", mapOf("order_id" to "A-1", "total" to 49.5))
 *
 * - Every function may be called from any thread, also the main one: none waits for store, network
 *   or engine, save [close], whose bound the caller gives.
 * - None throws. A call says what came of it; what is found wrong later goes to
 *   [addProblemListener].
 * - A call may always be made: what may be kept, sent or must be dropped is decided inside.
 */
class Waymark private constructor(
    internal val client: Client,
    config: String,
) : Closeable {
    /** What the person allows. */
    @get:JvmName("consent")
    val consent = Consent(client, config)

    /** Journeys that go on on another device. */
    @get:JvmName("handOver")
    val handOver = HandOver(client)

    /** How things stand; null: not open yet. */
    val view: View? get() = client.view()

    /** [view], now and whenever it has changed. */
    val views: Flow<View>
        get() = callbackFlow {
            val listener = Runnable { trySend(Unit) }
            client.addViewListener(listener)
            awaitClose { client.removeViewListener(listener) }
        }.conflate().mapNotNull { view }

    private val attached = ArrayList<Closeable>()

    /** [Status.OK] when store and engine are open, or why they are not and never will be. */
    suspend fun ready(): Status = withContext(Dispatchers.IO) { client.ready(READY_MS) }

    // ---- events -------------------------------------------------------------------------------

    @JvmOverloads
    fun track(
        name: String,
        properties: Map<String, Any?> = emptyMap(),
        options: EventOptions? = null,
    ): Status = client.capture(EventType.TRACK, name, properties, options = options)

    /** A touchpoint of the vocabulary: `waymark.track(ProductViewed(productId = "compass-01"))`. */
    @JvmOverloads
    fun track(touchpoint: Touchpoint, options: EventOptions? = null): Status =
        track(touchpoint.eventName, touchpoint.toProperties(), options)

    @JvmOverloads
    fun screen(
        name: String,
        properties: Map<String, Any?> = emptyMap(),
        options: EventOptions? = null,
    ): Status = client.capture(EventType.SCREEN, name, properties, options = options)

    /** Who this is. Null: traits of the unknown visitor. */
    @JvmOverloads
    fun identify(userId: String?, traits: Map<String, Any?> = emptyMap()): Status =
        client.capture(EventType.IDENTIFY, properties = traits, userId = userId)

    /** This visitor is that user. */
    @JvmOverloads
    fun alias(userId: String, previousId: String? = null): Status =
        client.capture(EventType.ALIAS, userId = userId, otherId = previousId)

    /** The company, team or household of this visitor. */
    @JvmOverloads
    fun group(groupId: String, traits: Map<String, Any?> = emptyMap()): Status =
        client.capture(EventType.GROUP, properties = traits, otherId = groupId)

    // ---- commands -----------------------------------------------------------------------------

    /** The user has logged out: forgets user id, traits, anonymous id and session; consent stays. */
    fun reset(): Status = client.run(Native::reset)

    /** Sends what is queued now, as far as the collectors' back-off allows. */
    fun flush(): Status = client.run(Native::flush)

    /** Deletes every identifier and everything queued; consent goes back to "never asked". */
    fun forget(): Status = client.run(Native::forget)

    /** Replaces the named members of the standing context; null removes one. */
    fun setContext(context: Map<String, Any?>): Status = client.writing {
        val text = Json.utf8(Json.write(context))
        client.run { Native.setContext(it, text) }
    }

    /** A fact for the consent policy: `region` ("DE"), `gpc` (true), `att`, `age` (20). */
    fun signal(name: String, value: Any?): Status = client.writing {
        val text = Json.utf8(Json.write(value))
        client.run { Native.signal(it, Json.utf8(name), text) }
    }

    // ---- what the system tells an app ---------------------------------------------------------

    /**
     * The app was opened by a link. Links that start an activity are noticed by themselves; those
     * of `onNewIntent` where it calls `setIntent`. A hand-over token in it is taken, and out of it.
     */
    @JvmOverloads
    fun deepLink(link: Uri, referrer: Uri? = null): Status {
        val (url, token) = HandOver.takeToken(link.toString())
        if (token != null) handOver.accept(token, link.host.orEmpty()) {}
        val page = mapOf("url" to url, "referrer" to referrer?.toString())
        val context = mapOf("page" to page.filterValues { it != null })
        return track("deep_link_opened", mapOf("url" to url), EventOptions(context))
    }

    /** A message of the system was tapped. Those of Firebase are noticed by themselves. */
    @JvmOverloads
    fun pushOpened(campaignId: String? = null, campaign: String? = null): Status =
        track(io.waymark.vocabulary.PushOpened(campaignId = campaignId, campaign = campaign))

    /**
     * What the store says of where the installation came from: `InstallReferrerClient`'s
     * `getInstallReferrer()`, "utm_source=…&utm_campaign=…". Tell it once, after the first start.
     */
    fun installReferrer(referrer: String): Status {
        val url = "https://play.google.com/store/apps/details?$referrer"
        val context = mapOf("page" to mapOf("url" to url))
        return track("install_referred", mapOf("referrer" to referrer), EventOptions(context))
    }

    // ---- questions ----------------------------------------------------------------------------

    /** Asks the engine (`sdk/docs/effect.md`, Query). Null: closed before there was an answer. */
    suspend fun ask(question: Map<String, Any?>): JSONObject? = client.await(question)

    /** The same for Java; `answer` is called on the main thread. */
    fun ask(question: Map<String, Any?>, answer: Callback<JSONObject>): Status =
        client.ask(question) { json -> onMain.execute { answer.onResult(json) } }

    /** Called on the main thread: now, and whenever the view has changed. */
    fun addViewListener(listener: Runnable) = client.addViewListener(listener)

    fun removeViewListener(listener: Runnable) {
        client.removeViewListener(listener)
    }

    /** Called on the main thread with each refusal and fault. */
    fun addProblemListener(listener: ProblemListener): Closeable {
        val heard = { problem: Problem -> listener.onProblem(problem) }
        client.addProblemListener(heard)
        return Closeable { client.removeProblemListener(heard) }
    }

    // ---- the end ------------------------------------------------------------------------------

    /** Puts down what was called and ends. Seldom needed: the end of the process loses nothing. */
    override fun close() {
        close(CLOSE_MS)
    }

    /** The same with a bound: 0 to 60,000 ms. */
    fun close(waitMs: Long): Status {
        val ends = synchronized(attached) { attached.toList().also { attached.clear() } }
        ends.forEach(Closeable::close)
        return client.close(waitMs)
    }

    private fun attach(ends: Closeable) {
        synchronized(attached) { attached.add(ends) }
    }

    private fun start(application: Application, options: Options, installation: Installation) {
        setContext(Device.context(application))
        attach(Connectivity.follow(application, client))
        if (!options.lifecycle && !options.screens) return
        attach(AppLifecycle.follow(application, this, options, installation))
    }

    companion object {
        private const val READY_MS = 60_000L
        private const val CLOSE_MS = 2_000L

        /** The main thread. */
        private val onMain = Executor { Handler(Looper.getMainLooper()).post(it) }

        /**
         * Opens a client: at once, and always. Calls wait in memory until store and engine are
         * there; [ready] and the problems tell where they cannot be. To be called from
         * `Application.onCreate`, so that the first activity is seen.
         *
         * @param config the config document, JSON (`sdk/docs/config.schema.json`).
         */
        @JvmStatic
        @JvmOverloads
        fun open(context: Context, config: String, options: Options = Options()): Waymark {
            val application = context.applicationContext as Application
            val folder = folderOf(application, options.name)
            val installation = Installation.of(application, folder)
            val preferences = Preferences(application)
            val client = Client(onMain, preferences::put)
            val waymark = Waymark(client, config)
            client.open(config, folder.path, options)
            options.vendorList?.let { waymark.consent.read(it, options.vendorListWords) }
            waymark.start(application, options, installation)
            return waymark
        }

        /** Where backups do not go: ids of one device are no other's. */
        private fun folderOf(context: Context, name: String): File =
            File(context.noBackupFilesDir, if (name.isEmpty()) "waymark" else "waymark-$name")
    }
}

/** For Java. */
fun interface Callback<T> {
    /** Null where there is none. */
    fun onResult(result: T?)
}

fun interface ProblemListener {
    fun onProblem(problem: Problem)
}

internal suspend fun Client.await(question: Map<String, Any?>): JSONObject? =
    suspendCancellableCoroutine { waiting ->
        ask(question) { if (waiting.isActive) waiting.resume(it) }
    }
