package io.waymark.platform

import android.content.Context
import android.content.pm.PackageInfo
import android.content.pm.PackageManager
import android.content.res.Configuration
import android.os.Build
import java.util.Locale
import java.util.TimeZone

/** What the standing context says of app and device. No identifier of either is among it. */
internal object Device {
    fun context(context: Context): Map<String, Any?> {
        val metrics = context.resources.displayMetrics
        return mapOf(
            "app" to app(context),
            "device" to mapOf(
                "manufacturer" to Build.MANUFACTURER,
                "model" to Build.MODEL,
                "type" to if (isTablet(context)) "tablet" else "phone",
            ),
            "os" to mapOf("name" to "Android", "version" to Build.VERSION.RELEASE),
            "locale" to Locale.getDefault().toLanguageTag(),
            "timezone" to TimeZone.getDefault().id,
            "screen" to mapOf(
                "width" to metrics.widthPixels,
                "height" to metrics.heightPixels,
                "density" to metrics.density,
            ),
        )
    }

    fun packageInfo(context: Context): PackageInfo? = try {
        context.packageManager.getPackageInfo(context.packageName, 0)
    } catch (_: PackageManager.NameNotFoundException) {
        null
    }

    /** `version` and `build` of the app. */
    fun version(context: Context): Map<String, String> {
        val info = packageInfo(context) ?: return emptyMap()
        val version = info.versionName ?: return mapOf("build" to build(info))
        return mapOf("version" to version, "build" to build(info))
    }

    private fun app(context: Context): Map<String, Any?> = version(context) + mapOf(
        "name" to context.applicationInfo.loadLabel(context.packageManager).toString(),
        "namespace" to context.packageName,
    )

    @Suppress("DEPRECATION")
    private fun build(info: PackageInfo): String =
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.P) {
            info.versionCode.toString()
        } else {
            info.longVersionCode.toString()
        }

    private fun isTablet(context: Context): Boolean {
        val layout = context.resources.configuration.screenLayout
        val size = layout and Configuration.SCREENLAYOUT_SIZE_MASK
        return size >= Configuration.SCREENLAYOUT_SIZE_LARGE
    }
}
