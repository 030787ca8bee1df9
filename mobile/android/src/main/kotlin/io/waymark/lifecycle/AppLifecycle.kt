package io.waymark.lifecycle

import android.app.Activity
import android.app.Application
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import io.waymark.AppState
import io.waymark.Native
import io.waymark.Options
import io.waymark.Waymark
import io.waymark.platform.Device
import java.io.Closeable
import java.lang.ref.WeakReference

/**
 * What the system tells of an app, as events and as facts for the engine: installation, update,
 * opening, foreground, background, screens, links, pushes. Everything here is on the main thread.
 *
 * Promise: when the last activity has stopped, all that was captured is handed over to be put down
 * and sent, before the system may end the process.
 */
internal class AppLifecycle private constructor(
    private val waymark: Waymark,
    private val options: Options,
    private val installation: Installation,
    private val about: Map<String, String>,
) : Application.ActivityLifecycleCallbacks {
    private var started = 0
    private var opened = false
    private var inBackground = false
    private var visible = false
    private var turning = false
    private var seen = WeakReference<Intent>(null)

    override fun onActivityCreated(activity: Activity, savedInstanceState: Bundle?) {
        open()
        // An activity that is made again has the intent of its first time.
        if (savedInstanceState != null) seen = WeakReference(activity.intent)
    }

    override fun onActivityStarted(activity: Activity) {
        started++
        if (turning) {
            turning = false
        } else if (!visible) {
            enterForeground()
        }
    }

    override fun onActivityResumed(activity: Activity) {
        readIntent(activity)
        if (options.screens) waymark.screen(nameOf(activity))
    }

    override fun onActivityPaused(activity: Activity) = Unit

    override fun onActivityStopped(activity: Activity) {
        if (started > 0) started--
        if (started > 0) return
        // Turned, or another language: it is back in a moment.
        turning = activity.isChangingConfigurations
        if (!turning) enterBackground()
    }

    override fun onActivitySaveInstanceState(activity: Activity, outState: Bundle) = Unit

    override fun onActivityDestroyed(activity: Activity) = Unit

    private fun open() {
        if (opened) return
        opened = true
        when (installation) {
            Installation.NEW -> track("app_installed", about)
            Installation.UPDATED -> track("app_updated", about)
            Installation.KNOWN -> Unit
        }
        track("app_opened", about)
    }

    private fun enterForeground() {
        visible = true
        tell(AppState.FOREGROUND)
        // The first time it was opened.
        if (inBackground) track("app_foregrounded")
        inBackground = false
    }

    private fun enterBackground() {
        visible = false
        inBackground = true
        track("app_backgrounded")
        tell(AppState.BACKGROUND)
    }

    private fun track(name: String, properties: Map<String, Any?> = emptyMap()) {
        if (options.lifecycle) waymark.track(name, properties)
    }

    private fun tell(state: AppState) {
        waymark.client.run { Native.lifecycle(it, state.ordinal) }
    }

    private fun readIntent(activity: Activity) {
        val intent = activity.intent ?: return
        if (!options.lifecycle || seen.get() === intent) return
        seen = WeakReference(intent)
        // From the list of recent apps an old intent comes again.
        if (intent.flags and Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY != 0) return
        val link = intent.data
        if (intent.action == Intent.ACTION_VIEW && link != null) {
            waymark.deepLink(link, referrerOf(activity))
        }
        if (hasPush(intent)) waymark.pushOpened()
    }

    // A foreign app's intent may hold what cannot be read.
    private fun hasPush(intent: Intent): Boolean = try {
        intent.hasExtra(FIREBASE_MESSAGE)
    } catch (_: RuntimeException) {
        false
    }

    private fun referrerOf(activity: Activity): Uri? = try {
        activity.referrer
    } catch (_: RuntimeException) {
        null
    }

    /** What the manifest calls it, where that is not the app's own name; else its class. */
    private fun nameOf(activity: Activity): String {
        val title = activity.title?.toString().orEmpty()
        val app = activity.applicationInfo.loadLabel(activity.packageManager).toString()
        return title.takeUnless { it.isEmpty() || it == app || it == activity.javaClass.name }
            ?: activity.javaClass.simpleName.removeSuffix("Activity").ifEmpty { "Activity" }
    }

    companion object {
        private const val FIREBASE_MESSAGE = "google.message_id"

        fun follow(
            application: Application,
            waymark: Waymark,
            options: Options,
            installation: Installation,
        ): Closeable {
            val about = Device.version(application)
            val lifecycle = AppLifecycle(waymark, options, installation, about)
            application.registerActivityLifecycleCallbacks(lifecycle)
            return Closeable { application.unregisterActivityLifecycleCallbacks(lifecycle) }
        }
    }
}
