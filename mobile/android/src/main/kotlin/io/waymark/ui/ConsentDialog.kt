package io.waymark.ui

import android.app.Activity
import android.app.Dialog
import android.os.Bundle
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import io.waymark.Waymark

/**
 * [ConsentView] over an activity. Who closes it without an answer has not answered, and is asked
 * again at the next start.
 */
class ConsentDialog private constructor(
    private val activity: Activity,
    private val waymark: Waymark,
    private val settings: Boolean,
) : Dialog(activity) {
    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        val view = ConsentView(context)
        view.onDecided = Runnable(::dismiss)
        if (settings) view.showSettings(waymark) else view.showQuestion(waymark)
        setContentView(view)
        window?.setLayout(MATCH_PARENT, WRAP_CONTENT)
    }

    companion object {
        /** Shows the question as soon as the engine says that it is due; never twice at a time. */
        @JvmStatic
        fun askWhenDue(activity: Activity, waymark: Waymark) {
            var asked = false
            lateinit var listener: Runnable
            listener = Runnable {
                if (activity.isFinishing || activity.isDestroyed) {
                    waymark.removeViewListener(listener)
                } else if (!asked && waymark.consent.isDue) {
                    asked = true
                    waymark.removeViewListener(listener)
                    ConsentDialog(activity, waymark, false).show()
                }
            }
            waymark.addViewListener(listener)
        }

        /** The way back: every purpose as it stands. */
        @JvmStatic
        fun showSettings(activity: Activity, waymark: Waymark): Dialog =
            ConsentDialog(activity, waymark, true).apply { show() }
    }
}
