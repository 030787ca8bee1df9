package io.waymark.lifecycle

import android.content.Context
import io.waymark.platform.Device
import java.io.File

/**
 * Whether this start is the first of the app, or the first of a new version. Nothing is kept for
 * it: the client's folder says by its age when the app ran last, and goes with the app. Who clears
 * the app's data has a new installation.
 */
internal enum class Installation {
    KNOWN,
    NEW,
    UPDATED;

    companion object {
        /** To be asked before the client makes its folder. */
        fun of(context: Context, folder: File): Installation {
            val info = Device.packageInfo(context) ?: return KNOWN
            val updated = info.lastUpdateTime > info.firstInstallTime
            return judge(folder.lastModified(), info.lastUpdateTime, updated)
        }

        /** @param ranMs when it ran last; 0: never. */
        fun judge(ranMs: Long, updatedMs: Long, updated: Boolean): Installation = when {
            ranMs == 0L && !updated -> NEW
            updated && updatedMs > ranMs -> UPDATED
            else -> KNOWN
        }
    }
}
